// Nodes of the page.
import { primary, trackName } from "./viewer-texts.js";

export const byId = (id) => document.getElementById(id);

// element makes a node of texts and nodes; names and cues are never markup.
export function element(name, className, ...content) {
  const node = document.createElement(name);
  node.className = className;
  node.append(...content);
  return node;
}

// tell puts a text into a node, which is there only while it has one.
export function tell(node, text) {
  node.textContent = text;
  node.hidden = !text;
}

// offer fills a list of tracks anew if it is another one than before, and says so.
export function offer(select, names, easy) {
  if (select.dataset.of === names.join()) return false;
  select.dataset.of = names.join();
  select.textContent = "";
  for (const name of names) {
    const option = new Option(trackName(name, easy), name);
    if (name !== "original" && name !== easy) option.lang = primary(name);
    select.append(option);
  }
  return true;
}
