// /s/CODE: live subtitles to read, each in their own language.
import { byId, offer } from "./viewer-dom.js";
import { fillScreen, keys } from "./viewer-keys.js";
import { Look } from "./viewer-look.js";
import { Meeting } from "./viewer-meeting.js";
import { panels } from "./viewer-panels.js";
import { askedTrack, current, keep, kept, usualLook } from "./viewer-settings.js";
import { Sound } from "./viewer-sound.js";
import { Speech } from "./viewer-speech.js";
import { Standing } from "./viewer-standing.js";
import { T, fill } from "./viewer-texts.js";
import { Transcript, waiting } from "./viewer-transcript.js";
import { stayAwake } from "./viewer-wake.js";

const root = document.documentElement;
const { code, elapsed } = byId("viewer").dataset;
const over = ["stopped", "closed"];

root.classList.add("works");

let track = "", speaker = "";
const speech = new Speech(byId("speech"));
const transcript = new Transcript(byId("lines"), byId("region"), { held, late });
const standing = new Standing(code, elapsed === undefined ? NaN : Number(elapsed), (text) => speech.say(text), () => transcript.follow());
const sound = new Sound(code, (text) => speech.say(text));
const look = new Look({ changed: chosen, moved: () => transcript.follow() });
const meeting = new Meeting(code, {
  changed: (row) => {
    byId("earlier").hidden = !meeting.more;
    byId("nothing").hidden = true;
    transcript.changed(row);
  },
  gone: (row) => transcript.gone(row),
  said, state, dropped,
  corrected: (name, row, cue) => { if (byId("corrections").checked) say(name, fill(T.correction_said, { text: cue.text }), cue.language); },
  notice: () => standing.notice(meeting.notice),
  connection: (on) => standing.connection(on),
  stands: (name) => { if (name === track) byId("region").setAttribute("aria-busy", "false"); },
  over: () => {
    standing.over();
    state();
  },
});

controls();
start();

async function start() {
  await meeting.ask();
  const { languages = [], easy, scroll, title, life } = meeting.info;
  if (scroll) usualLook("scroll");
  look.show();
  if (languages.length) Object.assign(meeting.state, { languages, easy, title, life });
  track = firstTrack();
  state();
  sound.can(meeting.info, meeting.state.easy, track);
  follow();
}

// firstTrack: as asked, as last time, the reader's language, or as it is said.
function firstTrack() {
  const offered = tracks();
  const wanted = [askedTrack(), kept().track, root.lang, ...(navigator.languages || []).map((l) => l.split("-")[0])];
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
  transcript.show(meeting.lines.rows.values(), { main: track, beside, words: current("look") === "scroll" });
}

function said(name, row, cue) {
  if (name !== track) return;
  transcript.said();
  standing.said(cue);
  say(name, row.speaker && speaker !== row.speaker ? `${row.speaker}: ${cue.text}` : cue.text, cue.language);
  speaker = row.speaker;
}

function say(name, text, language) {
  if (name === track && byId("speak").checked && transcript.held !== "paused") speech.say(text, language);
}

// dropped: the language is not offered any more.
function dropped(name) {
  if (name === track) track = "original";
  state();
  follow();
}

function state() {
  standing.state(meeting.state);
  choices();
  byId("nothing").hidden = standing.life !== "running" || meeting.lines.rows.size > 0;
  stayAwake(!over.includes(standing.life) && !transcript.held);
}

// choices fills the list of languages; what is chosen stays.
function choices() {
  const names = tracks();
  if (track && !names.includes(track) && meeting.state.languages.length) {
    track = "original";
    follow();
  }
  offer(byId("track"), names, meeting.state.easy);
  byId("track").value = track;
}

function held(on) {
  byId("pause").setAttribute("aria-pressed", String(on));
  byId("pause-text").textContent = on ? T.resume : T.pause;
  byId("more").hidden = !on;
  meeting.lines.frozen = on;
  stayAwake(!on && !over.includes(standing.life));
}

function late(n) { byId("more").textContent = waiting(n); }

function pause() {
  if (transcript.held) return transcript.resume();
  late(0);
  transcript.hold("paused");
}

// chosen: the reader wants to see or hear the lines otherwise.
function chosen(name) {
  if (name === "beside" || name === "look") follow();
  if (name === "speak") speech.hush();
  transcript.follow();
}

function controls() {
  byId("track").addEventListener("change", (e) => {
    track = e.target.value;
    byId("region").setAttribute("aria-busy", "true");
    keep({ track });
    speech.hush();
    follow();
  });
  byId("pause").addEventListener("click", pause);
  byId("more").addEventListener("click", () => {
    transcript.resume();
    byId("pause").focus();
  });
  byId("earlier").addEventListener("click", earlier);
  byId("copy").addEventListener("click", copy);
  keys(() => byId("keys").checked, { pause, larger: () => look.resize(1), smaller: () => look.resize(-1), full: fillScreen, language: () => byId("track").focus() });
  panels(opened);
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
  if (id !== "panel-listen" || sound.listening) return;
  await meeting.ask();
  sound.can(meeting.info, meeting.state.easy, track);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(byId("address").textContent);
    byId("copied").textContent = T.copied;
    speech.say(T.copied);
  } catch (e) { getSelection().selectAllChildren(byId("address")); } // the reader copies it
}
