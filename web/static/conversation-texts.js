// The texts of the page, which can change their language while somebody
// speaks: every element with data-t shows the text of that name.
export const T = {};

// The languages that are offered, and where their texts are found: all in the
// page (a kiosk), or fetched one by one.
const all = read("texts-all");
const root = document.documentElement;

use(read("texts"));

function read(id) {
  const node = document.getElementById(id);
  return node ? JSON.parse(node.textContent) : {};
}

function use(texts) {
  for (const key of Object.keys(T)) delete T[key];
  Object.assign(T, texts);
}

// speak shows the page in another language; false when it is not offered.
export async function speak(language) {
  const wanted = primary(language);
  if (wanted === root.lang) return true;
  if (!T.languages.split(" ").includes(wanted)) return false;
  let texts = all[wanted];
  if (!texts) {
    try {
      const answer = await fetch("/anruf/texts/" + wanted);
      if (!answer.ok) return false;
      texts = await answer.json();
    } catch { return false; } // the page stays readable in the language it has
  }
  const { languages } = T;
  use(texts);
  T.languages = languages;
  root.lang = wanted;
  root.dir = T.dir;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = T[node.dataset.t];
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", T[node.dataset.tLabel]);
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = T[node.dataset.tPlaceholder];
  document.title = T.title + " · " + T.service;
  document.dispatchEvent(new Event("spoken"));
  return true;
}

// fill puts values into the {places} of a text.
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
}

// primary is the language as pages and screen readers know it: "de-leicht" is German.
export const primary = (tag) => (tag || "").split("-")[0];

// direction of a language's script.
export const direction = (tag) => (["ar", "fa", "he", "ur"].includes(primary(tag)) ? "rtl" : "ltr");

// clock is "1:05" of so many milliseconds.
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}
