// How the call in hand is interpreted: its state flows in from the snapshot,
// orders flow out; and what was said last can be heard again.
import { begin, worded } from "./desk-api.js";
import { byId, h, on, say, set, show, tell } from "./desk-dom.js";
import { options } from "./desk-lists.js";
import { T, languageName } from "./texts.js";

const languages = ["interpret-caller", "interpret-person", "interpret-guest"];
const pause = 500; // ms without a further choice before it is ordered
const disturbed = ["failed", "broken", "voice"]; // problems of the service, not of what was said
const phases = ["talking", "held", "consulting", "merged"]; // in which it can be ordered

export class Interpret {
  #hand; #order; #was; #busy; #timer;
  #wanted = false; // it shall begin as soon as the two speak different languages

  // order sends one about the call in hand and resolves to whether it was done.
  constructor(order) {
    this.#order = order;
    on("interpret-on", "click", () => this.toggle());
    for (const id of [...languages, "interpret-mode"]) on(id, "change", () => this.#change());
    on("interpret-original", "input", (e) => this.#volume(e.target.value));
    on("interpret-original", "change", () => this.#change());
    on("interpret-details", "change", (e) => byId("transcript").classList.toggle("transcript--details", e.target.checked));
  }

  // own is the language of who reads, "" where nothing is interpreted.
  get own() { return this.#hand?.interpretation?.on ? this.#hand.interpretation.person : ""; }

  update(hand) {
    const i = hand.interpretation, there = Boolean(i) && begin.languages?.length > 0, same = this.#hand?.call === hand.call;
    this.#hand = hand;
    show(byId("interpret"), there);
    if (!there || !same) this.#forget();
    if (!there) return;
    if (i.on) this.#wanted = false;
    const state = stateOf(i), possible = phases.includes(hand.phase);
    byId("interpret-on").setAttribute("aria-pressed", i.on);
    byId("interpret-on").disabled = !possible;
    set(byId("interpret-state"), T["desk_interpret_" + state]);
    byId("interpret-state").dataset.interpret = state;
    this.#languages("interpret-caller", i.caller);
    this.#languages("interpret-person", i.person);
    if (!this.#busy && !this.#timer) byId("interpret-mode").value = i.mode || "consecutive";
    if (i.original != null && !this.#busy && !this.#timer && document.activeElement !== byId("interpret-original")) {
      byId("interpret-original").value = Math.round(i.original * 100);
      this.#volume(byId("interpret-original").value);
    }
    for (const id of ["interpret-mode-field", "interpret-original-field"]) show(byId(id), hand.voice || !hand.preview.written);
    this.#languages("interpret-guest", i.guest ?? "");
    show(byId("interpret-guest-field"), Boolean(i.guest));
    this.#note(i, state);
    if (!this.#was ? state !== "off" || i.caller !== i.person : state !== this.#was.state && state !== "off") byId("interpret-settings").open = true;
    const note = byId("interpret-note").textContent;
    this.#tell(state, i, note);
    this.#was = { state, note };
  }

  // end is the end of the call: nothing is ordered or heard any more.
  end() {
    this.#hand = undefined;
    this.#forget();
    playing?.stop();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#was = this.#timer = undefined;
    this.#wanted = false;
    byId("interpret-settings").open = false;
  }

  #note(i, state) {
    const note = noteOf(i, state) || (this.#wanted ? named(T.desk_interpret_same, i) : "");
    tell("interpret-note", note);
  }

  // toggle asks for a language first where there is nothing to interpret yet.
  toggle() {
    const i = this.#hand?.interpretation;
    if (!i || byId("interpret").hidden || byId("interpret-on").disabled) return;
    if (i.on || byId("interpret-caller").value !== byId("interpret-person").value) {
      this.#send(!i.on);
      return;
    }
    this.#wanted = true;
    this.#note(i, stateOf(i));
    byId("interpret-settings").open = true;
    byId("interpret-caller").focus();
    say(byId("interpret-note").textContent, true);
  }

  // change waits for who goes through a list by keys.
  #change() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const i = this.#hand?.interpretation;
      if (i) this.#send(i.on || (this.#wanted && byId("interpret-caller").value !== byId("interpret-person").value));
    }, pause);
  }

  // send orders all there is to choose; orders that come while one is on its
  // way are sent as one.
  async #send(on) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy) { this.#busy = { on }; return; }
    this.#busy = {};
    const done = await this.#order("interpret", {
      on, mode: byId("interpret-mode").value, caller: byId("interpret-caller").value, person: byId("interpret-person").value,
      guest: byId("interpret-guest").value, original: byId("interpret-original").value / 100,
    });
    const next = this.#busy.on;
    this.#busy = undefined;
    if (next !== undefined) this.#send(next);
    else if (!done) this.#again();
  }

