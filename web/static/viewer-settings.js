// How the reader wants to see the lines. It is kept in this browser, holds
// nothing personal, and can be given in the address as well.
const name = "viewer";
export const sizes = [100, 125, 150, 175, 200, 250, 300]; // percent
const root = document.documentElement;
const usual = { size: "100", colours: "system", font: "normal", look: "block", position: "page" };

const asked = new URLSearchParams(location.search);

// kept is what was chosen before.
export function kept() {
  try { return JSON.parse(localStorage.getItem(name)) || {}; } catch (e) { return {}; } // storage may be forbidden or damaged
}

export function keep(choice) {
  try { localStorage.setItem(name, JSON.stringify({ ...kept(), ...choice })); } catch (e) { /* lasts for this page only */ }
}

export const askedTrack = () => asked.get("track") || "";

// current is how the page looks now; viewer-early.js has set what was chosen.
export const current = (key) => root.getAttribute("data-" + key) || usual[key];

export function set(key, value) {
  root.setAttribute("data-" + key, value);
  keep({ [key]: value });
}

// look of lines that is used where nobody chose one.
export function usualLook(look) {
  if (!root.hasAttribute("data-look")) usual.look = look;
}

// reset forgets all choices.
export function reset() {
  for (const key of Object.keys(usual)) root.removeAttribute("data-" + key);
  try { localStorage.removeItem(name); } catch (e) { /* there was nothing */ }
}

// step is the next larger or smaller size.
export function step(by) {
  const at = sizes.indexOf(Number(current("size")));
  return String(sizes[Math.max(0, Math.min(sizes.length - 1, at + by))]);
}
