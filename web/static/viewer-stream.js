// One or two tracks of a meeting on one connection: server-sent events, taken up
// again where they broke off, so that no line is missing and none comes twice.
const silence = 40000; // ms; the service sends at least a beat every 15 s
const pauses = [500, 1000, 2000, 4000, 8000]; // ms before the next try, and up to as much again by chance
const kinds = ["state", "notice", "words", "tail", "prefix", "cue", "replace", "retract"];
const most = 500; // lines of a snapshot

export class Stream {
  // on: snapshot(data, asked: the reader wants it), event(kind, data), connected(bool), over() when the
  // meeting is gone, dropped(track) when only this track is. It begins with so many lines.
  constructor(code, tracks, lines, on) {
    this.base = "/api/v1/rooms/" + encodeURIComponent(code);
    this.tracks = tracks;
    this.lines = Math.min(lines, most);
    this.on = on;
    this.last = 0; // id of the newest event; of all tracks, since they have one row of ids
    this.tries = 0;
    this.asked = null; // called when what the reader asked for is there
    this.wake = () => {
      if (document.visibilityState === "visible" && (this.timer || Date.now() - this.heard > silence / 2)) this.open();
    };
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  open() {
    this.shut();
    const tracks = this.tracks.map((t) => "track=" + encodeURIComponent(t)).join("&");
    const source = this.source = new EventSource(`${this.base}/events?${tracks}&${this.last ? "after=" + this.last : "lines=" + this.lines}`);
    this.standing = []; // tracks whose snapshot is there
    source.onopen = () => this.alive();
    source.onerror = () => this.lost();
    source.addEventListener("beat", () => this.alive());
    source.addEventListener("snapshot", (e) => this.read(e, (data) => this.stand(data)));
    source.addEventListener("gap", (e) => this.read(e, () => { this.refresh(); }));
    for (const kind of kinds) {
      source.addEventListener(kind, (e) => this.read(e, (data) => this.event(Number(e.lastEventId), kind, data)));
    }
    this.watch();
  }

  close() {
    this.closed = true;
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.shut();
    this.answer();
  }

  shut() {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.timer = 0;
    if (this.source) this.source.close();
    this.source = null;
  }

  read(e, take) {
    let data;
    try { data = JSON.parse(e.data); } catch (error) { return; } // a proxy's words are not ours
    this.alive();
    if (e.target === this.source) take(data);
  }

  alive() {
    this.tries = 0;
    this.on.connected(true);
    this.watch();
  }

  watch() {
    this.heard = Date.now();
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(), silence);
  }

  // lost: the browser would try again by itself, but gives up for good after an HTTP error.
  lost() {
    if (this.closed) return;
    this.on.connected(false);
    this.shut();
    this.answer();
    const pause = pauses[Math.min(this.tries, pauses.length - 1)];
    this.timer = setTimeout(() => this.again(), pause * (1 + Math.random()));
  }

  // again asks first whether there is still something to come back to.
  async again() {
    this.timer = 0;
    this.tries++;
    if (this.tries > 1) {
      const answer = await fetch(this.base, { cache: "no-store" }).catch(() => null);
      if (this.closed) return;
      if (answer && answer.status === 404) return this.on.over();
      const info = answer && answer.ok ? await answer.json().catch(() => null) : null;
      if (this.closed) return;
      const gone = info && info.languages && this.tracks.find((t) => t !== "original" && t !== info.easy && !info.languages.includes(t));
      if (gone) return this.on.dropped(gone);
    }
    this.open();
  }

  event(id, kind, data) {
    if (id && id <= this.last) return; // it is here already
    if (id) this.last = id;
    this.on.event(kind, data);
  }

  // stand takes a track as it stands. Only when all are there is it known what
  // they stand at: before that, all are asked for again.
  stand(snapshot) {
    this.standing.push(snapshot.track);
    this.on.snapshot(snapshot, Boolean(this.asked));
    if (this.standing.length < this.tracks.length) return;
    this.last = snapshot.id;
    this.answer();
  }

  // refresh begins anew with as many lines as there are; it is done when they
  // are there, or cannot come.
  refresh(asked) {
    this.last = 0;
    this.lines = most;
    this.answer();
    const done = new Promise((resolve) => { this.asked = asked ? resolve : null; });
    this.open();
    return asked ? done : Promise.resolve();
  }

  answer() {
    if (this.asked) this.asked();
    this.asked = null;
  }
}
