// Callbacks, requests and records of calls: what is to be done and what was.
import { begin, get, post } from "./desk-api.js";
import { badge, byId, counted, h, on, rows, set, show, submitted, tongue } from "./desk-dom.js";
import { department, form, moment } from "./desk-offer.js";
import { T, languageName, length } from "./texts.js";

const shown = 100; // rows of a list

export class Requests {
  #act; #asked = 0;

  constructor(act) {
    this.#act = act;
    if (!byId("requests-form")) return;
    submitted("requests-form", () => this.load());
    byId("callout-language")?.replaceChildren(...options("de"));
    submitted("callout", () => this.#call());
    for (const id of ["requests-form-kind", "requests-open", "requests-overdue"]) on(id, "change", () => this.load());
  }

  async #call() {
    const field = byId("callout-number");
    if (field.value.trim() && await this.#act(post("calls", { target: field.value.trim(), language: byId("callout-language")?.value ?? "" }))) field.value = "";
  }

  async load() {
    if (!byId("requests-form")) return;
    const wish = new URLSearchParams({ q: byId("requests-q").value.trim(), form: byId("requests-form-kind").value });
    if (byId("requests-overdue").checked) wish.set("overdue", "1");
    const mine = ++this.#asked, answer = await this.#act(get(`/api/v1/requests?${wish}`));
    if (!answer || mine !== this.#asked) return; // or something else is wanted by now
    const open = byId("requests-open").checked;
    const list = (answer.requests ?? []).filter((r) => !open || r.status === "new" || r.status === "in_work");
    list.sort((a, b) => (b.overdue - a.overdue) || (a.due ?? "9").localeCompare(b.due ?? "9"));
    counted("requests", list);
    show(byId("requests-more"), list.length > shown);
    rows(byId("requests-rows"), list.slice(0, shown), (r) => r.reference, (r) => this.#row(r));
  }

  #row(r) {
    const phone = r.slots.find((s) => s.kind === "phone");
    return h("tr", {},
      h("th", { scope: "row" }, h("a", { class: "kern-link", href: "/admin/anliegen/" + encodeURIComponent(r.reference), target: "_blank" }, r.reference)),
      h("td", {}, badge(r.status, T["status_" + r.status] ?? r.status), r.overdue && badge("overdue", T.anliegen_overdue)),
      h("td", {}, h("span", tongue(r.language), r.concern || form(r.form)), h("span", { class: "hint" }, ` ${[form(r.form), department(r.department), languageName(r.language)].filter(Boolean).join(" · ")}`)),
      h("td", { class: "when" }, moment(r.due)),
      h("td", {}, phone ? [h("span", { class: "number" }, phone.value), " ", languages(r), h("button", { class: "button button--plain", type: "button", onclick: (e) => this.#act(post(`callbacks/${encodeURIComponent(r.reference)}/call`, { language: chosen(e.target.closest("td")) })) }, T.desk_requests_call, h("span", { class: "unseen" }, `: ${r.reference}`))] : ""));
  }
}

// languages lets somebody choose what the citizen speaks, where calls are interpreted.
function languages(r) {
  if (!begin.languages?.length) return null;
  return h("select", { class: "select", "aria-label": T.desk_requests_language.replace("{reference}", r.reference), autocomplete: "off" },
    options(r.language));
}

// options are the languages of this service by name; one it does not offer
// stands for itself only, and is sent as "": as it is.
export function options(current) {
  const list = (begin.languages ?? []).map((tag) => ({ tag, name: languageName(tag) })).sort((a, b) => a.name.localeCompare(b.name, T.locale));
  const known = list.some((l) => l.tag === current);
  return [known ? null : h("option", { value: "", selected: true }, current ? languageName(current) : T.desk_interpret_unknown),
    ...list.map((l) => h("option", { value: l.tag, selected: l.tag === current }, l.name))].filter(Boolean);
}

const chosen = (row) => row.querySelector("select")?.value ?? "";

export class Records {
  #act; #asked = 0;

  constructor(act) {
    this.#act = act;
    submitted("records-form", () => this.load());
  }

  async load() {
    const mine = ++this.#asked, answer = await this.#act(get(`/api/v1/desk/calls?q=${encodeURIComponent(byId("records-q").value.trim())}`));
    if (!answer || mine !== this.#asked) return;
    const list = answer.calls ?? [];
    counted("records", list);
    rows(byId("records-rows"), list, (r) => r.id, (r) => h("tr", {},
      h("th", { scope: "row" }, h("button", { class: "text-button", type: "button", "aria-haspopup": "dialog", onclick: () => this.#open(r) }, moment(r.began))),
      h("td", {}, r.from || T.anonymous),
      h("td", {}, r.topic || r.summary[0] || department(r.department)),
      h("td", {}, result(r)),
      h("td", {}, r.agent)));
  }

  async #open({ call }) {
    const answer = await this.#act(get(`/api/v1/desk/calls/${encodeURIComponent(call)}`));
    if (!answer) return;
    const parts = answer.calls;
    set(byId("record-title"), T.desk_record.replace("{time}", moment(parts.slice(-1)[0].began)));
    byId("record-body").replaceChildren(...parts.map(recordPart));
    byId("record").showModal();
  }
}

// recordPart is what is kept of a call, or of its part with one person.
export function recordPart(r) {
  const facts = [[T.desk_from, r.from || T.anonymous], [T.language, languageName(r.language)], [T.desk_queue_department, department(r.department)],
    [T.desk_records_agent, r.agent], [T.desk_records_wait, length(r.waited_s * 1000)], [T.desk_records_duration, r.talked_s > 0 && length(r.talked_s * 1000)],
    [T.desk_records_result, result(r)], [T.desk_summary, r.summary.join("\n")], [T.desk_wrapup_topic, r.topic], [T.desk_wrapup_bot, T["desk_wrapup_" + r.bot]], [T.desk_wrapup_note, r.note],
    [T.anliegen_reference, r.request], [T.about_id, r.call]];
  return h("dl", { class: "values part" }, facts.filter(([, v]) => v).map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))));
}

function result(r) {
  return [T["desk_wrapup_" + r.resolution], T["desk_ending_" + r.ending] ?? T["desk_problem_" + r.ending] ?? r.ending].filter(Boolean).join(", ");
}
