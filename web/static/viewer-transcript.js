// The lines on the page: one row for each sentence, the newest last. They follow
// what is said until the reader scrolls back or holds them.
import { element } from "./viewer-dom.js";
import { languageOf, lead, unsettled } from "./viewer-lines.js";
import { T, direction, fill, primary } from "./viewer-texts.js";

const low = 0.5; // below it a machine guessed
const near = 24; // px from the end that count as the end

export class Transcript {
  // on: held(bool), late(number of new lines that wait).
  constructor(list, scroller, on) {
    Object.assign(this, { list, scroller, on });
    this.nodes = new Map(); // row id -> li
    this.dirty = new Map(); // rows to draw
    this.late = 0; // cues that came while the lines were held
    this.held = "";
    this.top = 0;
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    addEventListener("resize", () => this.follow());
    if (document.fonts) document.fonts.ready.then(() => this.follow());
  }

  // show chooses the columns and draws everything anew.
  show(rows, { main, beside, words }) {
    Object.assign(this, { main, beside, words });
    this.list.textContent = "";
    this.nodes.clear();
    this.dirty.clear();
    this.late = 0;
    this.on.late(0);
    this.list.classList.toggle("lines--two", Boolean(beside));
    for (const row of [...rows].sort((a, b) => a.order - b.order)) this.draw(row);
    if (!this.held) this.follow();
  }

  changed(row) {
    this.dirty.set(row.id, row);
    if (!this.held) this.soon();
  }

  said() {
    if (this.held) this.on.late(++this.late);
  }

  // gone is done at once, also while the lines are held: somebody may have refused.
  gone(row) {
    this.dirty.delete(row.id);
    const node = this.nodes.get(row.id);
    if (!node) return;
    this.nodes.delete(row.id);
    const next = node.nextElementSibling;
    node.remove();
    this.name(next);
  }

  // soon draws what a burst of events brought in one go.
  soon() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.held) return;
      for (const row of this.dirty.values()) this.draw(row);
      this.dirty.clear();
      this.follow();
    }, 30);
  }

  // drawAll draws also while the lines are held, and leaves what is read where it is.
  drawAll() {
    const below = this.scroller.scrollHeight - this.scroller.scrollTop;
    for (const row of this.dirty.values()) this.draw(row);
    this.dirty.clear();
    this.late = 0;
    if (this.held) this.on.late(0);
    this.scroller.scrollTop = this.top = this.scroller.scrollHeight - below;
  }

  hold(why) {
    this.held = why;
    this.on.held(true);
  }

  resume() {
    this.held = "";
    this.late = 0;
    this.on.held(false);
    this.on.late(0);
    this.soon();
    this.follow();
  }

  follow() {
    if (this.held) return;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.top = this.scroller.scrollTop;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const up = scrollTop < this.top - 2, down = scrollTop > this.top, left = scrollHeight - clientHeight - scrollTop;
    this.top = scrollTop;
    if (!this.held && up && left > near) this.hold("scrolled");
    else if (this.held === "scrolled" && down && left < near) this.resume();
  }

  draw(row) {
    const main = this.text(row, this.main), beside = this.beside ? this.text(row, this.beside) : null;
    if (!main && !beside) return this.gone(row);
    let node = this.nodes.get(row.id);
    if (!node) this.insert(row, node = this.node(row));
    const [, first, second] = node.children;
    fillText(first, main);
    second.hidden = !this.beside;
    fillText(second, beside);
    node.dir = first.dir || second.dir; // who speaks stands above the text
    if (node.dataset.speaker !== row.speaker) {
      node.dataset.speaker = row.speaker;
      node.firstChild.textContent = row.speaker;
      this.name(node);
      this.name(node.nextElementSibling);
    }
  }

  node(row) {
    const node = element("li", "row", element("h3", "row__who"), element("p", "row__text"), element("p", "row__beside"));
    node.dataset.sentence = row.id;
    node.dataset.order = row.order;
    this.nodes.set(row.id, node);
    return node;
  }

  insert(row, node) {
    let before = this.list.lastElementChild;
    while (before && Number(before.dataset.order) > row.order) before = before.previousElementSibling;
    this.list.insertBefore(node, before ? before.nextSibling : this.list.firstChild);
    this.name(node);
    this.name(node.nextElementSibling);
  }

  // name shows who speaks where that changes.
  name(node) {
    if (!node) return;
    const before = node.previousElementSibling;
    node.firstChild.hidden = !node.dataset.speaker || Boolean(before && before.dataset.speaker === node.dataset.speaker);
    node.classList.toggle("row--turn", !node.firstChild.hidden);
  }

  // text is what is shown of a part; null is nothing.
  text(row, track) {
    const part = row.parts[track];
    if (!part) return null;
    const nodes = [], { open, loose } = this.words ? unsettled(part) : { open: "", loose: "" };
    let corrected = false;
    part.cues.forEach((cue, i) => {
      nodes.push(lead(cue, i === 0), cueNode(cue));
      corrected = corrected || cue.corrected;
    });
    if (open) nodes.push(nodes.length ? open : open.trim());
    if (loose) nodes.push(nodes.length && loose[0] === " " ? " " : "", element("span", "loose", loose.trim()));
    if (!nodes.length) return null;
    if (corrected) nodes.push(" ", mark("mark mark--corrected", T.corrected));
    if (part.untranslated) nodes.push(" ", mark("mark", T.untranslated));
    return { nodes, language: languageOf(part, track) };
  }
}

function cueNode(cue) {
  const node = element("span", cue.corrected ? "cue cue--corrected" : cue.confidence > 0 && cue.confidence < low ? "cue cue--unsure" : "cue", cue.text.trim());
  node.dataset.cue = cue.id;
  if (node.classList.contains("cue--unsure")) node.title = T.unsure;
  return node;
}

// mark is in the language of the page, whatever that of the line.
function mark(className, text) {
  const node = element("span", className, text);
  node.lang = document.documentElement.lang;
  node.dir = document.documentElement.dir;
  return node;
}

function fillText(node, text) {
  node.textContent = "";
  if (!text) return;
  for (const part of text.nodes) node.append(part);
  node.lang = primary(text.language);
  node.dir = direction(text.language);
}

// waiting says how many new lines there are.
export const waiting = (n) => fill(n === 1 ? T.new_one : n ? T.new_other : T.now, { n });
