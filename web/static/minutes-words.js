// The words recognition knows in this meeting: what it learned by itself and
// what it is taught.
import { T } from "./texts.js";
import { byId, h, rows, say, set, show } from "./desk-dom.js";
import { fill, post, problem } from "./minutes-api.js";

const offers = 3; // words at most
const quote = (word) => T.quote.replace("{text}", () => word);

export class Words {
  constructor() {
    this.list = [];
    this.fresh = new Set(); // learned while the page was open
    this.waiting = []; // corrections whose lesson is not known yet
    byId("words-form").addEventListener("submit", (e) => { e.preventDefault(); this.add(); });
  }

  // update takes the glossary as it is now.
  update(glossary) {
    if (this.known) for (const word of glossary) if (!this.list.includes(word)) this.fresh.add(word);
    this.known = true;
    this.list = glossary;
    set(byId("words-count"), String(glossary.length));
    show(byId("words-none"), !glossary.length);
    const shown = [...glossary].reverse().map((word) => ({ word, fresh: this.fresh.has(word) }));
    rows(byId("words"), shown, (w) => w.word, (w) => h("li", null, h("span", { dir: "auto" }, w.word), w.fresh && [" ", h("span", { class: "badge", "data-cue": "corrected" }, T.minutes_words_new)]));
  }

  // corrected shows what the meeting learned of a correction and offers more.
  corrected(before, after) {
    const right = changed(before, after);
    if (!right) return;
    const learned = this.list.includes(right) ? [right] : [];
    const old = new Set([...bareWords(before), bareWords(after)[0]]); // a sentence begins with a capital letter
    const words = bareWords(right).filter((w) => !learned.includes(w) && /^\p{Lu}\p{L}{2,}/u.test(w) && !old.has(w) && !this.list.includes(w));
    this.offer(learned, [...new Set(words)].slice(0, offers));
  }

  offer(learned, words) {
    const box = byId("learned");
    box.replaceChildren(...[
      learned.length && h("p", null, `${T.minutes_learned}: ${learned.map(quote).join(", ")}`),
      words.length && h("p", null, T.minutes_offer, " ", words.flatMap((w) => [h("button", { class: "button button--plain", type: "button", onclick: (e) => this.teach(w, e.currentTarget) }, fill(T.minutes_teach, { word: w })), " "])),
    ].filter(Boolean));
    show(box, box.childElementCount > 0);
    if (learned.length) say(`${T.minutes_learned}: ${learned.join(", ")}`);
  }

  async teach(word, button) {
    try {
      await post("/glossary", { words: [word] });
      problem("");
      if (!this.list.includes(word)) this.update([...this.list, word]);
      say(fill(T.minutes_taught, { word }));
      button?.replaceWith(h("span", { class: "hint" }, fill(T.minutes_taught, { word })));
      return true;
    } catch (e) {
      problem(e.message);
      return false;
    }
  }

  async add() {
    const field = byId("word"), word = field.value.trim();
    if (word && await this.teach(word)) field.value = "";
    field.focus();
  }
}

const bare = (words) => words.join(" ").replace(/^[.,;:!?…"„“”»«()]+|[.,;:!?…"„“”»«()]+$/g, "");
const bareWords = (text) => text.split(/\s+/).map((w) => bare([w])).filter(Boolean);

// changed are the words that took the place of others, as the meeting sees it.
export function changed(before, after) {
  let a = before.split(/\s+/).filter(Boolean), b = after.split(/\s+/).filter(Boolean), n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  a = a.slice(n);
  b = b.slice(n);
  while (a.length && b.length && a.slice(-1)[0] === b.slice(-1)[0]) { a.pop(); b.pop(); }
  return bare(b);
}
