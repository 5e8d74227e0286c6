// What was said in a call, as it is said: one entry per line of the journal,
// revised until it is final. Words that were hardly understood are marked; what
// was translated stands side by side with what was said.
import { begin } from "./desk-api.js";
import { h, tongue } from "./desk-dom.js";
import { T, foreign, languageName, length } from "./texts.js";

const doubtful = 0.5; // probability of a word below which it is marked
const remembered = 5; // final lines in the region that is read out
const patience = 15_000; // ms that reading out waits for a translation

export class Said {
  #nodes = new Map(); // leg/id -> {node, final, print, s}
  #spoken; #quiet; #original;
  #read = new Map(); // leg/id -> timer of a line that waits for its translation; 0: it was read out
  #last = new Map(); // leg -> key of its last line, while the call is interpreted
  unsure = false; // some word is marked
  #own = "";

  // spoken gets final lines once, for screen readers; quiet: what was before is
  // not read out. original makes the button that plays a line again; none: there is none.
  constructor(node, quiet, spoken, original) {
    this.node = node;
    this.#quiet = quiet;
    this.#spoken = spoken;
    this.#original = original;
    node.replaceChildren();
  }

  // own is the language of who reads, while the call is interpreted.
  set own(language) {
    if (language === this.#own) return;
    this.#own = language;
    for (const node of this.node.querySelectorAll(".said__column")) node.classList.toggle("said__column--own", this.#mine(node.dataset.language));
  }

  #mine(language) { return Boolean(this.#own) && primary(language) === primary(this.#own); }

  get empty() { return this.node.childElementCount === 0; }

  live() { this.#quiet = false; }

  end() { for (const timer of this.#read.values()) clearTimeout(timer); }

  // line shows a new or revised line; true if it became final by it.
  line({ segment: s, outcome, translations = [] }) {
    const key = `${s.leg}/${s.id}`, known = this.#nodes.get(key), print = JSON.stringify([s.text, s.final, translations]);
    if (!s.text?.trim()) { // taken back: it was no speech
      known?.node.remove();
      this.#nodes.delete(key);
      return false;
    }
    if (known?.print === print || (known?.final && !s.final)) return false;
    const heard = s.final && s.leg !== "bot" && this.#original && (translations.length > 0 || this.#own), before = heard && this.#last.get(s.leg);
    const node = this.#make(s, outcome, translations, heard && this.#isLast(s));
    if (known) {
      const focused = known.node.contains(document.activeElement);
      known.node.replaceWith(node);
      if (focused) node.querySelector("button")?.focus({ preventScroll: true });
    } else this.node.append(node);
    this.#nodes.set(key, { node, final: s.final, print });
    if (before && before !== key) this.#moved(before, node);
    if (s.final) this.#speak(key, s, translations);
    return s.final && !known?.final;
  }

  // isLast notes which line of a party can be heard again: the last one.
  #isLast(s) {
    const id = Number(this.#last.get(s.leg)?.slice(s.leg.length + 1) ?? -1);
    if (s.id >= id) this.#last.set(s.leg, `${s.leg}/${s.id}`);
    return s.id >= id;
  }

  // moved takes the button of a line away that is not the last one any more.
  #moved(from, to) {
    const button = this.#nodes.get(from)?.node.querySelector(".said__again");
    if (!button) return;
    if (button.contains(document.activeElement)) to.querySelector(".said__again button")?.focus({ preventScroll: true });
    button.remove();
  }

  #make(s, outcome, translations, again) {
    const side = s.leg === "bot" ? "bot" : s.leg === "caller" ? "caller" : "agent", pair = translations.length > 0;
    const facts = [who(s)];
    if (s.start_ns > 0) facts.push(length(s.start_ns / 1e6));
    if (foreign(s.language) && !pair) facts.push(languageName(s.language));
    const text = h("p", { class: "said__text", ...tongue(s.language) }, side === "bot" ? s.text : this.#words(s));
    return h("li", { class: `said__line said__line--${side}${s.final ? "" : " said__line--tail"}${pair ? " said__line--pair" : ""}` },
      h("p", { class: "said__who" }, facts.join(" · "), outcome && outcome !== "answer" ? h("span", { class: "badge", "data-outcome": outcome }, T["outcome_" + outcome] ?? outcome) : null),
      pair ? h("div", { class: "said__pair" }, this.#column(s.language, "", text), translations.map((t) => this.#translated(t))) : text,
      pair && how(translations),
      again ? h("div", { class: "said__again" }, this.#original(s, who(s))) : null);
  }

  // column is one language of a line; that of who reads stands out.
  #column(language, state, ...content) {
    return h("div", { class: `said__column${this.#mine(language) ? " said__column--own" : ""}`, "data-language": language },
      h("p", { class: "said__language" }, languageName(language), state && h("span", { class: "said__state" }, state)), ...content);
  }

  #translated(t) {
    const state = T["desk_translation_" + t.state] ?? "";
    return this.#column(t.language, state, t.text ? h("p", { class: "said__text", ...tongue(t.language) }, t.text) : null,
      t.doubts?.length ? h("p", { class: "said__doubt" }, `${T.desk_translation_doubts} `, values(t.doubts)) : null);
  }

  // words marks those the recogniser doubted, where they stand in the text.
  #words(s) {
    const out = [];
    let done = 0, at = 0;
    for (const w of s.final ? s.words ?? [] : []) {
      const word = w.text.trim(), found = word ? s.text.indexOf(word, at) : -1;
      if (found < 0) continue; // the text was mended after recognition
      at = found + word.length;
      if (w.probability >= doubtful) continue;
      out.push(s.text.slice(done, found), h("span", { class: "unsure" }, word, h("span", { class: "unseen", ...tongue(document.documentElement.lang) }, ` (${T.desk_unsure})`)));
      done = at;
      this.unsure = true;
    }
    out.push(s.text.slice(done));
    return out;
  }

  // speak has a final line read out once, in the language of who reads: what
  // is in another one waits for its translation.
  #speak(key, s, translations) {
    if (this.#read.get(key) === 0) return;
    if (this.#quiet || !this.#spoken) return this.#done(key);
    const foreignTo = this.#own && s.leg !== "bot" && s.language && !this.#mine(s.language), t = foreignTo ? translations.find((x) => this.#mine(x.language)) : undefined;
    if (t?.text) return this.#say(key, s, t.language, t.text, t.state === "failed" || t.state === "repeat" ? t.state : "");
    if (t && t.state !== "pending") return this.#say(key, s, s.language, s.text, t.state);
    if (!foreignTo) return this.#say(key, s, s.language, s.text, "");
    if (!this.#read.has(key)) this.#read.set(key, setTimeout(() => this.#say(key, s, s.language, s.text, ""), patience));
  }

  #say(key, s, language, text, state) {
    this.#done(key);
    this.#spoken.append(h("p", {}, `${who(s)}${state ? `, ${T["desk_translation_" + state]}` : ""}: `, h("span", tongue(language), text)));
    while (this.#spoken.childElementCount > remembered) this.#spoken.firstElementChild.remove();
  }

  #done(key) {
    clearTimeout(this.#read.get(key));
    this.#read.set(key, 0);
  }
}

const primary = (tag) => (tag ?? "").split("-")[0];

// values are quoted one by one, each running its own way.
function values(list) {
  return list.flatMap((v, i) => [i ? ", " : "", h("bdi", {}, T.quote.replace("{text}", v))]);
}

// how says with what a line was translated, for those who want to know.
function how(translations) {
  return h("p", { class: "said__how" }, translations.filter((t) => t.engine).map((t) => [
    languageName(t.language), t.engine, t.delay_ns > 0 && T.desk_translation_delay.replace("{seconds}", tenth.format(t.delay_ns / 1e9)),
    t.confirmed?.length && `${T.desk_translation_confirmed} ${t.confirmed.join(", ")}`].filter(Boolean).join(" · ")).join(" | "));
}

const tenth = new Intl.NumberFormat(T.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function who(s) {
  if (s.leg === "bot") return T.bot;
  if (s.leg === "caller") return T.caller;
  const name = s.leg.replace(/^agent:/, "");
  return name === begin.snapshot.me.title || name === begin.snapshot.me.name ? T.desk_transcript_agent : begin.departments?.[name] ?? name;
}
