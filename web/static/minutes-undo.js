// Takes corrections back, the last ones first.
import { T } from "./texts.js";
import { byId, say } from "./desk-dom.js";
import { Failure, post, problem } from "./minutes-api.js";

const most = 100; // steps

export class Undo {
  constructor(lines, editor) {
    this.lines = lines;
    this.editor = editor;
    this.steps = []; // each is what was corrected at once
    this.turn = Promise.resolve(); // of the step before
  }

  add(done) {
    if (!done.length) return;
    this.steps.push(done);
    this.steps.splice(0, this.steps.length - most);
    this.draw();
  }

  draw() { byId("undo").disabled = !this.steps.length; }

  // last takes one step back; who presses again meanwhile gets the next one, too.
  last() {
    if (this.lines.editing) return;
    const next = () => this.back();
    this.turn = this.turn.then(next, next);
  }

  async back() {
    const step = this.steps.pop();
    if (!step) return;
    let late = false, shown = null;
    try {
      for (const { cue, before } of [...step].reverse()) {
        const now = await this.restore(cue, before);
        if (now) shown = now; else late = true;
      }
      problem("");
      say(late ? T.minutes_undo_late : T.minutes_undone);
      if (late) problem(T.minutes_undo_late);
    } catch (e) {
      if (!(e instanceof Failure)) throw e;
      this.steps.push(step); // it can be tried again
      problem(e.message);
    } finally {
      this.draw();
    }
    const line = shown && this.lines.known.get(shown.id);
    if (line) this.lines.choose(line, true);
    else if (byId("undo").disabled && document.activeElement === document.body) this.lines.focus();
  }

  // restore is the line with its old text; null: somebody has changed it since.
  async restore(cue, before) {
    try {
      const now = await post(`/cues/${encodeURIComponent(cue.id)}`, { revision: cue.revision, text: before, editor: this.editor() });
      this.lines.corrected(now);
      for (const older of this.steps.flat()) if (older.cue.id === now.id && older.after === now.text) older.cue = now; // goes on from here
      return now;
    } catch (e) {
      if ((e.status === 409 && e.answer?.now) || e.status === 404) return null;
      throw e;
    }
  }
}
