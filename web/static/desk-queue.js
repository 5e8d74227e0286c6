// Who waits, today's figures, and for supervisors who works.
import { call as order } from "./desk-api.js";
import { badge, byId, counted, h, rows, set, show, tongue } from "./desk-dom.js";
import { again } from "./desk-interpret.js";
import { Said } from "./desk-lines.js";
import { department, machine } from "./desk-offer.js";
import { doing, reason } from "./desk-place.js";
import { follow } from "./stream.js";
import { T, languageName, length } from "./texts.js";

const share = new Intl.NumberFormat(T.locale, { style: "percent", maximumFractionDigits: 0 });
const goal = 0.75; // of the 115: answered within 30 s

export function queue(snap, act) {
  const list = snap.queue ?? [], free = !snap.hand && !snap.offer;
  counted("queue", list);
  rows(byId("queue-rows"), list.map((w) => ({ ...w, take: w.mine && free && w.state === "waiting" })), (w) => w.call, (w) => h("tr", {},
    h("td", {}, w.position || ""),
    h("th", { scope: "row" }, h("span", tongue(w.language), w.concern || T.desk_no_concern), w.written && badge("new", T.desk_written)),
    h("td", {}, department(w.department)),
    h("td", {}, h("span", {}, languageName(w.language)), w.interpreted && badge("new", machine(w))),
    h("td", {}, h("span", { class: "clock", "data-since": w.since })),
    h("td", {}, state(w), w.take && h("button", { class: "button button--plain", type: "button", onclick: () => act(order(w.call, "accept")) }, T.desk_queue_take, h("span", { class: "unseen" }, `: ${w.concern}`)))));
}

function state(w) {
  if (w.state === "offered" && w.offered_to) return T.desk_queue_offered_to.replace("{name}", w.offered_to);
  return w.take ? null : T["desk_queue_" + w.state] ?? w.state;
}

export function figures(snap) {
  const f = snap.figures, c = snap.callbacks;
  const short = [["waiting", f.waiting], ["longest", length(f.longest_s * 1000)], ["ready", f.ready], ["busy", f.busy], ["paused", f.paused], ["answered", f.answered_today], ["lost", f.lost_today]]
    .map(([key, value]) => ({ name: T["desk_figure_" + key], value: String(value) }));
  if (f.answered_today + f.lost_today > 0) short.push({ name: T.desk_figure_level, value: share.format(f.service_level), note: T.desk_figure_level_goal, verdict: f.service_level >= goal ? "good" : "bad" });
  short.push({ name: T.desk_callbacks_open, value: String(c.open) });
  if (c.overdue) short.push({ name: T.desk_callbacks_overdue, value: String(c.overdue), verdict: "late" });
  for (const id of ["figures", "lead-figures"]) if (byId(id)) rows(byId(id), short, (x) => x.name, figure);
  const overdue = byId("overdue");
  if (overdue) {
    set(overdue, c.overdue ? `${c.overdue} ${T.desk_callbacks_overdue}` : "");
    show(overdue, c.overdue > 0);
  }
}

function figure(x) {
  const verdict = { good: T.desk_level_good, bad: T.desk_level_bad }[x.verdict];
  return h("div", { "data-verdict": x.verdict }, h("dt", {}, x.name), h("dd", {}, h("span", { class: "figures__value" }, x.value), x.note && h("span", { class: "hint" }, `${x.note}${verdict ? `, ${verdict}` : ""}`)));
}

export function agents(snap, listening, act, audio) {
  if (!byId("agents-rows")) return;
  const list = snap.agents ?? [];
  show(byId("agents-none"), !list.length);
  show(byId("agents-scroll"), Boolean(list.length));
  const listens = Boolean(snap.listening), free = !snap.hand && !listens;
  show(byId("deafen"), listens);
  overhear(snap.listening ?? "", audio);
  byId("deafen-do").onclick = () => act(order("-", "listen", { on: false })); // the one there is
  rows(byId("agents-rows"), list.map((a) => ({ ...a, listen: listening && free && Boolean(a.call) && a.name !== snap.me.name })), (a) => a.name, (a) => h("tr", {},
    h("th", { scope: "row" }, a.title || a.name),
    h("td", {}, h("span", { class: "badge", "data-presence": a.state }, T["desk_state_" + doing(a)] ?? a.state), a.state === "paused" && a.reason ? ` ${reason(a.reason)}` : "", " ", h("span", { class: "clock", "data-since": a.since }),
      a.listen && h("button", { class: "button button--plain", type: "button", onclick: () => act(order(a.call, "listen")) }, T.desk_listen, h("span", { class: "unseen" }, `: ${a.title || a.name}`))),
    h("td", {}, a.departments?.length ? a.departments.map(department).join(", ") : T.desk_agent_all),
    h("td", {}, a.languages?.length ? a.languages.map(languageName).join(", ") : T.desk_agent_all),
    h("td", {}, T["desk_audio_" + a.device.kind] ?? a.device.kind)));
}

let heard = "", stop; // the call that is listened to

// overhear shows what is said in the call somebody listens to.
function overhear(call, audio) {
  show(byId("overheard"), Boolean(call));
  if (call === heard) return;
  heard = call;
  stop?.();
  if (!call) return;
  const box = byId("overheard-box"), said = new Said(byId("overheard-said"), true, null, again(() => call, audio));
  said.own = document.documentElement.lang;
  stop = follow(`/api/v1/desk/calls/${encodeURIComponent(call)}/events`, { line: (line) => {
    said.line(line);
    box.scrollTop = box.scrollHeight;
  } });
}
