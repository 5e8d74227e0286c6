// The inputs: who brings sound, how it sounds, what is wrong with it and what
// to do about it.
import { input } from "./organiser-api.js";
import { byId, h, say, set, show } from "./desk-dom.js";
import { ask } from "./organiser-ask.js";
import { T, length } from "./texts.js";

const floor = -60; // dBFS that the meter shows as nothing; 0 has not been measured yet

export class Inputs {
  #act; #cards = new Map(); #known = false; #broken = new Set();

  constructor(act) { this.#act = act; }

  update({ status }) {
    const list = status.inputs.filter((i) => !i.gone), ids = new Set(list.map((i) => i.id));
    for (const [id, card] of this.#cards) if (!ids.has(id)) this.#leave(id, card);
    for (const i of list) {
      let card = this.#cards.get(i.id);
      if (!card) {
        card = new Card(i, this.#act);
        this.#cards.set(i.id, card);
        byId("inputs").append(card.node);
        if (this.#known) say(T.rooms_input_came.replace("{name}", i.name));
      }
      card.update(i, status);
    }
    show(byId("inputs-none"), list.length === 0);
    this.#breaks(status.files ?? []);
    this.#known = true;
  }

  // breaks tells of files that were damaged: they are no inputs any more.
  #breaks(files) {
    const broken = files.filter((f) => f.error);
    for (const id of this.#broken) if (!broken.some((f) => f.input === id)) { this.#broken.delete(id); byId(`broken-${id}`)?.remove(); }
    for (const f of broken) {
      if (this.#broken.has(f.input)) continue;
      this.#broken.add(f.input);
      const text = T.rooms_file_broken.replace("{done}", length(f.done_s * 1000)).replace("{name}", f.name);
      byId("broken").append(h("div", { class: "note note--warning", id: `broken-${f.input}` }, h("p", {}, h("strong", {}, text)), h("p", {}, T.rooms_file_broken_do)));
      say(text);
    }
  }

  #leave(id, card) {
    const focused = card.node.contains(document.activeElement);
    this.#cards.delete(id);
    card.node.remove();
    say(T.rooms_input_left.replace("{name}", card.name));
    if (focused) byId("sound-title").focus();
  }
}

// Card is one input; its node stays the same while it lives, so that no button
// goes away under a finger.
class Card {
  #act; #id; #warned = ""; #unask;
  #meter = h("meter", { min: "0", max: "60", low: "10", high: "57", optimum: "40", value: "0" });
  #heard = h("span", { class: "hint" });
  #badges = h("p", { class: "badges" });
  #warnings = h("div", { class: "warnings" });
  #plays = h("p", { class: "hint number", hidden: true });

  constructor(i, act) {
    this.#act = act;
    this.#id = i.id;
    this.name = i.name;
    const titleId = `input-${i.id}`;
    this.#meter.setAttribute("aria-label", T.rooms_level_of.replace("{name}", i.name));
    const button = (kind, text, run, danger) => h("button", { class: `button ${danger ? "button--danger" : "button--plain"}`, type: "button", "data-do": kind, "aria-describedby": titleId, onclick: run }, text);
    this.mute = button("mute", T.rooms_mute, () => this.#do(this.muted ? "unmute" : "mute"));
    this.told = button("told", T.rooms_told, () => this.#do("told"));
    this.refuse = button("refuse", T.rooms_refuse, () => this.#ask(this.refuse, T.rooms_refuse_ask, T.rooms_refuse_yes, "refuse"));
    this.agree = button("agree", T.rooms_agree, () => this.#do("agree"));
    this.remove = button("remove", T.rooms_remove, () => this.#ask(this.remove, T.rooms_remove_ask, T.rooms_remove_yes, "remove"), true);
    const speaker = i.speaker && i.speaker !== i.name ? h("p", { class: "input__who" }, `${T.rooms_speaks} `, h("bdi", {}, i.speaker)) : null;
    this.node = h("li", { class: "input", "data-id": i.id, "aria-labelledby": titleId },
      h("div", { class: "input__head" }, h("h3", { id: titleId }, h("bdi", {}, i.name)), h("span", { class: "badge" }, T[`rooms_kind_${i.kind}`] ?? i.kind)),
      speaker, h("div", { class: "input__level" }, this.#meter, this.#heard), this.#plays, this.#badges, this.#warnings,
      h("div", { class: "row input__row" }, this.mute, this.told, this.refuse, this.agree, this.remove));
  }

  #ask(button, question, yes, order) { this.#unask?.(); this.#unask = ask(button, question.replace("{name}", this.name), yes, () => this.#do(order)); }

  async #do(order) { await this.#act(input(this.#id, order)); }

  update(i, status) {
    this.muted = i.muted;
    const level = i.rms_dbfs < 0 ? Math.round(Math.max(0, Math.min(60, i.rms_dbfs - floor))) : 0, closed = i.muted || i.refused;
    this.#meter.value = closed ? 0 : level;
    set(this.#heard, i.refused ? T.rooms_level_refused : i.muted ? T.rooms_level_muted : i.warnings.includes("lost") ? T.rooms_level_lost : level >= 57 ? T.rooms_level_loud : level >= 12 ? T.rooms_level_good : level > 0 ? T.rooms_level_low : T.rooms_level_none);
    set(this.mute, i.muted ? T.rooms_unmute : T.rooms_mute);
    this.mute.setAttribute("aria-label", (i.muted ? T.rooms_unmute_of : T.rooms_mute_of).replace("{name}", i.name));
    this.#keepFocus(() => {
      show(this.mute, !i.refused);
      show(this.refuse, !i.refused);
      show(this.agree, i.refused);
      show(this.told, !i.told && !i.refused && status.consent.some((e) => e.act === "announced"));
    });
    const badges = [i.refused && ["refused", T.rooms_badge_refused], i.muted && !i.refused && ["muted", T.rooms_badge_muted], i.told && !i.refused && ["told", T.rooms_badge_told]].filter(Boolean);
    const print = JSON.stringify(badges);
    if (this.#badges.dataset.print !== print) {
      this.#badges.dataset.print = print;
      this.#badges.replaceChildren(...badges.map(([state, text]) => h("span", { class: "badge", "data-input": state }, text)));
    }
    this.#warn(closed ? [] : i.warnings, i);
    const file = status.files?.find((f) => f.input === i.id);
    show(this.#plays, Boolean(file));
    if (file) set(this.#plays, (file.whole_s ? T.rooms_plays_of : T.rooms_plays).replace("{done}", length(file.done_s * 1000)).replace("{whole}", length((file.whole_s ?? 0) * 1000)));
    this.node.dataset.refused = String(i.refused);
  }

  // keepFocus moves it to a neighbour when the button it was on goes away.
  #keepFocus(change) {
    const focus = document.activeElement;
    change();
    if (focus?.hidden && this.node.contains(focus)) this.node.querySelector("button:not([hidden])").focus({ preventScroll: true });
  }

  #warn(warnings, i) {
    const print = warnings.join(" ");
    if (print === this.#warned) return;
    const fresh = warnings.filter((w) => !this.#warned.split(" ").includes(w));
    this.#warned = print;
    this.#warnings.replaceChildren(...warnings.map((w) => h("div", { class: `note note--${w === "lost" ? "danger" : "warning"}`, "data-warning": w },
      h("p", {}, h("strong", {}, T[`rooms_warning_${w}`] ?? w)), h("p", {}, T[`rooms_warning_${w}_${i.kind}`] ?? T[`rooms_warning_${w}_do`] ?? ""))));
    for (const w of fresh) say(`${i.name}: ${T[`rooms_warning_${w}`] ?? w}`, w === "lost");
  }
}
