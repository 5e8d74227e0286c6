// The spoken channel of a meeting: the original or a spoken translation.
import { Audio } from "./conversation-audio.js";
import { Refusal } from "./conversation-api.js";

export class Listening {
  // changed(state) hears "on", "broken", "failed", "full", "audible", "silent".
  constructor(code, element, changed) {
    this.base = "/api/v1/rooms/" + encodeURIComponent(code) + "/listen";
    this.element = element;
    this.changed = changed;
    this.away = () => this.forget(true);
  }

  // open must be called by a press of a button, so that sound may be played.
  async open(language) {
    this.language = language;
    Audio.prepare(this.element);
    this.audio = new Reception(this.element, (sdp) => this.exchange(sdp), this.changed);
    this.audio.ice = () => this.ice();
    addEventListener("pagehide", this.away);
    try {
      await this.audio.open();
    } catch (e) {
      this.close();
      this.changed(e.status === 429 || e.status === 503 ? "full" : "failed");
    }
  }

  // change goes on in another language on the same connection; the last one counts.
  async change(language) {
    this.language = language;
    if (!this.leg || this.changing) return;
    this.changing = true;
    let said, answer;
    do {
      said = this.language;
      answer = await this.ask("PUT", "/" + this.leg, { language: said }).catch(() => null);
    } while (answer && this.leg && said !== this.language);
    this.changing = false;
    if (!answer && this.audio) this.audio.mend(true); // the leg is gone: a new one has the language
  }

  close() {
    removeEventListener("pagehide", this.away);
    if (this.audio) this.audio.close();
    this.audio = null;
    this.forget(false);
  }

  // exchange of descriptions: the line stays the same through changes of network.
  async exchange(sdp) {
    const kept = this.leg && await this.ask("POST", "/" + this.leg, { sdp }).catch((e) => {
      if (!e.over) throw e;
      this.leg = ""; // the line has ended: a new one
    });
    const { language } = this;
    const answer = await (kept || await this.ask("POST", "", { sdp, language })).json();
    if (answer.leg) this.leg = encodeURIComponent(answer.leg);
    if (!this.audio) this.forget(false); // stopped meanwhile
    else if (this.language !== language) this.change(this.language);
    return answer.sdp;
  }

  async ice() {
    const answer = await fetch(this.base.replace(/listen$/, "ice"), { cache: "no-store" }).catch(() => null);
    return answer && answer.ok ? (await answer.json()).ice_servers || [] : [];
  }

  async ask(method, path, body, keepalive) {
    const answer = await fetch(this.base + path, { method, keepalive, headers: body && { "Content-Type": "application/json" }, body: body && JSON.stringify(body), cache: "no-store" });
    if (!answer.ok) throw new Refusal(answer.status, 0);
    return answer;
  }

  forget(keepalive) {
    if (this.leg) this.ask("DELETE", "/" + this.leg, undefined, keepalive).catch(() => {});
    this.leg = "";
  }
}

// Reception is audio that only comes in.
class Reception extends Audio {
  async open() {
    addEventListener("online", this.network);
    await this.dial();
  }

  async dial() {
    this.hang();
    const iceServers = await this.ice();
    if (this.closed) return;
    const peer = this.peer = new RTCPeerConnection({ iceServers });
    peer.addTransceiver("audio", { direction: "recvonly" });
    peer.ontrack = (e) => this.play(e.streams[0] || new MediaStream([e.track]));
    peer.onconnectionstatechange = peer.oniceconnectionstatechange = () => this.watch();
    await this.offer(false);
  }
}
