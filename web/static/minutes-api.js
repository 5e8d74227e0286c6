// Requests about one meeting: its key opens it, orders flow in, answers and
// failures in the page's words flow out.
import { T } from "./texts.js";
import { byId, h, set, show, tell } from "./desk-dom.js";
import { request } from "./request.js";
import { connecting } from "./stream.js";

export const code = byId("minutes").dataset.code;
export const path = (part = "") => `/api/v1/rooms/${encodeURIComponent(code)}${part}`;

// fill puts values into a text: fill(T.x, { n: 3 }).
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);

// count says a number of things: one has words of its own.
export const count = (key, n) => fill(n === 1 ? T[`${key}_one`] : T[key], { n });

// Failure is what went wrong, in a line for people.
export class Failure extends Error {
  constructor(status, answer) {
    super(worded(status, answer?.error));
    this.status = status;
    this.answer = answer;
    this.gone = status === 404 || status === 410; // there is no such meeting (any more)
  }
}

function worded(status, line) {
  switch (status) {
    case 0: return T.minutes_offline;
    case 401: case 403: return T.minutes_key_less;
    case 429: return T.minutes_too_many;
    default: return line ? `${T.minutes_failed}: ${line}` : `${T.minutes_failed}.`;
  }
}

const patience = 30_000; // ms
const wholePatience = 130_000; // ms; a language model may take two minutes for a meeting of hours

export const get = (part) => ask("GET", part, patience);
export const getWhole = (part) => ask("GET", part, wholePatience); // what is made of the whole meeting
export const post = (part, body = {}) => ask("POST", part, patience, body);

async function ask(method, part, limit, body) {
  let resp, answer;
  try {
    [resp, answer] = await request(path(part), { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) }, limit);
  } catch { throw new Failure(0); }
  if (!resp.ok) throw new Failure(resp.status, answer);
  return answer;
}

// Addresses within the pages; everything else behind "#" is a key.
const place = /^#(?:$|content$|lines$|easy$|words$|cue-)/;

// open brings the key from the address, or asks for one, until first has an
// answer for who holds it.
export async function open(first) {
  const carried = carriedKey();
  let problem = "";
  if (carried) problem = await enter(carried);
  for (;;) {
    try {
      const answer = await first();
      show(byId("key-form"), false);
      connecting(true);
      return answer;
    } catch (e) {
      if (![401, 403].includes(e.status)) throw e;
      if (e.status === 403 && !problem) problem = T.minutes_key_less;
    }
    problem = await enter(await asked(problem));
  }
}

function carriedKey() {
  if (place.test(location.hash)) return "";
  const key = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
  return key;
}

// enter says what is wrong with a key, "" when it opens.
async function enter(key) {
  try {
    await post("/enter", { key });
    return "";
  } catch (e) {
    if (e.gone) throw e;
    return [401, 403].includes(e.status) ? T.minutes_key_wrong : e.message;
  }
}

function asked(problem) {
  const form = byId("key-form"), field = byId("key");
  show(form, true);
  connecting(false);
  set(byId("key-wrong"), problem);
  if (problem) field.setAttribute("aria-invalid", "true");
  field.value = "";
  field.focus();
  return new Promise((done) => form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (field.value.trim()) done(field.value.trim());
  }, { once: true }));
}

// over says why the page shows nothing (more) of the meeting.
export function over(e) {
  connecting(false);
  show(byId("gone"), Boolean(e.gone));
  problem(e.gone ? T.minutes_gone : e.message);
}

// problem is a line about what did not work; "" takes it away.
export const problem = (text) => tell("problem", text);

// note says how things stand, in one or more paragraphs; none takes it away.
export function note(kind, ...lines) {
  const node = byId("note");
  node.className = `note note--${kind}`;
  if (node.dataset.said === lines.join("\n")) return;
  node.dataset.said = lines.join("\n");
  node.replaceChildren(...lines.map((l) => h("p", null, l)));
  show(node, lines.length > 0);
}

// life shows how the meeting stands.
export function life(state) {
  set(byId("about"), `${fill(T.minutes_code, { code })}${state.title ? ` · ${state.title}` : ""}`);
  const badge = byId("life");
  badge.dataset.life = state.life;
  set(badge, T[`minutes_life_${state.life}`] ?? state.life);
  show(badge, true);
}

// clock is 0:05 or 1:02:03 of nanoseconds since the meeting began.
export function clock(ns) {
  const s = Math.max(0, Math.floor(ns / 1e9)), two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}
