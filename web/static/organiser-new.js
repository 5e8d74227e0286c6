// Creating a meeting: a form whose only duty is a title. What is typed stays
// in this tab until the meeting is there, whatever goes wrong.
import { begin, create } from "./organiser-api.js";
import { byId, h, say, set, show } from "./desk-dom.js";
import { forget, keep, kept } from "./organiser-kept.js";
import { T } from "./texts.js";

const form = byId("new"), f = form.elements, draft = "meeting-draft";
const tag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const mostLanguages = 12, mostDelay = 60;

// spoken: nobody needs a translation into the language that is spoken.
function spoken() {
  for (const box of form.querySelectorAll("[name=language]")) {
    const same = box.value === f.spoken.value;
    box.disabled = same;
    show(box.closest("label"), !same);
  }
}

// usual is the text that is announced unless somebody writes an own one: in
// the language that is spoken.
const usual = () => begin.consents[f.spoken.value] ?? begin.consents.en;
const isUsual = (text) => Object.values(begin.consents).some((c) => [c.volatile, c.kept].includes(text.trim()));

function consent() {
  if (!f.consent.value.trim() || isUsual(f.consent.value)) f.consent.value = f.keep.value ? usual().kept : usual().volatile;
  f.consent.lang = f.spoken.value;
}

const lines = (text) => text.split("\n").map((l) => l.trim()).filter(Boolean);
const typed = () => f.more.value.split(/[\s,;]+/).filter(Boolean);

function languages() {
  const ticked = [...form.querySelectorAll("[name=language]:checked:enabled")].map((b) => b.value);
  return [...new Set([f.spoken.value, ...ticked, ...typed()])];
}

// faults are [field, line] of what cannot be.
function faults() {
  const out = [], delay = Number(f.delay.value.trim().replace(",", ".") || "0");
  if (!f.title.value.trim()) out.push(["title", T.rooms_wrong_title]);
  const odd = typed().find((t) => !tag.test(t));
  if (odd) out.push(["more", T.rooms_wrong_tag.replace("{tag}", odd)]);
  else if (languages().length > mostLanguages) out.push(["more", T.rooms_wrong_languages]);
  if (!f.consent.value.trim()) out.push(["consent", T.rooms_wrong_consent]);
  if (!(delay >= 0 && delay <= mostDelay)) out.push(["delay", T.rooms_wrong_delay]);
  return out;
}

function mark(found) {
  for (const field of ["title", "more", "consent", "speakers", "glossary", "delay"]) {
    const line = found.find(([name]) => name === field)?.[1] ?? "", control = f[field];
    set(byId(`${field}-wrong`), line);
    show(byId(`${field}-wrong`), Boolean(line));
    if (line) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
  }
  if (!found.length) return true;
  const first = f[found[0][0]];
  if (byId("further").contains(first)) byId("further").open = true;
  first.focus();
  return false;
}

// fieldOf is the one a line of the service is about: "…: field: what is wrong".
const fieldOf = (line) => ({ title: "title", languages: "more", consent: "consent", delay_s: "delay", speakers: "speakers", glossary: "glossary" })[line.split(": ")[1]];

async function submit() {
  problem("");
  if (!mark(faults())) return;
  const button = byId("create");
  if (button.disabled) return;
  button.disabled = true;
  set(button, T.rooms_creating);
  try {
    const made = await create({
      title: f.title.value.trim(), languages: languages(), easy: f.easy.checked, speakers: lines(f.speakers.value), glossary: lines(f.glossary.value),
      delay_s: Number(f.delay.value.trim().replace(",", ".") || "0"), fast: f.mode.value === "fast", scroll: f.style.value === "scroll", consent: f.consent.value.trim(), keep: f.keep.value === "on",
    });
    keep({ code: made.code, title: f.title.value.trim(), link: made.links.organiser });
    try { sessionStorage.removeItem(draft); } catch { /* nothing was kept then */ }
    location.assign(`/rooms/${encodeURIComponent(made.code)}`);
  } catch (e) {
    again();
    const field = e.status === 400 && fieldOf(e.line);
    if (field) mark([[field, T[`rooms_refused_${field}`]]]);
    else problem(e.message);
  }
}

// again: there may be another one to create.
function again() {
  byId("create").disabled = false;
  set(byId("create"), T.rooms_create);
}

function problem(text) {
  set(byId("problem"), text);
  show(byId("problem"), Boolean(text));
  if (text) byId("problem").focus();
}

const plain = ["title", "spoken", "more", "consent", "speakers", "glossary", "delay", "keep", "mode", "style"];

function save() {
  const values = Object.fromEntries(plain.map((name) => [name, f[name].value]));
  if (isUsual(values.consent)) delete values.consent;
  values.easy = f.easy.checked;
  values.ticked = [...form.querySelectorAll("[name=language]:checked")].map((b) => b.value);
  try { sessionStorage.setItem(draft, JSON.stringify(values)); } catch { /* then it lasts as long as the page */ }
}

function restore() {
  let values;
  try { values = JSON.parse(sessionStorage.getItem(draft) ?? "null"); } catch { return; }
  if (!values) return;
  for (const name of plain) if (typeof values[name] === "string") f[name].value = values[name];
  f.easy.checked = values.easy === true;
  for (const box of form.querySelectorAll("[name=language]")) box.checked = values.ticked?.includes(box.value) ?? false;
  if (["speakers", "glossary"].some((n) => f[n].value) || f.mode.value === "fast" || f.style.value === "scroll" || f.delay.value !== "0") byId("further").open = true;
}

function list() {
  const meetings = kept();
  show(byId("kept"), meetings.length > 0);
  byId("kept-list").replaceChildren(...meetings.map((m) => {
    const title = m.title || m.code;
    return h("li", { class: "kept" },
      h("div", {}, h("a", { class: "kept__name", href: m.link }, h("bdi", {}, title)), h("p", { class: "hint" }, `${T.rooms_code} `, h("span", { class: "code" }, m.code))),
      h("button", { class: "button button--plain", type: "button", "aria-label": T.rooms_forget_of.replace("{title}", title), onclick: () => gone(m) }, T.rooms_forget));
  }));
}

function gone(m) {
  forget(m.code);
  list();
  say(T.rooms_forgotten.replace("{title}", m.title || m.code));
  (byId("kept").hidden ? f.title : byId("kept-title")).focus();
}

list();
restore();
spoken();
consent();
form.addEventListener("input", () => { spoken(); save(); });
form.addEventListener("change", (e) => { if (e.target.name === "keep" || e.target.name === "spoken") consent(); spoken(); save(); });
form.addEventListener("submit", (e) => { e.preventDefault(); submit(); });
addEventListener("pageshow", (e) => { // who comes back finds the page as it was left
  if (!e.persisted) return;
  again();
  list();
});
document.documentElement.dataset.ready = "";
