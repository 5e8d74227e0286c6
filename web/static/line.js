// One line of a transcript: who said what, how sure the machine is, and for an
// answer its source and how long it took.
import { address } from "./source.js";
import { timingBar } from "./timing.js";
import { T, foreign, htmlLanguage, languageName, length, sureness } from "./texts.js";

export class LineView {
  constructor(template) {
    this.node = template.content.firstElementChild.cloneNode(true);
  }

  // update returns true when the line became final by it.
  update(line) {
    const s = line.segment;
    const finished = s.final && !this.final;
    this.caller = s.leg !== "bot";
    this.final = s.final;
    this.text = s.text;
    this.language = s.language;
    this.node.className = `line line--${this.caller ? "caller" : "bot"}${s.final ? "" : " line--tail"}`;
    this.node.hidden = !s.text?.trim();
    this.#part("who").textContent = who(s);
    this.#part("text").textContent = s.text;
    this.#part("text").lang = htmlLanguage(s.language);
    this.#part("facts").replaceChildren(...facts(line));
    if (line.timing) timingBar(this.node.querySelector(".timing"), line.timing);
    return finished && !this.node.hidden;
  }

  #part(name) { return this.node.querySelector(".line__" + name); }
}

function who(s) {
  const out = [s.leg === "bot" ? T.bot : s.leg === "caller" ? T.caller : s.leg];
  if (s.start_ns > 0) out.push(length(s.start_ns / 1e6));
  if (foreign(s.language)) out.push(languageName(s.language));
  return out.join(" · ");
}

function facts(line) {
  const s = line.segment;
  if (!s.final) return [text("span", T.listening)];
  if (s.leg !== "bot") return [sure(T.understood, s.confidence)];
  const out = [];
  if (line.outcome) {
    const badge = text("span", T["outcome_" + line.outcome] ?? line.outcome);
    badge.className = "badge";
    badge.dataset.outcome = line.outcome;
    out.push(badge);
  }
  if (line.article) {
    out.push(sure(T.match, s.confidence));
    out.push(text("span", `${T.article} ${line.article}, ${T.version} ${line.version}`));
  }
  const link = source(line);
  if (link) out.push(link);
  return out;
}

function sure(label, confidence) {
  const node = text("span", `${label}: ${sureness(confidence)}`);
  if (confidence < 0.6) node.className = "doubt";
  return node;
}

function source(line) {
  const url = address(line.source);
  if (!url) return null;
  const a = text("a", `${T.source}: ${url.host}`);
  a.className = "kern-link";
  a.href = url.href;
  a.rel = "noreferrer";
  return a;
}

function text(name, content) {
  const node = document.createElement(name);
  node.textContent = content;
  return node;
}
