// Requests to the desk's API: paths and orders flow in, answers and failures
// in the page's words flow out.
import { request } from "./request.js";
import { T } from "./texts.js";

export const begin = JSON.parse(document.getElementById("begin").textContent);

// Failure is what went wrong in a line for people.
export class Failure extends Error {
  constructor(status, code, line, fields) {
    super(T["desk_error_" + code] ?? (line ? worded(line) : T.desk_error));
    this.status = status;
    this.code = code;
    this.fields = fields; // of a form: a line for each wrong value
  }
}

// worded says a line or a word of the service in the page's language, where it
// is one of the known ones; what comes after a colon is for programs.
export const worded = (line) => known(line) ?? known(line.split(":")[0]) ?? `${T.desk_error}: ${line}`;

const known = (line) => T["desk_problem_" + line.toLowerCase().replace(/[^a-z]+/g, "_")];

let skew = 0; // ms the server's clock is ahead

export const now = () => Date.now() + skew;

export const get = (path, signal) => ask("GET", path, undefined, signal);
export const post = (path, body = {}) => ask("POST", "/api/v1/desk/" + path, body);
export const call = (id, order, body) => post(`calls/${encodeURIComponent(id)}/${order}`, body);

const patience = 30_000; // ms; the longest order rings somebody's telephone

async function ask(method, path, body, signal) {
  let resp, answer;
  try {
    [resp, answer] = await request(path, {
      method, headers: body ? { "Content-Type": "application/json", "X-Token": begin.token } : {}, body: body && JSON.stringify(body),
    }, patience, signal);
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Failure(0, "network");
  }
  const date = Date.parse(resp.headers.get("Date"));
  if (date && Math.abs(date - now()) > 2000) skew = date - Date.now();
  if (resp.ok) return answer;
  const code = answer?.code ?? { 401: "session", 403: "forbidden" }[resp.status];
  throw new Failure(resp.status, code, answer?.error, answer?.fields);
}
