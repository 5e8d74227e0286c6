// /kiosk: a terminal that anybody may use. Nothing is stored, no page is ever
// left, and after each person it is as if nobody had been there.
import { Audio } from "./conversation-audio.js";
import { keyOf, microphone, missing } from "./conversation-mic.js";
import { Panel } from "./conversation-panel.js";
import { T, fill, speak } from "./conversation-texts.js";

const byId = (id) => document.getElementById(id);
const limits = Object.fromEntries(["idle", "waiting", "countdown", "after"].map((name) => [name, Number(document.body.dataset[name]) * 1000]));
const tap = 400; // ms; a shorter press keeps the microphone open until the next
const home = document.documentElement.lang;
const speaking = ["speaking", "talking", "thinking"]; // somebody listens or speaks: not idle

document.documentElement.classList.add("works");

let idle, counting, lock, pressed = 0, latched = false, dialling = false;
const panel = new Panel("kiosk", { links: false, size: 1, on: { begun, changed, ended, said: awake } });

for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => start(button.dataset.language));
byId("again").addEventListener("click", () => start(document.documentElement.lang));
byId("restart").addEventListener("click", reset);
byId("here").addEventListener("click", stay);
for (const name of ["pointerdown", "keydown", "input", "wheel"]) addEventListener(name, awake, { passive: true, capture: true });
addEventListener("contextmenu", (e) => e.preventDefault());
addEventListener("dragstart", (e) => e.preventDefault());
addEventListener("pagehide", () => { if (panel.conversation.phase === "live") panel.conversation.line.endByBeacon(); });
addEventListener("pageshow", (e) => { if (e.persisted) reset(); }); // never back to somebody's words
document.addEventListener("visibilitychange", keepAwake);
keepAwake();

// start calls in a language. Without a microphone the conversation is written.
async function start(language) {
  if (dialling) return;
  dialling = true;
  const mine = ++round;
  Audio.prepare(byId("answers"));
  await speak(language);
  let stream = null, wrong = missing();
  if (!wrong) {
    try { stream = await microphone(""); } catch (e) { wrong = keyOf(e); }
  }
  dialling = false;
  if (mine !== round) return void (stream && stream.getTracks().forEach((t) => t.stop()));
  if (stream) for (const track of stream.getTracks()) track.enabled = false; // until somebody presses
  clearTimeout(afterTimer);
  byId("after").hidden = true;
  if (!(await panel.begin(stream))) return void failed();
  if (mine !== round) return;
  if (stream) open(false);
  else if (wrong) panel.wrong(wrong);
}

let round = 0, afterTimer;

function begun() {
  byId("before").hidden = true;
  byId("ai-short").hidden = byId("restart").hidden = false;
  byId("talk").before(byId("wrong"));
  awake();
}

// failed goes back by itself: nobody may be there to read it.
function failed() {
  calm();
  byId("restart").hidden = false;
  byId("before").hidden = false;
  byId("before").querySelector("ul").before(byId("wrong"));
  afterTimer = setTimeout(reset, limits.after);
}

function ended() {
  open(false);
  calm();
  byId("press").hidden = true;
  let left = Math.round(limits.after / 1000);
  const tick = () => {
    byId("after").hidden = false;
    byId("after").textContent = fill(T.kiosk_after, { seconds: left });
    if (left-- <= 0) return reset();
    afterTimer = setTimeout(tick, 1000);
  };
  tick();
}

// reset is as if nobody had been there.
function reset() {
  round++;
  calm();
  clearTimeout(afterTimer);
  panel.conversation.hangUp();
  clearTimeout(afterTimer); // hanging up shows the end, which nobody needs to read now
  panel.clear();
  panel.make();
  panel.show(false);
  panel.changed();
  open(false);
  speak(home);
  for (const id of ["talk", "ai-short", "restart", "press", "after", "there"]) byId(id).hidden = true;
  byId("before").hidden = false;
  byId("lasted").textContent = byId("ended-why").textContent = byId("after").textContent = byId("there-text").textContent = "";
  byId("before").querySelector("ul").before(byId("wrong"));
  scrollTo(0, 0);
  if (document.activeElement) document.activeElement.blur();
}

