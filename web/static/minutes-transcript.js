// What was said, word for word, in one of the meeting's languages; each cue is
// a place that links lead to.
import { T, languageName } from "./texts.js";
import { byId, h, set, show, tongue } from "./desk-dom.js";
import { clock, count, fill } from "./minutes-api.js";

const sure = 0.6;
const turnOf = 60; // seconds; a longer turn gets a new paragraph

export class Transcript {
  constructor(record) {
    this.tracks = new Map(record.tracks.map((t) => [t.language, t]));
    this.spoken = record.languages[0] ?? "";
    const choice = byId("language");
    choice.replaceChildren(...record.languages.map((l) => h("option", { value: l }, languageName(l))));
    choice.addEventListener("change", () => this.draw(choice.value));
    show(byId("language-row"), record.languages.length > 1);
    this.draw(this.spoken);
  }

  draw(language) {
    const cues = (this.tracks.get(language)?.cues ?? []).filter((c) => c.text), { lang, dir } = tongue(language);
    byId("language").value = language;
    byId("transcript").replaceChildren(...turns(cues).map((turn) => h("li", { class: "turn" },
      h("p", { class: "turn__who" }, h("span", { class: "cue__time" }, clock(turn[0].start * 1e9)), ` ${turn[0].speaker || T.minutes_unknown_speaker}`),
      h("p", { class: "turn__text", lang, dir }, turn.flatMap((c) => [said(c), " "])))));
    const corrected = cues.filter((c) => c.corrected).length;
    const notes = [language !== this.spoken && T.minutes_transcript_translated, corrected > 0 && count("minutes_transcript_corrected", corrected)].filter(Boolean);
    set(byId("transcript-note"), notes.join(" "));
    show(byId("transcript-note"), notes.length > 0);
    show(byId("transcript-none"), !cues.length);
  }

  // start of a cue in nanoseconds.
  start(id) {
    const cue = this.tracks.get(this.spoken)?.cues.find((c) => c.id === id);
    return cue && cue.start * 1e9;
  }

  // go shows the cue of an address, in the spoken language where it has none in this one.
  go(hash) {
    if (!hash.startsWith("#cue-")) return;
    const id = decodeURIComponent(hash.slice(1));
    if (!document.getElementById(id)) this.draw(this.spoken);
    const node = document.getElementById(id);
    for (const old of document.querySelectorAll(".said--here")) old.classList.remove("said--here");
    node?.classList.add("said--here");
    node?.scrollIntoView({ block: "center" });
    node?.focus({ preventScroll: true });
  }
}

function said(c) {
  const unsure = !c.corrected && c.confidence > 0 && c.confidence < sure;
  return h("span", { id: `cue-${c.id}`, class: unsure ? "said said--unsure" : "said", tabindex: "-1" }, c.text,
    unsure && h("span", { class: "unseen" }, ` (${T.minutes_unsure})`), c.corrected && h("span", { class: "said__mark" }, ` (${T.minutes_corrected})`));
}

// turns are the cues of one speaker in a row.
function turns(cues) {
  const out = [];
  for (const c of cues) {
    const turn = out.slice(-1)[0];
    if (turn && turn[0].speaker === c.speaker && c.start - turn[0].start < turnOf) turn.push(c);
    else out.push([c]);
  }
  return out;
}
