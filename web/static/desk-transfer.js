// Whom a caller can be handed on to: departments, people and numbers that the
// service permits, and how.
import { get } from "./desk-api.js";
import { byId, h, on, rows, show, submitted, tell } from "./desk-dom.js";
import { T } from "./texts.js";

export class Targets {
  #order; #going; #list = [];

  // order(name, body) does it and fails with a line for people.
  constructor(order) {
    this.#order = order;
    on("targets-q", "input", () => this.#show());
    submitted("targets-form", () => byId("targets-list").querySelector("button")?.click());
  }

  async open() {
    this.#problem("");
    byId("targets-q").value = "";
    if (!byId("targets").open) byId("targets").showModal();
    byId("targets-q").focus();
    try {
      this.#list = (await get("/api/v1/desk/targets")).targets ?? [];
    } catch (e) {
      this.#problem(e.message);
    }
    this.#show();
  }

  close() { if (byId("targets").open) byId("targets").close(); }

  #show() {
    const words = byId("targets-q").value.trim();
    const found = this.#list.filter((t) => `${t.title} ${t.name}`.toLowerCase().includes(words.toLowerCase()));
    const number = /^[+\d][\d\s/()-]*$/.test(words) ? [{ name: words, title: words, kind: "number", open: true }] : [];
    show(byId("targets-none"), !found.length);
    rows(byId("targets-list"), [...found, ...number], (t) => t.kind + t.name, (t) => h("li", {},
      h("button", { class: "target", type: "button", onclick: () => this.#go(t) },
        h("span", { class: "target__name" }, t.title),
        h("span", { class: "target__kind" }, [T["desk_target_" + t.kind] ?? t.kind, !t.open && T.desk_target_closed, t.kind === "colleague" ? t.ready > 0 && T.desk_state_ready : t.ready > 0 && T.desk_target_ready.replace("{n}", t.ready)].filter(Boolean).join(" · ")))));
  }

  async #go({ name: target }) {
    if (this.#going) return; // a second click is none
    this.#going = true;
    const mode = byId("targets-mode").value;
    this.#problem("");
    try {
      await (mode === "consult" ? this.#order("consult", { target }) : this.#order("transfer", { target, mode }));
      this.close();
    } catch (e) {
      this.#problem(e.message);
    } finally {
      this.#going = false;
    }
  }

  #problem(text) {
    tell("targets-problem", text);
  }
}
