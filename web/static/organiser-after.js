// After the meeting: what is there to take along, or plainly that nothing is.
import { begin, post, room } from "./organiser-api.js";
import { byId, h, set, show } from "./desk-dom.js";
import { ask } from "./organiser-ask.js";
import { forget } from "./organiser-kept.js";
import { T } from "./texts.js";
import { trackName } from "./organiser-stage.js";

const formats = ["docx", "txt", "vtt", "srt", "ttml", "json"];
const single = ["vtt", "srt", "ttml", "txt"]; // hold one language

export class After {
  #languages = "";

  constructor(act) {
    byId("close").addEventListener("click", () => ask(byId("close"), T.rooms_close_ask, T.rooms_close_yes, async () => { if (await act(post("/close"))) forget(begin.code); }));
  }

  update({ status, broke }) {
    const { life } = status.state, ended = ["stopping", "stopped", "closed"].includes(life);
    show(byId("after"), ended);
    show(byId("rules"), life !== "closed");
    if (!ended) return;
    const kept = life === "stopped" && status.keep && !(status.unkept > 0 && status.kept === 0);
    show(byId("after-kept"), kept);
    show(byId("after-new"), life === "closed");
    set(byId("after-says"), broke ? T.rooms_after_broke : life === "stopping" ? T.rooms_after_stopping : kept ? T.rooms_after_kept : status.keep && life === "stopped" ? T.rooms_after_untold : T.rooms_after_volatile);
    show(byId("after-unkept"), kept && status.unkept > 0);
    set(byId("after-unkept"), (status.unkept === 1 ? T.rooms_after_unkept_one : T.rooms_after_unkept).replace("{n}", status.unkept));
    if (kept) this.#links(status.state.languages);
  }

  #links(languages) {
    if (this.#languages === languages.join()) return;
    this.#languages = languages.join();
    const page = (name) => h("li", {}, h("a", { class: "link__page", href: `/rooms/${encodeURIComponent(begin.code)}/${name}` }, T[`rooms_after_${name}`]), h("p", { class: "hint" }, T[`rooms_after_${name}_hint`]));
    byId("after-links").replaceChildren(page("minutes"), page("comparison"));
    const file = (format, language, text) => h("a", { href: `${room}/export.${format}${language ? `?language=${encodeURIComponent(language)}` : ""}`, download: "" }, text);
    byId("after-exports").replaceChildren(...formats.map((f) => h("li", {}, h("strong", {}, T[`rooms_export_${f}`]), " ",
      ...(single.includes(f) ? languages.flatMap((l) => [file(f, l, trackName(l)), " "]) : [file(f, "", T.rooms_export_all)]))));
  }
}
