// The microphone: asking for it, what can go wrong with it, how loud it is,
// and hearing oneself.

// missing names why audio cannot work here at all, "" if it can.
export function missing() {
  if (!window.isSecureContext) return "wrong_insecure";
  if (!window.RTCPeerConnection || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return "wrong_old";
  return "";
}

// microphone asks for it. An error's key names the text with the remedy.
export async function microphone(device) {
  const lacking = missing();
  if (lacking) throw fault(lacking);
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  if (device) audio.deviceId = { exact: device };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (e) {
    if (device && (e.name === "OverconstrainedError" || e.name === "NotFoundError")) return microphone(""); // unplugged since
    throw fault(reasons[e.name] || "wrong_microphone");
  }
}

const reasons = {
  NotAllowedError: "wrong_denied", SecurityError: "wrong_denied", PermissionDeniedError: "wrong_denied",
  NotFoundError: "wrong_none", DevicesNotFoundError: "wrong_none", OverconstrainedError: "wrong_none",
  NotReadableError: "wrong_used", TrackStartError: "wrong_used", AbortError: "wrong_used",
};

export function fault(key) {
  const e = new Error(key);
  e.key = key;
  return e;
}

// keyOf is the text for anything that went wrong.
export const keyOf = (e) => (e && e.key) || (navigator.onLine === false || e instanceof TypeError ? "wrong_network" : "wrong_service");

export const stop = (stream) => { if (stream) for (const track of stream.getTracks()) track.stop(); };

// devices lists what can be chosen; names are known once the microphone is allowed.
export async function devices() {
  const list = await navigator.mediaDevices.enumerateDevices();
  const canChoose = "setSinkId" in HTMLMediaElement.prototype;
  return {
    inputs: list.filter((d) => d.kind === "audioinput" && d.deviceId),
    outputs: canChoose ? list.filter((d) => d.kind === "audiooutput" && d.deviceId) : [],
  };
}

// Meter shows how loud a stream is, on the usual scale of ears: 0 is -60 dB, 1 is full.
export class Meter {
  constructor(show) {
    this.show = show;
  }

  open(stream) {
    this.close();
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context || !stream) return;
    this.context = new Context();
    this.context.resume().catch(() => {});
    this.source = this.context.createMediaStreamSource(stream);
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.source.connect(this.analyser);
    const wave = new Float32Array(this.analyser.fftSize);
    this.timer = setInterval(() => {
      this.analyser.getFloatTimeDomainData(wave);
      let sum = 0;
      for (const v of wave) sum += v * v;
      this.show(Math.max(0, Math.min(1, 1 + (10 * Math.log10(sum / wave.length + 1e-12)) / 60)));
    }, 80);
  }

  // echo lets people hear what they say in the next seconds once they have
  // said it: while it sounds, the microphone is not listened to.
  echo(seconds) {
    const gate = this.context.createGain(), delay = this.context.createDelay(seconds + 0.5);
    const now = this.context.currentTime;
    gate.gain.setValueAtTime(1, now);
    gate.gain.setValueAtTime(0, now + seconds);
    delay.delayTime.value = seconds + 0.25;
    this.source.connect(gate);
    gate.connect(delay);
    delay.connect(this.context.destination);
    return new Promise((done) => setTimeout(() => { delay.disconnect(); gate.disconnect(); done(); }, (2 * seconds + 0.5) * 1000));
  }

  close() {
    clearInterval(this.timer);
    this.show(0);
    if (this.context) this.context.close().catch(() => {});
    this.context = null;
  }
}
