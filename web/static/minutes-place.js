// Where the list of lines is scrolled to: it follows the newest, or stays where
// somebody reads. Changes of lines flow in; the list is measured once before the
// first of a frame and once after the last, however many there are.
import { byId } from "./desk-dom.js";

export class Place {
  constructor(lines) {
    this.lines = lines;
    this.scroll = byId("scroll");
    this.rows = byId("rows");
    this.held = null; // how the list stood before the first change of this frame
  }

  // hold keeps what is in view where it is, whatever changes in this frame.
  hold() {
    if (this.held) return;
    const anchor = this.anchor();
    this.held = { anchor, top: anchor && this.top(anchor), at: this.scroll.scrollTop, end: this.atEnd(), seen: this.scroll.clientHeight > 0 };
    requestAnimationFrame(() => this.settle());
  }

  settle() {
    const { anchor, top, at, end } = this.held, up = this.scroll.scrollTop < at;
    this.held = null;
    if (anchor?.node.isConnected) this.scroll.scrollTop += this.top(anchor) - top;
    if (end && !up && !this.lines.editing) this.toEnd();
    this.lines.look();
  }

  // following says whether the newest line was in view before the change.
  following() { return this.held.end && this.held.seen; }

  // anchor is the line that does not move: that which is edited, else the first in view.
  anchor() {
    const { editing, order } = this.lines;
    if (editing) return editing;
    const top = this.scroll.getBoundingClientRect().top;
    let low = 0, high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle].node.getBoundingClientRect().bottom > top) high = middle; else low = middle + 1;
    }
    return order[low];
  }

  // top is where a line stands among all, wherever they are scrolled to.
  top(e) { return e.node.getBoundingClientRect().top - this.rows.getBoundingClientRect().top; }

  atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 8; }

  // toEnd follows the newest line, as far as the line with the focus stays in view.
  toEnd() {
    const { current } = this.lines, head = byId("lines").firstElementChild.offsetHeight;
    const inside = current && this.rows.contains(document.activeElement);
    const limit = inside ? this.scroll.scrollTop + current.node.getBoundingClientRect().top - this.scroll.getBoundingClientRect().top - head : Infinity;
    this.scroll.scrollTop = Math.min(this.scroll.scrollHeight, Math.max(this.scroll.scrollTop, limit));
  }

  // reveal scrolls the list, and the page where the list reaches out of it, only as far as needed.
  reveal(e) {
    const box = this.scroll.getBoundingClientRect(), row = e.node.getBoundingClientRect(), head = byId("lines").firstElementChild.offsetHeight;
    if (row.top < box.top + head) this.scroll.scrollTop -= box.top + head - row.top;
    else if (row.bottom > box.bottom) this.scroll.scrollTop += row.bottom - box.bottom;
    const { top, bottom } = e.node.getBoundingClientRect(), below = bottom + 4 - window.innerHeight;
    if (top < head) window.scrollBy(0, top - head);
    else if (below > 0) window.scrollBy(0, Math.min(below, top - head));
  }
}
