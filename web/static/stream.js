// Server-sent events flow out to handlers; a stream that is lost, or silent for
// too long, is opened again.
import { T, time } from "./texts.js";

const silence = 40_000; // ms; the service sends at least a beat every 15 s
const pause = 2_000; // ms before the next try

// follow calls handlers[kind](data, id) until what it returns is called. on:
// query() for each connection, connected(bool), lost() after each loss, which
// says whether another try is worth while, over() when it is not.
export function follow(url, handlers, on = {}) {
  let source, watchdog, timer, closed = false;
  const stop = () => {
    clearTimeout(watchdog);
    clearTimeout(timer);
    source?.close(); // the browser's own tries give up for good on an HTTP error
  };
  const open = () => {
    source = new EventSource(url + (on.query?.() ?? ""));
    for (const [kind, handle] of Object.entries(handlers)) source.addEventListener(kind, (e) => { alive(); handle(JSON.parse(e.data), Number(e.lastEventId)); });
    source.addEventListener("beat", alive);
    source.addEventListener("error", lost);
    watch();
  };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, silence);
  };
  const alive = () => { on.connected?.(true); watch(); };
  const lost = async () => {
    stop();
    const back = !on.lost || await on.lost();
    if (closed) return;
    if (!back) return on.over?.();
    on.connected?.(false);
    clearTimeout(timer);
    timer = setTimeout(open, pause);
  };
  open();
  return () => { closed = true; stop(); };
}

// connect is follow with the page's line saying how the connection stands.
export const connect = (url, handlers, on) => follow(url, handlers, { ...on, connected: tell });

// connecting shows that line, or takes it away where nothing is connected to.
export function connecting(on) {
  const node = document.querySelector(".connection");
  if (node) node.hidden = !on;
}

let shown; // the connection as the page says it

export const current = () => shown === true;

function tell(connected) {
  if (connected === shown) return;
  shown = connected;
  document.getElementById("connection").textContent = connected ? T.connected : T.lost.replace("{time}", time(new Date()));
  const node = document.querySelector(".connection");
  node.classList.toggle("connection--on", connected);
  node.classList.toggle("connection--lost", !connected);
}
