// /s/CODE: live subtitles to read, each in their own language.
import { canFill, filled, fillScreen, keys } from "./viewer-keys.js";
import { Lateness } from "./viewer-late.js";
import { Listening } from "./viewer-listen.js";
import { Meeting } from "./viewer-meeting.js";
import { panels } from "./viewer-panels.js";
import { askedTrack, current, keep, kept, reset, set, sizes, step, usualLook } from "./viewer-settings.js";
import { Speech } from "./viewer-speech.js";
import { T, fill, primary, trackName } from "./viewer-texts.js";
import { Transcript, waiting } from "./viewer-transcript.js";
import { stayAwake } from "./viewer-wake.js";

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const { code, elapsed } = byId("viewer").dataset;
const lateness = new Lateness(elapsed === undefined ? NaN : Number(elapsed));
const over = ["stopped", "closed"];

root.classList.add("works");

const speech = new Speech(byId("speech"));
const transcript = new Transcript(byId("lines"), byId("region"), { held, late });
const meeting = new Meeting(code, {
  changed: (row) => {
    byId("earlier").hidden = !meeting.more;
    byId("nothing").hidden = true;
    transcript.changed(row);
  },
  gone: (row) => transcript.gone(row),
  said,
  corrected: (track, row, cue) => { if (byId("corrections").checked) say(track, fill(T.correction_said, { text: cue.text }), cue.language); },
  state, notice, connection, dropped,
  stands: (name) => { if (name === track) byId("region").setAttribute("aria-busy", "false"); },
  over: () => {
    ended = true;
    clearTimeout(breaking);
    byId("connection").hidden = true; // nothing is to be repaired
    state();
  },
});
let track = "", ended = false, listening = null, chosen = kept();

choices();
start();

async function start() {
  await meeting.ask();
  const { languages = [], easy, scroll, title, life } = meeting.info;
  if (scroll) usualLook("scroll");
  if (languages.length) Object.assign(meeting.state, { languages, easy, title, life });
  track = firstTrack();
  state();
  phone();
  follow();
}

// firstTrack: as asked, as last time, the reader's language, or as it is said.
function firstTrack() {
  const offered = tracks();
  const wanted = [askedTrack(), chosen.track, root.lang, ...(navigator.languages || []).map((l) => l.split("-")[0])];
  if (!meeting.info.languages) return askedTrack() || "original"; // not known yet: the state tells
  return wanted.find((t) => offered.includes(t)) || "original";
}

function tracks() {
  const { languages, easy } = meeting.state;
  return ["original", ...(languages || []), ...(easy ? [easy] : [])];
}

// follow takes the chosen tracks and shows them.
function follow() {
  const beside = byId("beside").checked && track !== "original" ? "original" : "";
  meeting.follow(beside ? [track, beside] : [track]);
  show(beside);
}

function show(beside) {
  const { languages } = meeting.state;
  transcript.show(meeting.lines.rows.values(), { main: track, beside, words: current("look") === "scroll", spoken: (languages || [])[0] });
}

function said(name, row, cue) {
  if (name !== track) return;
  transcript.said();
  const before = behind;
  behind = lateness.add(cue.end_ns, meeting.state.delay_ns || 0);
  if (behind !== before) tellLate();
  say(name, row.speaker && speaker !== row.speaker ? `${row.speaker}: ${cue.text}` : cue.text, cue.language);
  speaker = row.speaker;
}
let speaker = "", behind = 0;

// tellLate says calmly how far the lines are behind what is said.
function tellLate() {
  const delay = meeting.state.delay_ns / 1e9;
  const text = behind ? fill(T.behind, { n: behind + Math.round(delay || 0) }) : delay > 0 ? fill(T.delay, { n: Math.round(delay) }) : "";
  byId("late").textContent = text;
  byId("late").hidden = !text || !["running", "stopping"].includes(meeting.state.life);
}

function say(name, text, language) {
  if (name === track && byId("speak").checked && transcript.held !== "paused") speech.say(text, language);
}

