// The audio of a call: one peer connection after the other, so that a change
// of network costs seconds and not the conversation.
import { iceServers } from "./conversation-api.js";

const gathering = 1500; // ms for candidates; an offer carries all it has then
const patience = 2000; // ms of a broken path before a new one is sought
const deadline = 8000; // ms until a new path must stand
const attempts = 4; // with pauses between them; then the conversation goes on in writing

export class Audio {
  // exchange(sdp) returns the answer's SDP; changed(state) hears "on", "broken", "failed".
  constructor(element, exchange, changed) {
    this.element = element;
    this.exchange = exchange;
    this.changed = changed;
    this.ice = iceServers; // another interface has its own
    this.network = () => this.mend(true);
  }

  // prepare must be called by a press of a button: it lets the browser play sound later.
  static prepare(element) {
    element.srcObject = new MediaStream();
    const playing = element.play();
    if (playing) playing.catch(() => {});
  }

  async open(stream) {
    this.stream = stream;
    addEventListener("online", this.network);
    if (navigator.connection) navigator.connection.addEventListener("change", this.network);
    await this.dial();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.network);
    if (navigator.connection) navigator.connection.removeEventListener("change", this.network);
    this.hang();
    this.element.srcObject = null;
  }

  hang() {
    if (!this.peer) return;
    this.peer.ontrack = this.peer.onconnectionstatechange = this.peer.oniceconnectionstatechange = null;
    this.peer.close();
    this.peer = null;
  }

  // dial makes a whole new peer connection.
  async dial() {
    this.hang();
    const iceServers = await this.ice().catch(() => []);
    if (this.closed) return; // meanwhile
    const peer = this.peer = new RTCPeerConnection({ iceServers });
    for (const track of this.stream.getAudioTracks()) peer.addTrack(track, this.stream);
    peer.ontrack = (e) => this.play(e.streams[0] || new MediaStream([e.track]));
    peer.onconnectionstatechange = peer.oniceconnectionstatechange = () => this.watch();
    await this.offer(false);
  }

  async offer(iceRestart) {
    const peer = this.peer;
    await peer.setLocalDescription(await peer.createOffer({ iceRestart }));
    await gathered(peer);
    const answer = await this.exchange(peer.localDescription.sdp);
    if (peer !== this.peer || this.closed || !answer) return;
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    this.expect(deadline);
  }

  play(stream) {
    this.element.srcObject = stream;
    const playing = this.element.play();
    if (playing) playing.then(() => this.changed("audible"), () => this.changed("silent"));
  }

  watch() {
    if (this.closed || !this.peer) return;
    const states = [this.peer.connectionState, this.peer.iceConnectionState];
    if (states.includes("failed")) return void this.mend(false);
    if (states.includes("disconnected")) {
      this.changed("broken");
      return this.expect(patience);
    }
    if (states[0] === "connected" || (!states[0] && ["connected", "completed"].includes(states[1]))) {
      clearTimeout(this.timer);
      this.tries = 0;
      this.changed("on");
    }
  }

  // expect seeks a new path unless this one stands in time.
  expect(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.mend(false), ms);
  }

  // mend first asks the same peer for a new path, then makes a new one.
  async mend(hurry) {
    if (this.closed || this.mending || !this.peer) return;
    if (!hurry && navigator.onLine === false) return this.expect(patience);
    this.mending = true;
    this.tries = (this.tries || 0) + 1;
    this.changed("broken");
    try {
      if (this.tries > attempts) return this.changed("failed");
      if (this.tries === 1 && this.peer.signalingState === "stable" && this.peer.currentRemoteDescription) await this.offer(true);
      else await this.dial();
    } catch (e) {
      if (e.over) return this.changed("failed");
      if (!this.closed) this.expect(patience);
    } finally {
      this.mending = false;
    }
  }
}

function gathered(peer) {
  return new Promise((done) => {
    if (peer.iceGatheringState === "complete") return done();
    const timer = setTimeout(done, gathering);
    peer.onicegatheringstatechange = () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      done();
    };
  });
}
