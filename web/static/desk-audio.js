// The agent's line: the microphone flows out and callers' voices flow in over
// one WebRTC connection that stays open between calls. It is made with a
// complete offer (no trickle) and made anew when the network changes.

const gathering = 500; // ms to wait for candidates
const pauses = [500, 1000, 2000, 4000, 8000]; // ms before the next try
const patience = 2500; // ms a broken connection may mend itself

export class Line {
  #exchange; #servers; #voice; #changed;
  #pc; #stream; #timer; #tries = 0; #generation = 0; #wanted = false;
  #microphone = ""; #meter;
  muted = false;
  state = "off"; // off connecting on lost denied missing insecure unavailable silent

  // exchange(offer) answers with the server's SDP; servers() with ICE servers;
  // changed() is told of a new state.
  constructor({ exchange, servers, voice, changed }) {
    this.#exchange = exchange;
    this.#servers = servers;
    this.#voice = voice;
    this.#changed = changed;
    addEventListener("online", () => this.#again(0));
    navigator.connection?.addEventListener?.("change", () => { if (this.#pc) this.#again(0); });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#devices());
  }

  get wanted() { return this.#wanted; }

  // start opens microphone and connection; in a gesture the browser also lets
  // the sound out.
  async start(microphone = this.#microphone) {
    this.#wanted = true;
    if (this.#stream && microphone === this.#microphone && (this.state === "on" || this.state === "connecting")) return;
    this.#microphone = microphone;
    if (!await this.#open()) return;
    await this.#connect();
  }

  stop() {
    this.#wanted = false;
    this.#hang();
    this.#stream?.getTracks().forEach((t) => t.stop());
    this.#stream = undefined;
    this.#set("off");
  }

  // use changes the microphone; a running connection keeps going.
  async use(microphone) {
    this.#microphone = microphone;
    if (!this.#wanted || !await this.#open()) return;
    const sender = this.#pc?.getSenders().find((s) => s.track);
    if (sender && this.state === "on") await sender.replaceTrack(this.#stream.getAudioTracks()[0]);
    else await this.#connect();
  }

  async speaker(id) {
    try { await this.#voice.setSinkId?.(id); } catch { /* the device is gone: the default plays */ }
  }

  mute(on) {
    this.muted = on;
    for (const t of this.#stream?.getAudioTracks() ?? []) t.enabled = !on;
  }

  // play tries once more to let the sound out, in a gesture.
  play() {
    if (this.state !== "silent") return;
    this.#voice.play().then(() => this.#set("on"), () => {});
  }

  // level is 0 to 100 of what the microphone hears.
  level(context) {
    if (!this.#stream || this.muted) return 0;
    if (this.#meter?.stream !== this.#stream) {
      const analyser = context.createAnalyser();
      analyser.fftSize = 512;
      context.createMediaStreamSource(this.#stream).connect(analyser);
      this.#meter = { stream: this.#stream, analyser, data: new Float32Array(512) };
    }
    const { analyser, data } = this.#meter;
    analyser.getFloatTimeDomainData(data);
    const power = data.reduce((sum, v) => sum + v * v, 0) / data.length;
    return Math.max(0, Math.min(100, 100 + 10 * Math.log10(power + 1e-10) * 1.6)); // -60 dBFS is about 4
  }

  async #open() {
    if (!navigator.mediaDevices || !window.RTCPeerConnection) return this.#set("insecure");
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    if (this.#microphone) audio.deviceId = { ideal: this.#microphone };
    try {
      const fresh = await navigator.mediaDevices.getUserMedia({ audio });
      this.#stream?.getTracks().forEach((t) => t.stop());
      this.#stream = fresh;
      fresh.getAudioTracks()[0].addEventListener("ended", () => { if (this.#stream === fresh) this.#devices(); });
      this.mute(this.muted);
      return true;
    } catch (e) {
      return this.#set(e.name === "NotFoundError" || e.name === "NotReadableError" ? "missing" : "denied");
    }
  }

  async #connect() {
    this.#hang();
    const mine = this.#generation;
    this.#set(this.#tries ? "lost" : "connecting");
    try {
      const pc = new RTCPeerConnection({ iceServers: await this.#servers(), bundlePolicy: "max-bundle" });
      if (mine !== this.#generation) return pc.close();
      this.#pc = pc;
      pc.addTrack(this.#stream.getAudioTracks()[0], this.#stream);
      pc.addEventListener("track", (e) => this.#hear(e.streams[0] ?? new MediaStream([e.track])));
      pc.addEventListener("connectionstatechange", () => { if (mine === this.#generation) this.#moved(pc); });
      await pc.setLocalDescription();
      await gathered(pc);
      const answer = await this.#exchange(pc.localDescription.sdp);
      if (mine !== this.#generation) return;
      await pc.setRemoteDescription({ type: "answer", sdp: answer });
    } catch (e) {
      if (mine !== this.#generation) return;
      if (e.status === 404 || e.status === 501) { this.#hang(); this.#set("unavailable"); } // it will not be there in a second either
      else if (e.status === 401 || e.status === 403) { this.#hang(); this.#set("off"); }
      else this.#again();
    }
  }

  #moved(pc) {
    clearTimeout(this.#timer);
    switch (pc.connectionState) {
      case "connected":
        this.#tries = 0;
        if (this.state !== "silent") this.#set("on");
        break;
      case "disconnected":
        this.#set("lost");
        this.#timer = setTimeout(() => this.#again(0), patience);
        break;
      case "failed":
      case "closed":
        this.#again();
    }
  }

  // again makes a new connection after a pause that grows.
  #again(pause = pauses[Math.min(this.#tries, pauses.length - 1)]) {
    if (!this.#wanted || !this.#stream) return;
    this.#tries++;
    this.#hang();
    this.#set("lost");
    this.#timer = setTimeout(() => this.#connect(), pause);
  }

  #hear(stream) {
    this.#voice.srcObject = stream;
    this.#voice.play().catch((e) => { if (e.name === "NotAllowedError") this.#set("silent"); });
  }

  // devices changed: a microphone that was pulled out is replaced.
  #devices() {
    this.#changed();
    if (this.#wanted && (!this.#stream || this.#stream.getAudioTracks()[0]?.readyState === "ended")) this.use(this.#microphone);
  }

  #hang() {
    this.#generation++;
    clearTimeout(this.#timer);
    this.#pc?.close();
    this.#pc = undefined;
  }

  #set(state) {
    if (this.state !== state) {
      this.state = state;
      this.#changed();
    }
    return false;
  }
}

function gathered(pc) {
  if (pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, gathering);
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState === "complete") { clearTimeout(timer); done(); }
    });
  });
}
