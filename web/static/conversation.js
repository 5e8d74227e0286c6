// One conversation with the line, spoken or written or both: what the caller
// does flows to the service, what happens there flows to the page.
import { begin, Line, Refusal } from "./conversation-api.js";
import { Audio } from "./conversation-audio.js";
import { fault, keyOf, stop } from "./conversation-mic.js";
import { Stream } from "./conversation-stream.js";

export class Conversation {
  // page: "anruf", "kiosk" or "chat"; element plays the answers; on: changed(),
  // line(line), wrong(key, seconds) a text for what went wrong; memory keeps
  // the running call over a reload, or is null.
  constructor(page, element, on, memory) {
    this.page = page;
    this.element = element;
    this.on = on;
    this.memory = memory;
    this.phase = "idle"; // then "connecting", "live", "ended"
    this.voice = "off"; // or "connecting", "on", "broken"
    this.online = true; // the event stream stands
    this.call = {};
    this.reason = "";
  }

  // begin calls; with a stream of a microphone it speaks, without it writes.
  async begin(language, stream) {
    this.set({ phase: "connecting", language, started: Date.now() });
    try {
      if (stream) await this.speak(stream);
      else this.begun(await begin(language, this.page, ""));
    } catch (e) {
      this.hushed();
      if (this.phase === "ended") return; // who hung up meanwhile is told nothing
      this.set({ phase: "idle" });
      throw refused(e);
    }
  }

  // resume goes on with the call that was running before the page was loaded.
  resume() {
    const kept = this.memory && this.memory.read();
    if (!kept || !kept.call || !kept.token) return false;
    this.started = kept.started;
    this.run(kept);
    return kept;
  }

  run({ call, token }) {
    this.line = new Line(call, token);
    this.stream = new Stream(this.line.events, {
      event: (name, data) => this.event(name, data),
      connected: (online) => this.set({ online, phase: online ? "live" : this.phase }),
      over: () => this.over(this.call.state === "ended" ? this.call.reason : "lost"),
    });
    this.keep();
    this.stream.open();
    this.set({});
  }

  // begun runs the call that the service has made, unless who wanted it has given up meanwhile.
  begun(answer) {
    if (this.phase !== "ended") return this.run(answer);
    new Line(answer.call, answer.token).end().catch(() => {});
    throw fault("wrong_service");
  }

  keep() {
    if (this.memory && this.line) this.memory.write({ call: this.line.call, token: this.line.token, started: this.started, voice: this.voice !== "off" });
  }

  event(name, data) {
    if (name === "line") this.on.line(data);
    if (name !== "call") return;
    this.call = data;
    if (data.state === "ended") this.over(data.reason);
    else this.set({});
  }

  // speak adds audio: the first of the call, or to a written one.
  async speak(stream) {
    this.microphone = stream;
    this.set({ voice: "connecting" });
    this.audio = new Audio(this.element, (sdp) => this.exchange(sdp), (state) => this.heard(state));
    try {
      await this.audio.open(stream);
    } catch (e) {
      this.hushed();
      throw refused(e);
    }
    this.keep();
  }

  async exchange(sdp) {
    if (this.line) return (await this.line.sdp(sdp)).sdp;
    const answer = await begin(this.language, this.page, sdp);
    this.begun(answer);
    return answer.sdp;
  }

  heard(state) {
    if (state === "failed") {
      this.hushed();
      this.on.wrong("wrong_audio");
    } else if (state === "audible" || state === "silent") this.set({ blocked: state === "silent" });
    else this.set({ voice: state });
  }

  // hushed ends the audio; the conversation goes on in writing.
  hushed() {
    if (this.audio) this.audio.close();
    stop(this.microphone);
    this.audio = this.microphone = null;
    this.set({ voice: "off", muted: false });
    this.keep();
  }

  mute(muted) {
    if (this.microphone) for (const track of this.microphone.getAudioTracks()) track.enabled = !muted;
    this.set({ muted });
  }

  // use changes the microphone during the call.
  async use(stream) {
    const [track] = stream.getAudioTracks(), old = this.microphone;
    track.enabled = !this.muted;
    const sender = this.audio.peer && this.audio.peer.getSenders().find((s) => s.track && s.track.kind === "audio");
    if (sender) await sender.replaceTrack(track);
    this.microphone = this.audio.stream = stream;
    stop(old);
    this.set({});
  }

  async write(text) { await this.tell(() => this.line.text(text)); }
  async press(digit) { await this.tell(() => this.line.digit(digit)); }

  async tell(what) {
    if (!this.line || this.phase === "ended") throw fault("wrong_over");
    try {
      await what();
    } catch (e) {
      throw refused(e);
    }
  }

  hangUp() {
    if (this.phase === "ended") return;
    if (this.line) this.line.end().catch(() => this.line.endByBeacon());
    this.over("caller");
  }

  over(reason) {
    if (this.phase === "ended") return;
    if (this.stream) this.stream.close();
    if (this.memory) this.memory.clear();
    this.memory = null;
    this.set({ phase: "ended", reason: reason || "" });
    this.hushed();
  }

  set(values) {
    Object.assign(this, values);
    this.on.changed();
  }
}

// refused names the text for what went wrong.
function refused(e) {
  if (e instanceof Refusal) {
    const f = fault(e.over ? "wrong_over" : e.key);
    f.wait = e.wait;
    return f;
  }
  return e.key ? e : fault(keyOf(e));
}

// tabMemory keeps the running call as long as the tab lives and the call runs.
export const tabMemory = {
  read() { try { return JSON.parse(sessionStorage.getItem("call")); } catch { return null; } }, // storage may be forbidden
  write(value) { try { sessionStorage.setItem("call", JSON.stringify(value)); } catch { /* then only without a reload */ } },
  clear() { try { sessionStorage.removeItem("call"); } catch { /* nothing was kept */ } },
};
