// Reads server-sent events, connects again when the connection is lost, and
// says so on the page.
import { T, time } from "./texts.js";

// The server sends at least a beat every 15 s; after 40 s of nothing the
// connection is dead even if the browser has not noticed.
const silence = 40_000;
const pause = 2_000;

export function connect(url, handlers) {
  let source, watchdog, timer;
  const open = () => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(url);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (e) => { alive(); handle(JSON.parse(e.data)); });
    }
    source.addEventListener("beat", alive);
    source.addEventListener("error", lost);
    watch();
  };
  const alive = () => { state(true); watch(); };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, silence);
  };
  const lost = () => {
    state(false);
    source.close(); // the browser's own retries give up for good on an HTTP error
    clearTimeout(watchdog);
    clearTimeout(timer);
    timer = setTimeout(open, pause);
  };
  open();
}

let shown; // the connection as the page says it

export const current = () => shown === true;

function state(connected) {
  if (connected === shown) return;
  shown = connected;
  const text = connected ? T.connected : T.lost.replace("{time}", time(new Date()));
  document.getElementById("connection").textContent = text;
  const node = document.querySelector(".connection");
  node.classList.toggle("connection--on", connected);
  node.classList.toggle("connection--lost", !connected);
}
