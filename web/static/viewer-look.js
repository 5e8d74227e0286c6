// The panel in which one chooses how the lines look and what is read out.
import { byId } from "./viewer-dom.js";
import { canFill, filled, fillScreen } from "./viewer-keys.js";
import { current, keep, kept, reset, set, sizes, step } from "./viewer-settings.js";
import { T } from "./viewer-texts.js";

const root = document.documentElement;
const lists = ["colours", "font", "look", "position"];
const boxes = { beside: false, speak: true, corrections: false, keys: true }; // as they usually are

export class Look {
  // on: changed(name of what was chosen), moved() when the lines have more or less room.
  constructor(on) {
    this.on = on;
    const chosen = kept();
    for (const name of Object.keys(boxes)) {
      if (name in chosen) byId(name).checked = Boolean(chosen[name]);
      byId(name).addEventListener("change", (e) => {
        keep({ [name]: e.target.checked });
        on.changed(name);
      });
    }
    for (const name of lists) byId(name).addEventListener("change", (e) => this.choose(name, e.target.value));
    byId("smaller").addEventListener("click", () => this.resize(-1));
    byId("larger").addEventListener("click", () => this.resize(1));
    byId("reset").addEventListener("click", () => this.reset());
    this.screen();
    this.show();
  }

  choose(name, value) {
    set(name, value);
    this.show();
    this.on.changed(name);
  }

  resize(by) { this.choose("size", step(by)); }

  reset() {
    reset();
    for (const name of Object.keys(boxes)) byId(name).checked = boxes[name];
    this.show();
    this.on.changed("beside");
  }

  // show brings the panel in line with how the page looks.
  show() {
    for (const name of lists) byId(name).value = current(name);
    const size = current("size");
    byId("size-now").textContent = size + "\u00a0%";
    byId("smaller").disabled = Number(size) === sizes[0];
    byId("larger").disabled = Number(size) === sizes[sizes.length - 1];
  }

  screen() {
    byId("full").hidden = !canFill;
    byId("full").addEventListener("click", fillScreen);
    for (const name of ["fullscreenchange", "webkitfullscreenchange"]) {
      document.addEventListener(name, () => {
        root.classList.toggle("filled", filled());
        byId("full-text").textContent = filled() ? T.fullscreen_off : T.fullscreen;
        this.on.moved();
      });
    }
  }
}
