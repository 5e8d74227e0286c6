package people

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/browsertest"
)

// chromium is one browser with a microphone that plays a recording for ever.
func chromium(t *testing.T, microphone []int16) context.Context {
	t.Helper()
	return browsertest.Start(t, browsertest.Microphone(browsertest.Recording(t, microphone))...)
}

// tab is one page of ours.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close func()
}

// listening runs before the page's own scripts: the microphone is taken as it
// is, since a steady tone is noise to a browser, and what comes in by WebRTC
// can be measured.
const listening = `(() => {
	const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = () => ask({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
	const Peer = window.RTCPeerConnection;
	window.heard = { peers: [], at: 0, loud: 0, hz: 0 };
	window.RTCPeerConnection = class extends Peer {
		constructor(...a) {
			super(...a);
			heard.peers.push(this);
			this.addEventListener("track", (e) => {
				const context = heard.context ??= new AudioContext({ sampleRate: 48000 });
				const sound = heard.sound = new Audio(); // without it Chromium gives WebAudio silence
				sound.muted = true; sound.srcObject = e.streams[0]; sound.play();
				heard.analyser = context.createAnalyser();
				heard.analyser.fftSize = 4096;
				heard.analyser.smoothingTimeConstant = 0;
				context.createMediaStreamSource(e.streams[0]).connect(heard.analyser);
			});
		}
	};
	heard.measure = () => {
		if (!heard.analyser) return 0;
		const wave = new Float32Array(1024), bins = new Float32Array(heard.analyser.frequencyBinCount);
		heard.analyser.getFloatTimeDomainData(wave);
		heard.analyser.getFloatFrequencyData(bins);
		heard.loud = Math.sqrt(wave.reduce((s, v) => s + v * v, 0) / wave.length);
		heard.hz = bins.indexOf(bins.reduce((m, v) => Math.max(m, v), -999)) * 48000 / heard.analyser.fftSize;
		return heard.loud;
	};
	heard.tone = (hz) => heard.measure() > 0.03 && Math.abs(heard.hz - hz) < 25;
	heard.first = (hz) => new Promise((done) => {
		const look = () => heard.tone(hz) ? done(Date.now()) : setTimeout(look, 4);
		look();
	});
})()`

func newTab(t *testing.T, browser context.Context, url string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	require.NoError(t, chromedp.Do(ctx)) // opens the tab, which lives as long as ctx
	timed, cancel := context.WithTimeout(ctx, 4*time.Minute)
	p := &tab{t: t, ctx: timed, close: func() { _ = chromedp.Cancel(ctx); cancel(); stop() }}
	t.Cleanup(p.close)
	_, err := chromedp.Call(timed, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: listening})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(timed, chromedp.Navigate(url)))
	return p
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	return browsertest.Eval[T](p.t, p.ctx, expression)
}

// until waits for a JavaScript condition, also across a change of the page.
func (p *tab) until(condition string) {
	p.t.Helper()
	if !browsertest.Holds(p.ctx, within, condition) {
		body, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText + JSON.stringify([heard.loud, heard.hz])`)) // only to say what was there
		p.t.Fatalf("waited for %s; the page says:\n%s", condition, strings.TrimSpace(body))
	}
}

// hears waits until the tone comes out of the page.
func (p *tab) hears(hz float64) {
	p.t.Helper()
	p.until(fmt.Sprintf("heard.tone(%v)", hz))
}

// atDesk signs somebody in with the audio of their browser, ready.
func (w *town) atDesk(t *testing.T, browser context.Context, name string) *tab {
	t.Helper()
	p := newTab(t, browser, w.URL("/anmelden?lang=de&next=/desk"))
	p.do(chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", password+kb.Enter))
	p.until(`location.pathname === "/desk" && document.querySelector(".connection--on") !== null`)
	p.do(chromedp.Click("#ready"))
	p.until(`document.querySelector("#state").dataset.presence === "ready"`)
	return p
}

// anruf opens the citizens' page and calls; it returns the call's id.
func (w *town) anruf(t *testing.T, browser context.Context) (*tab, string) {
	t.Helper()
	before := map[string]bool{}
	for _, c := range w.calls(t) {
		before[c.ID] = true
	}
	p := newTab(t, browser, w.URL("/anruf?lang=de"))
	p.until(`document.documentElement.classList.contains("works")`)
	p.do(chromedp.Click("#call"))
	id := ""
	require.Eventually(t, func() bool {
		for _, c := range w.calls(t) {
			if !before[c.ID] && c.Trunk == "anruf" {
				id = c.ID
			}
		}
		return id != ""
	}, within, step, "no call comes from the page")
	return p, id
}
