// The service desk: a snapshot of the desk flows in whenever something has
// changed; each part of the page shows its share of it.
import { begin, call as order, get, now } from "./desk-api.js";
import { byId, on, say, set, show, tell, typing } from "./desk-dom.js";
import { Call } from "./desk-call.js";
import { RequestForm } from "./desk-form.js";
import { Records, Requests } from "./desk-lists.js";
import { offer, spoken } from "./desk-offer.js";
import { Place, doing } from "./desk-place.js";
import { agents, figures, queue } from "./desk-queue.js";
import { connect } from "./stream.js";
import { T, length } from "./texts.js";
import { Wrapup } from "./desk-wrapup.js";

const guard = 400; // ms in which a key meant for something else does not accept a call
const alive = 5 * 60_000; // ms: a session ends after an hour without a request

let snap, offered = "", offeredAt = 0, running = false, again = false;

const place = new Place(act);
const hand = new Call(act, place.line, () => place.ring.unlock());
const form = new RequestForm(act), wrapup = new Wrapup(act, () => form.unsaved);
const requests = new Requests(act), records = new Records(act);

display(begin.snapshot);
view();
connect("/api/v1/desk/events", { changed: refresh, offer: refresh });
setInterval(refresh, alive);
setInterval(tick, 1000);
document.documentElement.dataset.ready = Math.round(performance.now()); // ms until keys and buttons work

// act runs an order; what went wrong is said in a line. It returns the answer,
// or true where there is none, and false when it failed.
async function act(promise) {
  try {
    const answer = await promise;
    problem("");
    refresh();
    return answer ?? true;
  } catch (e) {
    problem(e.message);
    if (e.status === 401) setTimeout(() => location.assign("/anmelden?next=/desk"), 2000);
    if (e.status === 409 || e.status === 404) refresh(); // the page was behind
    return false;
  }
}

const problem = (text) => tell("problem", text);

// refresh fetches the snapshot; news during a fetch cause one further.
async function refresh() {
  if (running) { again = true; return; }
  running = true;
  do {
    again = false;
    try { display(await get("/api/v1/desk")); } catch (e) {
      if (e.status === 401) location.assign("/anmelden?next=/desk");
    }
  } while (again);
  running = false;
}

function display(fresh) {
  const was = snap;
  snap = fresh;
  const focus = document.activeElement, inOffer = byId("offer").contains(focus), inCall = byId("call").contains(focus) && !byId("taking").contains(focus), inWrapup = byId("wrapup").contains(focus);
  place.update(snap.me);
  offer(snap.hand && snap.hand.phase !== "wrapup" ? null : snap.offer);
  hand.update(snap.hand);
  wrapup.update(snap.hand);
  form.update(snap.hand);
  queue(snap, act);
  figures(snap);
  agents(snap, begin.listening, act, () => place.ring.unlock());
  show(byId("idle"), !snap.offer && !snap.hand);
  show(byId("hand-tab"), hand.active && byId("view-work").hidden);
  set(byId("idle-text"), T["desk_idle_" + doing(snap.me)] ?? "");
  ring(was);
  focusOn(was, { inOffer, inCall, inWrapup });
  tick();
}

// ring tells of a call that is offered; only the window with the sound rings.
function ring(was) {
  const call = snap.offer?.call ?? "";
  if (call === offered) return;
  offered = call;
  place.ring.stop();
  if (!call) {
    if (was?.offer && snap.hand?.call !== was.offer.call) say(T.desk_offer_gone, true);
    return;
  }
  offeredAt = performance.now();
  say(spoken(snap.offer), true);
  if (place.holds) place.ring.start(byId("offer-title").textContent, snap.offer.concern || T.desk_no_concern);
  if (!typing()) work();
}

// focusOn moves the focus where it would get lost, or to what is urgent for
// somebody who is not writing.
function focusOn(was, { inOffer, inCall, inWrapup }) {
  const call = snap.hand?.phase !== "wrapup" && snap.hand?.call, wasCall = was?.hand?.phase !== "wrapup" && was?.hand?.call;
  if (snap.offer && !was?.offer && !typing() && !call) byId("accept").focus();
  else if (call && call !== wasCall && (inOffer || !typing())) { work(); byId("call-title").focus(); }
  else if (snap.hand?.phase === "wrapup" && was?.hand?.phase !== "wrapup") {
    say(T.desk_said_wrapup, true);
    if (inCall || !typing()) byId("wrapup-title").focus();
  } else if (!snap.hand && !snap.offer && (inOffer || inCall || inWrapup)) byId("idle-title").focus();
}

// tick lets the waiting times run.
function tick() {
  const at = now();
  for (const node of document.querySelectorAll("[data-since]")) set(node, length(at - Date.parse(node.dataset.since)));
}

// A key or click that was on its way to something else must not accept a call.
const meant = () => performance.now() - offeredAt > guard;
const accept = () => { if (snap.offer && meant()) { place.ring.unlock(); act(order(snap.offer.call, "accept")); } };
const decline = () => { if (snap.offer && meant()) act(order(snap.offer.call, "decline")); };
on("accept", "click", accept);
on("decline", "click", decline);
on("help", "click", help);

function help() { if (!byId("keys").open) byId("keys").showModal(); }

function into(field) {
  if (!hand.active) return;
  work();
  byId(field).focus();
}

const keys = {
  F1: help, "Shift+F1": () => place.toggle(), F2: accept, "Shift+F2": () => into("suggest-q"), F4: decline, "Shift+F4": () => into("notes"),
  F8: () => hand.hold(), "Shift+F8": () => hand.transfer(), F9: () => hand.mute(), "Shift+F9": () => hand.finish(), "Shift+F7": () => hand.interpret(),
};

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey || e.repeat) return;
  const run = keys[(e.shiftKey ? "Shift+" : "") + e.key];
  if (!run) return;
  e.preventDefault();
  run();
});

// The parts of the desk have addresses, so that going back works.
addEventListener("hashchange", () => { view(); (byId(`${location.hash.slice(1)}-title`) ?? byId("title")).focus({ preventScroll: true }); });

// work shows the place of calls, and leaves the focus to who wants it.
function work() {
  if (!byId("view-work").hidden) return;
  history.pushState(null, "", "#work");
  view();
}

function view() {
  const known = ["work", "requests", "records", "lead"].filter((v) => byId("view-" + v));
  const current = known.includes(location.hash.slice(1)) ? location.hash.slice(1) : "work";
  for (const v of known) show(byId("view-" + v), v === current);
  for (const a of byId("views").querySelectorAll("a")) {
    if (a.hash === "#" + current) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current");
  }
  show(byId("hand-tab"), hand.active && current !== "work");
  if (current === "requests") requests.load();
  if (current === "records") records.load();
}

addEventListener("beforeunload", () => { hand.save(); });
