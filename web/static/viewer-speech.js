// Reads finished lines to screen readers: the only live region of the page.
import { direction, primary } from "./viewer-texts.js";

const left = 20; // lines a reader may still be reading

export class Speech {
  constructor(region) { this.region = region; }

  say(text, language) {
    const p = document.createElement("p");
    p.textContent = text;
    if (language) {
      p.lang = primary(language);
      p.dir = direction(language);
    }
    this.region.append(p);
    while (this.region.children.length > left) this.region.firstElementChild.remove();
  }

  hush() { this.region.textContent = ""; }
}
