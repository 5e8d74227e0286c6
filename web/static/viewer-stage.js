// /s/CODE?view=projector and ?view=obs: the lower third of a screen, two lines
// and nothing else. On a projector the code is shown while nobody speaks.
import { byId } from "./viewer-dom.js";
import { languageOf, whole } from "./viewer-lines.js";
import { fillScreen } from "./viewer-keys.js";
import { Meeting } from "./viewer-meeting.js";
import { Pace } from "./viewer-pace.js";
import { askedTrack, current, usualLook } from "./viewer-settings.js";
import { T, direction, primary } from "./viewer-texts.js";
import { stayAwake } from "./viewer-wake.js";

const root = document.documentElement;
const { code, view } = byId("stage").dataset;
const quiet = (Number(new URLSearchParams(location.search).get("quiet")) || 8) * 1000; // ms until the code is shown

root.classList.add("works", "resting");
let track = askedTrack() || "original", shown = null;
const box = byId("text"), who = byId("who");
const pace = new Pace(show, rest, quiet);
const meeting = new Meeting(code, {
  changed: (row) => (rolls() ? roll(row) : keep(row)),
  gone, said, state, corrected,
  notice: () => { if (view === "projector") byId("notice").textContent = meeting.notice.text; },
  stands: () => {},
  connection: (on) => byId("stage").classList.toggle("stage--lost", !on),
  dropped: () => { track = "original"; meeting.follow([track]); },
  over: () => { rest(); state(); },
});

start();

async function start() {
  await meeting.ask();
  const { languages, easy, scroll } = meeting.info;
  if (scroll) usualLook("scroll");
  if (languages && ![...languages, easy, "original"].includes(track)) track = "original";
  meeting.follow([track]);
}

const rolls = () => current("look") === "scroll";

// said takes a cue; one of a translation that came late stands for the original.
function said(name, row, cue) {
  if (name !== track || rolls()) return;
  if (shown && shown.id === cue.id) return again(row, cue);
  const news = parts(row, cue), n = row.parts[track].cues.indexOf(cue);
  if (pace.swap((c) => c.id === cue.id, news)) return;
  for (const part of news) pace.add(part, (c) => c.row === row && row.parts[track].cues.findIndex((o) => o.id === c.id) > n);
}

// corrected: what is on the screen or waits for it changes; what was read stays.
function corrected(name, row, cue, fresh) {
  const near = (c) => c && c.row === row;
  if (name !== track || rolls()) return;
  if (shown && shown.id === cue.id) again(row, cue);
  else if (!pace.swap((c) => c.id === cue.id, parts(row, cue)) && fresh && (near(shown) || pace.has(near))) said(name, row, cue);
}

// again shows a cue anew that is on the screen, and lets its rest wait.
function again(row, cue) {
  const [first, ...rest] = parts(row, cue);
  pace.cut((c) => c.id !== cue.id);
  if (!first) return;
  show(first);
  for (const part of rest.reverse()) pace.add(part, () => true);
}

// keep takes off the screen, and out of what waits for it, what a correction took away.
function keep(row) {
  pace.touch();
  const part = row.parts[track], there = (c) => c.row !== row || Boolean(part && part.cues.some((o) => o.id === c.id));
  pace.cut(there);
  if (!shown || !shown.row || there(shown)) return;
  shown = null;
  box.textContent = who.textContent = "";
  pace.next();
}

// show puts one cue on the screen, in the lines it was cut into.
function show(cue) {
  shown = cue;
  words(cue.row, cue.lines && cue.lines.length <= 2 ? cue.lines.join("\n") : cue.text.trim(), cue.language);
}

// roll shows the newest words; what is above the second line is out of sight.
function roll(row) {
  const part = row.parts[track];
  if (!part || row.order < (shown ? shown.order : 0)) return;
  const text = whole(part);
  if (!text) return;
  shown = row;
  pace.touch();
  words(row, text, languageOf(part, track));
}

function words(row, text, language) {
  root.classList.remove("resting");
  who.textContent = row.speaker;
  who.hidden = !row.speaker;
  box.textContent = text;
  box.lang = primary(language);
  box.dir = direction(language);
  box.parentNode.scrollTop = box.parentNode.scrollHeight;
}

// parts of a cue that does not fit into two lines at this size.
function parts(row, cue) {
  const before = box.textContent, hidden = root.classList.contains("resting");
  root.classList.remove("resting");
  const out = [];
  let rest = cue.text.split(/\s+/).filter(Boolean);
  if (!fits((cue.lines || []).join("\n") || cue.text)) cue = { ...cue, lines: null };
  while (rest.length) {
    let n = cue.lines ? rest.length : 1;
    while (n < rest.length && fits(rest.slice(0, n + 1).join(" "))) n++;
    out.push({ ...cue, row, text: rest.slice(0, n).join(" ") });
    rest = rest.slice(n);
  }
  box.textContent = before;
  root.classList.toggle("resting", hidden);
  return out;
}

function fits(text) {
  box.textContent = text;
  return box.offsetHeight <= box.parentNode.clientHeight + 1;
}

// gone: somebody may have refused; nothing of theirs stays on the wall.
function gone(row) {
  pace.cut((cue) => cue.row !== row);
  if (shown && (shown === row || shown.row === row)) rest();
}

function rest() {
  shown = shown && shown.parts ? shown : null;
  box.textContent = who.textContent = "";
  who.hidden = true;
  root.classList.add("resting");
}

function state() {
  const { life, title } = meeting.state;
  stayAwake(life !== "closed");
  byId("stage").dataset.life = life;
  if (view !== "projector") return;
  if (title) {
    byId("title").textContent = document.querySelector("h1").textContent = title;
    document.title = `${title} · ${T.service}`;
  }
  byId("why").textContent = T["why_" + life] || "";
}

document.addEventListener("keydown", (e) => {
  if (e.key.toLowerCase() === "f" && !e.ctrlKey && !e.metaKey && !e.altKey) fillScreen();
});
