// One call that was handed to somebody outside the desk: what is known of it
// flows in with the page, what is said from then on by the call's stream.
import { begin, get } from "./desk-api.js";
import { byId, set, show } from "./desk-dom.js";
import { Said } from "./desk-lines.js";
import { recordPart } from "./desk-lists.js";
import { context, department, title } from "./desk-offer.js";
import { connect } from "./stream.js";
import { T, languageName } from "./texts.js";

const check = 10_000; // ms

const { context: known } = begin, p = known.preview, record = known.records.slice(-1)[0];
const said = new Said(byId("said"), true, byId("spoken"));
said.own = document.documentElement.lang;
for (const line of known.lines) heard(line);
facts({ language: p?.language ?? record?.language, department: p?.department ?? record?.department });
if (p) byId("outside-context").append(...context(p, false));
show(byId("outside-alarm"), Boolean(p?.alarm));
show(byId("outside-mine"), known.mine);
show(byId("outside-said"), known.live || known.lines.length > 0);
show(byId("outside-records"), known.records.length > 0);
byId("outside-parts").append(...known.records.map(recordPart));
status(known.live);
for (const a of document.querySelectorAll(".topline__lang")) a.search = new URLSearchParams({ call: known.call, lang: a.hreflang });
if (known.live) {
  show(byId("connected"), true);
  connect(`/api/v1/desk/calls/${encodeURIComponent(known.call)}/events`, { line: heard, call: (call) => {
    said.live(); // comes after what was said before
    facts(call);
    status(!call.ended);
  } });
  setInterval(mine, check);
}

// mine looks whether the call is still for who reads: it may have gone back to
// the bot or the desk, and then nothing of it stays here.
async function mine() {
  try { await get(`/api/v1/desk/calls/${encodeURIComponent(known.call)}/context`); } catch (e) {
    if (e.status === 404 || e.status === 401) location.reload();
  }
}

function heard(line) {
  const box = byId("transcript"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  said.line(line);
  show(byId("said-none"), said.empty);
  show(byId("unsure-hint"), said.unsure);
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function facts(call) {
  title(byId("outside-title"), p ?? { from: record?.from ?? call.from });
  set(byId("outside-facts"), [p?.from || record?.from || call.from || T.anonymous, call.language && languageName(call.language), call.department && department(call.department), p?.written && T.desk_written].filter(Boolean).join(" · "));
}

function status(live) {
  set(byId("outside-state"), live ? T.desk_outside_live : T.desk_outside_over);
  byId("outside-state").dataset.phase = live ? "talking" : "ended";
  set(byId("outside-intro"), live ? T.desk_outside_intro : T.desk_outside_intro_over);
}
