// The part of the page that is the conversation: how it stands, what was said,
// writing, keys and hanging up. The same for /anruf, /kiosk and the chat.
import { Conversation } from "./conversation.js";
import { Lines } from "./conversation-lines.js";
import { Meter, keyOf } from "./conversation-mic.js";
import { T, clock, fill, speak } from "./conversation-texts.js";
import { rest } from "./typed.js";

const byId = (id) => document.getElementById(id);
const sizes = [1, 1.25, 1.5, 2, 2.5]; // of the captions, by the page's own size
const backShown = 4000; // ms
const told = ["waiting", "ringing", "talking", "held"]; // what is read to screen readers; the rest changes with each sentence

export class Panel {
  // page and memory as of Conversation; links: sources may be opened; size:
  // where the captions start; on: begun(), ended(), changed(), said(segment).
  constructor(page, { memory = null, links = true, size = 1, on = {} }) {
    Object.assign(this, { page, memory, links, on, size, told: "" });
    this.meter = new Meter((level) => { if (byId("level")) byId("level").style.transform = `scaleX(${level})`; });
    this.lines = new Lines(byId("captions"), byId("lines"), byId("announcer"), { links, name: () => this.name(), language: () => this.language || "", said: (s) => on.said && on.said(s) });
    this.make();
    this.listen();
    this.resize(0);
    setInterval(() => this.tick(), 1000);
    document.addEventListener("spoken", () => { this.changed(); this.lines.turn(); });
  }

  // make prepares a conversation that nobody has begun.
  make() {
    this.conversation = new Conversation(this.page, byId("answers"), {
      changed: () => this.changed(),
      line: (line) => this.lines.show(line),
      wrong: (key) => this.wrong(key),
    }, this.memory);
  }

  // begin starts a conversation; with a stream it is spoken. What went wrong is shown.
  async begin(stream) {
    this.wrong("");
    this.clear();
    this.make();
    this.show(true);
    byId("talk").focus();
    try {
      await this.conversation.begin(document.documentElement.lang, stream);
      return true;
    } catch (e) {
      this.show(false);
      this.wrong(keyOf(e));
      return false;
    }
  }

  // resume goes on with the conversation that the page had before it was loaded.
  resume() {
    const kept = this.conversation.resume();
    if (kept) this.show(true);
    return kept;
  }

  show(on) {
    document.body.classList.toggle("calling", on);
    byId("talk").hidden = !on;
    if (on && this.on.begun) this.on.begun();
  }

  // clear leaves nothing of a conversation in the page.
  clear() {
    this.lines.clear();
    this.told = "";
    this.language = "";
    byId("text").value = "";
    byId("text").style.height = "";
    this.keypad(false);
    this.wrong("");
  }

