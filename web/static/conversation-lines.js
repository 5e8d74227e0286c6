// What both sides say, as large text: new and revised lines flow in, each
// final line is read to screen readers once. What others say in another
// language is shown and read as translated, with the original below it.
import { aloud } from "./aloud.js";
import { T, direction, primary } from "./conversation-texts.js";

const doubt = 0.5; // words below are marked
const doubtful = 0.6; // lines below, when nothing is known of their words
const patience = 3000; // ms that reading waits for a translation

export class Lines {
  // region scrolls, list holds the lines; links: sources may be opened; name()
  // of the person; language() of the caller, "" is not known yet.
  constructor(region, list, announcer, { links, name, language, said }) {
    Object.assign(this, { region, list, announcer, links, name, language, said, shown: new Map() });
    this.clear();
    region.addEventListener("scroll", () => { this.follows = atEnd(region); });
  }

  clear() {
    for (const view of this.shown.values()) clearTimeout(view.timer);
    this.list.textContent = "";
    this.announcer.textContent = "";
    this.shown = new Map(); // leg/id -> { node, line, print, read, timer }
    this.follows = true;
  }

  show(line) {
    const s = line.segment, key = s.leg + "/" + s.id;
    let view = this.shown.get(key);
    const was = view && view.line.segment.final;
    if (was && !s.final) return; // an old one, sent once more
    if (!view) {
      view = { node: document.createElement("li") };
      this.shown.set(key, view);
      this.list.append(view.node);
    }
    view.line = line;
    this.draw(view);
    if (s.final && !was && s.text.trim() && this.said) this.said(s);
    if (s.final) this.read(view);
    if (this.follows) this.region.scrollTop = this.region.scrollHeight;
  }

  // turn shows the lines in the language that is the caller's or the page's now.
  turn() { for (const view of this.shown.values()) this.show(view.line); }

  draw(view) {
    const { node: li, line } = view, s = line.segment, own = s.leg === "caller", t = this.translation(line);
    const print = JSON.stringify([s, line.source, t, this.who(s), T.name]);
    if (print === view.print) return; // who is reading it is not disturbed
    view.print = print;
    li.className = `caption caption--${own ? "own" : s.leg === "bot" ? "bot" : "person"}${s.final ? "" : " caption--tail"}`;
    li.hidden = !s.text.trim();
    const text = tongue(node("p", "caption__text"), (t || s).language);
    const unsure = own && words(text, s);
    if (!text.firstChild) text.textContent = (t || s).text;
    if (unsure === null && s.final && s.confidence > 0 && s.confidence < doubtful) text.classList.add("unsure");
    li.replaceChildren(node("p", "caption__who", this.who(s)), text);
    if (t) li.append(node("p", "caption__fact", T.translated), tongue(node("p", "caption__fact", s.text), s.language));
    if (own && s.final && (unsure || text.classList.contains("unsure"))) li.append(node("p", "caption__fact", T.unsure));
    const source = this.source(line);
    if (source) li.append(source);
  }

  // translation is what others said in the caller's language, else in the
  // page's; null when there is none, or it was said in that language.
  translation({ segment: s, translations }) {
    if (s.leg === "caller") return null;
    for (const l of [this.language(), document.documentElement.lang]) {
      if (same(l, s.language)) return null;
      const t = into(translations, l);
      if (t && t.text) return { language: t.language, text: t.text };
    }
    return null;
  }

  // awaited says whether a translation may come or grow yet. After a reload
  // lines are there before the caller's language is known.
  awaited({ segment: s, translations }) {
    if (s.leg === "caller") return false;
    const known = this.language(), t = into(translations, known || document.documentElement.lang);
    if (t) return t.state === "pending" || t.state === "speaking";
    return Boolean(s.language && !same(s.language, known || document.documentElement.lang) || !known && translations);
  }

  who(s) {
    return s.leg === "caller" ? T.you : s.leg === "bot" ? T.bot : this.name() || T.person;
  }

  // source leads to https addresses only: nothing else of an article is trusted to be an address.
  source(line) {
    let url;
    try { url = new URL(line.source); } catch { return null; }
    if (url.protocol !== "https:") return null;
    const p = node("p", "caption__fact", T.source + ": ");
    if (!this.links) {
      p.append(url.host);
      return p;
    }
    const a = node("a", "kern-link", url.host);
    a.href = url.href;
    a.target = "_blank";
    a.rel = "noopener noreferrer";
    p.append(a);
    return p;
  }

  // read says a line to screen readers once, as soon as it is in their language.
  read(view) {
    if (view.read) return;
    if (!this.awaited(view.line)) return this.say(view);
    if (!view.timer) view.timer = setTimeout(() => this.say(view), patience);
  }

  say(view) {
    const s = view.line.segment, { text, language } = this.translation(view.line) || s;
    clearTimeout(view.timer);
    view.read = true;
    if (text.trim()) this.tell(`${this.who(s)}: ${text}`, primary(language));
  }

  tell(text, language) { aloud(this.announcer, text, language); }
}

// words writes the text with its unsure words marked; null when nothing is
// known of them, else whether there are any.
function words(text, s) {
  if (!s.words || !s.words.length) return null;
  let at = 0, any = false;
  for (const w of s.words) {
    const word = w.text.trim(), from = word && w.probability < doubt ? s.text.indexOf(word, at) : -1;
    if (from < 0) continue;
    const mark = node("span", "unsure", word);
    text.append(s.text.slice(at, from), mark);
    at = from + word.length;
    any = true;
  }
  text.append(s.text.slice(at));
  return any;
}

const atEnd = (n) => n.scrollHeight - n.scrollTop - n.clientHeight < 48;

const same = (a, b) => primary(a) === primary(b);

// into finds the translation into a language.
const into = (translations, language) => (translations || []).find((t) => same(t.language, language));

// tongue says how a text is to be spoken, and where it begins.
function tongue(n, language) {
  n.lang = primary(language);
  n.dir = language ? direction(language) : "auto";
  return n;
}

function node(name, className, text) {
  const n = document.createElement(name);
  if (className) n.className = className;
  if (text) n.textContent = text;
  return n;
}
