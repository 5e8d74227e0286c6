// What is written, as viewers see it: sentences of all, one's own marked.
import { byId, h, tongue } from "./desk-dom.js";
import { T } from "./texts.js";
import { uncut } from "./viewer-lines.js";

const most = 12; // sentences on the page

export class Written {
  #sentences = new Map(); // by id, in their order
  me = ""; // whose sentences are one's own

  handlers() {
    return {
      snapshot: (s) => {
        this.#sentences.clear();
        for (const l of s.lines) this.#line(l, false);
        for (const w of s.open) this.#words(w);
        this.#show();
      },
      cue: (l) => { this.#line(l, false); this.#show(); },
      replace: (l) => {
        if (!this.#sentences.has(l.sentence)) return; // older than what is at hand
        this.#line(l, true);
        this.#show();
      },
      words: (w) => { this.#words(w, true); this.#show(); },
      retract: (r) => {
        for (const [id, s] of this.#sentences) if (s.input === r.input) this.#sentences.delete(id);
        this.#show();
      },
    };
  }

  #of(e) {
    let s = this.#sentences.get(e.sentence);
    if (!s) this.#sentences.set(e.sentence, s = { input: e.input, speaker: e.speaker, cues: [], open: "", lang: "" });
    if (this.#sentences.size > most) this.#sentences.delete(this.#sentences.keys().next().value);
    return s;
  }

  // line adds cues, which stand for words that came before, or puts them in the
  // place of all: what is not cut into cues yet was not corrected.
  #line(l, all) {
    const s = this.#of(l);
    s.cues = all ? l.cues : [...s.cues, ...l.cues];
    if (!all) s.open = uncut(s.open, l.cues);
    s.lang = l.cues[0]?.language ?? s.lang;
  }

  #words(w, more) {
    const s = this.#of(w);
    s.open = more ? `${s.open} ${w.text}` : uncut(w.text, s.cues);
  }

  #show() {
    const list = [...this.#sentences.values()].map((s) => ({ who: s.speaker, lang: s.lang, text: s.cues.map((c) => c.text.trim()).concat(s.open.trim()).filter(Boolean).join(" ") })).filter((s) => s.text);
    byId("lines").replaceChildren(...(list.length ? list.map((s) => h("p", { class: s.who === this.me ? "line line--mine" : "line" },
      s.who && h("span", { class: "line__who" }, s.who === this.me ? T.rooms_you : h("bdi", {}, s.who), ": "), h("span", tongue(s.lang), s.text))) : [h("p", { class: "empty" }, T.rooms_preview_none)]));
    byId("lines").scrollTop = byId("lines").scrollHeight;
  }
}
