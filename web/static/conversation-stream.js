// Reads the events of a call over fetch: unlike EventSource it sees why a
// stream is refused, and a new stream goes on where the last one broke off.
const silence = 40_000; // ms; the service sends at least a beat every 15 s
const pauses = [500, 1000, 2000, 4000]; // ms before the next try

export class Stream {
  // handlers: event(name, data), connected(bool), over() when the call is not known any more.
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.last = "";
    this.tries = 0;
  }

  open() {
    this.closed = false;
    this.wake = () => { if (document.visibilityState === "visible") this.hurry(); };
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.read();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    if (this.reading) this.reading.abort();
  }

  // hurry tries at once when there is hope again.
  hurry() {
    if (!this.timer || this.closed) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.read();
  }

  async read() {
    const reading = this.reading = new AbortController();
    try {
      const headers = { Accept: "text/event-stream" };
      if (this.last) headers["Last-Event-ID"] = this.last;
      this.alive();
      const answer = await fetch(this.url, { headers, signal: reading.signal, cache: "no-store", credentials: "omit" });
      if ([401, 403, 404, 410, 204].includes(answer.status)) return this.over();
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      this.tries = 0;
      this.handlers.connected(true);
      await this.lines(answer.body.getReader());
    } catch { /* lost: said below */ }
    clearTimeout(this.watchdog);
    if (this.closed) return;
    this.handlers.connected(false);
    this.timer = setTimeout(() => { this.timer = 0; this.read(); }, pauses[Math.min(this.tries++, pauses.length - 1)]);
  }

  over() {
    this.close();
    this.handlers.over();
  }

  alive() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.reading.abort(), silence);
  }

  async lines(reader) {
    const decoder = new TextDecoder();
    let rest = "", event = {};
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.closed) return;
      this.alive();
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (line.trim() === "") {
          this.dispatch(event);
          if (this.closed) return;
          event = {};
          continue;
        }
        const [, name, data] = /^(\w*):? ?(.*?)\r?$/.exec(line) || [];
        if (name === "data") event.data = (event.data ? event.data + "\n" : "") + data;
        else if (name) event[name] = data;
      }
    }
  }

  dispatch({ id, event, data }) {
    if (id) this.last = id;
    if (!event || event === "beat" || !data) return;
    let content;
    try { content = JSON.parse(data); } catch { return; } // a proxy's words are not ours
    this.handlers.event(event, content);
  }
}
