// What the machine wrote beside what people made of it. Everything goes in by
// textContent.
import { T } from "./texts.js";
import { byId, h, set, show } from "./desk-dom.js";
import { Failure, fill, get, getWhole, life, note, open, over, path } from "./minutes-api.js";
import { follow } from "./minutes-stream.js";

const share = new Intl.NumberFormat(T.locale, { style: "percent", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(T.locale);

let comparison, stop, loads = 0;

begin();
byId("only").addEventListener("change", draw);

async function begin() {
  try {
    life(await get(""));
    await load(() => open(() => getWhole("/comparison").catch(unmade)));
  } catch (e) {
    show(byId("loading"), false);
    if (!(e instanceof Failure)) throw e;
    over(e);
    return;
  }
  stop = follow(path("/events?track=original"), { snapshot: (s) => changed(s.state), state: changed });
  document.documentElement.dataset.ready = "true";
}

function changed(state) {
  life(state);
  if (state.life === "closed") {
    stop();
    loads++;
    note("warning", T.minutes_closed);
  } else load(() => getWhole("/comparison").catch(unmade)).catch(() => {}); // the line above says that the connection is lost
}

function unmade(e) {
  if (e.status === 409) return null;
  throw e;
}

// load shows the newest answer, whichever comes last.
async function load(ask) {
  const mine = ++loads, answer = await ask();
  if (mine !== loads) return;
  show(byId("loading"), false);
  show(byId("paper"), Boolean(answer?.cues?.length));
  if (!answer) { note("warning", T.minutes_volatile, T.minutes_volatile_why); return; }
  if (!answer.cues?.length) { note("info", T.minutes_compare_nothing); return; }
  note("info");
  comparison = answer;
  draw();
}

function draw() {
  const { cues } = comparison, changed = cues.filter((c) => c.changed), shown = byId("only").checked ? changed : cues;
  byId("figures").replaceChildren(
    figure(T.minutes_compare_error, share.format(comparison.error)),
    figure(T.minutes_compare_words, whole.format(comparison.words)),
    figure(T.minutes_compare_changes, whole.format(comparison.changes)));
  set(byId("shown"), fill(cues.length === 1 ? T.minutes_compare_shown_one : T.minutes_compare_shown, { n: whole.format(shown.length), all: whole.format(cues.length) }));
  set(byId("none"), T.minutes_compare_none);
  show(byId("none"), !shown.length);
  byId("compared").replaceChildren(...shown.map(compared));
}

const figure = (name, value) => h("div", null, h("dt", null, name), h("dd", null, h("span", { class: "figures__value" }, value)));

function compared(cue) {
  return h("li", { class: "compared__line" },
    h("p", { class: "cue__who" }, cue.speaker || T.minutes_unknown_speaker, !cue.changed && h("span", { class: "unseen" }, ` (${T.minutes_compare_unchanged})`)),
    h("p", { class: "compared__text", dir: "auto" }, (cue.runs ?? []).flatMap((r) => [run(r), " "])));
}

// run says in words what sight shows by colour, shape and sign.
function run(r) {
  if (r.kind === "removed") return h("del", { class: "run" }, h("span", { class: "unseen" }, `${T.minutes_compare_removed}: `), r.text);
  if (r.kind === "added") return h("ins", { class: "run" }, h("span", { class: "unseen" }, `${T.minutes_compare_added}: `), r.text);
  return r.text;
}
