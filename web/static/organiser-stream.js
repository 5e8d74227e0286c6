// Reads a meeting's events and opens a lost stream again until it is stopped;
// the page's line says how it stands.
import { byId, set } from "./desk-dom.js";
import { T, time } from "./texts.js";

// The service sends at least a beat every 15 s; after 40 s of nothing the
// connection is dead even if the browser has not noticed.
const silence = 40_000;
const pause = 2_000; // ms before the next try

// follow calls handlers[kind](data); lost is asked after each loss and says
// whether another try is worth while. It returns what ends it.
export function follow(url, handlers, lost = async () => true) {
  let source, watchdog, timer, ended = false;
  const stop = () => {
    ended = true;
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(timer);
  };
  const open = () => {
    if (ended) return;
    source = new EventSource(url);
    for (const [kind, handle] of Object.entries(handlers)) source.addEventListener(kind, (e) => { alive(); handle(JSON.parse(e.data)); });
    source.addEventListener("beat", alive);
    source.addEventListener("error", broken);
    watch();
  };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(broken, silence);
  };
  const alive = () => { line(true); watch(); };
  const broken = async () => {
    source.close(); // the browser's own tries give up for good on an HTTP error
    clearTimeout(watchdog);
    clearTimeout(timer);
    if (ended || !await lost() || ended) return;
    line(false);
    timer = setTimeout(open, pause);
  };
  open();
  return stop;
}

let shown; // the connection as the page says it

function line(connected) {
  if (connected === shown) return;
  shown = connected;
  set(byId("connection"), connected ? T.connected : T.lost.replace("{time}", time(new Date())));
  const node = document.querySelector(".connection");
  node.classList.toggle("connection--on", connected);
  node.classList.toggle("connection--lost", !connected);
}
