// The sentences of a meeting as one or two tracks have them: events flow in, and
// what changed flows out. Nothing here knows the page.
import { unspaced } from "./viewer-texts.js";

const most = 600; // sentences at hand
const mostFrozen = 3000; // while somebody reads what was said before
const mostMissed = 5; // cues said after a gap: who listens wants to be where the others are

export class Lines {
  // on: changed(row), gone(row), said(track, row, cue), corrected(track, row, cue, new).
  constructor(on) {
    this.on = on;
    this.rows = new Map();
  }

  // snapshot puts a track as it stands in the place of all that was there. The
  // newest that was not there before is said, unless it shall be quiet.
  snapshot(track, { lines, open }, quiet) {
    const before = new Map();
    for (const row of this.rows.values()) {
      if (row.parts[track]) before.set(row.id, row.parts[track]);
      delete row.parts[track];
    }
    const told = new Set(), missed = []; // rows the page has been told of
    for (const line of lines || []) {
      const row = this.row(line);
      put(this.part(row, track), line);
      told.add(row);
      this.on.changed(row);
      if (quiet) continue;
      const had = before.get(row.id), ids = had ? had.cues.map((c) => c.id) : [];
      for (const cue of line.cues) if (!ids.includes(cue.id)) missed.push([track, row, cue]);
    }
    for (const words of open || []) {
      const row = this.row(words), part = this.part(row, track);
      part.language = words.language;
      part.open = uncut(words.text, part.cues);
      part.tail = spaced(words.tail || "", unspaced(words.language));
      told.add(row);
      this.on.changed(row);
    }
    for (const row of [...this.rows.values()]) {
      if (!told.has(row)) this.settle(row);
    }
    for (const cue of missed.slice(-mostMissed)) this.on.said(...cue);
    this.trim();
  }

  // drop forgets a track that is not followed any more.
  drop(track) {
    for (const row of [...this.rows.values()]) {
      delete row.parts[track];
      this.settle(row);
    }
  }

  event(track, kind, data) {
    if (kind === "retract") return this.retract(data.input);
    const known = this.rows.get(data.sentence);
    if (kind === "replace" && !known) return; // older than what is at hand
    const row = this.row(data), part = this.part(row, track);
    switch (kind) {
      case "words":
        part.language = data.language;
        part.open += spaced(data.text, data.glued);
        part.tail = "";
        break;
      case "tail":
      case "prefix":
        part.language = data.language;
        part[kind] = spaced(data.text, data.glued);
        break;
      case "cue":
        add(part, data);
        for (const cue of data.cues) this.on.said(track, row, cue);
        break;
      case "replace":
        this.replace(track, row, part, data);
    }
    this.settle(row);
    this.trim();
  }

  replace(track, row, part, line) {
    const had = new Map(part.cues.map((c) => [c.id, c])), untranslated = part.untranslated, { open, tail } = part;
    put(part, line);
    part.open = open; // what is not cut into cues yet was not corrected
    part.tail = tail;
    for (const cue of line.cues) {
      const before = had.get(cue.id);
      if (untranslated && !part.untranslated) this.on.said(track, row, cue); // the translation came late
      else if (cue.corrected && (!before || before.text !== cue.text)) this.on.corrected(track, row, cue, !before);
    }
  }

  retract(input) {
    for (const row of [...this.rows.values()]) {
      if (row.input !== input) continue;
      row.parts = {};
      this.settle(row);
    }
  }

  // settle tells the page; a row of which nothing is left goes.
  settle(row) {
    if (Object.values(row.parts).some((p) => p.cues.length || p.open || p.tail || p.prefix)) return this.on.changed(row);
    this.rows.delete(row.id);
    this.on.gone(row);
  }

  trim() {
    for (const row of this.rows.values()) {
      if (this.rows.size <= (this.frozen ? mostFrozen : most)) return;
      this.rows.delete(row.id);
      this.on.gone(row);
    }
  }

  row({ sentence, input, speaker }) {
    let row = this.rows.get(sentence);
    if (!row) this.rows.set(sentence, row = { id: sentence, order: Number(sentence.slice(1)) || this.rows.size, parts: {} });
    row.input = input;
    row.speaker = speaker || "";
    return row;
  }

  part(row, track) {
    return row.parts[track] || (row.parts[track] = { cues: [], language: "", open: "", tail: "", prefix: "", untranslated: false });
  }
}

function add(part, line) {
  part.open = uncut(part.open, line.cues);
  part.cues = part.cues.concat(line.cues);
  part.tail = part.prefix = "";
  part.untranslated = Boolean(line.untranslated);
}

function put(part, line) {
  part.cues = [];
  part.open = "";
  add(part, line);
}

// uncut is what of the words of a sentence is in none of its cues yet.
export const uncut = (words, cues) => cues.reduce((rest, cue) => after(rest, cue.text), words);

// after is what of the words is not in the cue, whatever the spaces; nothing
// when words before it were missed: the next cue has them.
function after(words, cue) {
  const want = cue.replace(/\s/g, "");
  let n = 0, i = 0;
  for (; n < want.length && i < words.length; i++) {
    if (/\s/.test(words[i])) continue;
    if (words[i] !== want[n++]) return "";
  }
  return words.slice(i);
}

// spaced is text with the space that stands before it, unless it goes on inside
// a word or its language has none.
const spaced = (text, glued) => (text && !glued ? " " + text : text);

// lead is what stands between a cue and the one before it.
export const lead = (cue, first) => (first || cue.glued ? "" : " ");

// unsettled is what of a part is shown before it is a cue, with the spaces before it.
export const unsettled = (part) => ({ open: part.open, loose: part.prefix || part.tail });

// whole is all of a part as one text.
export function whole(part) {
  const { open, loose } = unsettled(part);
  return (part.cues.map((cue) => lead(cue) + cue.text).join("") + open + loose).trim();
}

// languageOf a part; track is that of a translation.
export const languageOf = (part, track) => (part.cues.length ? part.cues[0].language : part.language || track);
