// The lines of a meeting as a grid, newest at the bottom: lines flow in, and
// stay where they are while somebody reads or edits one of them.
import { T } from "./texts.js";
import { byId, h, set, show, tongue } from "./desk-dom.js";
import { clock, count, fill } from "./minutes-api.js";
import { Place } from "./minutes-place.js";

const most = 1500; // lines on the page while somebody follows the newest
const sure = 0.6; // a line below was recognised with doubt, as in the minutes
const page = 10; // lines that PageUp and PageDown go
const near = 200; // px from the first line

export class Lines {
  // edit is asked to open a line; leave to take the focus elsewhere; earlier for
  // what was said before the first line.
  constructor({ edit, leave, earlier }) {
    this.edit = edit;
    this.leave = leave;
    this.earlier = earlier;
    this.known = new Map(); // by cue
    this.order = []; // as they stand
    this.fresh = new Set(); // came below what is in view
    this.current = null; // has the focus, or gets it next
    this.editing = null;
    this.visited = false; // somebody was in the lines
    this.since = Infinity; // the number of the first sentence from which on all are here
    this.more = false; // there are earlier ones
    this.rows = byId("rows");
    this.scroll = byId("scroll");
    this.place = new Place(this);
    this.scroll.addEventListener("scroll", () => this.scrolled());
    this.rows.addEventListener("keydown", (e) => this.key(e));
    this.rows.addEventListener("click", (e) => this.click(e));
    this.rows.addEventListener("focusin", (e) => this.focused(e));
    byId("new").addEventListener("click", () => this.newest());
    setInterval(() => this.tick(), 1000);
  }

  // pending are lines that wait for ms; most says that it may be less.
  pending(line, ms, most = false) {
    this.changing(() => {
      for (const cue of line.cues) this.put(line, cue, this.known.get(cue.id)?.visible ? {} : { due: performance.now() + ms, most, visible: ms <= 0 ? null : false });
    });
  }

  // published are lines that the audience has.
  published(line) {
    this.changing(() => {
      for (const cue of line.cues) this.put(line, cue, { visible: true });
      this.trim();
    });
  }

  // before are the lines of sentences in front of those that are here.
  before(lines, more) {
    this.reach(lines, more);
    this.changing(() => { for (const line of lines) for (const cue of line.cues) this.put(line, cue, { visible: true }); });
  }

  // reach says how far back all sentences are here.
  reach(lines, more) {
    this.since = more ? sentence(lines[0]) : 0;
    this.more = more;
  }

  // replace puts these in the place of all lines of a sentence that is here.
  replace(line) {
    const before = this.order.filter((e) => e.sentence === line.sentence), stay = new Set(line.cues.map((c) => c.id));
    const last = before.slice(-1)[0];
    if (!last && sentence(line) < this.since) return;
    this.changing(() => {
      for (const e of before) if (!stay.has(e.cue.id)) this.drop(e);
      for (const cue of line.cues) this.put(line, cue, last && !this.known.has(cue.id) ? { due: last.due, most: last.most, visible: last.visible } : {});
    });
  }

  retract(input) {
    this.changing(() => { for (const e of this.order.filter((e) => e.input === input)) this.drop(e); });
  }

  // corrected is a line as the server has it now; an empty one is gone.
  corrected(cue) {
    const e = this.known.get(cue.id);
    if (!e || cue.revision < e.cue.revision) return;
    this.changing(() => { if (cue.text) this.put(e, cue, {}); else this.drop(e); });
  }

  // only drops lines that came before a moment and are not among these.
  only(ids, before) {
    this.changing(() => { for (const e of [...this.order]) if (!ids.has(e.cue.id) && e.came < before && e !== this.editing) this.drop(e); });
  }

  // changing lets f change lines; what somebody looks at does not move.
  changing(f) {
    this.place.hold();
    f();
    show(byId("lines-none"), !this.order.length);
    show(byId("sheet"), this.order.length > 0);
    if (!this.visited || !this.current) this.choose(this.order.slice(-1)[0], false); // who comes begins with the newest
  }

