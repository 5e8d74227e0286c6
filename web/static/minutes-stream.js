// Follows a meeting's events; a meeting that is gone is not waited for.
import { T } from "./texts.js";
import { show } from "./desk-dom.js";
import { get, problem } from "./minutes-api.js";
import { connect } from "./stream.js";

// follow is connect for a page of the meeting. opened is told of each
// connection: what was sent before it is to be asked for.
export const follow = (url, handlers, opened) => connect(url, handlers, { opened, lost: () => get("").then(() => true, (e) => !e.gone), over });

function over() {
  show(document.querySelector(".connection"), false);
  problem(T.minutes_gone);
}
