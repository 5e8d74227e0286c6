// Small helpers to build the desk's page. All text goes in by textContent, and
// what is equal stays untouched, so that nothing is drawn or read twice.
import { aloud } from "./aloud.js";
import { T, htmlLanguage } from "./texts.js";

export const byId = (id) => document.getElementById(id);
export const on = (id, event, run) => byId(id).addEventListener(event, run);
export const submitted = (id, run) => on(id, "submit", (e) => { e.preventDefault(); run(); });

// h makes an element; null children are left out.
export function h(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((c) => c != null && c !== false));
  return node;
}

const rightToLeft = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

// tongue are the attributes of a text in a language: how it is spoken and which way it runs.
export function tongue(tag) {
  const lang = htmlLanguage(tag);
  return { lang, dir: rightToLeft.has(lang.split("-")[0]) ? "rtl" : "ltr" };
}

// quoted is a text of somebody in quotation marks of the page's language.
export function quoted(text, tag) {
  const [before, after] = T.quote.split("{text}");
  return [before, h("bdi", tongue(tag), text), after];
}

export const badge = (status, text) => h("span", { class: "badge", "data-status": status }, text);

export function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, visible) {
  if (node && node.hidden === visible) node.hidden = !visible;
}

// tell shows a line, or none for "".
export function tell(id, text) {
  set(byId(id), text);
  show(byId(id), Boolean(text));
}

// counted says of a table how many rows it has, or that there are none.
export function counted(name, list) {
  set(byId(name + "-count"), list.length || "");
  show(byId(name + "-none"), !list.length);
  show(byId(name + "-scroll"), Boolean(list.length));
}

// rows keeps one node per item under its key; a node is made again only when
// what it says has changed, and the focus stays on the same control.
export function rows(parent, items, key, make) {
  const keys = new Set(items.map((i) => String(key(i)))), old = new Map();
  for (const node of [...parent.children]) {
    if (keys.has(node.dataset.key)) old.set(node.dataset.key, node);
    else node.remove();
  }
  let at = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item)), print = JSON.stringify(item);
    let node = old.get(id);
    if (node?.dataset.print !== print) {
      const fresh = make(item);
      fresh.dataset.key = id;
      fresh.dataset.print = print;
      if (node) {
        const focused = [...node.querySelectorAll("a,button")].indexOf(document.activeElement);
        node.replaceWith(fresh);
        fresh.querySelectorAll("a,button")[focused]?.focus({ preventScroll: true });
        if (at === node) at = fresh;
      }
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
}

// typing says whether keys belong to what somebody writes or chooses now.
export function typing() {
  const a = document.activeElement;
  return Boolean(a?.closest("input:not([type=radio],[type=checkbox],[type=range]), textarea, select, dialog"));
}

// say lets a screen reader speak, at once where it cannot wait.
export const say = (text, urgent) => aloud(byId(urgent ? "urgent" : "polite"), text);
