// Figures: who reads along in which language, translations that fail, and how
// good the subtitles are, each with what it means.
import { byId, h, show } from "./desk-dom.js";
import { seconds, trackName } from "./organiser-stage.js";
import { T } from "./texts.js";

const waits = 6; // sentences of one language from which somebody should know
const percent = new Intl.NumberFormat(T.locale, { style: "percent", maximumFractionDigits: 1 });

export class Figures {
  update({ status }) {
    const tracks = ["original", ...status.state.languages.slice(1), ...(status.state.easy ? [status.state.easy] : [])];
    const rows = tracks.map((t) => [t, (status.viewers[t] ?? 0) + (t === "original" ? status.viewers[status.state.languages[0]] ?? 0 : 0)]);
    const readers = rows.filter(([, n]) => n > 0);
    show(byId("readers-none"), readers.length === 0);
    list(byId("readers"), readers.map(([t, n]) => [trackName(t), String(n)]));
    this.#failures(status);
    this.#quality(status.quality);
  }

  #failures(status) {
    const lines = [
      ...Object.entries(status.failures ?? {}).filter(([, n]) => n > 0).map(([l, n]) => (n === 1 ? T.rooms_failure : T.rooms_failures).replace("{language}", trackName(l)).replace("{n}", n)),
      ...late(status.waiting ?? {}).map(([l, n]) => T.rooms_waiting.replace("{language}", trackName(l)).replace("{n}", n)),
    ];
    const box = byId("failures"), print = JSON.stringify(lines);
    if (box.dataset.print === print) return;
    box.dataset.print = print;
    box.replaceChildren(...lines.map((l) => h("p", { class: "note note--warning" }, l)));
  }

  #quality(q) {
    const of = (text) => (q.lag_p95_ns > 0 ? text : "–"); // the words, if there are any yet
    list(byId("figures"), [
      ["lag", of(`${seconds(q.lag_p50_ns / 1e9)} s / ${seconds(q.lag_p95_ns / 1e9)} s`)],
      ["erasure", of(percent.format(q.erasure))],
      ["unsure", of(percent.format(q.low_confidence))],
      ["fast", String(q.too_fast)],
      ["gaps", String(q.gaps)],
      ["real", of(percent.format(q.real_time))],
    ].map(([key, value]) => [T[`rooms_quality_${key}`], value, T[`rooms_quality_${key}_means`]]));
  }
}

// late are the translations that fall behind. The original waits for nothing but
// the time for corrections, which all tracks wait for alike.
const late = (waiting) => Object.entries(waiting).filter(([l]) => l !== "original" && !l.endsWith("-leicht"))
  .map(([l, n]) => [l, n - (waiting.original ?? 0)]).filter(([, n]) => n >= waits);

// list fills a dl, and leaves it alone when nothing has changed.
function list(dl, items) {
  const print = JSON.stringify(items);
  if (dl.dataset.print === print) return;
  dl.dataset.print = print;
  dl.replaceChildren(...items.map(([name, value, means]) => h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, value), means && h("span", { class: "hint" }, means)))));
}