  // again shows how it is, where an order was refused.
  #again() {
    for (const id of languages) delete byId(id).dataset.language;
    const hand = this.#hand;
    if (hand) this.update(hand);
  }

  #languages(id, current) {
    const select = byId(id);
    if (select.dataset.language === current) return;
    select.dataset.language = current;
    select.replaceChildren(...options(current));
  }

  #volume(percent) {
    set(byId("interpret-percent"), `${percent} %`);
    byId("interpret-original").setAttribute("aria-valuetext", `${percent} %`);
  }

  // tell says changes of the state, and how it is at first if there is something to know.
  #tell(state, i, note) {
    if (!this.#was && state === "off") return;
    if (state !== this.#was?.state) say([named(T["desk_said_interpret_" + state], i), note].filter(Boolean).join(" "), state === "problem");
    else if (note && note !== this.#was?.note) say(note, state === "problem");
  }
}

function stateOf(i) {
  if (i.on) return disturbed.includes(i.problem) ? "problem" : "on";
  return i.possible || i.caller === i.person ? "off" : "impossible";
}

const named = (line, i) => line.replace("{caller}", languageName(i.caller)).replace("{person}", languageName(i.person));

function noteOf(i, state) {
  if (i.problem) return T["desk_interpret_problem_" + i.problem] ?? worded(i.problem);
  return state === "impossible" || (i.on && !i.possible) ? named(T.desk_interpret_no_way, i) : "";
}

let playing; // what is heard again now

// again is the button that plays a line once more: as long as it is there.
export function again(call, audio) {
  return (s, name) => {
    const state = h("span", { class: "hint", role: "status" });
    const button = h("button", { class: "text-button", type: "button", onclick: () => play(state, call(), s, audio()) }, T.desk_original, h("span", { class: "unseen" }, `: ${name}, ${s.text}`));
    return [button, state];
  };
}

async function play(state, call, s, audio) {
  const mine = playing?.segment === s;
  playing?.stop();
  if (mine) return;
  set(state, "");
  const now = playing = { segment: s, stop: () => { playing = undefined; } };
  try {
    const resp = await fetch(`/api/v1/desk/calls/${encodeURIComponent(call)}/original?${new URLSearchParams({ leg: s.leg, segment: s.id })}`, { cache: "no-store", redirect: "error" });
    if (!resp.ok) return set(state, resp.status === 404 || resp.status === 409 ? T.desk_original_gone : T.desk_error);
    const sound = await audio.decodeAudioData(await resp.arrayBuffer());
    if (playing !== now) return;
    const source = audio.createBufferSource();
    source.buffer = sound;
    source.connect(audio.destination);
    now.stop = () => { playing = undefined; source.onended = null; source.stop(); set(state, ""); };
    source.onended = () => { if (playing === now) playing = undefined; set(state, ""); };
    set(state, T.desk_original_playing);
    source.start();
  } catch {
    set(state, T.desk_original_failed);
  } finally {
    if (playing === now && state.textContent !== T.desk_original_playing) playing = undefined;
  }
}
