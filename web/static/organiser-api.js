// Requests of the meetings' pages: keys, orders and questions flow in, answers
// and failures in the page's words flow out.
import { request } from "./request.js";
import { T } from "./texts.js";

export const begin = JSON.parse(document.getElementById("begin").textContent);

const base = "/api/v1/rooms";
export const room = `${base}/${encodeURIComponent(begin.code ?? "")}`;

// Failure is what went wrong in a line for people.
export class Failure extends Error {
  constructor(status, line) {
    super(worded(status, line));
    this.status = status;
    this.line = line ?? ""; // as the service said it
  }

  // over: the meeting or its line is not there (any more).
  get over() { return [401, 403, 404, 410].includes(this.status); }
}

// worded says a line of the service in the page's language where it is known.
function worded(status, line) {
  const text = line && known(line);
  if (text) return text;
  const general = T[`rooms_error_${status}`];
  if (general && !(line && (status === 400 || status === 409))) return general;
  return line ? `${T.rooms_error}: ${line}` : T.rooms_error;
}

// plain are the words of a line, without what is quoted from somebody.
const plain = (text) => text.replace(/"[^"]*"/g, "").toLowerCase().replace(/[^a-z]+/g, "_").replace(/^_|_$/g, "");
const problems = Object.entries(T).filter(([key]) => key.startsWith("rooms_problem_")).map(([key, text]) => [key.slice("rooms_problem_".length), text]);

// known is what the texts say of a line: of its phrases the one that ends last,
// since each part says more than the one before; of several the longest.
function known(line) {
  const within = `_${plain(line)}_`;
  let best = "", said, end = -1;
  for (const [phrase, text] of problems) {
    const at = within.lastIndexOf(`_${phrase}_`), to = at + phrase.length;
    if (at < 0 || to < end || (to === end && phrase.length < best.length)) continue;
    [best, said, end] = [phrase, text, to];
  }
  return said;
}

export const get = (path) => ask("GET", room + path);
export const post = (path, body = {}) => ask("POST", room + path, JSON.stringify(body));
export const remove = (path) => ask("DELETE", room + path);
export const create = (meeting) => ask("POST", base, JSON.stringify(meeting));
export const input = (id, order) => post(`/inputs/${encodeURIComponent(id)}/${order}`);

const patience = { GET: 20_000, POST: 75_000, DELETE: 20_000 }; // ms; a bridge that is called rings for a minute

async function ask(method, path, body) {
  const headers = {};
  if (body) headers["Content-Type"] = "application/json";
  if (begin.token && method !== "GET") headers["X-Token"] = begin.token;
  let answer, said;
  try {
    [answer, said] = await request(path, { method, headers, body }, patience[method]);
  } catch {
    throw new Failure(0);
  }
  if (!answer.ok) throw new Failure(answer.status, said?.error);
  return said;
}

// upload sends a form with a file and tells how much of it has gone, 0..1.
export function upload(path, form, progress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", room + path);
    if (begin.token) request.setRequestHeader("X-Token", begin.token);
    request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) progress(e.loaded / e.total); });
    request.addEventListener("load", () => {
      let said = null;
      try { said = JSON.parse(request.responseText); } catch { /* not of the service */ }
      if (request.status >= 200 && request.status < 300) resolve(said); else reject(new Failure(request.status, said?.error));
    });
    request.addEventListener("error", () => reject(new Failure(0)));
    request.addEventListener("abort", () => reject(new Failure(-1)));
    request.send(form);
  });
  return { done, stop: () => request.abort() };
}

// keyOf is the key in what somebody pasted: a whole link or the key alone.
export const keyOf = (pasted) => pasted.trim().split("#").pop().trim();

const looksLikeKey = /^[\w-]{12,200}$/;

// fromAddress takes the key out of the address, so that no history and no
// screen shows it.
export function fromAddress() {
  const key = decodeURIComponent(location.hash.slice(1));
  if (!looksLikeKey.test(key)) return "";
  history.replaceState(null, "", location.pathname + location.search);
  return key;
}

export const enter = (key) => post("/enter", { key });
