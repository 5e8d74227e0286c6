// The minutes of a meeting and all that was kept of it, once it has ended.
// Everything goes in by textContent.
import { T, languageName } from "./texts.js";
import { byId, h, set, show } from "./desk-dom.js";
import { Failure, clock, code, count, fill, get, getWhole, life, note, open, over, path, problem } from "./minutes-api.js";
import { follow } from "./minutes-stream.js";
import { quality } from "./minutes-quality.js";
import { Transcript } from "./minutes-transcript.js";

const formats = ["docx", "txt", "vtt", "srt", "ttml", "json"]; // of the record
const most = 4; // links of an item
const day = new Intl.DateTimeFormat(T.locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const date = new Intl.DateTimeFormat(T.locale, { dateStyle: "long" });
const minute = new Intl.DateTimeFormat(T.locale, { timeStyle: "short" });
const hour = new Intl.DateTimeFormat(T.locale, { timeStyle: "medium" });

let transcript, stop, filled = false, looks = 0;

begin();

async function begin() {
  try {
    const room = await get("");
    life(room);
    await open(() => look(room.life));
  } catch (e) {
    failed(e);
    return;
  }
  stop = follow(path("/events?track=original"), { snapshot: (s) => changed(s.state), state: changed });
}

function changed(state) {
  life(state);
  if (state.life === "closed") {
    stop();
    looks++;
    note("warning", T.minutes_closed);
  } else if (!filled) look(state.life).catch(failed);
}

// look shows what there is at this time of the meeting. An answer that comes
// after news is not about how things stand.
async function look(now) {
  const mine = ++looks;
  const minutes = await getWhole("/minutes.json").catch(unmade), record = now === "stopped" && minutes && await getWhole("/export.json");
  if (mine === looks) await fits(now, minutes, record);
}

// unmade is why there are no minutes; a key that does not fit is another matter.
function unmade(e) {
  if (e.status === 409) return null;
  throw e;
}

function failed(e) {
  show(byId("loading"), false);
  if (!(e instanceof Failure)) throw e;
  if (e.gone || !stop) over(e); else problem(e.message);
}

async function fits(now, minutes, record) {
  show(byId("loading"), false);
  if (now === "created") note("info", T.minutes_not_begun, ...(minutes ? [] : [T.minutes_volatile_now]));
  else if (now !== "stopped") note("info", T.minutes_not_ended, ...(minutes ? [] : [T.minutes_volatile_now]));
  else if (!minutes) note("warning", T.minutes_volatile, T.minutes_volatile_why);
  else {
    const nothing = record.tracks.every((t) => !t.cues.length);
    if (nothing) note("warning", T.minutes_nothing); else note("info");
    byId("paper").classList.toggle("paper--nothing", nothing);
    await fillPage(minutes, record);
  }
}

async function fillPage(minutes, record) {
  filled = true;
  const model = minutes.model && fill(T.minutes_model, { name: minutes.model }), refused = minutes.refused && fill(T.minutes_refused, { why: minutes.refused });
  const unread = minutes.unread_lines && count("minutes_unread", minutes.unread_lines);
  set(byId("machine"), [T.minutes_machine, model, refused, unread].filter(Boolean).join(" "));
  const began = record.began && new Date(record.began);
  if (began) set(byId("held"), fill(T.minutes_held, { date: date.format(began), time: fill(T.clock, { time: minute.format(began) }) }));
  transcript = new Transcript(record);
  list("tasks", minutes.tasks, task);
  list("decisions", minutes.decisions, (d) => [badge(T[`minutes_outcome_${d.outcome}`] ?? d.outcome, d.outcome), fact(T.minutes_about, d.about)]);
  list("votes", minutes.votes, vote);
  list("topics", minutes.topics, () => []);
  exports(record);
  quality(byId("quality"), record.quality);
  consent(await get("/status").then((s) => (s.status ?? s).consent).catch(() => null), record.consent ?? []);
  show(byId("paper"), true);
  transcript.go(location.hash);
  document.documentElement.dataset.ready = "true";
}

function list(part, items, facts) {
  items ??= [];
  set(byId(`${part}-count`), items.length ? `(${items.length})` : "");
  show(byId(`${part}-none`), !items.length);
  byId(part).replaceChildren(...items.map((i) => item(part, i, facts(i))));
}

function item(part, i, facts) {
  const title = part === "topics" ? [i.number, i.title].filter(Boolean).join(": ") : i.text;
  const doubts = (i.unsure ?? []).map((d) => h("p", { class: "check check--wrong" }, fill(T.minutes_check, { why: T[`minutes_doubt_${d}`] ?? d })));
  const values = facts.filter((f) => f?.matches("div"));
  return h("li", { class: "item" },
    h("p", { class: "item__text", dir: "auto" }, title, " ", facts.filter((f) => f && !f.matches("div"))),
    values.length > 0 && h("dl", { class: "facts" }, values), doubts,
    h("p", { class: "item__foot" }, i.speaker && `${T.minutes_said_by}: ${i.speaker} · `, places(i), i.model && ` · ${T.minutes_by_model} ${i.model}`));
}

// places are the links to where something was said, in the order of the meeting.
function places(i) {
  const at = (id) => transcript.start(id) ?? i.start_ns;
  const cues = (i.cues ?? []).slice(0, most).sort((a, b) => at(a) - at(b));
  return [`${T.minutes_at}: `, ...cues.flatMap((id, n) => [n > 0 && " · ", h("a", { class: "place", href: `#cue-${id}` }, h("span", { class: "unseen" }, `${T.minutes_at} `), clock(at(id)))])];
}

function task(t) {
  const date = t.due?.date && day.format(new Date(`${t.due.date}T12:00:00`)), said = t.due?.said && fill(T.minutes_due_said, { said: t.due.said });
  const due = date && said ? `${date} (${said})` : date || said;
  const checked = t.due?.unsure && !(t.unsure ?? []).includes("due");
  return [fact(T.minutes_owner, t.owner || T.minutes_not_said), fact(T.minutes_due, [due || T.minutes_not_said, checked && fill(T.minutes_check, { why: T.minutes_doubt_due })].filter(Boolean).join(" – ")), fact(T.minutes_before, t.context)];
}

function vote(v) {
  const count = (key, n) => n != null && fact(T[`minutes_vote_${key}`], String(n));
  return [v.unanimous && badge(T.minutes_vote_unanimous, "adopted"), count("for", v.for), count("against", v.against), count("abstained", v.abstained)];
}

const fact = (name, value) => (value ? h("div", null, h("dt", null, `${name}:`), h("dd", { dir: "auto" }, value)) : null);
const badge = (text, kind) => h("span", { class: "badge", "data-outcome-of": kind }, text);

function exports(record) {
  byId("exports").replaceChildren(...record.languages.map((l) => h("div", null,
    h("h3", null, `${T.minutes_downloads_text}: ${languageName(l)}`),
    h("ul", { class: "files" }, formats.map((f) => h("li", null, h("a", { class: "file", download: true, href: `${path(`/export.${f}`)}?language=${encodeURIComponent(l)}` }, T[`minutes_export_${f}`])))))));
}

// consent shows the ledger; without it, what the record holds of it.
function consent(ledger, kept) {
  const entries = ledger ?? kept.map((k) => ({ ...k, act: k.refused ? "refused" : k.text ? "announced" : "told" }));
  show(byId("consent-none"), !entries.length);
  byId("consent").replaceChildren(...entries.map((e) => h("li", null,
    h("span", { class: "ledger__at" }, hour.format(new Date(e.at))), h("span", { class: "ledger__what" }, act(e), e.text && h("q", { dir: "auto" }, e.text)))));
}

function act(e) {
  const text = T[`minutes_consent_${e.act}${e.act === "announced" && e.keeps ? "_keeps" : ""}`] ?? e.act;
  return fill(text, { who: e.who || T.minutes_consent_room });
}

addEventListener("hashchange", () => transcript?.go(location.hash));
document.title = `${code} · ${document.title}`;
