// Package rtc_test calls with a real browser: Chromium, whose microphone plays
// a file, speaks with legs of package rtc over the web server's interface.
package rtc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/browsertest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/memory.New.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

// microphoneHz is the tone that a browser's microphone hears, unless it speaks.
const microphoneHz = 700

// toneFile is a microphone that hears a tone for ever.
func toneFile(t *testing.T) string {
	t.Helper()
	return browsertest.Recording48(t, tone48(microphoneHz, 2*time.Second))
}

// tone48 is a sine at 48 kHz: one at a third of the frequency at 16 kHz.
func tone48(hz float64, d time.Duration) []int16 { return audiotest.Sine(hz/3, 3*d, 8000) }

// newBrowser is one Chromium with a fresh profile, whose microphone plays the file.
func newBrowser(t *testing.T, microphone string) context.Context {
	t.Helper()
	return browsertest.Start(t, append(browsertest.Microphone(microphone), chromedp.Flag("disable-features", "WebRtcHideLocalIpsWithMdns"))...)
}

// tab is a page that can call.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close func()
}

func newTab(t *testing.T, browser context.Context, s *site) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	require.NoError(t, chromedp.Do(ctx)) // opens the tab, which lives as long as ctx
	timed, cancel := context.WithTimeout(ctx, 90*time.Second)
	p := &tab{t: t, ctx: timed, close: func() { _ = chromedp.Cancel(ctx); cancel(); stop() }}
	t.Cleanup(p.close)
	require.NoError(t, chromedp.Do(timed, chromedp.Navigate(s.url("/healthz"))))
	p.do(page)
	return p
}

// do runs JavaScript and waits for its promise.
func (p *tab) do(script string) {
	p.t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](fmt.Sprintf("(async () => { %s; return 0 })()", script), chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
}

// eval returns what a JavaScript expression is.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	return browsertest.Eval[T](p.t, p.ctx, expression)
}

// until waits for a JavaScript condition.
func (p *tab) until(condition string) {
	p.t.Helper()
	if !browsertest.Holds(p.ctx, browsertest.Patience, condition) {
		state, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`JSON.stringify({state: x.pc && x.pc.connectionState, loud: x.loud, peak: x.peak, events: x.events})`))
		p.t.Fatalf("waited for %s: %s", condition, state)
	}
}

// hears waits until the tone comes out of the browser's speaker.
func (p *tab) hears(hz float64) {
	p.t.Helper()
	p.until(fmt.Sprintf("x.measure() > 0.05 && Math.abs(x.peak - %v) < 30", hz))
}

// page is what our pages do, in short: x is one call.
var page = strings.TrimSpace(`
window.x = {
  events: [], loud: 0, peak: 0, heard: 0,
  context: new AudioContext({ sampleRate: 48000 }),
  async mic() {
    return this.stream ??= await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  },
  async peer(config = {}, codec = "") {
    if (this.pc) this.pc.close();
    const pc = this.pc = new RTCPeerConnection(config);
    this.sender = pc.addTrack((await this.mic()).getAudioTracks()[0], this.stream);
    if (codec) pc.getTransceivers()[0].setCodecPreferences(RTCRtpReceiver.getCapabilities("audio").codecs.filter((c) => c.mimeType === codec || c.mimeType.endsWith("telephone-event")));
    pc.ontrack = (e) => {
      const sound = new Audio(); // without it Chromium gives WebAudio silence
      sound.muted = true; sound.srcObject = e.streams[0]; sound.play();
      this.analyser = this.context.createAnalyser();
      this.analyser.fftSize = 8192;
      this.context.createMediaStreamSource(e.streams[0]).connect(this.analyser);
    };
    return this.offer();
  },
  async offer(options) {
    await this.pc.setLocalDescription(await this.pc.createOffer(options));
    if (this.pc.iceGatheringState !== "complete") await new Promise((done) => {
      this.pc.onicegatheringstatechange = () => this.pc.iceGatheringState === "complete" && done();
      setTimeout(done, 3000);
    });
    return this.pc.localDescription.sdp;
  },
  async ask(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    if (this.token) headers.Authorization = "Bearer " + this.token;
    const r = await fetch("/api/v1/browser/calls" + path, { method, headers, body: body && JSON.stringify(body) });
    if (!r.ok) throw new Error(r.status + " " + await r.text());
    return r.status === 204 ? null : r.json();
  },
  async call(config, codec) {
    const sdp = config === null ? "" : await this.peer(config, codec);
    const start = performance.now();
    const got = await this.ask("POST", "", { language: "de", page: "anruf", sdp });
    Object.assign(this, { id: got.call, token: got.token });
    if (sdp) await this.take(got.sdp);
    const first = () => { if (this.measure() > 0.02) this.heard = performance.now() - start; else setTimeout(first, 2); };
    if (sdp) first();
    this.listen();
  },
  take(sdp) { return this.pc.setRemoteDescription({ type: "answer", sdp }); },
  async again(sdp) { return this.take((await this.ask("POST", "/" + this.id + "/sdp", { sdp })).sdp); },
  listen() {
    this.source = new EventSource("/api/v1/browser/calls/" + this.id + "/events?token=" + this.token);
    for (const name of ["line", "call"]) this.source.addEventListener(name, (e) => this.events.push(JSON.parse(e.data)));
  },
  measure() {
    if (!this.analyser) return 0;
    const a = new Float32Array(2048), f = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatTimeDomainData(a);
    this.analyser.getFloatFrequencyData(f);
    this.loud = Math.sqrt(a.reduce((s, v) => s + v * v, 0) / a.length);
    this.peak = f.indexOf(f.reduce((m, v) => Math.max(m, v), -999)) * this.context.sampleRate / this.analyser.fftSize;
    return this.loud;
  },
};`)
