// Talks with the service: one function for each thing a caller can do.
import { request } from "./request.js";

const base = "/api/v1/browser";
const patience = 20000; // ms

// Refusal is an answer of the service other than yes.
export class Refusal extends Error {
  constructor(status, wait) {
    super("HTTP " + status);
    this.status = status;
    this.wait = wait; // s until it is worth while to ask again, 0 unknown
  }

  // over: the service does not know the call (any more).
  get over() { return [401, 403, 404, 410].includes(this.status); }

  get key() { return this.status === 429 ? "wrong_many" : this.status === 503 ? "wrong_full" : "wrong_service"; }
}

async function ask(method, path, token, body) {
  const headers = {};
  if (token) headers.Authorization = "Bearer " + token;
  if (body) headers["Content-Type"] = "application/json";
  const [answer, said] = await request(base + path, { method, headers, body: body && JSON.stringify(body), credentials: "omit" }, patience);
  if (!answer.ok) throw new Refusal(answer.status, Number(answer.headers.get("Retry-After")) || 0);
  return said;
}

export const begin = (language, page, sdp) => ask("POST", "/calls", "", { language, page, sdp });
export const iceServers = async () => (await ask("GET", "/ice")).ice_servers || [];

// Line is what can be done with a call that has begun.
export class Line {
  constructor(call, token) {
    this.call = call;
    this.token = token;
    this.path = "/calls/" + encodeURIComponent(call);
  }

  get events() { return `${base}${this.path}/events?token=${encodeURIComponent(this.token)}`; }

  sdp(sdp) { return ask("POST", this.path + "/sdp", this.token, { sdp }); }
  text(text) { return ask("POST", this.path + "/text", this.token, { text }); }
  digit(digit) { return ask("POST", this.path + "/digit", this.token, { digit }); }
  end() { return ask("DELETE", this.path, this.token); }

  // endByBeacon ends the call while the page goes away, without an answer.
  endByBeacon() {
    try {
      fetch(base + this.path + "/end", { method: "POST", keepalive: true, headers: { Authorization: "Bearer " + this.token } }).catch(() => {});
    } catch { /* the service ends a call without a sign of life by itself */ }
  }
}
