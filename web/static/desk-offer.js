// A call that is offered: what is known of it before it is taken.
import { badge, byId, h, quoted, set, show } from "./desk-dom.js";
import { Said } from "./desk-lines.js";
import { begin } from "./desk-api.js";
import { address } from "./source.js";
import { T, languageName, sureness, time } from "./texts.js";

export const department = (id) => begin.departments?.[id] ?? id;
export const form = (id) => begin.forms?.[id] ?? id;

export function offer(preview) {
  show(byId("offer"), Boolean(preview));
  if (!preview) return;
  set(byId("offer-title"), (preview.written ? T.desk_offer_written : T.desk_offer).replace("{department}", department(preview.department)));
  const print = JSON.stringify(preview), node = byId("offer-context");
  if (node.dataset.print === print) return;
  node.dataset.print = print;
  node.replaceChildren(...head(preview), ...context(preview, true));
}

// machine says what a machine will do in a call.
export const machine = (p) => (p.written ? T.desk_translated : T.desk_interpreted);

// title is what a call is about, or who calls.
export function title(node, p) {
  const parts = p.concern ? quoted(p.concern, p.language) : [`${T.desk_call}: ${p.from || T.anonymous}`];
  if (node.textContent !== parts.map((x) => x.textContent ?? x).join("")) node.replaceChildren(...parts);
}

// spoken is the offer in a line.
export const spoken = (p) => T.desk_offer_said.replace("{concern}", p.concern || T.desk_no_concern)
  .replace("{language}", p.interpreted ? `${languageName(p.language)}, ${machine(p)}` : languageName(p.language)).replace("{department}", department(p.department));

function head(p) {
  return [
    h("p", { class: "facts-line" },
      p.alarm && badge("overdue", T.desk_alarm),
      p.written && badge("new", T.desk_written),
      h("span", {}, `${T.desk_from} `, h("strong", {}, p.from || T.anonymous)),
      h("span", {}, languageName(p.language)),
      p.interpreted && badge("new", machine(p)),
      h("span", {}, `${T.desk_waits_since} `, h("span", { class: "clock", "data-since": p.since })),
      p.callback && h("span", {}, T.desk_callback_of.replace("{reference}", p.callback))),
    h("p", { class: "concern" }, p.concern ? quoted(p.concern, p.language) : T.desk_no_concern),
    p.interpreted ? h("p", { class: "hint interpreted" }, (p.written ? T.desk_translated_hint : T.desk_interpreted_hint).replace("{language}", languageName(p.language))) : null,
  ].filter(Boolean);
}

// context is what the bot knows: in short, then word by word.
export function context(p, withLines) {
  const out = [];
  const part = (title, ...content) => out.push(h("div", { class: "part" }, h("h3", { class: "kern-heading-small" }, title), ...content));
  if (p.open) part(T.desk_open, h("p", {}, T["desk_open_" + p.open] ?? p.open));
  if (p.summary?.length) part(T.desk_summary, h("ul", {}, p.summary.map((line) => h("li", {}, line))));
  if (p.machine) part(T.desk_machine, h("ul", { lang: p.machine.language }, p.machine.lines.map((line) => h("li", {}, line))), h("p", { class: "hint" }, T.desk_machine_by.replace("{model}", p.machine.model)));
  if (p.slots?.length || p.missing?.length) part(p.form ? form(p.form) : T.desk_slots, slots(p));
  if (p.answers?.length) part(T.desk_answers, h("ul", {}, p.answers.map(answer)));
  if (!p.answers?.length && p.confidence > 0) part(T.desk_confidence, h("p", {}, sureness(p.confidence)));
  if (withLines && p.lines?.length) {
    const said = new Said(h("ol", { class: "said" }), true);
    for (const line of p.lines) said.line(line);
    out.push(h("details", { class: "part" }, h("summary", {}, h("h3", { class: "kern-heading-small" }, T.desk_before)), said.node));
  }
  return out;
}

export function slots(p) {
  return h("dl", { class: "values" },
    (p.slots ?? []).map((s) => h("div", {}, h("dt", {}, title(s)), h("dd", {}, s.value,
      s.kind === "street" && !s.listed && badge("unlisted", T.anliegen_unlisted)))),
    p.missing?.length ? h("div", {}, h("dt", {}, T.desk_missing), h("dd", {}, p.missing.map((m) => begin.slots?.[`${p.form}/${m}`] ?? m.replaceAll("_", " ")).join(", "))) : null);
  function title(s) { return begin.slots?.[`${p.form}/${s.name}`] ?? s.title ?? s.name.replaceAll("_", " "); }
}

function answer(a) {
  return h("li", {}, h("strong", {}, a.title), ` ${a.text} `, h("span", { class: "hint" }, `${T.match}: ${sureness(a.confidence)} `), link(a.source));
}

export function link(source) {
  const url = address(source);
  return url && h("span", { class: "hint" }, h("a", { class: "kern-link", href: url.href, rel: "noreferrer", target: "_blank" }, `${T.source}: ${url.host}`));
}

export const moment = (iso) => (iso && !iso.startsWith("0001") ? time(iso) : "");
