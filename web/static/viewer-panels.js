// The panels under the lines: one is open at a time, Escape closes it.
let opener = null;

export function panels(opened) {
  for (const button of document.querySelectorAll("[data-panel]")) {
    button.addEventListener("click", () => (button === opener ? shut(true) : open(button, opened)));
  }
  for (const button of document.querySelectorAll(".panel__close")) button.addEventListener("click", () => shut(true));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && opener) shut(true); });
}

const tools = () => document.getElementById("tools");
const panelOf = (button) => document.getElementById(button.dataset.panel);

function open(button, opened) {
  shut(false);
  opener = button;
  button.setAttribute("aria-expanded", "true");
  const panel = panelOf(button);
  panel.hidden = false;
  tools().classList.add("tools--open");
  panel.querySelector("h2").focus();
  opened(panel.id);
}

function shut(back) {
  if (!opener) return;
  const button = opener;
  opener = null;
  button.setAttribute("aria-expanded", "false");
  panelOf(button).hidden = true;
  tools().classList.remove("tools--open");
  if (back) button.focus();
}
