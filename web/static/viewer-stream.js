// One track of a meeting: server-sent events, taken up again where they broke
// off, so that no line is missing and none comes twice.
const silence = 40000; // ms; the service sends at least a beat every 15 s
const pauses = [500, 1000, 2000, 4000, 8000]; // ms before the next try, and up to as much again by chance
const kinds = ["state", "notice", "words", "tail", "prefix", "cue", "replace", "retract"];
const lines = 500; // of a snapshot that is fetched; the one a stream begins with has fewer

export class Stream {
  // on: snapshot(data, asked: the reader wants it), event(kind, data), connected(bool), over() when the
  // meeting is gone, dropped() when only this track is.
  constructor(code, track, on) {
    this.base = "/api/v1/rooms/" + encodeURIComponent(code);
    this.track = track;
    this.on = on;
    this.last = 0; // id of the newest event
    this.tries = 0;
    this.waiting = null; // events that came while a snapshot is fetched
    this.wake = () => {
      if (document.visibilityState === "visible" && (this.timer || Date.now() - this.heard > silence / 2)) this.open();
    };
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  open() {
    this.shut();
    const source = this.source = new EventSource(`${this.base}/events?track=${encodeURIComponent(this.track)}${this.last ? "&after=" + this.last : ""}`);
    source.onopen = () => this.alive();
    source.onerror = () => this.lost();
    source.addEventListener("beat", () => this.alive());
    source.addEventListener("snapshot", (e) => this.read(e, (data) => this.stand(data)));
    source.addEventListener("gap", (e) => this.read(e, (data) => { this.last = data.until; this.refresh(); }));
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
  }

  shut() {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.timer = 0;
    if (this.source) this.source.close();
  }

  read(e, take) {
    let data;
    try { data = JSON.parse(e.data); } catch (error) { return; } // a proxy's words are not ours
    this.alive();
    if (!this.closed) take(data);
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
      if (info && this.track !== "original" && info.languages && ![...info.languages, info.easy].includes(this.track)) return this.on.dropped();
    }
    this.open();
  }

  event(id, kind, data) {
    if (id && id <= this.last) return; // it is here already
    if (this.waiting) return void this.waiting.push([id, kind, data]);
    if (id) this.last = id;
    this.on.event(kind, data);
  }

  stand(snapshot, asked) {
    this.last = snapshot.id;
    this.on.snapshot(snapshot, asked);
  }

  // refresh takes the track as it stands, with all its lines; what comes
  // meanwhile follows after it. Where the service has no time for that, the
  // stream begins anew.
  async refresh(asked) {
    this.waiting = this.waiting || [];
    const answer = await fetch(`${this.base}/snapshot?track=${encodeURIComponent(this.track)}&lines=${lines}`, { cache: "no-store" }).catch(() => null);
    const snapshot = answer && answer.ok ? await answer.json().catch(() => null) : null;
    if (this.closed) return;
    const later = this.waiting || [];
    this.waiting = null;
    if (!snapshot) {
      this.last = 0;
      return this.lost();
    }
    this.stand(snapshot, asked);
    for (const [id, kind, data] of later) this.event(id, kind, data);
  }
}
