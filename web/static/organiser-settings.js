// What may be changed in mid-meeting: languages, words, the editor's delay.
// A form shows what the server has until somebody begins to change it.
import { begin, post } from "./organiser-api.js";
import { byId, h, set, show } from "./desk-dom.js";
import { fault, submits } from "./organiser-add.js";
import { T, languageName } from "./texts.js";

const tag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const mostLanguages = 12, mostDelay = 60;

export class Settings {
  #act; #touched = new Set(); #prints = {};

  constructor(act) {
    this.#act = act;
    this.#form("languages", (f) => this.#languages(f));
    this.#form("glossary", (f) => this.#glossary(f));
    this.#form("delay", (f) => this.#delay(f));
    byId("spoken").addEventListener("change", spokenOnce);
  }

  #form(name, run) {
    const form = byId(`${name}-form`);
    form.addEventListener("input", () => { this.#touched.add(name); set(byId(`${name}-now`), ""); });
    submits(form.id, async (f) => {
      set(byId(`${name}-now`), "");
      const wish = run(f);
      if (!wish) return;
      try {
        await post(wish.path, wish.body);
        this.#touched.delete(name);
        delete this.#prints[name];
        wish.taken?.();
        set(byId(`${name}-now`), T.rooms_saved);
      } catch (err) {
        fault({ languages: "more-languages", glossary: "glossary", delay: "delay" }[name], err.message);
      }
      await this.#act(Promise.resolve());
    });
  }

  update({ status }) {
    const { languages, delay_ns: delay } = status.state;
    this.#fill("languages", languages.join(" "), () => fillLanguages(languages));
    this.#fill("delay", String(delay ?? 0), () => { byId("delay").value = String(Math.round((delay ?? 0) / 1e9)); });
    set(byId("glossary-known"), status.glossary?.length ? T.rooms_glossary_known.replace("{words}", status.glossary.join(", ")) : T.rooms_glossary_none);
  }

  // fill leaves a form alone that somebody is changing.
  #fill(name, print, write) {
    if (this.#touched.has(name) || this.#prints[name] === print) return;
    this.#prints[name] = print;
    write();
  }

  #languages(f) {
    const typed = f.more.value.split(/[\s,;]+/).filter(Boolean), odd = typed.find((t) => !tag.test(t));
    const list = [...new Set([f.spoken.value, ...[...byId("language-ticks").querySelectorAll("input:checked:enabled")].map((b) => b.value), ...typed])];
    if (!fault("more-languages", odd ? T.rooms_wrong_tag.replace("{tag}", odd) : list.length > mostLanguages ? T.rooms_wrong_languages : "")) return null;
    return { path: "/languages", body: { languages: list }, taken: () => { f.more.value = ""; } };
  }

  #glossary(f) {
    const words = f.words.value.split("\n").map((w) => w.trim()).filter(Boolean);
    return fault("glossary", words.length ? "" : T.rooms_wrong_words) && { path: "/glossary", body: { words }, taken: () => { f.words.value = ""; } };
  }

  #delay(f) {
    const text = f.seconds.value.trim().replace(",", "."), seconds = Number(text);
    return fault("delay", text && seconds >= 0 && seconds <= mostDelay ? "" : T.rooms_wrong_delay) && { path: "/delay", body: { seconds } };
  }
}

function fillLanguages(chosen) {
  const tags = [...new Set([...begin.tongues, ...chosen])];
  byId("spoken").replaceChildren(...tags.map((l) => h("option", { value: l }, languageName(l))));
  byId("spoken").value = chosen[0];
  byId("language-ticks").replaceChildren(...tags.map((l) => h("label", { class: "tick" }, h("input", { type: "checkbox", value: l, checked: chosen.includes(l) && l !== chosen[0] }), " ", h("span", {}, languageName(l)))));
  spokenOnce();
}

// spokenOnce: nobody needs a translation into the language that is spoken.
function spokenOnce() {
  for (const box of byId("language-ticks").querySelectorAll("input")) {
    box.disabled = box.value === byId("spoken").value;
    show(box.closest("label"), !box.disabled);
  }
}
