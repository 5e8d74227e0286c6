// Finds a word in the lines that are there and puts another in its place,
// line by line.
import { T } from "./texts.js";
import { byId, say, set, show } from "./desk-dom.js";
import { count, fill, post } from "./minutes-api.js";

export class Replace {
  // done is told all corrections that were made at once.
  constructor(lines, editor, done) {
    this.lines = lines;
    this.editor = editor;
    this.done = done;
    byId("find").addEventListener("input", () => this.count());
    byId("replace").addEventListener("submit", (e) => { e.preventDefault(); this.run(); });
    byId("replace").addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      this.open(false);
      byId("replace-open").focus();
    });
  }

  toggle() { this.open(byId("replace").hidden); }

  open(on) {
    show(byId("replace"), on);
    byId("replace-open").setAttribute("aria-expanded", String(on));
    if (on) { byId("find").focus(); this.count(); }
  }

  // found are the lines with the word, and what they would say.
  found() {
    const what = byId("find").value.trim();
    if (!what) return [];
    const word = new RegExp(`(^|[^\\p{L}\\p{N}])${what.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "gu");
    const by = byId("with").value.trim();
    return this.lines.order.filter((e) => e !== this.lines.editing && e.cue.text.search(word) >= 0)
      .map((e) => ({ cue: e.cue, text: e.cue.text.replace(word, (found, before) => before + by).replace(/\s+/g, " ").trim() }))
      .filter((f) => f.text && f.text !== f.cue.text);
  }

  count() {
    const n = this.found().length;
    set(byId("replace-count"), !byId("find").value.trim() ? "" : n ? count("minutes_replace_count", n) : T.minutes_replace_none);
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    const done = [], all = this.found();
    for (const { cue, text } of all) {
      try {
        const now = await post(`/cues/${encodeURIComponent(cue.id)}`, { revision: cue.revision, text, editor: this.editor() });
        this.lines.corrected(now);
        done.push({ cue: now, before: cue.text, after: now.text });
      } catch { /* it has changed since, and is counted */ }
    }
    this.busy = false;
    const text = !all.length ? T.minutes_replace_none : done.length < all.length ? fill(T.minutes_replaced_some, { n: done.length, m: all.length - done.length }) : count("minutes_replaced", done.length);
    set(byId("replace-count"), text);
    say(text);
    this.done(done);
  }
}
