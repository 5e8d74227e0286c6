// Articles that follow the conversation, a search for others, and the card
// with the short answer that is read out or spoken by the bot.
import { get } from "./desk-api.js";
import { byId, h, on, rows, set, show, submitted } from "./desk-dom.js";
import { link } from "./desk-offer.js";
import { T, htmlLanguage, sureness } from "./texts.js";

const pause = 250; // ms without a key before a search

export class Suggestions {
  #hand; #order; #timer; #asked; #chosen; #followed = [];

  // hand() is the call in hand, order(name, body) does something with it.
  constructor(hand, order) {
    this.#hand = hand;
    this.#order = order;
    submitted("suggest-form", () => this.#search());
    on("suggest-q", "input", () => { clearTimeout(this.#timer); this.#timer = setTimeout(() => this.#search(), pause); });
    on("readout-clear", "click", () => { this.#read(null); byId("suggest-q").focus(); });
    on("readout-say", "click", () => this.#order("say", { text: this.#chosen.answer, language: this.#chosen.language }));
  }

  begin(hand) {
    this.#followed = (hand.preview.answers ?? []).slice(-1).map((a) => ({ id: a.article, title: a.title, answer: a.text, source: a.source, confidence: a.confidence, language: hand.preview.language }));
    this.#asked?.abort(); // what was searched for another call
    clearTimeout(this.#timer);
    byId("suggest-q").value = "";
    this.#read(null);
    this.#list(this.#followed);
  }

  // follow shows what fits the last words, unless a search is on.
  follow(list) {
    if (list.length) this.#followed = list;
    if (!byId("suggest-q").value.trim()) this.#list(this.#followed);
  }

  async #search() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const q = byId("suggest-q").value.trim();
    if (!q) return this.#list(this.#followed);
    this.#asked = new AbortController();
    try {
      const { articles } = await get(`/api/v1/desk/articles?q=${encodeURIComponent(q)}`, this.#asked.signal);
      this.#list(articles, T.desk_suggest_nothing);
    } catch (e) {
      if (e.name !== "AbortError") this.#list([], e.message);
    }
  }

  #list(list, none = T.desk_suggest_none) {
    set(byId("suggest-none"), none);
    show(byId("suggest-none"), !list.length);
    const written = this.#hand()?.preview.written;
    rows(byId("suggestions"), list.map((a) => ({ ...a, written })), (a) => a.id, (a) => h("li", { class: "suggestion" },
      h("p", { class: "suggestion__head" }, h("strong", { id: "s-" + a.id }, a.title), " ", h("span", { class: "hint" }, sureness(a.confidence))),
      h("p", { class: "suggestion__text", lang: htmlLanguage(a.language) }, a.answer),
      h("p", { class: "suggestion__foot" }, h("button", { class: "button button--plain", type: "button", "aria-describedby": "s-" + a.id, onclick: () => this.#use(a) }, a.written ? T.desk_suggest_insert : T.desk_suggest_use), link(a.source))));
  }

  #use(a) {
    if (!a.written) return this.#read(a);
    const field = byId("reply-text");
    field.value = [field.value.trim(), a.answer].filter(Boolean).join("\n");
    field.focus();
  }

  #read(a) {
    this.#chosen = a;
    show(byId("readout-card"), Boolean(a));
    show(byId("readout-none"), !a);
    if (!a) return;
    const text = byId("readout-text");
    set(text, a.answer);
    text.lang = htmlLanguage(a.language);
    byId("readout-source").replaceChildren(`${a.title} `, link(a.source) ?? "");
    byId("readout-card").focus({ preventScroll: true });
    byId("readout").scrollIntoView({ block: "nearest" });
  }
}
