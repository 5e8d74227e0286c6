// Reads some streams of server-sent events at once, connects them again when
// they are lost, and says so on the page.
import { T, time } from "./texts.js";
import { byId, set, show } from "./desk-dom.js";
import { get, problem } from "./minutes-api.js";

// The server sends at least a beat every 15 s; after 40 s of nothing the
// connection is dead even if the browser has not noticed.
const silence = 40_000;
const pause = 2_000;

// follow reads each address with its handlers, which get what happened and its
// id, until stop is called. opened is told of each connection: what was sent
// before it is to be asked for. A meeting that is gone is not waited for.
export function follow(streams, opened) {
  const readers = Object.entries(streams).map(([url, handlers]) => new Reader(url, handlers, { said, opened, gone }));
  let shown;
  function said() {
    const on = readers.every((r) => r.on);
    if (on === shown) return;
    shown = on;
    set(byId("connection"), on ? T.connected : T.lost.replace("{time}", time(new Date())));
    const node = document.querySelector(".connection");
    node.classList.toggle("connection--on", on);
    node.classList.toggle("connection--lost", !on);
  }
  function gone() {
    stop();
    show(document.querySelector(".connection"), false);
    problem(T.minutes_gone);
  }
  function stop() { for (const r of readers) r.close(); }
  for (const r of readers) r.open();
  return stop;
}

class Reader {
  constructor(url, handlers, told) {
    this.url = url;
    this.handlers = handlers;
    this.told = told; // said, opened, gone
    this.on = false;
    this.closed = false;
  }

  open() {
    this.stop();
    this.source = new EventSource(this.url);
    for (const [name, handle] of Object.entries(this.handlers)) {
      this.source.addEventListener(name, (e) => { this.alive(); handle(JSON.parse(e.data), Number(e.lastEventId)); });
    }
    this.source.addEventListener("open", () => this.told.opened?.());
    this.source.addEventListener("beat", () => this.alive());
    this.source.addEventListener("error", () => this.lost());
    this.watch();
  }

  close() {
    this.closed = true;
    this.stop();
  }

  stop() {
    clearTimeout(this.watchdog);
    clearTimeout(this.timer);
    this.source?.close(); // the browser's own retries give up for good on an HTTP error
  }

  alive() {
    this.on = true;
    this.told.said();
    this.watch();
  }

  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(), silence);
  }

  lost() {
    this.stop();
    this.on = false;
    this.told.said();
    this.timer = setTimeout(() => this.again(), pause);
  }

  // again asks first whether there is still something to come back to.
  async again() {
    const gone = await get("").then(() => false, (e) => e.gone);
    if (this.closed) return;
    if (gone) this.told.gone(); else this.open();
  }
}
