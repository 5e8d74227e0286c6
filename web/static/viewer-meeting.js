// A meeting as a page follows it: one or two tracks, its state and notice, and
// whether the connection stands. Pages and the projector share it.
import { Lines } from "./viewer-lines.js";
import { Stream } from "./viewer-stream.js";

const begins = 50; // lines that a stream begins with, if there are as many

export class Meeting {
  // on: those of Lines, and state(), notice(), connection(bool), over(), stands()
  // when a track is there, dropped(track) when it is not offered any more.
  constructor(code, on) {
    this.code = code;
    this.on = on;
    this.lines = new Lines(on);
    this.streams = new Map(); // track -> Stream
    this.state = { life: "", title: "", languages: [], easy: "" };
    this.notice = null;
    this.info = {};
  }

  // ask what can be known of the meeting without its lines.
  async ask() {
    const answer = await fetch("/api/v1/rooms/" + encodeURIComponent(this.code), { cache: "no-store" }).catch(() => null);
    if (!answer || !answer.ok) return;
    this.info = await answer.json().catch(() => ({}));
  }

  // follow these tracks and no others.
  follow(tracks) {
    for (const [track, stream] of this.streams) {
      if (tracks.includes(track)) continue;
      stream.close();
      this.streams.delete(track);
      this.lines.drop(track);
    }
    for (const track of tracks) if (!this.streams.has(track)) this.open(track);
  }

  open(track) {
    let first = true;
    const stream = new Stream(this.code, track, {
      connected: (on) => this.connected(stream, on),
      over: () => this.over(),
      dropped: () => this.on.dropped(track),
      event: (kind, data) => this.event(track, kind, data),
      snapshot: (s, asked) => {
        this.change(s.state);
        this.announce(s.notice);
        this.lines.snapshot(track, s, first || asked);
        if (first) this.more = this.more || s.lines.length >= begins;
        first = false;
        this.on.stands(track);
      },
    });
    this.streams.set(track, stream);
    stream.open();
  }

  // earlier fetches the lines from before this page was opened.
  async earlier() {
    this.more = false;
    await Promise.all([...this.streams.values()].map((s) => s.refresh(true)));
  }

  event(track, kind, data) {
    if (kind === "state") this.change(data);
    else if (kind === "notice") this.announce(data);
    else this.lines.event(track, kind, data);
  }

  change(state) {
    const before = JSON.stringify(this.state);
    this.state = state;
    if (JSON.stringify(state) === before) return;
    this.on.state();
    if (state.life === "closed") this.over();
  }

  announce(notice) {
    if (!notice || (this.notice && this.notice.text === notice.text && this.notice.keeps === notice.keeps)) return;
    this.notice = notice;
    this.on.notice();
  }

  connected(stream, on) {
    stream.stands = on;
    const all = [...this.streams.values()].every((s) => s.stands !== false);
    if (all === this.stands) return;
    this.stands = all;
    this.on.connection(all);
  }

  over() {
    for (const stream of this.streams.values()) stream.close();
    this.streams.clear();
    this.on.over();
  }
}
