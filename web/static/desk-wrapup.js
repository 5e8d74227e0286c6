// The few fields after a call. A bot's answer that was wrong or missing goes to
// the editors.
import { call as order, post } from "./desk-api.js";
import { byId, h, say, show } from "./desk-dom.js";
import { T } from "./texts.js";

export class Wrapup {
  #hand;

  // unsaved says whether a request form would be lost.
  constructor(act, unsaved) {
    const fields = byId("wrapup-form");
    fields.addEventListener("change", () => show(byId("wrong-field"), fields.elements.bot.value === "wrong" && byId("wrong").options.length > 0));
    fields.addEventListener("submit", async (e) => {
      e.preventDefault();
      if (unsaved() && !confirm(T.desk_form_unsaved)) return;
      const f = fields.elements, { call } = this.#hand;
      const bot = f.bot.value;
      const saved = await act(order(call, "wrapup", { topic: f.topic.value.trim(), resolution: f.resolution.value, bot, article: bot === "wrong" ? f.article.value : "", note: f.note.value.trim() }));
      if (!saved) return;
      say(T.desk_wrapup_saved);
      if (e.submitter?.value === "paused") act(post("presence", { state: "paused", reason: byId("reason").value }));
    });
  }

  update(hand) {
    const on = hand?.phase === "wrapup", fresh = on && this.#hand?.call !== hand.call;
    show(byId("wrapup"), on);
    this.#hand = on ? hand : undefined;
    if (!fresh) return;
    const answers = hand.preview.answers ?? [], fields = byId("wrapup-form");
    fields.reset();
    fields.elements.topic.value = answers.slice(-1)[0]?.title ?? "";
    fields.elements.note.value = hand.notes;
    byId("wrapup-clock").dataset.since = hand.since;
    byId("topics").replaceChildren(...answers.map((a) => h("option", { value: a.title })));
    byId("wrong").replaceChildren(...answers.map((a) => h("option", { value: a.article }, a.title)));
    show(byId("wrong-field"), false);
  }
}
