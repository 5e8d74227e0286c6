// Shows the journal: calls in progress and ended ones, each with its lines,
// kept up to date by server-sent events.
import { announce } from "./announcer.js";
import { CallView } from "./call.js";
import { connect, current } from "./stream.js";

const calls = new Map(); // id -> CallView
const byId = (id) => document.getElementById(id);

connect("/api/v1/calls/events", {
  snapshot(list) {
    keepOnly(list.map((call) => call.id));
    for (const call of list) show(call, call.lines ?? []);
    count();
  },
  entry({ call, line }) {
    const finished = show(call, line ? [line] : []);
    if (calls.get(call.id).node.open) for (const l of finished) announce(l.segment);
    count();
  },
  kept(ids) {
    keepOnly(ids);
    count();
  },
});

// Durations run on only while the page knows that the calls do.
setInterval(() => { if (current()) for (const view of calls.values()) view.tick(); }, 1000);

function show(call, lines) {
  let view = calls.get(call.id);
  if (!view) {
    view = new CallView(byId("call"), byId("line"));
    view.node.open = call.state !== "ended";
    calls.set(call.id, view);
  }
  view.update(call);
  place(view);
  return view.lines(lines);
}

// place moves a call into the list it belongs to, newest first, and keeps what
// the reader is reading where it is.
function place(view) {
  const list = byId(view.ended ? "calls-earlier" : "calls-now");
  if (view.node.parentElement === list) return;
  const focused = view.node.contains(document.activeElement) ? document.activeElement : null;
  const anchor = focused ?? readingAt();
  const before = anchor?.getBoundingClientRect().top;
  const next = [...list.children].find((other) => other.dataset.id < view.id); // ids are ULIDs: later is greater
  list.insertBefore(view.node, next ?? null);
  focused?.focus({ preventScroll: true });
  if (anchor && scrollY > 0) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}

// readingAt is the call at the top of the window.
function readingAt() {
  return [...document.querySelectorAll(".call")].find((node) => node.getBoundingClientRect().bottom > 0);
}

function keepOnly(ids) {
  const kept = new Set(ids);
  for (const [id, view] of calls) {
    if (kept.has(id)) continue;
    view.node.remove();
    calls.delete(id);
  }
}

function count() {
  const ended = [...calls.values()].filter((view) => view.ended).length;
  for (const [name, n] of [["now", calls.size - ended], ["earlier", ended]]) {
    byId("count-" + name).textContent = n || "";
    byId("none-" + name).hidden = n > 0;
  }
}
