// Requests to the desk's API: paths and orders flow in, answers and failures
// in the page's words flow out.
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

async function ask(method, path, body, signal) {
  let resp;
  try {
    resp = await fetch(path, {
      method, signal, redirect: "error", cache: "no-store",
      headers: body ? { "Content-Type": "application/json", "X-Token": begin.token } : {},
      body: body && JSON.stringify(body),
    });
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Failure(0, "network");
  }
  const date = Date.parse(resp.headers.get("Date"));
  if (date && Math.abs(date - now()) > 2000) skew = date - Date.now();
  const answer = await resp.json().catch(() => null);
  if (resp.ok) return answer;
  const code = answer?.code ?? { 401: "session", 403: "forbidden" }[resp.status];
  throw new Failure(resp.status, code, answer?.error, answer?.fields);
}

// watch reads server-sent events until stop is called; a lost stream is opened
// again.
export function watch(url, handlers) {
  let source, timer;
  const open = () => {
    source = new EventSource(url);
    for (const [name, handle] of Object.entries(handlers)) source.addEventListener(name, (e) => handle(JSON.parse(e.data)));
    source.addEventListener("error", () => {
      source.close(); // the browser's own retries give up for good on an HTTP error
      clearTimeout(timer);
      timer = setTimeout(open, 2000);
    });
  };
  open();
  return () => { clearTimeout(timer); source.close(); };
}