  // trim drops the first of too many, but nothing in front of somebody who reads back.
  trim() {
    while (this.place.following() && this.order.length > most && this.order[0] !== this.editing && !this.order[0].node.contains(document.activeElement)) {
      this.since = Math.max(this.since, sentence(this.order[0]) + 1);
      this.more = true;
      this.drop(this.order[0]);
    }
  }

  put(line, cue, more) {
    let e = this.known.get(cue.id);
    if (e && cue.revision < e.cue.revision) return;
    if (!e) {
      e = { cue, due: 0, most: false, visible: null, came: performance.now() };
      this.known.set(cue.id, e);
      Object.assign(e, { sentence: line.sentence, input: line.input }, more);
      this.make(e);
      this.insert(e);
    }
    e.lost = false;
    Object.assign(e, { cue, speaker: line.speaker ?? cue.speaker }, more);
    if (more.visible) e.due = 0;
    this.draw(e);
  }

  // insert keeps the order of what was said, and counts what came below.
  insert(e) {
    let i = this.order.length;
    while (i > 0 && later(this.order[i - 1].cue, e.cue)) i--;
    this.rows.insertBefore(e.node, this.order[i]?.node ?? null);
    this.order.splice(i, 0, e);
    if (i === this.order.length - 1) this.fresh.add(e);
  }

  // drop takes a line away; one that somebody types in stays until that is done.
  drop(e) {
    if (this.editing === e) {
      e.lost = true;
      return;
    }
    const at = this.order.indexOf(e);
    this.order.splice(at, 1);
    this.known.delete(e.cue.id);
    this.fresh.delete(e);
    if (this.current === e) this.choose(this.order[at] ?? this.order[at - 1], e.node.contains(document.activeElement));
    e.node.remove();
  }

  make(e) {
    const id = `line-${e.cue.id}`;
    e.time = h("span", { class: "cue__time" });
    e.who = h("span", { class: "cue__who" });
    e.text = h("p", { class: "cue__text", id: `${id}-text` });
    e.state = h("p", { class: "cue__state", role: "gridcell", id: `${id}-state` });
    e.cell = h("div", { class: "cue__cell", role: "gridcell", tabindex: "-1" }, e.text);
    e.named = `${id}-meta ${id}-text ${id}-state`;
    this.named(e, true);
    e.node = h("div", { class: "cue", role: "row" }, h("p", { class: "cue__meta", role: "gridcell", id: `${id}-meta` }, e.time, " ", e.who), e.cell, e.state);
    e.node.line = e;
  }

  // named has a line read with its time, speaker and state; what is edited speaks for itself.
  named(e, on) {
    if (on) e.cell.setAttribute("aria-labelledby", e.named); else e.cell.removeAttribute("aria-labelledby");
  }

  draw(e) {
    const unsure = !e.cue.corrected && e.cue.confidence > 0 && e.cue.confidence < sure;
    e.unsure = unsure;
    set(e.time, clock(e.cue.start_ns));
    set(e.who, e.speaker || T.minutes_unknown_speaker);
    set(e.text, e.cue.text);
    const { lang, dir } = tongue(e.cue.language);
    if (e.text.lang !== lang) { e.text.lang = lang; e.text.dir = dir; }
    e.node.classList.toggle("cue--unsure", unsure);
    this.badges(e);
  }

  badges(e) {
    const left = Math.round((e.due - performance.now()) / 1000);
    const when = e.visible ? T.minutes_visible : e.visible == null ? "" : left > 0 ? fill(e.most ? T.minutes_pending_most : T.minutes_pending, { s: left }) : T.minutes_soon;
    const print = `${when}|${e.cue.corrected}|${e.unsure}|${e.saving}`;
    if (e.state.dataset.print === print) return;
    e.state.dataset.print = print;
    e.state.replaceChildren(...[
      when && h("span", e.visible ? { class: "cue__visible" } : { class: "badge", "data-cue": "pending" }, when, e.visible === false && left > 0 && h("span", { class: "unseen" }, ` ${T.minutes_pending_hint}`)),
      e.cue.corrected && h("span", { class: "badge", "data-cue": "corrected" }, T.minutes_corrected),
      e.unsure && h("span", { class: "badge", "data-cue": "unsure" }, T.minutes_unsure),
      e.saving && h("span", { class: "badge", "data-cue": "saving" }, T.minutes_saving),
    ].filter(Boolean).flatMap((n) => [n, " "]));
  }