function changed(c, state) {
  byId("press").hidden = c.voice === "off" || c.phase === "ended";
  if (c.phase !== "live") return;
  if (speaking.includes(state) !== Boolean(changed.spoke)) {
    changed.spoke = speaking.includes(state);
    awake();
  }
}

// awake begins to count anew: somebody is there.
function awake(e) {
  if (counting && e) return; // the question stands until it is answered
  clearTimeout(idle);
  const c = panel.conversation;
  if (c.phase !== "live" && c.phase !== "connecting") return;
  const waits = ["waiting", "ringing", "held"].includes(c.call.state);
  idle = setTimeout(() => (speaking.includes(c.call.state) || pressed ? awake() : ask()), waits ? limits.waiting : limits.idle);
}

// ask gives somebody who thinks or reads the time to say so.
function ask() {
  let left = Math.round(limits.countdown / 1000);
  byId("there").hidden = false;
  byId("here").focus();
  const tick = () => {
    byId("there-text").textContent = fill(T.kiosk_there_text, { seconds: left });
    if (left-- <= 0) return reset();
    counting = setTimeout(tick, 1000);
  };
  tick();
}

function stay() {
  calm();
  awake();
  (byId("press").hidden ? byId("text") : byId("push")).focus();
}

function calm() {
  clearTimeout(idle);
  clearTimeout(counting);
  counting = 0;
  byId("there").hidden = true;
}

byId("there").addEventListener("keydown", (e) => {
  if (e.key === "Tab") e.preventDefault(); // one button only
  if (e.key === "Escape") stay();
});

// Push to talk: held, or tapped once to open and once to close.
const push = byId("push");
push.addEventListener("pointerdown", (e) => { push.setPointerCapture(e.pointerId); down(); });
push.addEventListener("pointerup", up);
push.addEventListener("pointercancel", up);
push.addEventListener("keydown", (e) => { if (e.key === "Enter" && !e.repeat) { e.preventDefault(); latched ? close() : latch(); } });
addEventListener("keydown", (e) => { if (space(e)) { e.preventDefault(); if (!e.repeat) down(); } });
addEventListener("keyup", (e) => { if (space(e)) { e.preventDefault(); up(); } });
addEventListener("blur", () => { if (pressed) close(); });

// space talks wherever it means nothing else.
function space(e) {
  return e.key === " " && !byId("press").hidden && byId("there").hidden && (e.target === push || !e.target.closest("input, textarea, select, button, a"));
}

function down() {
  if (latched) return close();
  pressed = Date.now();
  open(true);
}

function up() {
  if (!pressed) return;
  const short = Date.now() - pressed < tap;
  pressed = 0;
  if (short) latch();
  else open(false);
}

function latch() {
  latched = true;
  open(true);
}

function close() {
  latched = false;
  pressed = 0;
  open(false);
}

function open(on) {
  if (!on) { latched = false; pressed = 0; }
  if (panel.conversation.microphone) panel.conversation.mute(!on);
  push.setAttribute("aria-pressed", on);
  push.classList.toggle("press__button--on", on);
  byId("push-text").dataset.t = on ? "kiosk_talking" : "kiosk_talk";
  byId("push-text").textContent = T[byId("push-text").dataset.t];
  awake();
}

// keepAwake keeps the screen on where that can be asked for.
async function keepAwake() {
  if (!navigator.wakeLock || document.visibilityState !== "visible") return;
  try { lock = await navigator.wakeLock.request("screen"); } catch { lock = null; } // the terminal's own settings hold then
}

if (document.body.dataset.asked) speak(document.body.dataset.asked);