// dropped: the language is not offered any more.
function dropped(name) {
  if (name !== track) return;
  track = "original";
  state();
  follow();
}

function state() {
  const { life, title } = meeting.state;
  const now = ended ? "closed" : life || "";
  if (title) {
    byId("title").textContent = title;
    document.title = `${title} · ${T.service}`;
  }
  byId("life").textContent = T["life_" + now] || "";
  byId("life").dataset.life = now;
  const why = T["why_" + now] || "";
  byId("why").textContent = why;
  byId("why").hidden = !why;
  if (now === "running") lateness.begin();
  else behind = 0;
  tellLate();
  if (why && shownLife && shownLife !== now) speech.say(why);
  shownLife = now;
  offer();
  nothing();
  stayAwake(!over.includes(now) && !transcript.held);
}
let shownLife = "";

function nothing() {
  byId("nothing").hidden = meeting.state.life !== "running" || meeting.lines.rows.size > 0;
}

// offer fills the choice of languages; what is chosen stays.
function offer() {
  const select = byId("track"), { easy } = meeting.state, names = tracks();
  if (!names.includes(track) && track && meeting.state.languages.length) {
    track = "original";
    follow();
  }
  if (select.dataset.of === names.join()) return void (select.value = track);
  select.dataset.of = names.join();
  options(select, names, easy);
  select.value = track;
}

function options(select, names, easy) {
  select.textContent = "";
  for (const name of names) {
    const option = new Option(trackName(name, easy), name);
    if (name !== "original" && name !== easy) option.lang = primary(name);
    select.append(option);
  }
}

function notice() {
  const { text, keeps } = meeting.notice, key = `notice ${code} ${hash(text + keeps)}`;
  let read = null;
  try { read = sessionStorage.getItem(key); } catch (e) { /* then it is shown again */ }
  byId("notice-text").textContent = text;
  byId("notice-keeps").textContent = keeps ? T.notice_keeps : T.notice_volatile;
  byId("notice").hidden = Boolean(read);
  byId("notice").dataset.key = key;
  if (!read) speech.say(text);
}

function hash(text) {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) | 0;
  return h;
}

// connection is said after a moment only: most breaks are shorter.
function connection(on) {
  clearTimeout(breaking);
  const node = byId("connection"), was = !node.hidden && !node.classList.contains("connection--back");
  if (on && !was) return;
  const tell = () => {
    node.textContent = on ? T.back : T.lost;
    node.classList.toggle("connection--back", on);
    node.hidden = false;
    speech.say(node.textContent);
    if (on) breaking = setTimeout(() => { node.hidden = true; }, 4000);
    transcript.follow();
  };
  if (on) tell();
  else breaking = setTimeout(tell, 1500);
}
let breaking = 0;

function held(on) {
  const button = byId("pause");
  button.setAttribute("aria-pressed", String(on));
  byId("pause-text").textContent = on ? T.resume : T.pause;
  byId("more").hidden = !on;
  meeting.lines.frozen = on;
  stayAwake(!on && !ended);
}

function late(n) { byId("more").textContent = waiting(n); }

function pause() {
  if (transcript.held) transcript.resume();
  else {
    late(0);
    transcript.hold("paused");
  }
}

function restyle(key, value) {
  set(key, value);
  if (key === "look") follow();
  shown();
  transcript.follow();
}

// shown brings the panel in line with how the page looks.
function shown() {
  for (const key of ["colours", "font", "look", "position"]) byId(key).value = current(key);
  const size = current("size");
  byId("size-now").textContent = size + "\u00a0%";
  byId("smaller").disabled = Number(size) === sizes[0];
  byId("larger").disabled = Number(size) === sizes[sizes.length - 1];
}

function resize(by) { restyle("size", step(by)); }

