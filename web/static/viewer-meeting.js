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
    this.tracks = [];
    this.stood = new Set(); // tracks the page has lines of
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

  // follow these tracks and no others, on one connection: browsers open six to
  // one server, and readers open several pages.
  follow(tracks) {
    if (tracks.join() === this.tracks.join()) return;
    for (const track of this.tracks) {
      if (tracks.includes(track)) continue;
      this.stood.delete(track);
      this.lines.drop(track);
    }
    this.tracks = tracks;
    this.close();
    const stream = this.stream = new Stream(this.code, tracks, Math.max(begins, this.lines.rows.size), {
      connected: (on) => this.connected(on),
      over: () => this.over(),
      dropped: (track) => this.on.dropped(track),
      event: (kind, data) => this.event(kind, data),
      snapshot: (s, asked) => this.stand(s, asked),
    });
    stream.open();
  }

  stand(snapshot, asked) {
    const { track, lines } = snapshot, first = !this.stood.has(track);
    this.change(snapshot.state);
    this.announce(snapshot.notice);
    if (!this.tracks.includes(track)) return; // the state tells that it is not offered any more
    this.lines.snapshot(track, snapshot, first || asked);
    if (first) this.more = this.more || lines.length >= begins;
    this.stood.add(track);
    this.on.stands(track);
  }

  // earlier fetches the lines from before this page was opened.
  async earlier() {
    this.more = false;
    if (this.stream) await this.stream.refresh(true);
  }

  event(kind, data) {
    if (kind === "state") return this.change(data);
    if (kind === "notice") return this.announce(data);
    for (const track of data.tracks || this.tracks) if (this.tracks.includes(track)) this.lines.event(track, kind, data);
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

  connected(on) {
    if (on === this.stands) return;
    this.stands = on;
    this.on.connection(on);
  }

  close() {
    if (this.stream) this.stream.close();
    this.stream = null;
  }

  over() {
    this.close();
    this.state = Object.assign({}, this.state, { life: "closed" }); // that may not have come
    this.on.over();
  }
}
