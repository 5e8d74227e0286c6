// How late the lines are: the time of the meeting when a line comes, less the
// time when its last word was said.
const usual = 6000; // ms that nobody has to be told of: to hear, to write, to wait for the end of the sentence
const sure = 3; // lines in a row, since a lost connection makes single ones late

export class Lateness {
  // elapsed is how many ms the meeting has lasted; NaN when it has not begun.
  constructor(elapsed) {
    this.began = Date.now() - elapsed;
    this.last = [];
  }

  begin() { if (isNaN(this.began)) this.began = Date.now(); }

  // add takes a line that has just come, and returns how late the lines are in
  // seconds; 0 is as usual.
  add(end, delay) {
    const late = Date.now() - this.began - (end + delay) / 1e6;
    this.last = this.last.concat(late).slice(-sure);
    const least = Math.min(...this.last);
    return this.last.length === sure && least > usual ? Math.round(least / 1000) : 0;
  }
}
