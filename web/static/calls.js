// Shows the journal: one <details> per call, one <li> per turn, kept up to
// date by server-sent events. All text goes in by textContent.
import { timingBar } from "./timing.js";

const T = JSON.parse(document.getElementById("texts").textContent);
const calls = new Map(); // id -> {data, node, lines: Map}
const byId = (id) => document.getElementById(id);

function connect() {
  const source = new EventSource("/api/v1/calls/events");
  source.addEventListener("open", () => connection(true));
  source.addEventListener("error", () => connection(false));
  source.addEventListener("snapshot", (e) => replaceAll(JSON.parse(e.data)));
  source.addEventListener("entry", (e) => {
    const entry = JSON.parse(e.data);
    upsert(entry.call, entry.line ? [entry.line] : []);
    count();
  });
}

function connection(on) {
  byId("connection").textContent = on ? T.connected : T.lost;
  document.querySelector(".live").classList.toggle("live--on", on);
}

function replaceAll(list) {
  for (const c of calls.values()) c.node.remove();
  const open = new Set([...calls.values()].filter((c) => c.node.open).map((c) => c.data.id));
  calls.clear();
  for (const call of list.reverse()) {
    upsert(call, call.lines ?? []);
    if (open.has(call.id)) calls.get(call.id).node.open = true;
  }
  count();
}

function upsert(call, lines) {
  let c = calls.get(call.id);
  if (!c) {
    c = { node: byId("call").content.firstElementChild.cloneNode(true), lines: new Map() };
    c.node.open = call.state !== "ended";
    calls.set(call.id, c);
  }
  c.data = call;
  place(c);
  head(c);
  for (const l of lines) line(c, l);
}

// place moves a call between the two lists, newest first.
function place(c) {
  const list = byId(c.data.state === "ended" ? "calls-earlier" : "calls-now");
  if (c.node.parentElement !== list) list.prepend(c.node);
}

function head(c) {
  const d = c.data;
  const set = (name, text) => { c.node.querySelector(name).textContent = text; };
  set(".call__from", d.from || T.anonymous);
  set(".call__state", T["state_" + d.state] ?? d.state);
  set(".call__facts", facts(d).join(" · "));
  set(".call__id", d.id);
}

function facts(d) {
  const out = [new Date(d.started).toLocaleTimeString(document.documentElement.lang)];
  if (d.ended) out.push(`${T.duration} ${seconds(new Date(d.ended) - new Date(d.started))}`);
  if (d.language) out.push(d.language);
  if (d.codec) out.push(d.codec);
  if (d.mos) out.push(`MOS ${d.mos.toFixed(1)}`);
  if (d.reason) out.push(T["ended_" + d.reason] ?? d.reason);
  return out;
}

function seconds(ms) {
  const s = Math.round(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

function line(c, l) {
  const s = l.segment;
  const key = `${s.leg}/${s.id}`;
  let node = c.lines.get(key);
  if (!node) {
    node = byId("line").content.firstElementChild.cloneNode(true);
    c.lines.set(key, node);
    c.node.querySelector(".lines").append(node);
  }
  const bot = s.leg === "bot";
  node.className = `line line--${bot ? "bot" : "caller"}${s.final ? "" : " line--tail"}`;
  node.querySelector(".line__who").textContent = bot ? T.bot : T.caller;
  const text = node.querySelector(".line__text");
  text.textContent = s.text;
  text.lang = (s.language || "").replace(/-leicht$/, "");
  lineFacts(node.querySelector(".line__facts"), l, bot);
  if (l.timing) timingBar(node.querySelector(".timing"), l.timing, T);
}

function lineFacts(node, l, bot) {
  const percent = `${Math.round(l.segment.confidence * 100)} %`;
  const parts = [];
  if (!bot) parts.push(`${T.heard_as} ${percent} ${T.confidence}`);
  if (bot && l.outcome) parts.push(T["outcome_" + l.outcome] ?? l.outcome);
  if (bot && l.article) parts.push(`${l.article} (${T.version} ${l.version})`, `${T.confidence} ${percent}`);
  node.textContent = parts.join(" · ");
  if (bot && /^https?:\/\//.test(l.source ?? "")) {
    const a = document.createElement("a");
    a.href = l.source;
    a.rel = "noreferrer";
    a.textContent = T.source;
    node.append(" · ", a);
  }
}

function count() {
  const now = [...calls.values()].filter((c) => c.data.state !== "ended").length;
  for (const [name, n] of [["now", now], ["earlier", calls.size - now]]) {
    byId("count-" + name).textContent = n;
    byId("none-" + name).hidden = n > 0;
  }
}

connect();
