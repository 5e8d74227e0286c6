// The state of the meeting: what it is, for how long, and what can be done now.
import { post } from "./organiser-api.js";
import { byId, h, say, set, show } from "./desk-dom.js";
import { ask } from "./organiser-ask.js";
import { T, languageName } from "./texts.js";

const slow = 5; // s behind from which somebody should know

export class Stage {
  #act; #life; #began = 0; #unask; #ordered = "";

  constructor(act) {
    this.#act = act;
    byId("start").addEventListener("click", () => this.#order("start"));
    byId("pause").addEventListener("click", () => this.#order("pause"));
    byId("stop").addEventListener("click", () => { this.#unask = ask(byId("stop"), T.rooms_stop_ask, T.rooms_stop_yes, () => this.#order("stop")); });
    setInterval(() => this.#tick(), 1000);
  }

  // order does one thing at a time. An end takes as long as the last words do:
  // the page says so at once.
  async #order(what) {
    if (this.#ordered) return;
    this.#ordered = what;
    this.#name(this.#life);
    await this.#act(post("/" + what).finally(() => { this.#ordered = ""; }));
    this.#name(this.#life);
  }

  #name(life) {
    const shown = this.#ordered === "stop" && ["created", "running", "paused"].includes(life) ? "stopping" : life;
    set(byId("life"), T[`rooms_life_${shown}`] ?? shown);
    set(byId("says"), T[`rooms_says_${shown}`] ?? "");
  }

  update({ status, options }) {
    const { life } = status.state;
    const was = this.#life;
    this.#life = life;
    this.#began = Date.parse(status.began);
    byId("stage").dataset.life = life;
    this.#name(life);
    const focus = document.activeElement;
    show(byId("start"), life === "created" || life === "paused");
    set(byId("start"), life === "paused" ? T.rooms_resume : T.rooms_start);
    show(byId("pause"), life === "running");
    show(byId("stop"), ["created", "running", "paused"].includes(life));
    if (!["created", "running", "paused"].includes(life)) this.#unask?.();
    if (was && was !== life) {
      say(T[`rooms_life_${life}`] ?? life);
      if (focus?.hidden || focus === document.body) (["running", "paused", "created"].includes(life) ? byId(life === "running" ? "pause" : "start") : byId("after-title")).focus();
    }
    this.#checks(status, life);
    this.#facts(status, options, life);
    this.#tick();
  }

  // checks are what a calm beginning needs.
  #checks(status, life) {
    show(byId("checks"), life === "created");
    if (life !== "created") return;
    const heard = status.inputs.some((i) => !i.muted && !i.warnings.includes("lost") && i.rms_dbfs > -60 && i.rms_dbfs < 0), viewers = people(status.viewers);
    const list = [
      [heard, heard ? T.rooms_check_sound : status.inputs.length ? T.rooms_check_silent : T.rooms_check_no_sound],
      [viewers > 0, viewers ? T.rooms_check_viewers : T.rooms_check_no_viewers],
      [true, status.consent.some((e) => e.act === "announced") ? T.rooms_check_told : T.rooms_check_tells],
    ];
    ticks(byId("checks"), list);
  }

  #facts(status, options, life) {
    const n = people(status.viewers), alive = ["running", "paused"].includes(life), behind = status.behind_ns / 1e9;
    const facts = [];
    if (["created", "running", "paused"].includes(life)) facts.push((n === 1 ? T.rooms_fact_viewer : T.rooms_fact_viewers).replace("{n}", n));
    if (alive) facts.push(T.rooms_fact_behind.replace("{s}", seconds(behind)));
    if (status.state.delay_ns > 0 && alive) facts.push(T.rooms_fact_delay.replace("{s}", seconds(status.state.delay_ns / 1e9)));
    if (["created", "running", "paused"].includes(life)) facts.push(T[`rooms_fact_${keeps(status, options, life)}`]);
    set(byId("facts"), facts.join(" · "));
    show(byId("behind"), alive && behind >= slow);
    if (behind >= slow) set(byId("behind"), T.rooms_behind.replace("{s}", seconds(behind)));
  }

  #tick() {
    const running = ["running", "paused", "stopping"].includes(this.#life) && this.#began > 0;
    show(byId("clock"), running);
    if (running) set(byId("clock"), clock(Date.now() - this.#began));
  }
}

// keeps says what is kept of what is said now. Before the meeting the notice comes by itself.
function keeps(status, options, life) {
  if (status.keeping || (life === "created" && (options?.keep || (status.keep && !status.inputs.length)))) return "keep";
  return status.keep ? "untold" : "volatile";
}

const tenth = new Intl.NumberFormat(T.locale, { maximumFractionDigits: 1 });
export const seconds = (s) => tenth.format(Math.max(0, s));

// people are those who read along, whatever the track.
export const people = (viewers) => Object.entries(viewers ?? {}).reduce((sum, [track, n]) => (track.startsWith("@") ? sum : sum + n), 0);

export const trackName = (track) => (track === "original" ? T.rooms_original : track.endsWith("-leicht") ? T.easy_language : languageName(track));

// ticks shows what is done and what is not yet, in words as well.
export function ticks(list, items) {
  const print = JSON.stringify(items);
  if (list.dataset.print === print) return;
  list.dataset.print = print;
  list.replaceChildren(...items.map(([done, text]) => h("li", { "data-done": String(Boolean(done)) },
    h("span", { class: "tickmark", "aria-hidden": "true" }, done ? "✓" : "○"), h("span", {}, h("span", { class: "unseen" }, `${done ? T.rooms_done : T.rooms_not_yet}: `), text))));
}

function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000)), two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