  listen() {
    byId("write").addEventListener("submit", (e) => { e.preventDefault(); this.write(); });
    byId("text").addEventListener("input", grow);
    byId("text").addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
      e.preventDefault();
      this.write();
    });
    byId("keypad").addEventListener("click", (e) => { if (e.target.dataset.digit) this.press(e.target.dataset.digit); });
    document.addEventListener("keydown", (e) => this.key(e));
    byId("keys").addEventListener("click", () => this.keypad(byId("keypad").hidden));
    byId("hang-up").addEventListener("click", () => this.conversation.hangUp());
    byId("callback").addEventListener("click", () => this.press("1"));
    byId("smaller").addEventListener("click", () => this.resize(-1));
    byId("larger").addEventListener("click", () => this.resize(1));
    byId("sound").addEventListener("click", () => byId("answers").play().then(() => this.conversation.set({ blocked: false }), () => {}));
    if (byId("mute")) byId("mute").addEventListener("click", () => this.conversation.mute(!this.conversation.muted));
  }

  async write() {
    const field = byId("text"), typed = field.value, text = typed.trim();
    if (!text || this.writing) return;
    this.writing = true; // a second Enter must not send it twice
    const ok = await this.tell(() => this.conversation.write(text));
    this.writing = false;
    if (!ok) return;
    field.value = rest(field.value, typed);
    grow.call(field);
  }

  press(digit) {
    const key = byId("keypad").querySelector(`[data-digit="${digit}"]`);
    key.classList.add("key--down");
    setTimeout(() => key.classList.remove("key--down"), 150);
    return this.tell(() => this.conversation.press(digit));
  }

  async tell(what) {
    try {
      await what();
      this.wrong("");
      return true;
    } catch (e) {
      this.wrong(keyOf(e));
      return false;
    }
  }

  // key takes the keys of a telephone where nobody is writing.
  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || this.conversation.phase !== "live") return;
    if (e.target.closest("input, textarea, select") || !/^[0-9*#]$/.test(e.key)) return;
    this.press(e.key);
  }

  keypad(open) {
    byId("keypad").hidden = !open;
    byId("keys").setAttribute("aria-expanded", open);
  }

  resize(step) {
    this.size = Math.max(0, Math.min(sizes.length - 1, this.size + step));
    byId("captions").style.fontSize = sizes[this.size] + "em";
    byId("smaller").disabled = this.size === 0;
    byId("larger").disabled = this.size === sizes.length - 1;
  }

  // wrong shows one line with the remedy, and hides it for "".
  wrong(key) {
    byId("wrong").hidden = !key;
    byId("wrong-text").textContent = key ? T[key] : "";
    byId("wrong").dataset.key = key;
  }

  changed() {
    const c = this.conversation;
    if (!c) return;
    const ended = c.phase === "ended", state = this.state();
    set("state", this.sentence(state));
    byId("talk-state").dataset.state = state;
    const more = this.more(state);
    set("more", more);
    byId("more").hidden = !more;
    byId("callback").hidden = state !== "waiting" || !c.call.callback;
    this.network(c);
    this.buttons(c, ended);
    this.follow(c);
    this.announce(state, more);
    const before = this.over;
    this.over = ended;
    if (ended && !before) this.finish(c);
    if (this.on.changed) this.on.changed(c, state);
  }

  // state is how it stands in one word.
  state() {
    const c = this.conversation;
    if (c.phase !== "live") return c.phase;
    const s = c.call.state || "connecting";
    if (s === "listening" && c.voice === "off") return "reading";
    if (s === "talking" && c.voice === "off") return "writing";
    return T["state_" + s] ? s : "connecting";
  }

  sentence(state) { return fill(T["state_" + state] || "", { name: this.name() || T.person }); }

  name() { return this.conversation.call.agent || ""; }

  more(state) {
    const { position, wait_s } = this.conversation.call;
    if (state !== "waiting") return "";
    const parts = [];
    if (position) parts.push(position === 1 ? T.position_next : fill(T.position, { position }));
    if (wait_s) parts.push(wait_s < 60 ? T.wait_short : fill(T.wait, { minutes: Math.ceil(wait_s / 60) }));
    return parts.join(" · ");
  }

  // network tells calmly of an interruption, and that it is over.
  network(c) {
    const lost = c.phase === "live" && (!c.online || c.voice === "broken");
    if (lost === Boolean(this.lost)) return;
    this.lost = lost;
    clearTimeout(this.backTimer);
    const p = byId("network");
    if (!lost && c.phase !== "live") { p.hidden = true; return; }
    p.hidden = false;
    p.dataset.t = lost ? "lost" : "back";
    p.textContent = T[p.dataset.t];
    p.classList.toggle("talk__net--back", !lost);
    this.lines.tell(p.textContent);
    if (!lost) this.backTimer = setTimeout(() => { p.hidden = true; }, backShown);
  }

  buttons(c, ended) {
    byId("ended").hidden = !ended;
    byId("write").hidden = ended;
    byId("tools").hidden = ended;
    byId("sound").hidden = !c.blocked || c.voice === "off";
    if (byId("mute")) {
      byId("mute").hidden = c.voice === "off";
      byId("mute").setAttribute("aria-pressed", Boolean(c.muted));
      byId("mute-text").dataset.t = c.muted ? "unmute" : "mute";
      set("mute-text", T[byId("mute-text").dataset.t]);
      byId("voice").hidden = c.voice !== "off";
    }
    if (c.microphone !== this.metered) {
      this.metered = c.microphone;
      if (c.microphone) this.meter.open(c.microphone);
      else this.meter.close();
    }
  }

  // follow turns the page to the language that the conversation has changed to.
  follow(c) {
    const now = c.call.language || "";
    if (now === this.language) return;
    const first = !this.language;
    this.language = now;
    if (!first) speak(now);
    this.lines.turn();
  }

  announce(state, more) {
    const word = state + "/" + more;
    if (word === this.told) return;
    this.told = word;
    if (told.includes(state) || (state === "writing")) this.lines.tell([this.sentence(state), more].filter(Boolean).join(" "));
  }

  finish(c) {
    const key = T["ended_" + c.reason] ? "ended_" + c.reason : "ended_other";
    byId("ended-why").dataset.t = key;
    set("ended-why", T[key]);
    this.keypad(false);
    byId("network").hidden = true;
    this.lost = false;
    this.lines.tell(T[key] + " " + T.ended_next);
    if (document.activeElement === document.body || byId("talk").contains(document.activeElement)) byId("again").focus();
    if (this.on.ended) this.on.ended();
  }

  tick() {
    const c = this.conversation;
    if (c.phase === "live" && c.started) set("lasted", clock(Date.now() - c.started));
  }
}

// set leaves equal text alone, so that nothing is drawn or read again.
function set(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

// grow makes the field as high as its text, up to a few lines.
function grow() {
  const field = byId("text");
  field.style.height = "auto";
  field.style.height = Math.min(field.scrollHeight + 2, 160) + "px";
}
