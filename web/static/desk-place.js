// The person's own place: presence, and how they hear, speak and are told of
// calls. One window holds the sound; others show the same.
import { begin, get, post } from "./desk-api.js";
import { byId, h, on, say, set, show } from "./desk-dom.js";
import { Line } from "./desk-audio.js";
import { Ring } from "./desk-ring.js";
import { T, time } from "./texts.js";

const lockName = "amtsleitung-desk";
const remembered = { get: (k) => { try { return localStorage.getItem("desk-" + k) ?? ""; } catch { return ""; } }, set: (k, v) => { try { localStorage.setItem("desk-" + k, v); } catch { /* lasts for this page only */ } } };

export class Place {
  #me; #act; #metering; #decided;
  holds = false; // this window has the sound

  // act runs an order and shows what went wrong with it.
  constructor(act) {
    this.#act = act;
    this.ring = new Ring();
    this.line = new Line({
      exchange: async (sdp) => (await post("audio", { sdp })).sdp,
      servers: iceServers, voice: byId("voice"), changed: () => this.#lineChanged(),
    });
    this.#presence();
    this.#audio();
    this.decided = new Promise((done) => { this.#decided = done; });
    this.#hold(false);
  }

  update(me) {
    const was = this.#me;
    this.#me = me;
    if (was && doing(was) !== doing(me)) say(T["desk_said_" + doing(me)] ?? "");
    set(byId("state"), T["desk_state_" + doing(me)] + (me.state === "paused" && me.reason ? ` (${reason(me.reason)})` : ""));
    byId("state").dataset.presence = me.state;
    set(byId("state-since"), T.desk_since.replace("{time}", time(me.since)));
    const at = { ready: ["ready"], paused: ["paused"], offline: ["offline"] };
    for (const [id, state] of [["ready", "ready"], ["pause", "paused"], ["offline", "offline"]]) byId(id).setAttribute("aria-pressed", Boolean(at[me.state]?.includes(state)));
    show(byId("phone-choice"), me.device.phone);
    for (const radio of document.getElementsByName("device")) radio.checked = radio.value === me.device.kind;
    this.#lineChanged();
    if (!was) this.#resume();
  }

  // toggle changes between ready and pause.
  toggle() { this.#present(this.#me?.state === "ready" ? "paused" : "ready"); }

  gone() { this.line.stop(); }

  #presence() {
    on("ready", "click", () => this.#present("ready"));
    on("pause", "click", () => this.#present("paused"));
    on("offline", "click", () => this.#present("offline"));
    on("signout", "submit", (e) => {
      if (!this.#me || this.#me.state === "offline") return;
      e.preventDefault();
      post("presence", { state: "offline" }).catch(() => {}).finally(() => e.target.submit()); // signing out must not fail on it
    });
  }

  async #present(state) {
    if (state === "ready") {
      this.ring.unlock();
      await this.#lineReady();
    }
    await this.#act(post("presence", { state, reason: state === "paused" ? byId("reason").value : "" }));
    if (state === "offline") this.line.stop();
  }

  // lineReady waits for the sound; who is ready without it serves those who write.
  async #lineReady() {
    await this.decided; // which window has the sound
    if (!this.#browser() || !this.holds || this.#me.device.ready) return;
    if (!this.line.wanted || this.line.state !== "connecting") await this.line.start(remembered.get("mic"));
    for (let tries = 0; tries < 40 && !this.#me.device.ready && ["connecting", "lost", "on", "silent"].includes(this.line.state); tries++) await new Promise((done) => setTimeout(done, 200));
  }

  #browser() { return this.#me?.device.kind !== "phone"; }

  // resume brings the sound back after a reload, without asking again.
  async #resume() {
    if (!this.#browser() || this.#me.state === "offline" || !this.holds) return;
    const allowed = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
    if (allowed?.state === "granted") this.line.start(remembered.get("mic"));
  }

  // hold waits for the right to the sound, or takes it from another window.
  #hold(steal) {
    const locks = navigator.locks;
    if (!locks) return this.#held(true);
    const mine = () => { this.#held(true); return new Promise(() => {}); };
    const lost = () => { this.#held(false); this.line.stop(); this.#hold(false); };
    if (steal) return locks.request(lockName, { steal: true }, mine).catch(lost);
    locks.request(lockName, mine).catch(lost);
    locks.query().then(({ held }) => { if (!this.holds && held.some((l) => l.name === lockName)) this.#held(false); }, () => {});
  }

  #held(yes) {
    this.holds = yes;
    this.#decided();
    show(byId("elsewhere"), !yes);
    if (yes && this.#me) this.#resume();
    this.#lineChanged();
  }

  #audio() {
    on("line-start", "click", () => { this.ring.unlock(); this.line.start(remembered.get("mic")); });
    on("here", "click", () => { this.ring.unlock(); this.#hold(true); });
    on("ring-test", "click", () => { this.ring.unlock().resume().then(() => this.ring.once()); });
    byId("volume").value = remembered.get("volume") || 60;
    this.ring.volume = byId("volume").value / 100;
    on("volume", "input", (e) => { this.ring.volume = e.target.value / 100; remembered.set("volume", e.target.value); });
    on("mic", "change", (e) => { remembered.set("mic", e.target.value); this.line.use(e.target.value); });
    on("speaker", "change", (e) => { remembered.set("speaker", e.target.value); this.line.speaker(e.target.value); });
    show(byId("speaker-field"), "setSinkId" in HTMLMediaElement.prototype);
    this.line.speaker(remembered.get("speaker"));
    for (const radio of document.getElementsByName("device")) {
      radio.addEventListener("change", () => {
        if (radio.value === "phone") this.line.stop();
        this.#act(post("device", { kind: radio.value }));
      });
    }
    on("audio", "toggle", () => this.#meter());
    document.addEventListener("pointerdown", () => this.#gesture());
    document.addEventListener("keydown", () => this.#gesture());
    this.#notify();
  }

  #gesture() {
    if (!this.#me || this.#me.state === "offline") return;
    this.ring.unlock();
    this.line.play();
  }

  #notify() {
    const button = byId("notify");
    const state = () => {
      const permission = "Notification" in window ? Notification.permission : "denied";
      show(button, permission === "default");
      set(byId("notify-state"), { granted: T.desk_audio_notify_on, denied: T.desk_audio_notify_off }[permission] ?? "");
    };
    button.addEventListener("click", () => Notification.requestPermission().then(state, state));
    state();
  }

  #lineChanged() {
    const { state } = this.line, phone = this.#me && !this.#browser();
    const badge = byId("line");
    set(badge, phone ? T.desk_line_phone : T["desk_line_" + ({ on: "on", connecting: "connecting", lost: "lost" }[state] ?? "off")]);
    badge.dataset.line = phone ? "on" : state;
    const problem = phone ? "" : T["desk_line_" + state];
    const wrong = !phone && ["denied", "missing", "insecure", "unavailable", "silent"].includes(state);
    set(byId("line-problem"), wrong ? problem : "");
    if (wrong && byId("line-problem").hidden) { say(problem, true); byId("audio").open = true; }
    show(byId("line-problem"), wrong);
    show(byId("line-start"), !phone && this.holds && !["on", "connecting"].includes(state));
    this.#devices();
    this.#meter();
  }

  async #devices() {
    const list = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    for (const [id, kind] of [["mic", "audioinput"], ["speaker", "audiooutput"]]) {
      const found = list.filter((d) => d.kind === kind && d.deviceId && d.label);
      const print = found.map((d) => d.deviceId + d.label).join();
      const select = byId(id);
      if (select.dataset.print === print) continue;
      select.dataset.print = print;
      select.replaceChildren(select.firstElementChild, ...found.map((d) => h("option", { value: d.deviceId }, d.label)));
      select.value = found.some((d) => d.deviceId === remembered.get(id)) ? remembered.get(id) : "";
    }
  }

  // meter moves the bar only while somebody can see it.
  #meter() {
    const wanted = byId("audio").open && this.line.state === "on";
    if (!wanted) {
      clearInterval(this.#metering);
      this.#metering = undefined;
      byId("level").value = 0;
    } else {
      this.#metering ??= setInterval(() => { byId("level").value = this.line.level(this.ring.unlock()); }, 100);
    }
  }
}

// doing is the presence, with what its words depend on.
export const doing = (me) => me.state + (me.state === "ready" && !me.device.ready ? "_written" : "");

export const reason = (word) => T["desk_reason_" + word] ?? T["desk_problem_" + word] ?? word;

async function iceServers() {
  if (!begin.ice) return [];
  try { return (await get("/api/v1/browser/ice")).ice_servers ?? []; } catch { return []; }
}
