// What was said before the lines that are here: fetched when somebody goes back
// to it, each line once.
import { T } from "./texts.js";
import { byId, say, show } from "./desk-dom.js";
import { count, get, problem } from "./minutes-api.js";

const newest = 500; // sentences that a page begins with
const further = 200; // sentences that it goes back at once

export class Past {
  constructor(lines) {
    this.lines = lines;
    this.missed = null; // news while earlier lines are under way, which may not have them
    byId("older-show").addEventListener("click", () => this.into());
  }

  // begin is the newest lines, back to the first that is here; which of them are,
  // the caller says.
  async begin() {
    const all = await get(`/lines?lines=${newest}`);
    while (all.more && Number(all.lines[0].sentence.slice(1)) > this.lines.since) {
      const before = await get(`/lines?lines=${newest}&before=${all.lines[0].sentence}`);
      all.lines.unshift(...before.lines);
      all.more = before.more;
    }
    return all;
  }

  // heard takes news of lines that may be under way.
  heard(id, again) { this.missed?.push({ id, again }); }

  // earlier says how many lines have come before those that were here.
  async earlier() {
    const { lines } = this, { since, order } = lines;
    if (!lines.more || this.missed) return 0;
    this.missed = [];
    const before = order.length;
    try {
      const past = await get(`/lines?lines=${further}&before=s${since}`);
      if (since !== lines.since) return 0; // others have gone or come meanwhile
      lines.before(past.lines, past.more);
      for (const { id, again } of this.missed) if (id > past.id) again();
      problem("");
      this.draw();
      return Math.max(0, order.length - before);
    } catch (e) {
      problem(e.message);
      return 0;
    } finally { this.missed = null; }
  }

  // into goes to the newest of the lines that were asked for.
  async into() {
    const first = this.lines.order[0], n = await this.earlier();
    if (!n && this.lines.more) return; // why not is said, or they are under way
    say(n ? count("minutes_older_came", n) : T.minutes_older_none);
    const at = this.lines.order.indexOf(first);
    this.lines.choose(this.lines.order[Math.max(0, at - 1)], true);
  }

  draw() { show(byId("older"), this.lines.more); }
}
