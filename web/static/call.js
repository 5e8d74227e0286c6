// One call on the page: a <details> whose summary tells who, what about and
// how it stands, with the lines inside. All text goes in by textContent.
import { LineView } from "./line.js";
import { T, htmlLanguage, languageName, length, quality, time } from "./texts.js";

export class CallView {
  #call;
  #lines = new Map(); // leg/id -> LineView
  #lineTemplate;

  constructor(callTemplate, lineTemplate) {
    this.node = callTemplate.content.firstElementChild.cloneNode(true);
    this.#lineTemplate = lineTemplate;
  }

  get id() { return this.#call.id; }
  get ended() { return this.#call.state === "ended"; }

  update(call) {
    this.#call = call;
    this.node.dataset.id = call.id;
    this.#set(".call__from", call.from || T.anonymous);
    this.#set(".call__state", T["state_" + call.state] ?? call.state);
    this.#part(".call__state").dataset.state = call.state;
    this.tick();
    this.#about();
  }

  // tick writes the facts, of which the duration runs while the call does.
  tick() {
    const { started, ended, language } = this.#call;
    const lasted = length((ended ? new Date(ended) : new Date()) - new Date(started));
    const facts = [time(started), T.lasts.replace("{length}", lasted)];
    if (language) facts.push(languageName(language));
    this.#set(".call__facts", facts.join(" · "));
  }

  // lines shows new and revised lines and returns those finished just now.
  lines(list) {
    const finished = list.filter((line) => this.#line(line));
    const first = [...this.#lines.values()].find((l) => l.caller && l.final);
    if (first) {
      this.#set(".call__concern", T.quote.replace("{text}", first.text));
      this.#part(".call__concern").lang = htmlLanguage(first.language);
    }
    return finished;
  }

  #line(line) {
    const key = `${line.segment.leg}/${line.segment.id}`;
    let view = this.#lines.get(key);
    if (!view) {
      view = new LineView(this.#lineTemplate);
      this.#lines.set(key, view);
      this.#part(".lines").append(view.node);
    }
    return view.update(line);
  }

  #about() {
    const c = this.#call;
    const rows = [["called", c.to], ["codec", c.codec], ["mos", c.mos && quality(c.mos)],
      ["end", c.reason && (T["ended_" + c.reason] ?? c.reason)], ["id", c.id]];
    this.#part(".about").replaceChildren(...rows.filter(([, value]) => value).map(([key, value]) => {
      const row = document.createElement("div");
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      dt.textContent = T["about_" + key];
      dd.textContent = value;
      row.append(dt, dd);
      return row;
    }));
  }

  #part(selector) { return this.node.querySelector(selector); }

  // #set leaves equal text alone, so that nothing is drawn or read again.
  #set(selector, text) {
    const node = this.#part(selector);
    if (node.textContent !== text) node.textContent = text;
  }
}
