// The call in hand: what is said, what helps to answer, and what is done with
// the call. Snapshots and the call's own stream flow in, orders flow out.
import { call as order, worded } from "./desk-api.js";
import { byId, h, on, say, set, show, submitted, tell } from "./desk-dom.js";
import { Interpret, again } from "./desk-interpret.js";
import { Said } from "./desk-lines.js";
import { context, department, machine, title } from "./desk-offer.js";
import { follow } from "./stream.js";
import { Suggestions } from "./desk-suggest.js";
import { Targets } from "./desk-transfer.js";
import { T, languageName } from "./texts.js";
import { rest } from "./typed.js";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const pause = 600; // ms without a key before notes are saved

export class Call {
  #hand; #said; #stop; #act; #line; #again; #noting; #sending; #saved = "";

  // audio returns what plays sounds.
  constructor(act, line, audio) {
    this.#act = act;
    this.#line = line;
    const sound = again(() => this.#hand.call, audio);
    this.#again = (s, name) => (this.#hand.voice || !this.#hand.preview.written ? sound(s, name) : []); // writing makes none
    this.interpretation = new Interpret((name, body) => this.#order(name, body));
    this.suggestions = new Suggestions(() => this.#hand, (name, body) => this.#order(name, body));
    this.targets = new Targets((name, body) => order(this.#hand.call, name, body));
    this.#buttons();
  }

  get active() { return Boolean(this.#hand) && this.#hand.phase !== "wrapup"; }

  update(hand) {
    const was = this.#hand;
    this.#hand = hand;
    const talking = this.active;
    show(byId("call"), talking);
    if (!talking) {
      if (was) this.#over(was, hand);
      return;
    }
    if (was?.call !== hand.call) this.#begin(hand);
    this.#state(hand, was);
    this.interpretation.update(hand); // after the state: what it says is more
    this.#said.own = this.interpretation.own;
    this.#facts(hand);
    this.#notes(hand);
  }

  hold() { if (this.active && !this.#hand.preview.written) this.#toggle("hold", !this.#hand.held); }

  async mute() {
    if (!this.active || this.#hand.preview.written) return;
    const quiet = !this.#hand.muted;
    this.#line.mute(quiet); // at once; the service follows
    if (!await this.#toggle("mute", quiet) && this.active) this.#line.mute(this.#hand.muted); // or it did not
  }

  interpret() { if (this.active) this.interpretation.toggle(); }

  finish() { if (this.active) this.#order("finish"); }
  transfer() { if (this.active) this.targets.open(); }

  #toggle(name, on) { return this.#order(name, { on }); }

  #order(name, body) { return this.#act(order(this.#hand.call, name, body)); }

  #buttons() {
    on("hold", "click", () => this.hold());
    on("mute", "click", () => this.mute());
    on("finish", "click", () => this.finish());
    on("transfer", "click", () => {
      if (this.#hand.phase === "consulting") this.#order("transfer", { target: "", mode: "attended" }); // to whom is being consulted
      else this.transfer();
    });
    on("merge", "click", () => this.#order("merge"));
    on("drop", "click", () => this.#order("drop"));
    on("bot-with", "click", () => this.#order("bot", { mode: "with" }));
    on("bot-back", "click", () => this.#order("bot", { mode: "back" }));
    on("digits", "click", () => {
      const open = byId("keypad").hidden;
      show(byId("keypad"), open);
      byId("digits").setAttribute("aria-expanded", open);
    });
    byId("keypad").append(...keys.map((digit) => h("button", { class: "button button--plain", type: "button", "aria-label": T.desk_digit.replace("{digit}", digit), onclick: () => this.#order("digit", { digit }) }, digit)));
    submitted("reply", () => this.#reply());
    on("reply-text", "keydown", (e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); this.#reply(); } });
    on("notes", "input", () => {
      clearTimeout(this.#noting);
      set(byId("notes-state"), T.desk_notes_saving);
      this.#noting = setTimeout(() => this.save(), pause);
    });
    on("notes", "change", () => this.save());
  }

  #begin(hand) {
    this.#stop?.();
    byId("spoken").replaceChildren();
    byId("keypad").hidden = true;
    this.#line.mute(hand.muted);
    this.#said?.end();
    this.#said = new Said(byId("said"), true, byId("spoken"), this.#again);
    this.#saved = hand.notes;
    byId("notes").value = hand.notes;
    set(byId("notes-state"), T.desk_notes_hint);
    this.suggestions.begin(hand);
    this.#stop = follow(`/api/v1/desk/calls/${encodeURIComponent(hand.call)}/events`, {
      line: (line) => this.#heard(line),
      suggest: (list) => this.suggestions.follow(list),
      call: () => this.#said.live(), // comes after what was said before
    });
  }

  #over(was, hand) {
    this.#last(was, hand);
    this.#stop?.();
    this.#stop = undefined;
    this.#said?.end();
    this.#line.mute(false);
    this.targets.close();
    this.interpretation.end();
  }

  #heard(line) {
    const box = byId("transcript"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    this.#said.line(line);
    show(byId("said-none"), this.#said.empty);
    show(byId("unsure-hint"), this.#said.unsure);
    if (atEnd) box.scrollTop = box.scrollHeight;
  }

  #state(hand, was) {
    const { written } = hand.preview, consulting = hand.phase === "consulting";
    set(byId("phase"), T["desk_phase_" + hand.phase] ?? hand.phase);
    byId("phase").dataset.phase = hand.phase;
    byId("call-clock").dataset.since = hand.since;
    this.#button("hold", hand.held ? T.desk_unhold : T.desk_hold, "F8", hand.held);
    this.#button("mute", hand.muted ? T.desk_unmute : T.desk_mute, "F9", hand.muted);
    this.#button("finish", written ? T.desk_finish_written : T.desk_finish, "⇧F9");
    this.#button("transfer", consulting ? T.desk_pass : T.desk_transfer, "⇧F8");
    const alone = hand.phase === "talking" || hand.phase === "held"; // with the caller
    for (const id of ["mute", "digits", "readout"]) show(byId(id), !written);
    for (const id of ["hold", "bot-with"]) show(byId(id), !written && alone);
    show(byId("bot-back"), alone);
    show(byId("reply"), written);
    show(byId("merge"), consulting);
    show(byId("drop"), consulting || hand.phase === "merged");
    const note = hand.problem ? worded(hand.problem) : hand.held ? T.desk_held_note : hand.muted ? T.desk_muted_note : "";
    tell("call-note", note);
    show(byId("listened"), hand.listened);
    if (was?.call !== hand.call) return;
    if (hand.problem && hand.problem !== was.problem) say(note, true);
    else if (was.listened !== hand.listened) say(hand.listened ? T.desk_listened : T.desk_listened_over, true);
    else if (was.held !== hand.held) say(hand.held ? T.desk_said_held : T.desk_said_talking);
    else if (was.muted !== hand.muted) say(hand.muted ? T.desk_said_muted : T.desk_said_unmuted);
    else if (was.phase !== hand.phase) say(T["desk_phase_" + hand.phase] ?? hand.phase);
  }

  #button(id, text, key, pressed) {
    const node = byId(id);
    if (pressed !== undefined) node.classList.toggle("button--on", pressed);
    if (node.dataset.text === text) return;
    node.dataset.text = text;
    node.replaceChildren(`${text} `, h("kbd", {}, key));
  }

  #facts(hand) {
    const p = hand.preview;
    title(byId("call-title"), p);
    const facts = [p.from || T.anonymous, languageName(p.language), p.interpreted && !hand.interpretation && machine(p), department(p.department), p.written && T.desk_written, p.callback && T.desk_callback_of.replace("{reference}", p.callback),
      hand.parties?.length > 2 && `${T.desk_parties}: ${hand.parties.map((x) => (x === "caller" ? T.desk_party_caller : x)).join(", ")}`];
    set(byId("call-facts"), facts.filter(Boolean).join(" · "));
    show(byId("call-alarm"), p.alarm);
    const print = JSON.stringify({ ...p, lines: null }), node = byId("call-context");
    if (node.dataset.print === print) return;
    node.dataset.print = print;
    node.replaceChildren(...context({ ...p, slots: [], missing: [] }, false));
    show(byId("context"), node.childElementCount > 0);
  }

  #notes(hand) {
    if (hand.notes === this.#saved || document.activeElement === byId("notes")) return;
    this.#saved = hand.notes; // written in another window
    byId("notes").value = hand.notes;
  }

  // last keeps what was typed right before the end, and gives it to the wrap-up.
  #last(was, hand) {
    clearTimeout(this.#noting);
    const text = byId("notes").value;
    if (!was.call || was.phase === "wrapup" || text === this.#saved) return;
    this.#saved = text;
    if (hand?.call === was.call) hand.notes = text;
    order(was.call, "note", { text }).catch(() => {}); // the wrap-up has it
  }

  // save writes the notes; what fails is tried again with the next key.
  async save() {
    clearTimeout(this.#noting);
    const text = byId("notes").value, { call } = this.#hand ?? {};
    if (!call || text === this.#saved) return set(byId("notes-state"), text ? T.desk_notes_saved : T.desk_notes_hint);
    try {
      await order(call, "note", { text });
      this.#saved = text;
      set(byId("notes-state"), T.desk_notes_saved);
    } catch (e) {
      set(byId("notes-state"), `${T.desk_notes_failed}: ${e.message}`);
    }
  }

  async #reply() {
    const field = byId("reply-text"), typed = field.value, text = typed.trim();
    if (!text || this.#sending) return;
    this.#sending = true; // a second Enter must not send it twice
    const sent = await this.#order("text", { text });
    this.#sending = false;
    if (!sent) return;
    field.value = rest(field.value, typed);
    say(T.desk_said_sent);
  }
}
