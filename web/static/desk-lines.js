// What was said in a call, as it is said: one entry per line of the journal,
// revised until it is final. Words that were hardly understood are marked.
import { begin } from "./desk-api.js";
import { h } from "./desk-dom.js";
import { T, foreign, htmlLanguage, languageName, length } from "./texts.js";

const doubtful = 0.5; // probability of a word below which it is marked
const remembered = 5; // final lines in the region that is read out

export class Said {
  #nodes = new Map(); // leg/id -> {node, final}
  #spoken;
  #quiet;
  unsure = false; // some word is marked

  // spoken gets final lines once, for screen readers; quiet: what was before is not read out.
  constructor(node, quiet, spoken) {
    this.node = node;
    this.#quiet = quiet;
    this.#spoken = spoken;
    node.replaceChildren();
  }

  get empty() { return this.node.childElementCount === 0; }

  live() { this.#quiet = false; }

  // line shows a new or revised line; true if it became final by it.
  line({ segment: s, outcome }) {
    const key = `${s.leg}/${s.id}`, known = this.#nodes.get(key);
    if (!s.text?.trim()) { // taken back: it was no speech
      known?.node.remove();
      this.#nodes.delete(key);
      return false;
    }
    if (known?.final && known.node.dataset.text === s.text) return false;
    const node = this.#make(s, outcome);
    if (known) known.node.replaceWith(node); else this.node.append(node);
    this.#nodes.set(key, { node, final: s.final });
    const finished = s.final && !known?.final;
    if (finished) this.#speak(s);
    return finished;
  }

  #make(s, outcome) {
    const side = s.leg === "bot" ? "bot" : s.leg === "caller" ? "caller" : "agent";
    const facts = [who(s)];
    if (s.start_ns > 0) facts.push(length(s.start_ns / 1e6));
    if (foreign(s.language)) facts.push(languageName(s.language));
    return h("li", { class: `said__line said__line--${side}${s.final ? "" : " said__line--tail"}`, "data-text": s.text },
      h("p", { class: "said__who" }, facts.join(" · "), outcome && outcome !== "answer" ? h("span", { class: "badge", "data-outcome": outcome }, T["outcome_" + outcome] ?? outcome) : null),
      h("p", { class: "said__text", lang: htmlLanguage(s.language) }, side === "caller" || side === "agent" ? this.#words(s) : s.text));
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
      out.push(s.text.slice(done, found), h("span", { class: "unsure" }, word, h("span", { class: "unseen" }, ` (${T.desk_unsure})`)));
      done = at;
      this.unsure = true;
    }
    out.push(s.text.slice(done));
    return out;
  }

  #speak(s) {
    if (this.#quiet || !this.#spoken) return;
    this.#spoken.append(h("p", { lang: htmlLanguage(s.language) }, `${who(s)}: ${s.text}`));
    while (this.#spoken.childElementCount > remembered) this.#spoken.firstElementChild.remove();
  }
}

function who(s) {
  if (s.leg === "bot") return T.bot;
  if (s.leg === "caller") return T.caller;
  const name = s.leg.replace(/^agent:/, "");
  return name === begin.snapshot.me.title || name === begin.snapshot.me.name ? T.desk_transcript_agent : name;
}
