// The editor of a running meeting: lines flow in as they are recognised, and
// corrections flow out before or after the audience reads them.
import { T } from "./texts.js";
import { byId, say, set, show, typing } from "./desk-dom.js";
import { code, fill, get, life, note, open, over, path, post, problem } from "./minutes-api.js";
import { Drafts } from "./minutes-drafts.js";
import { Edit } from "./minutes-edit.js";
import { Lines } from "./minutes-lines.js";
import { Past } from "./minutes-past.js";
import { Replace } from "./minutes-replace.js";
import { follow } from "./minutes-stream.js";
import { Undo } from "./minutes-undo.js";
import { Words } from "./minutes-words.js";

const kept = new Map(); // where the browser keeps nothing
let status, delay = 0, skew = -Infinity, seen = 0, at, stop, edit;
const name = () => recall("editor-name");
const lines = new Lines({ edit: (line) => edit.open(line), leave: () => byId("views").querySelector("[aria-current]").focus(), earlier: () => past.earlier() });
const past = new Past(lines);
const words = new Words();
const drafts = new Drafts(name, code);
const undo = new Undo(lines, name);
edit = new Edit(lines, name, taken);
const replace = new Replace(lines, name, (done) => { undo.add(done); for (const d of done) learn(d); });

begin();

async function begin() {
  try {
    await open(() => get("/status"));
    show(byId("editor"), true);
    view();
    await ask();
    at = await load();
  } catch (e) {
    over(e);
    return;
  }
  stop = follow(path("/staff"), Object.fromEntries(Object.entries(staff).map(([kind, handle]) => [kind, noting(handle)])), () => `?after=${at}`);
  document.documentElement.dataset.ready = "true";
}

// load takes the lines as they stand, first those that wait: one that is
// published meanwhile is in both. An answer that news have overtaken would take
// them back: it is asked for once more. It returns what they stand at.
async function load() {
  let before, all, now;
  do {
    before = performance.now();
    now = (await get("/status")).status;
    all = await past.begin();
  } while (now.id < seen);
  taking(now);
  const { pending } = now;
  const there = new Set([...all.lines, ...pending].flatMap((l) => l.cues.map((c) => c.id)));
  lines.reach(all.lines, all.more);
  lines.changing(() => {
    for (const line of all.lines) lines.published(line);
    lines.only(there, before);
  });
  past.draw();
  return now.id;
}

// A connection goes on where the one before it broke off: after a long break,
// too, all lines that were here stay, and those that were missed come.
const staff = {
  status: (s) => { if (s.id >= seen) taking(s); }, // an answer may have been newer
  state: latest(state),
  pending: (line) => lines.pending(line, left(line)),
  cue: (line) => { lines.published(line); past.draw(); },
  replace: news(again((line) => lines.replace(line))),
  retract: news(again((r) => lines.retract(r.input))),
  draft: latest((d) => drafts.one(d)),
  terms: latest((t) => words.update(t.glossary)),
  gap: () => load().catch((e) => problem(e.message)), // too long a break
};

// noting remembers where the stream stands.
function noting(handle) {
  return (data, id) => {
    at = id || at;
    handle(data, id);
  };
}

// news are what an older answer does not know yet.
function news(handle) {
  return (data, id) => {
    seen = Math.max(seen, id);
    handle(data, id);
  };
}

// again are news that may be about earlier lines under way.
function again(handle) {
  return (data, id) => {
    past.heard(id, () => handle(data));
    handle(data);
  };
}

// latest are news that a newer status has had.
function latest(handle) {
  return (data, id) => { if (!id || id > status.id) news(handle)(data, id); };
}

// left is how many ms the audience does not read a line yet, by the meeting's clock.
const left = (line) => (line.due && skew > -Infinity ? Math.max(0, Date.parse(line.due) - Date.now() - skew) : delay * 1000);

// taking is all that staff sees.
function taking(s) {
  status = s;
  seen = Math.max(seen, s.id);
  if (s.now) skew = Math.max(skew, Date.parse(s.now) - Date.now()); // what was under way longer says less
  state(s.state);
  for (const line of s.pending) lines.pending(line, left(line), !line.due);
  words.update(s.glossary);
  if (s.state.easy) drafts.all(s.drafts, s.state.easy);
  const behind = Math.round(s.behind_ns / 1e9);
  set(byId("behind"), `· ${fill(T.minutes_behind, { s: behind })}`);
  show(byId("behind"), behind >= 2);
  ended(s);
}

