// Consent: what was announced, who was told, who refused, and whether the
// meeting may be kept. The rules are the service's; here they are steps.
import { begin, post } from "./organiser-api.js";
import { byId, h, set, show } from "./desk-dom.js";
import { fault, submits } from "./organiser-add.js";
import { ticks } from "./organiser-stage.js";
import { T, time } from "./texts.js";

// usual are the texts that are announced unless somebody writes an own one: in
// the language that is spoken.
const usual = (language) => begin.consents[language] ?? begin.consents.en;
const isUsual = (text) => Object.values(begin.consents).some((c) => [c.volatile, c.kept].includes(text.trim()));

export class Consent {
  #shown; #filled = false; #act; #keepNow = false; #plan = "";

  constructor(act) {
    this.#act = act;
    byId("keep").addEventListener("click", () => this.#keep());
    submits("announce", (f) => this.#announce(f));
    byId("announce").addEventListener("input", () => set(byId("announce-now"), ""));
    byId("announce-keeps").addEventListener("change", (e) => this.#fit(e.target.checked));
  }

  update({ status, options }) {
    this.#shown = status;
    const last = status.consent.filter((e) => e.act === "announced").slice(-1)[0], life = status.state.life;
    const planned = !last && life === "created" && options?.keep;
    if (!this.#filled) {
      this.#filled = true;
      byId("announce-text").value = last?.text || options?.consent || this.#usual(Boolean(options?.keep));
      byId("announce-keeps").checked = last ? last.keeps === true : Boolean(options?.keep);
    }
    this.#plan = planned ? "planned" : "";
    this.#keepNow = planned || status.keep;
    const untold = status.inputs.filter((i) => !i.told && !i.refused).map((i) => i.name);
    const state = status.keeping ? "kept" : planned ? "planned" : status.keep ? "waiting" : "volatile";
    set(byId("keeping"), T[`rooms_keeping_${state}`]);
    byId("keeping").dataset.keeping = state;
    set(byId("keeping-says"), T[`rooms_keeping_${state}_says`].replace("{names}", untold.join(", ")));
    const going = ["created", "running", "paused"].includes(life); // afterwards the section above says what was kept
    show(byId("keeping"), going);
    show(byId("keeping-says"), going);
    show(byId("keep-steps"), going && (status.keep || planned));
    ticks(byId("keep-steps"), [
      [last?.keeps === true, last?.keeps ? T.rooms_step_announced : planned ? T.rooms_step_announces : T.rooms_step_announce],
      [status.inputs.length > 0 && !untold.length, status.inputs.length === 0 ? T.rooms_step_nobody : untold.length ? T.rooms_step_tell.replace("{names}", untold.join(", ")) : T.rooms_step_told],
      [this.#keepNow, T.rooms_step_chosen],
    ]);
    set(byId("keep"), this.#keepNow ? T.rooms_keep_stop : T.rooms_keep_begin);
    show(byId("keep"), going);
    show(byId("announce"), going);
    this.#ledger(status.consent);
  }

  // fit offers the text that goes with keeping or not, unless somebody wrote
  // an own one.
  #fit(keeps) {
    const field = byId("announce-text");
    if (!field.value.trim() || isUsual(field.value)) field.value = this.#usual(keeps);
  }

  #usual(keeps) {
    const texts = usual(this.#shown.state.languages[0]);
    return keeps ? texts.kept : texts.volatile;
  }

  async #keep() {
    const on = !this.#keepNow;
    this.#problem("");
    try {
      if (this.#plan) await post("/announce", { text: this.#usual(false), keeps: false });
      await post("/keep", { on });
    } catch (e) {
      if (e.status === 409 && on) { // it has to be announced first: the text is put ready
        const text = byId("announce-text");
        byId("announce-keeps").checked = true;
        this.#fit(true);
        this.#problem(isUsual(text.value) ? e.message : T.rooms_keep_own);
        text.focus();
      } else this.#problem(e.message);
    }
    await this.#act(Promise.resolve());
  }

  #problem(text) {
    set(byId("keep-problem"), text);
    show(byId("keep-problem"), Boolean(text));
  }

  async #announce(f) {
    const text = f.text.value.trim();
    set(byId("announce-now"), "");
    if (!fault("announce-text", text ? "" : T.rooms_wrong_consent)) return;
    try {
      await post("/announce", { text, keeps: f.keeps.checked });
      set(byId("announce-now"), T.rooms_announced);
      this.#problem("");
    } catch (e) {
      fault("announce-text", e.message);
    }
    await this.#act(Promise.resolve());
  }

  #ledger(entries) {
    show(byId("ledger-none"), entries.length === 0);
    const list = byId("ledger");
    for (const e of entries.slice(list.children.length)) { // entries are only added
      const [before, after] = (T[`rooms_act_${e.act}${e.act === "announced" && e.keeps ? "_keeps" : ""}`] ?? e.act).split("{who}");
      list.append(h("li", {}, h("span", { class: "ledger__at" }, time(e.at)), h("div", {}, h("p", {}, before, after === undefined ? null : h("bdi", {}, e.who), after), e.text && h("blockquote", {}, e.text))));
    }
  }
}
