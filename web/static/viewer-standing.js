// How a meeting stands, above its lines: whether it runs, what was announced,
// how late the lines are, and whether the connection is there.
import { byId, tell } from "./viewer-dom.js";
import { Lateness } from "./viewer-late.js";
import { T, fill } from "./viewer-texts.js";

const moment = 1500; // ms; most breaks are shorter
const glad = 4000; // ms that a connection which is back is told of

export class Standing {
  // say reads a text out; moved is called when the lines have more or less room.
  constructor(code, elapsed, say, moved) {
    Object.assign(this, { code, say, moved, lateness: new Lateness(elapsed), life: "", delay: 0, behind: 0, breaking: 0 });
    byId("notice-read").addEventListener("click", () => this.read());
  }

  state({ life, title, delay_ns: delay }) {
    const now = life || "", why = T["why_" + now] || "";
    if (title) {
      byId("title").textContent = title;
      document.title = `${title} · ${T.service}`;
    }
    byId("life").textContent = T["life_" + now] || "";
    byId("life").dataset.life = now;
    tell(byId("why"), why);
    if (now === "running") this.lateness.begin();
    else this.behind = 0;
    if (why && this.life && this.life !== now) this.say(why);
    this.life = now;
    this.delay = delay || 0;
    this.late();
  }

  // said takes a line that has just come.
  said(cue) {
    const before = this.behind;
    this.behind = this.lateness.add(cue.end_ns, this.delay);
    if (this.behind !== before) this.late();
  }

  // late tells calmly how far the lines are behind what is said.
  late() {
    const delay = Math.round(this.delay / 1e9), runs = ["running", "stopping"].includes(this.life);
    const text = this.behind ? fill(T.behind, { n: this.behind + delay }) : delay > 0 ? fill(T.delay, { n: delay }) : "";
    tell(byId("late"), runs ? text : "");
  }

  // notice is shown until it was read; another one is shown again.
  notice({ text, keeps }) {
    this.key = `notice ${this.code} ${hash(text + keeps)}`;
    let read = null;
    try { read = sessionStorage.getItem(this.key); } catch (e) { /* then it is shown again */ }
    byId("notice-text").textContent = text;
    byId("notice-keeps").textContent = keeps ? T.notice_keeps : T.notice_volatile;
    byId("notice").hidden = Boolean(read);
    if (!read) this.say(text);
  }

  read() {
    byId("notice").hidden = true;
    try { sessionStorage.setItem(this.key, "read"); } catch (e) { /* it is shown again */ }
    byId("region").focus();
    this.moved();
  }

  // connection is said after a moment only.
  connection(on) {
    clearTimeout(this.breaking);
    const node = byId("connection"), was = !node.hidden && !node.classList.contains("connection--back");
    if (on && !was) return;
    if (on) this.connected(true);
    else this.breaking = setTimeout(() => this.connected(false), moment);
  }

  connected(on) {
    const node = byId("connection");
    tell(node, on ? T.back : T.lost);
    node.classList.toggle("connection--back", on);
    this.say(node.textContent);
    if (on) this.breaking = setTimeout(() => { node.hidden = true; this.moved(); }, glad);
    this.moved();
  }

  // over: nothing is to be repaired.
  over() {
    clearTimeout(this.breaking);
    byId("connection").hidden = true;
  }
}

function hash(text) {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) | 0;
  return h;
}
