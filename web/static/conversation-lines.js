// What both sides say, as large text: new and revised lines flow in, each
// final line is read to screen readers once.
import { T, direction, primary } from "./conversation-texts.js";

const doubt = 0.5; // words below are marked
const doubtful = 0.6; // lines below, when nothing is known of their words
const readFor = 5000; // ms that a text stays for screen readers

export class Lines {
  // region scrolls, list holds the lines; links: sources may be opened; name() of the person.
  constructor(region, list, announcer, { links, name, said }) {
    Object.assign(this, { region, list, announcer, links, name, said });
    this.clear();
    region.addEventListener("scroll", () => { this.follows = atEnd(region); });
  }

  clear() {
    this.list.textContent = "";
    this.announcer.textContent = "";
    this.shown = new Map(); // leg/id -> { node, revision, final }
    this.follows = true;
  }

  show(line) {
    const s = line.segment, key = s.leg + "/" + s.id;
    let view = this.shown.get(key);
    if (view && view.final && !s.final) return; // an old one, sent once more
    if (!view) {
      view = { node: document.createElement("li") };
      this.shown.set(key, view);
      this.list.append(view.node);
    }
    const finished = s.final && !view.final;
    view.final = s.final;
    this.draw(view.node, line);
    if (finished && s.text.trim()) {
      this.read(s);
      if (this.said) this.said(s);
    }
    if (this.follows) this.region.scrollTop = this.region.scrollHeight;
  }

  draw(li, line) {
    const s = line.segment, own = s.leg === "caller";
    li.className = `caption caption--${own ? "own" : s.leg === "bot" ? "bot" : "person"}${s.final ? "" : " caption--tail"}`;
    li.hidden = !s.text.trim();
    const text = node("p", "caption__text");
    text.lang = primary(s.language);
    text.dir = s.language ? direction(s.language) : "auto";
    const unsure = own && words(text, s);
    if (!text.firstChild) text.textContent = s.text;
    if (unsure === null && s.final && s.confidence > 0 && s.confidence < doubtful) text.classList.add("unsure");
    li.replaceChildren(node("p", "caption__who", this.who(s)), text);
    if (own && s.final && (unsure || text.classList.contains("unsure"))) li.append(node("p", "caption__fact", T.unsure));
    const source = this.source(line);
    if (source) li.append(source);
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

  // read says a line to screen readers.
  read(s) { this.tell(`${this.who(s)}: ${s.text}`, primary(s.language)); }

  // tell adds to what is read: lines that come at once are all read, and none
  // is found a second time by those who walk through the page.
  tell(text, language) {
    const p = node("p", "", text);
    if (language) p.lang = language;
    this.announcer.append(p);
    setTimeout(() => p.remove(), readFor);
  }
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

function node(name, className, text) {
  const n = document.createElement(name);
  if (className) n.className = className;
  if (text) n.textContent = text;
  return n;
}