function choices() {
  for (const name of ["beside", "speak", "corrections", "keys"]) {
    const box = byId(name);
    if (name in chosen) box.checked = Boolean(chosen[name]);
    box.addEventListener("change", () => {
      keep({ [name]: box.checked });
      if (name === "beside") follow();
      if (name === "speak") speech.hush();
    });
  }
  for (const key of ["colours", "font", "look", "position"]) byId(key).addEventListener("change", (e) => restyle(key, e.target.value));
  byId("track").addEventListener("change", (e) => {
    track = e.target.value;
    byId("region").setAttribute("aria-busy", "true");
    keep({ track });
    speech.hush();
    follow();
  });
  byId("smaller").addEventListener("click", () => resize(-1));
  byId("larger").addEventListener("click", () => resize(1));
  byId("reset").addEventListener("click", () => {
    reset();
    for (const [name, usual] of [["beside", false], ["speak", true], ["corrections", false], ["keys", true]]) byId(name).checked = usual;
    shown();
    follow();
  });
  byId("pause").addEventListener("click", pause);
  byId("more").addEventListener("click", () => {
    transcript.resume();
    byId("pause").focus();
  });
  byId("earlier").addEventListener("click", earlier);
  byId("notice-read").addEventListener("click", () => {
    byId("notice").hidden = true;
    try { sessionStorage.setItem(byId("notice").dataset.key, "read"); } catch (e) { /* it is shown again */ }
    byId("region").focus();
    transcript.follow();
  });
  byId("full").hidden = !canFill;
  byId("full").addEventListener("click", fillScreen);
  for (const name of ["fullscreenchange", "webkitfullscreenchange"]) {
    document.addEventListener(name, () => {
      root.classList.toggle("filled", filled());
      byId("full-text").textContent = filled() ? T.fullscreen_off : T.fullscreen;
      transcript.follow();
    });
  }
  byId("listen").addEventListener("click", listen);
  byId("channel").addEventListener("change", (e) => { if (listening) listening.change(e.target.value); });
  byId("volume").addEventListener("input", (e) => { byId("sound").volume = Number(e.target.value) / 100; });
  byId("copy").addEventListener("click", copy);
  keys(() => byId("keys").checked, { pause, larger: () => resize(1), smaller: () => resize(-1), full: fillScreen, language: () => byId("track").focus() });
  panels(opened);
  shown();
}

// earlier shows what was said before the page was opened; the reader is there then.
async function earlier() {
  byId("earlier").hidden = true;
  byId("region").focus();
  if (!transcript.held) transcript.hold("scrolled");
  await meeting.earlier();
  transcript.drawAll();
}

// opened fills a panel when it is looked at.
async function opened(id) {
  transcript.follow();
  if (id !== "panel-listen" || listening) return;
  await meeting.ask();
  phone();
}

function phone() {
  const { phone: { number } = {}, channels } = meeting.info, select = byId("channel");
  byId("phone").hidden = !number;
  if (number) byId("phone").textContent = fill(T.phone, { number });
  const names = channels || [];
  byId("listen-on").hidden = !names.length || !window.RTCPeerConnection;
  byId("listen-none").hidden = !byId("listen-on").hidden;
  if (select.dataset.of === names.join()) return;
  select.dataset.of = names.join();
  options(select, names, meeting.state.easy);
  select.value = names.includes(track) ? track : names[0] || "";
}

// listen begins or ends inside the press of the button, so that sound may be played.
function listen() {
  if (listening) {
    listening.close();
    listening = null;
    return sounding("");
  }
  const own = listening = new Listening(code, byId("sound"), (how) => {
    if (own !== listening) return;
    if (how === "failed" || how === "full") {
      listening.close();
      listening = null;
    }
    sounding(how);
  });
  sounding("connecting");
  own.open(byId("channel").value);
}

function sounding(how) {
  const text = T["listen_" + (how === "audible" ? "on" : how)] || "";
  if (how === "silent") return; // the browser wants another press: the button is there
  byId("listen-text").textContent = listening ? T.listen_stop : T.listen_start;
  byId("listen").setAttribute("aria-pressed", String(Boolean(listening)));
  byId("listen-state").textContent = text;
  if (text) speech.say(text);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(byId("address").textContent);
    byId("copied").textContent = T.copied;
    speech.say(T.copied);
  } catch (e) { getSelection().selectAllChildren(byId("address")); } // the reader copies it
}
