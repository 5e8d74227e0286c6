// Shows finished cues one after the other, each long enough to be read. A
// translation brings a whole sentence at once; who is behind reads faster.
const least = 1000; // ms of a cue
const most = 7000;
const rate = 15; // characters a second
const behind = 3; // cues that wait before the pace grows

export class Pace {
  // show(cue) puts a cue on the screen; rest() is called when nothing was said for a while.
  constructor(show, rest, quiet) {
    Object.assign(this, { show, rest, quiet, queue: [], timer: 0 });
    this.idle = setTimeout(rest, quiet);
  }

  // add puts a cue at the end, or before the first that is to be shown after it.
  add(cue, after) {
    const at = after ? this.queue.findIndex(after) : -1;
    this.queue.splice(at < 0 ? this.queue.length : at, 0, cue);
    if (!this.timer) this.next();
  }

  // cut takes out what must not be shown any more.
  cut(keep) { this.queue = this.queue.filter(keep); }

  // swap puts cues in the place of those that wait; false: there are none.
  swap(old, cues) {
    const at = this.queue.findIndex(old);
    if (at < 0) return false;
    this.cut((cue) => !old(cue));
    this.queue.splice(at, 0, ...cues);
    return true;
  }

  // has says whether one of these waits.
  has(which) { return this.queue.some(which); }

  // touch says that something is being said.
  touch() {
    clearTimeout(this.idle);
    this.idle = setTimeout(this.rest, this.quiet);
  }

  // next is shown at once.
  next() {
    clearTimeout(this.timer);
    const cue = this.queue.shift();
    this.timer = 0;
    if (!cue) return;
    this.touch();
    this.show(cue);
    const hurry = Math.max(1, this.queue.length / behind);
    const time = Math.min(most, Math.max(least, cue.text.length / rate * 1000)) / hurry;
    this.timer = setTimeout(() => this.next(), time);
  }
}
