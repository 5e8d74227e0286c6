// The request form: the city's forms and what the bot already knows flow in,
// a stored request with its reference for the caller flows out.
import { begin, get, post } from "./desk-api.js";
import { byId, h, on, say, set, show, submitted } from "./desk-dom.js";
import { slots } from "./desk-offer.js";
import { T, time } from "./texts.js";

const alike = ["name", "street", "house_number", "phone", "email", "plate"]; // the same in any form
const number = /^\+?\d{6,}$/;

export class RequestForm {
  #act; #hand; #forms; #form; #id = ""; #known = ""; #touched = false; #busy = false; #taken = []; #checks = 0;

  constructor(act) {
    this.#act = act;
    on("form-choice", "change", (e) => this.#open(e.target.value));
    submitted("form-fields", () => this.#save());
    on("form-fields", "input", () => { this.#touched = true; });
    on("form-fields", "change", (e) => { this.#conditions(); this.#check(e.target); });
    on("form-another", "click", () => { this.#open(""); byId("form-choice").focus(); });
  }

  // unsaved says whether somebody has typed into a form and not stored it.
  get unsaved() { return this.#touched && Boolean(this.#form); }

  // update follows the call in hand and then its wrap-up; what was typed stays.
  update(hand) {
    const was = this.#hand;
    this.#hand = hand;
    if (!hand) return;
    this.#move(byId(hand.phase === "wrapup" ? "wrapup-taking" : "call-taking"));
    const p = hand.preview, known = JSON.stringify([p.form, p.slots, p.missing]);
    if (was?.call !== hand.call) this.#begin();
    else if (known === this.#known) return;
    this.#known = known;
    if (!this.#touched && !this.#taken.length) this.#choose();
    this.#rest();
  }

  #move(place) {
    const node = byId("taking"), focus = document.activeElement;
    if (node.parentElement === place) return;
    const held = node.contains(focus);
    place.append(node);
    if (held) focus.focus({ preventScroll: true });
  }

  #begin() {
    this.#taken = [];
    this.#touched = false;
    byId("taken").replaceChildren();
    this.#open("");
    if (!this.#forms) this.#load();
  }

  async #load() {
    try {
      this.#forms = (await get("/api/v1/desk/forms")).forms;
    } catch {
      return; // the next call asks again
    }
    byId("form-choice").append(...this.#forms.map((f) => h("option", { value: f.id }, f.title)));
    show(byId("form-chooser"), this.#forms.length > 0);
    if (!this.#touched) this.#choose();
    this.#rest();
  }

  // choose opens the form that the bot has begun.
  #choose() {
    const form = this.#hand?.preview.form;
    if (this.#forms?.some((f) => f.id === form)) this.#open(form);
  }

  // rest shows what no open form shows.
  #rest() {
    const p = this.#hand?.preview;
    if (!p) return;
    const open = this.#forms?.some((f) => f.id === p.form);
    byId("request").replaceChildren(
      p.slots?.length && !open ? slots(p) : this.#forms?.length || p.form ? "" : h("p", { class: "empty" }, T.desk_request_none),
      byId("view-requests") ? h("p", {}, h("a", { class: "kern-link", href: `/admin/anliegen?call=${encodeURIComponent(p.call)}`, target: "_blank" }, T.desk_request_link)) : "");
  }

  #open(id) {
    this.#form = this.#forms?.find((f) => f.id === id);
    this.#id = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
    this.#touched = false;
    byId("form-choice").value = this.#form?.id ?? "";
    show(byId("form-chooser"), this.#forms?.length > 0);
    show(byId("form-fields"), Boolean(this.#form));
    show(byId("form-another"), false);
    show(byId("form-problem"), false);
    byId("form-list").replaceChildren(...(this.#form?.fields ?? []).map((f) => this.#field(f)));
    this.#conditions();
  }

  #field(f) {
    const id = "form-" + f.name, hint = f.things ? [f.hint, T.desk_form_things].filter(Boolean).join(" ") : f.hint;
    const node = control(f, { id, name: f.name, required: f.required, "aria-invalid": "false", "aria-describedby": `${hint ? id + "-hint " : ""}${id}-line`, autocomplete: "off" });
    node.value = this.#value(f);
    return h("div", { class: "field", "data-field": f.name }, h("label", { for: id }, f.title, f.required && h("span", { "aria-hidden": "true" }, " *")),
      hint && h("p", { class: "hint", id: id + "-hint" }, hint), node, h("p", { class: "field__line", id: id + "-line", hidden: true }));
  }

  // value is what the call already tells for a field.
  #value(f) {
    const p = this.#hand?.preview;
    const s = p?.slots?.find((x) => p.form === this.#form.id && x.name === f.name) ?? p?.slots?.find((x) => x.kind === f.kind && alike.includes(f.kind) && p.form !== this.#form.id);
    if (s) return f.things && s.spoken ? s.spoken : s.value;
    if (f.source === "concern") return p?.concern ?? "";
    return f.source === "caller" && number.test(p?.from) ? p.from : "";
  }

  // conditions hide what is not asked because of another value.
  #conditions() {
    for (const f of this.#form?.fields ?? []) {
      const of = f.when && byId("form-" + f.when.slot);
      show(this.#node(f.name), !f.when || (!of.closest("[data-field]").hidden && f.when.in.includes(of.value)));
    }
  }

  #node(name) { return byId("form-list").querySelector(`[data-field="${CSS.escape(name)}"]`); }

  #body() {
    const filled = Object.fromEntries((this.#form?.fields ?? []).filter((f) => !this.#node(f.name).hidden).map((f) => [f.name, byId("form-" + f.name).value.trim()]));
    return { id: this.#id, call: this.#hand?.call ?? "", form: this.#form?.id ?? "", slots: filled };
  }

  // check tells of a value as soon as it was written.
  async #check({ name, value }) {
    if (!value) return this.#line(name, "", false);
    const turn = ++this.#checks, body = this.#body();
    try {
      const { fields, hints } = await post("requests/check", body);
      await released(); // a line that appears between the press and the release of a button would move it away
      if (turn !== this.#checks || body.id !== this.#id) return;
      this.#line(name, fields[name] ?? hints[name] ?? "", Boolean(fields[name]));
      if (fields[name] ?? hints[name]) say(`${this.#form.fields.find((f) => f.name === name).title}: ${fields[name] ?? hints[name]}`);
    } catch { /* saving tells of it */ }
  }

  #line(name, text, wrong) {
    const node = byId(`form-${name}-line`);
    set(node, text);
    node.classList.toggle("field__line--wrong", wrong);
    show(node, Boolean(text));
    byId("form-" + name).setAttribute("aria-invalid", wrong);
  }

  async #save() {
    if (this.#busy || !this.#form) return;
    this.#busy = true;
    this.#checks++;
    const button = byId("form-save"), body = this.#body();
    set(button, T.desk_form_saving);
    let wrong;
    const taken = await this.#act(post("requests", body).catch((e) => {
      if (!e.fields) throw e;
      wrong = e.fields;
      return {};
    }));
    this.#busy = false;
    set(button, T.desk_form_save);
    if (body.id !== this.#id) return; // another call, another form
    if (wrong) this.#refused(wrong);
    else if (taken) this.#stored(taken);
  }

  #refused(wrong) {
    show(byId("form-problem"), true);
    for (const f of this.#form.fields) this.#line(f.name, wrong[f.name] ?? "", Boolean(wrong[f.name]));
    const first = this.#form.fields.find((f) => wrong[f.name]);
    if (first) byId("form-" + first.name).focus();
  }

  #stored(taken) {
    this.#taken.push({ ...taken, title: this.#form.title });
    this.#open("");
    show(byId("form-chooser"), false);
    show(byId("form-another"), true);
    byId("taken").replaceChildren(...this.#taken.map((t) => h("div", { class: "note note--success taken" },
      h("h4", { tabindex: "-1" }, `${T.desk_form_stored}: ${t.title}`),
      h("p", {}, `${T.desk_form_reference} `, h("strong", { class: "taken__reference" }, t.reference)),
      t.due && h("p", {}, T.desk_form_due.replace("{time}", time(t.due))),
      byId("view-requests") && h("p", {}, h("a", { class: "kern-link", href: `/admin/anliegen/${encodeURIComponent(t.reference)}`, target: "_blank" }, T.desk_form_open)))));
    byId("taken").lastElementChild.querySelector("h4").focus();
    say(`${T.desk_form_reference} ${[...taken.reference].join(" ")}`); // digit by digit, as it is told
  }
}

// released waits until no mouse button, finger or pen is down.
let down = false;
addEventListener("pointerdown", () => { down = true; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { down = false; }, true);
const released = () => new Promise((go) => {
  if (!down) { go(); return; }
  const end = () => { removeEventListener("pointerup", end); removeEventListener("pointercancel", end); setTimeout(go); }; // after the click
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
});

// control is the right field for a kind of value.
function control(f, attributes) {
  const options = (list) => h("select", attributes, h("option", { value: "" }, T.desk_form_choice), list.map(([value, title]) => h("option", { value }, title)));
  const input = (type, more) => h("input", { type, ...attributes, ...more });
  switch (f.kind) {
    case "choice": return options(f.choices.map((c) => [c.id, c.title]));
    case "yes_no": return options([["yes", T.desk_form_yes], ["no", T.desk_form_no]]);
    case "text": return h("textarea", { rows: "3", maxlength: "600", ...attributes });
    case "date": return input("date", { min: f.first, max: f.last });
    case "time": return input("time");
    case "phone": return input("tel", { maxlength: "40" });
    case "email": return input("email", { maxlength: "100" });
    case "count": return f.things ? input("text", { maxlength: "600" }) : input("number", { min: f.min || null, max: f.max || null, step: "1" });
    default: return input("text", { maxlength: "100", spellcheck: f.kind === "street" || f.kind === "name" ? "false" : null });
  }
}
