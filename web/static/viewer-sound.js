// The panel in which one hears a meeting, or how to hear it by telephone.
import { byId, offer, tell } from "./viewer-dom.js";
import { Listening } from "./viewer-listen.js";
import { T, fill } from "./viewer-texts.js";

export class Sound {
  constructor(code, say) {
    Object.assign(this, { code, say, listening: null });
    byId("listen").addEventListener("click", () => this.press());
    byId("channel").addEventListener("change", (e) => { if (this.listening) this.listening.change(e.target.value); });
    byId("volume").addEventListener("input", (e) => { byId("sound").volume = Number(e.target.value) / 100; });
  }

  // can shows what there is to hear; track is what the reader reads.
  can({ phone: { number } = {}, channels }, easy, track) {
    const names = channels || [], select = byId("channel");
    tell(byId("phone"), number ? fill(T.phone, { number }) : "");
    byId("listen-on").hidden = !names.length || !window.RTCPeerConnection;
    byId("listen-none").hidden = !byId("listen-on").hidden;
    if (offer(select, names, easy)) select.value = names.includes(track) ? track : names[0] || "";
  }

  // press begins or ends inside the press of the button, so that sound may be played.
  press() {
    if (this.listening) return this.stop("");
    const own = this.listening = new Listening(this.code, byId("sound"), (how) => {
      if (own !== this.listening) return;
      if (how === "failed" || how === "full") this.stop(how);
      else this.sounds(how);
    });
    this.sounds("connecting");
    own.open(byId("channel").value);
  }

  stop(why) {
    this.listening.close();
    this.listening = null;
    this.sounds(why);
  }

  sounds(how) {
    const text = T["listen_" + (how === "audible" ? "on" : how)] || "";
    if (how === "silent") return; // the browser wants another press: the button is there
    byId("listen-text").textContent = this.listening ? T.listen_stop : T.listen_start;
    byId("listen").setAttribute("aria-pressed", String(Boolean(this.listening)));
    byId("listen-state").textContent = text;
    if (text) this.say(text);
  }
}