function state(s) {
  life(s);
  const now = Math.round((s.delay_ns ?? 0) / 1e9);
  if (now !== delay || !byId("delay").dataset.known) {
    delay = now;
    byId("delay").dataset.known = "true";
    if (document.activeElement !== byId("delay")) byId("delay").value = delay;
  }
  show(byId("easy-tab"), Boolean(s.easy));
  if (s.life === "closed") {
    stop?.();
    note("warning", T.minutes_closed);
  } else if (s.life === "stopped" && status) ended({ ...status, state: s });
}

function ended(s) {
  if (s.state.life !== "stopped") return;
  if (s.keep) note("info", T.minutes_ended); else note("warning", T.minutes_ended_volatile);
}

// A correction was taken: it can be undone, and teaches.
function taken(done) {
  problem("");
  undo.add([done]);
  learn(done);
}

// The meeting says what it has learned right behind the correction.
const lesson = 400; // ms
function learn(done) { setTimeout(() => words.corrected(done.before, done.after), lesson); }

byId("delay-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const seconds = Number(byId("delay").value);
  if (!byId("delay").value || !(seconds >= 0 && seconds <= 60)) {
    problem(T.minutes_delay_wrong);
    byId("delay").focus();
    return;
  }
  try {
    await post("/delay", { seconds });
    problem("");
    say(seconds ? fill(T.minutes_delay_done, { s: seconds }) : T.minutes_delay_none);
  } catch (err) { problem(err.message); }
});

// ask asks once who is correcting.
async function ask() {
  if (!name()) await named();
  set(byId("who"), fill(T.minutes_name_as, { name: name() }));
}

function named() {
  const dialog = byId("name-dialog");
  if (!dialog.showModal) return called(prompt(T.minutes_name_title, name()) ?? ""); // an older browser
  byId("name").value = name();
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      called(byId("name").value);
      done();
    }, { once: true });
  });
}

function called(typed) {
  remember("editor-name", typed.trim() || name() || "–");
  set(byId("who"), fill(T.minutes_name_as, { name: name() }));
}

byId("rename").addEventListener("click", named);
byId("help").addEventListener("click", help);
byId("undo").addEventListener("click", () => undo.last());
byId("replace-open").addEventListener("click", () => replace.toggle());
addEventListener("hashchange", () => { view(); (byId(`${location.hash.slice(1)}-title`) ?? byId("title")).focus({ preventScroll: true }); });

function help() { if (!byId("keys").open) byId("keys").showModal(); }

// view shows the part in the address.
function view() {
  const parts = ["lines", "easy", "words"], wanted = location.hash.slice(1), current = parts.includes(wanted) ? wanted : "lines";
  for (const p of parts) show(byId(`view-${p}`), p === current);
  for (const a of byId("views").querySelectorAll("a")) {
    if (a.hash === `#${current}`) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current");
  }
}

// into shows a part and goes to what is done there.
function into(part, focus) {
  if (location.hash.slice(1) !== part) history.pushState(null, "", `#${part}`);
  view();
  focus();
}

const keys = {
  F1: help,
  F2: () => into("lines", () => lines.focus()), "Shift+F2": () => into("lines", () => lines.newest()),
  F4: () => { if (status?.state.easy) into("easy", () => (byId("drafts").querySelector("li:not([hidden]) textarea") ?? byId("easy-title")).focus()); },
  "Shift+F4": () => into("words", () => byId("word").focus()),
  F9: () => into("lines", () => replace.toggle()),
};

document.addEventListener("keydown", (e) => {
  if (e.altKey || e.metaKey || e.repeat || byId("editor").hidden || document.querySelector("dialog[open]")) return;
  if (e.ctrlKey && !e.shiftKey && e.key.toLowerCase() === "z" && !typing()) {
    e.preventDefault();
    undo.last();
    return;
  }
  const run = !e.ctrlKey && keys[(e.shiftKey ? "Shift+" : "") + e.key];
  if (!run) return;
  e.preventDefault();
  run();
});

function recall(key) {
  try { return sessionStorage.getItem(key) ?? kept.get(key) ?? ""; } catch { return kept.get(key) ?? ""; } // storage may be forbidden
}

function remember(key, value) {
  kept.set(key, value);
  try { sessionStorage.setItem(key, value); } catch { /* lasts for this page only */ }
}
