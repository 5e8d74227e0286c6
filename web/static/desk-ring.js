// Tells of a call beyond the page: a ring tone made here, a notification of
// the desktop, and a title that changes.
import { T } from "./texts.js";

const title = document.title;

export class Ring {
  #audio; #gain; #timer; #blink; #note;
  volume = 0.6;

  // unlock must be called in a gesture: browsers play nothing before one.
  unlock() {
    this.#audio ??= new AudioContext();
    if (this.#audio.state === "suspended") this.#audio.resume().catch(() => {}); // stays silent until a later gesture
    return this.#audio;
  }

  // start rings until stop; head and text are for the notification.
  start(head, text) {
    if (this.#timer) return;
    const ring = () => this.once();
    ring();
    this.#timer = setInterval(ring, 3000);
    this.#blink = setInterval(() => { document.title = document.title === title ? T.desk_offer_title : title; }, 1000);
    document.title = T.desk_offer_title;
    this.#notify(head, text);
  }

  stop() {
    clearInterval(this.#timer);
    clearInterval(this.#blink);
    this.#timer = this.#blink = undefined;
    document.title = title;
    if (this.#audio && this.#gain) this.#gain.gain.setTargetAtTime(0, this.#audio.currentTime, 0.02);
    this.#note?.close();
    this.#note = undefined;
  }

  // once plays the tone: two soft pitches in turn, heard without being a fright.
  once() {
    const a = this.#audio;
    if (a?.state !== "running") return;
    const gain = this.#gain = a.createGain(), begin = a.currentTime + 0.02;
    gain.connect(a.destination);
    gain.gain.value = 0;
    for (let i = 0; i < 4; i++) {
      const at = begin + i * 0.22;
      const tone = a.createOscillator();
      tone.type = "triangle";
      tone.frequency.value = i % 2 ? 659 : 523; // e'' and c''
      tone.connect(gain);
      gain.gain.setTargetAtTime(this.volume * 0.5, at, 0.01);
      gain.gain.setTargetAtTime(0.0001, at + 0.16, 0.02);
      tone.start(at);
      tone.stop(at + 0.22);
    }
  }

  #notify(head, text) {
    if (!("Notification" in window) || Notification.permission !== "granted" || (document.hasFocus() && !document.hidden)) return;
    this.#note = new Notification(head, { body: text, tag: "amtsleitung-desk", requireInteraction: true, icon: "/static/icon.svg" });
    this.#note.addEventListener("click", () => { window.focus(); this.#note?.close(); });
  }
}
