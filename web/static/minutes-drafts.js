// Easy language: drafts flow in, and what an editor stands for flows out. The
// audience sees nothing of it before.
import { T } from "./texts.js";
import { byId, h, say, set, show, tongue } from "./desk-dom.js";
import { count, fill, post } from "./minutes-api.js";

const remembered = "minutes-skipped"; // in this window only

export class Drafts {
  constructor(editor, code) {
    this.editor = editor;
    this.key = `${remembered}-${code}`;
    this.known = new Map(); // by sentence
    this.released = new Map(); // version by sentence
    this.skips = new Set(recall(this.key));
    this.language = "";
    this.box = byId("drafts");
    byId("skipped").addEventListener("click", () => { this.skips.clear(); this.remember(); this.draw(); this.box.querySelector("textarea")?.focus(); });
  }

  // all takes the drafts that wait now; a failure that was told stays known. One
  // that is being released goes with the answer, which also says where to go on.
  all(drafts, language) {
    this.language = language.replace(/-leicht$/, "");
    const waiting = new Set(drafts.map((d) => d.sentence));
    for (const [id, d] of this.known) if (!waiting.has(id) && !d.busy) this.gone(id);
    for (const d of drafts) {
      const old = this.known.get(d.sentence);
      this.put(old?.version === d.version ? { ...d, failed: d.failed || old.failed && !d.text } : d);
    }
    this.draw();
  }

  one(draft) {
    this.put(draft);
    this.draw();
  }

  put(draft) {
    if (!draft.source || this.released.get(draft.sentence) >= draft.version) { this.gone(draft.sentence); return; }
    const old = this.known.get(draft.sentence);
    if (!old) { this.make(draft); return; }
    if (draft.version < old.version) return;
    const touched = old.field.value !== old.text;
    set(old.said, draft.source);
    show(old.outdated, old.shown !== draft.version && touched);
    if (!touched) {
      old.field.value = draft.text;
      old.shown = draft.version;
    }
    Object.assign(old, draft);
    this.state(old);
  }

  make(draft) {
    const id = `draft-${draft.sentence}`, d = { ...draft, shown: draft.version }, { lang, dir } = tongue(this.language);
    d.said = h("blockquote", { dir: "auto" }, d.source);
    d.about = h("p", { class: "hint", id: `${id}-about` });
    d.outdated = h("p", { class: "note note--warning", hidden: true }, T.minutes_easy_outdated);
    d.problem = h("p", { class: "wrong", role: "alert" });
    d.field = h("textarea", { id, rows: "3", lang, dir, maxlength: "2000", "aria-describedby": `${id}-about` });
    d.field.value = d.text;
    d.field.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || !e.ctrlKey || e.isComposing) return;
      e.preventDefault();
      if (!e.repeat) this.release(d);
    });
    d.node = h("li", { class: "draft", "aria-labelledby": `${id}-title` },
      h("h3", { id: `${id}-title` }, fill(T.minutes_easy_of, { n: draft.sentence.replace(/\D+/g, "") })),
      h("p", { class: "draft__label" }, T.minutes_easy_source), d.said, d.outdated,
      h("div", { class: "field" }, h("label", { for: id }, T.minutes_easy_text), d.field, d.about), d.problem,
      h("div", { class: "tools__buttons" },
        h("button", { class: "button", type: "button", "aria-describedby": `${id}-title`, onclick: () => this.release(d) }, T.minutes_easy_release),
        h("button", { class: "button button--plain", type: "button", "aria-describedby": `${id}-title`, onclick: () => this.skip(d) }, T.minutes_easy_skip)));
    this.known.set(draft.sentence, d);
    const number = (x) => Number(x.sentence.replace(/\D+/g, ""));
    const next = [...this.known.values()].filter((o) => o !== d && o.node.isConnected && number(o) > number(d)).sort((a, b) => number(a) - number(b))[0];
    this.box.insertBefore(d.node, next?.node ?? null);
    this.state(d);
  }

  // state says plainly what the machine made of a sentence.
  state(d) {
    set(d.about, d.text ? T.minutes_easy_draft : d.failed ? T.minutes_easy_failed : T.minutes_easy_empty);
    d.about.classList.toggle("wrong", Boolean(d.failed && !d.text));
  }

  draw() {
    const open = [...this.known.values()].filter((d) => !this.skips.has(d.sentence));
    for (const d of this.known.values()) show(d.node, !this.skips.has(d.sentence));
    const skipped = this.known.size - open.length;
    set(byId("easy-count"), String(open.length));
    show(byId("easy-none"), !open.length);
    set(byId("skipped"), count("minutes_easy_skipped_show", skipped));
    show(byId("skipped"), skipped > 0);
  }

  async release(d) {
    if (d.busy) return;
    const text = d.field.value.trim();
    d.problem.textContent = "";
    if (!text) { d.problem.textContent = T.minutes_easy_write; d.field.focus(); return; }
    d.busy = true;
    try {
      await post("/release", { sentence: d.sentence, version: d.version, text, editor: this.editor() });
      this.released.set(d.sentence, d.version);
      say(T.minutes_easy_released);
      this.leave(d, () => this.forget(d.sentence));
    } catch (e) {
      d.problem.textContent = e.status === 409 ? T.minutes_easy_outdated : e.status === 404 ? T.minutes_line_gone : e.message;
      d.field.focus();
    } finally { d.busy = false; }
  }

  skip(d) {
    this.skips.add(d.sentence);
    this.remember();
    say(T.minutes_easy_skipped);
    this.leave(d, () => {});
  }

  // leave takes a draft away and goes on to the next.
  leave(d, away) {
    const next = after(d.node, "nextElementSibling") ?? after(d.node, "previousElementSibling");
    away();
    this.draw();
    if (next?.isConnected) next.querySelector("textarea").focus();
    else byId("easy-title").focus();
  }

  // gone: somebody else has released it, or nobody says it any more. Who writes
  // in it goes on to the next.
  gone(sentence) {
    const d = this.known.get(sentence);
    if (d?.node.contains(document.activeElement)) this.leave(d, () => this.forget(sentence)); else this.forget(sentence);
  }

  forget(sentence) {
    this.known.get(sentence)?.node.remove();
    this.known.delete(sentence);
  }

  remember() {
    try { sessionStorage.setItem(this.key, JSON.stringify([...this.skips])); } catch { /* lasts for this page only */ }
  }
}

function after(node, way) {
  let n = node[way];
  while (n?.hidden) n = n[way];
  return n;
}

function recall(key) {
  try { return JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return []; } // storage may be forbidden
}
