// Corrects a line in its place: what somebody types flows in, a correction
// that the meeting took flows out. Two versions at once are shown side by side.
import { T } from "./texts.js";
import { byId, h, say, tongue } from "./desk-dom.js";
import { Failure, clock, fill, post } from "./minutes-api.js";

const longest = 600; // characters the meeting takes for a line

export class Edit {
  // done is told { cue, before, after } of each correction that was taken.
  constructor(lines, editor, done) {
    this.lines = lines;
    this.editor = editor;
    this.done = done;
  }

  // open edits a line; what was being edited is saved first.
  async open(line) {
    if (this.busy || (this.line && !await this.save()) || !this.lines.known.has(line.cue.id)) return;
    this.line = this.lines.editing = line;
    this.base = line.cue; // what the person sees
    this.lines.choose(line, false);
    line.cell.tabIndex = -1;
    this.lines.named(line, false);
    line.node.classList.add("cue--editing");
    const id = `edit-${line.cue.id}`, { lang, dir } = tongue(line.cue.language);
    this.field = h("textarea", { id, lang, dir, rows: "2", maxlength: String(longest), "aria-describedby": `${id}-hint`, "aria-label": fill(T.minutes_edit_label, { who: line.speaker || T.minutes_edit_somebody, time: clock(line.cue.start_ns) }) });
    this.field.value = line.cue.text;
    this.problem = h("p", { class: "wrong", role: "alert" });
    this.box = h("div", { class: "edit" }, this.field, this.problem,
      h("div", { class: "edit__foot" },
        h("button", { class: "button", type: "button", onclick: () => this.save(true) }, T.minutes_save),
        h("button", { class: "button button--plain", type: "button", onclick: () => this.close(true) }, T.minutes_cancel),
        h("span", { class: "hint", id: `${id}-hint` }, T.minutes_edit_hint)));
    this.field.addEventListener("keydown", (e) => this.key(e));
    line.text.hidden = true;
    line.cell.append(this.box);
    this.grow();
    this.field.addEventListener("input", () => this.grow());
    this.field.focus({ preventScroll: true });
    this.lines.place.reveal(line);
  }

  grow() {
    const { field } = this, scroll = this.lines.scroll.scrollTop;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 4}px`;
    this.lines.scroll.scrollTop = scroll;
  }

  key(e) {
    if (e.isComposing || e.altKey || e.metaKey) return;
    e.stopPropagation(); // keys of the list
    if (e.key === "Enter") {
      e.preventDefault();
      if (!e.repeat) this.save(true);
    } else if (e.key === "Escape") {
      e.preventDefault();
      this.close(true);
    } else if (e.key === "Tab") {
      const next = this.lines.next(this.line, e.shiftKey ? -1 : 1);
      if (!next) return; // on to the buttons
      e.preventDefault();
      this.save().then((saved) => { if (saved) this.lines.choose(next, true); });
    }
  }

  // save says whether the line is closed now; focus gives the focus back to it.
  async save(focus = false) {
    const { line, base } = this;
    if (this.busy) return false;
    const text = this.field.value.trim().replace(/\s+/g, " ");
    if (text === base.text) { this.close(focus); return true; }
    if (!text && !await removal(base)) { this.field.focus(); return false; }
    const { field } = this;
    this.busy = field.readOnly = true; // what is typed now would be lost with the answer
    this.lines.saving(line, true);
    try {
      const now = await post(`/cues/${encodeURIComponent(base.id)}`, { revision: base.revision, text, editor: this.editor() });
      this.close(focus && Boolean(now.text));
      this.lines.corrected(now);
      if (focus && !now.text) this.lines.focus();
      say(now.text ? T.minutes_saved : T.minutes_removed);
      this.done({ cue: now, before: base.text, after: now.text });
      return true;
    } catch (e) {
      this.failed(e, text);
      return false;
    } finally {
      this.busy = field.readOnly = false;
      this.lines.saving(line, false);
    }
  }

  failed(e, text) {
    if (!(e instanceof Failure)) throw e;
    if (e.status === 409 && e.answer?.now) { this.conflict(e.answer.now, text); return; }
    this.problem.textContent = `${T.minutes_unsaved}. ${e.status === 404 ? T.minutes_line_gone : e.message}`;
    this.field.focus();
  }

  // close leaves the line as it is.
  close(focus) {
    const { line } = this;
    if (!line) return;
    const inside = line.node.contains(document.activeElement);
    this.lines.changing(() => {
      this.box.remove();
      this.line = this.lines.editing = null;
      line.text.hidden = false;
      this.lines.named(line, true);
      line.node.classList.remove("cue--editing");
      if (line.lost) this.lines.drop(line); // the meeting took it back meanwhile
    });
    if (this.lines.known.has(line.cue.id)) this.lines.choose(line, focus || inside && focus !== false);
  }

  // conflict shows both versions and lets choose.
  conflict(now, mine) {
    const { lang, dir } = tongue(now.language), id = `conflict-${now.id}`;
    const version = (title, text, ...buttons) => h("div", { class: "version" }, h("h3", null, title), h("p", text ? { lang, dir } : null, text || T.minutes_conflict_empty), h("div", { class: "edit__foot" }, buttons));
    const leave = () => this.box.querySelector(".conflict")?.remove();
    const again = (text) => { this.base = now; leave(); this.sealed(false); this.field.value = text; this.grow(); this.field.focus(); };
    const take = h("button", { class: "button", type: "button", onclick: () => { again(mine); this.save(true); } }, T.minutes_conflict_take_mine);
    const keep = () => { this.close(true); this.lines.corrected(now); this.lines.focus(); };
    this.sealed(true);
    leave();
    const box = h("div", { class: "conflict", role: "group", "aria-labelledby": id }, h("p", { class: "conflict__title", id }, T.minutes_conflict),
      version(T.minutes_conflict_mine, mine, take, h("button", { class: "button button--plain", type: "button", onclick: () => again(mine) }, T.minutes_conflict_edit)),
      version(T.minutes_conflict_theirs, now.text, h("button", { class: "button button--plain", type: "button", onclick: keep }, T.minutes_conflict_take_theirs)));
    box.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && e.repeat) e.preventDefault(); // the Enter that wanted to save
      if (e.key !== "Escape") return;
      e.preventDefault();
      e.stopPropagation();
      again(mine);
    });
    this.box.append(box);
    say(T.minutes_conflict, true);
    take.focus();
    this.lines.place.reveal(this.line);
  }

  // sealed puts the field aside while versions are compared.
  sealed(on) {
    for (const node of this.box.children) node.hidden = on && !node.matches(".conflict");
  }
}

// removal asks before a line goes.
async function removal(cue) {
  const dialog = byId("remove-dialog");
  if (!dialog.showModal) return confirm(`${T.minutes_remove_title}\n${cue.text}`); // an older browser
  byId("remove-text").textContent = cue.text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "remove"), { once: true }));
}
