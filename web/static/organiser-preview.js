// What viewers read now: the last lines of the original and of one translation.
import { get } from "./organiser-api.js";
import { byId, h, show, tongue } from "./desk-dom.js";
import { trackName } from "./organiser-stage.js";
import { T } from "./texts.js";
import { uncut } from "./viewer-lines.js";

const lines = 4;
const pace = 1500; // ms: all pages of one address share a quota

export class Preview {
  #tracks = ""; #first = "de"; #life = ""; #busy = false; #again = false;

  constructor() {
    byId("preview-track").addEventListener("change", () => this.#show());
    setInterval(() => { if (!document.hidden && !this.#busy && ["running", "paused", "stopping"].includes(this.#life)) this.#show(); }, pace);
  }

  update({ status }) {
    const { languages, easy } = status.state, tracks = [...languages.slice(1), ...(easy ? [easy] : [])];
    const fresh = tracks.join(" ") !== this.#tracks || this.#life === "";
    this.#life = status.state.life;
    this.#first = languages[0];
    if (!fresh) return;
    this.#tracks = tracks.join(" ");
    const select = byId("preview-track"), chosen = select.value;
    select.replaceChildren(...tracks.map((t) => h("option", { value: t }, trackName(t))));
    if (tracks.includes(chosen)) select.value = chosen;
    show(byId("preview-other"), tracks.length > 0);
    this.#show();
  }

  // show fetches the lines; who chooses another language meanwhile gets that one.
  async #show() {
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    do {
      this.#again = false;
      const track = byId("preview-track").value;
      try {
        await Promise.all([this.#one("original", byId("preview-original")), track && this.#one(track, byId("preview-translated"))]);
      } catch { /* the line above says that the connection is lost */ }
    } while (this.#again);
    this.#busy = false;
  }

  async #one(track, screen) {
    const snapshot = await get(`/snapshot?track=${encodeURIComponent(track)}&lines=${lines}`);
    if (track !== "original" && track !== byId("preview-track").value) return;
    const said = [
      ...snapshot.lines.map((l) => ({ who: l.speaker, text: l.cues.map((c) => c.text.trim()).join(" "), lang: l.cues[0]?.language, failed: l.untranslated })),
      ...snapshot.open.map((w) => ({ who: w.speaker, text: uncut(w.text, snapshot.lines.find((l) => l.sentence === w.sentence)?.cues ?? []).trim(), lang: track === "original" ? this.#first : track, open: true })),
    ].filter((l) => l.text).slice(-lines);
    const print = JSON.stringify([track, said]);
    if (screen.dataset.print === print) return;
    screen.dataset.print = print;
    if (!said.length) { screen.replaceChildren(h("p", { class: "empty" }, T.rooms_preview_none)); return; }
    screen.replaceChildren(...said.map((l) => h("p", { class: l.open ? "line line--open" : "line" },
      l.who && h("span", { class: "line__who" }, h("bdi", {}, l.who), ": "), h("span", tongue(l.lang || track), l.text), l.failed && [" ", h("span", { class: "badge" }, T.rooms_untranslated)])));
  }
}
