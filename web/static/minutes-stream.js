// Follows a meeting's events; a meeting that is gone is not waited for.
import { get, over } from "./minutes-api.js";
import { connect } from "./stream.js";

// follow is connect for a page of the meeting; query() is asked for what follows
// the address.
export const follow = (url, handlers, query) => connect(url, handlers, { query, lost: () => get("").then(() => true, (e) => !e.gone), over: () => over({ gone: true }) });