  saving(e, on) {
    e.saving = on;
    this.badges(e);
  }

  tick() {
    for (let i = this.order.length - 1; i >= 0 && i > this.order.length - 200; i--) if (this.order[i].visible === false) this.badges(this.order[i]);
  }

  // choose says which line Tab comes to, and gives it the focus on demand.
  choose(e, focus) {
    if (this.current && this.current !== e) this.current.cell.tabIndex = -1;
    this.current = e ?? null;
    if (!e) return;
    if (this.editing !== e) e.cell.tabIndex = 0;
    if (focus) {
      e.cell.focus({ preventScroll: true });
      this.place.reveal(e);
    }
  }

  focused(e) {
    const line = e.target.closest(".cue")?.line;
    this.visited = true;
    if (line && line !== this.current) this.choose(line, false);
  }

  // scrolled to the first line asks for earlier ones.
  scrolled() {
    this.look();
    if (this.more && this.scroll.scrollTop < near) this.earlier();
  }

  // look counts new lines that nobody has scrolled to yet.
  look() {
    const bottom = this.scroll.getBoundingClientRect().bottom;
    for (const e of this.fresh) if (e.node.getBoundingClientRect().top < bottom - 8) this.fresh.delete(e);
    const n = this.fresh.size, button = byId("new");
    if (n) set(button, `↓ ${count("minutes_new", n)}`);
    if (!n && document.activeElement === button) this.choose(this.order.slice(-1)[0], true);
    show(button, n > 0);
  }

  newest() {
    if (this.editing) { this.scroll.scrollTop = this.scroll.scrollHeight; return; }
    this.choose(this.order.slice(-1)[0], true);
    this.look();
  }

  focus() { this.choose(this.current ?? this.order.slice(-1)[0], true); }

  next(from, step) {
    for (let i = this.order.indexOf(from) + step; i >= 0 && i < this.order.length; i += step) if (this.order[i].unsure) return this.order[i];
    return null;
  }

  click(e) {
    const line = e.target.closest(".cue")?.line;
    if (line && line !== this.editing && line.cell.contains(e.target) && !String(getSelection())) this.edit(line);
  }

  key(e) {
    const line = e.target.closest(".cue")?.line;
    if (!line || e.target !== line.cell || e.altKey || e.metaKey) return;
    const at = this.order.indexOf(line), go = (i) => {
      this.choose(this.order[Math.min(this.order.length - 1, Math.max(0, i))], true);
      if (i < 0 && this.more) this.earlier();
    };
    switch (e.key) {
      case "ArrowUp": go(at - 1); break;
      case "ArrowDown": go(at + 1); break;
      case "PageUp": go(at - page); break;
      case "PageDown": go(at + page); break;
      case "Home": go(0); break;
      case "End": go(this.order.length); break;
      case "Enter": if (e.ctrlKey || e.repeat) return; this.edit(line); break;
      case "Escape": this.leave(); break;
      case "Tab": {
        const next = this.next(line, e.shiftKey ? -1 : 1);
        if (!next) return; // and leave the lines
        this.choose(next, true);
        break;
      }
      default: return;
    }
    e.preventDefault();
  }
}

// sentence is the number of a line's sentence.
const sentence = (line) => Number(line.sentence.slice(1));

const number = (id) => id.match(/\d+/g)?.map(Number) ?? [0];

// later says whether a line was said after another.
function later(a, b) {
  if (a.start_ns !== b.start_ns) return a.start_ns > b.start_ns;
  const [sa, ca = 0] = number(a.id), [sb, cb = 0] = number(b.id);
  return sa === sb ? ca > cb : sa > sb;
}
