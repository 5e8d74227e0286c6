// Questions before what cannot be taken back: the question stands where the
// button is, and saying no costs nothing.
import { h } from "./desk-dom.js";
import { T } from "./texts.js";

// ask puts a question behind the button's row; yes runs only after a click on
// it. Escape says no. It returns what takes the question back.
export function ask(button, question, yesText, yes) {
  const place = button.parentElement, there = place.nextElementSibling;
  if (there?.classList.contains("ask")) return () => there.remove();
  const id = `ask-${Math.random().toString(36).slice(2)}`;
  const close = (focus) => { box.remove(); if (focus) button.focus(); };
  const yesButton = h("button", { class: "button button--danger", type: "button", onclick: () => { close(true); yes(); } }, yesText);
  const box = h("div", { class: "ask note note--warning", role: "group", "aria-labelledby": id },
    h("p", { id }, question), h("div", { class: "row" }, yesButton, h("button", { class: "button button--plain", type: "button", onclick: () => close(true) }, T.rooms_ask_no)));
  box.addEventListener("keydown", (e) => { if (e.key === "Escape") close(true); });
  place.after(box);
  yesButton.focus();
  return () => close(false);
}
