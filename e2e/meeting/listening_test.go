package meeting

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/browsertest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/wav"
)

// recorder keeps what the page plays, 16 kHz. The policy of the page's content
// lets in no script for a worklet.
const recorder = `(async () => {
	const context = new AudioContext({ sampleRate: 16000 });
	await context.resume();
	window.tape = [];
	window.taping = () => {
		const stream = document.querySelector("#sound").srcObject;
		if (!stream || stream === window.taped) return;
		window.taped = stream;
		if (window.node) window.node.disconnect();
		const node = window.node = context.createScriptProcessor(4096, 1, 1);
		node.onaudioprocess = (e) => window.tape.push(e.inputBuffer.getChannelData(0).slice());
		context.createMediaStreamSource(stream).connect(node);
		node.connect(context.destination);
	};
	taping();
	window.wind = () => { // base64 of 16 bit
		const all = Int16Array.from(tape.flatMap((part) => [...part]), (v) => Math.max(-32768, Math.min(32767, Math.round(v * 32767))));
		tape = [];
		let text = "";
		for (const b of new Uint8Array(all.buffer)) text += String.fromCharCode(b);
		return btoa(text);
	};
	return context.state;
})()`

// listens presses the button of a channel, and keeps what is heard.
func (p *tab) listens(channel string) {
	p.t.Helper()
	p.do(chromedp.Click("[data-panel=panel-listen]"))
	p.until(`document.querySelector("#channel").options.length > 1`)
	p.do(chromedp.SetValue("#channel", channel), chromedp.Click("#listen"))
	p.until(`document.querySelector("#sound").srcObject?.getAudioTracks().length === 1 && document.querySelector("#sound").currentTime > .2`)
	require.Equal(p.t, "running", browsertest.Eval[string](p.t, p.ctx, recorder))
}

// switches goes on in another channel.
func (p *tab) switches(channel string) {
	p.t.Helper()
	browsertest.Eval[bool](p.t, p.ctx, fmt.Sprintf(`(() => { const s = document.querySelector("#channel"); s.value = %q; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, channel))
}

// heard is what was played since it was asked last.
func (p *tab) heard() []int16 {
	p.t.Helper()
	data, err := base64.StdEncoding.DecodeString(browsertest.Eval[string](p.t, p.ctx, `wind()`))
	require.NoError(p.t, err)
	pcm := make([]int16, len(data)/2)
	require.NoError(p.t, binary.Read(bytes.NewReader(data), binary.LittleEndian, pcm))
	return pcm
}

// hears waits for speech and its end, from now on.
func (p *tab) hears(why string) []int16 {
	p.t.Helper()
	var all []int16
	require.Eventually(p.t, func() bool {
		all = append(all, p.heard()...)
		return loud(all) > time.Second && len(all) > 3*media.SampleRate && loud(all[len(all)-2*media.SampleRate:]) == 0
	}, within, step, why)
	return all
}

// recognised is what the program itself understands.
func recognised(t *testing.T, language string, pcm []int16) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heard.wav")
	w, err := wav.Create(file, media.SampleRate)
	require.NoError(t, err)
	require.NoError(t, w.Write(pcm))
	require.NoError(t, w.Close())
	out, err := exec.CommandContext(t.Context(), servicetest.Binary(t), "transcribe", "--lang", language, file).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// same compares texts by their letters: 44 to 65 for one sentence of this voice,
// 14 for another one or another language.
func same(text, understood string) float64 {
	var c audiotest.ChrF
	c.Add(understood, text)
	return c.Score()
}

// clean is speech at a level that people like, without clipping or clicks at full scale.
func clean(t *testing.T, pcm []int16) {
	t.Helper()
	peak, full := 0, 0
	for _, v := range pcm {
		a := max(int(v), -int(v))
		if peak = max(peak, a); a >= 32700 {
			full++
		}
	}
	level := audiotest.DBFS(spoken(pcm))
	t.Logf("%.1f dBFS where there is sound, peak %d", level, peak)
	require.Greater(t, level, -35.0)
	require.Less(t, level, -9.0)
	require.Zero(t, full, "nothing is clipped")
}

// spoken is what is louder than silence.
func spoken(pcm []int16) (out []int16) {
	for _, f := range audiotest.Frames(pcm) {
		if audiotest.RMS(f.PCM) > 300 {
			out = append(out, f.PCM...)
		}
	}
	return out
}

// TestListening: what is said in English is heard in the browser as it was said,
// and in Portuguese; somebody on the telephone hears the same.
func TestListening(t *testing.T) {
	h := open(t, "")
	said := []string{"Good evening everybody. The library will be closed on Monday.", "We need more playgrounds in the north of the city."}
	english := voicetest.Speeches(t, "en", said...)
	r := h.hold(t, map[string]any{"title": "Ortsbeirat", "languages": []string{"en", "pt"}})
	r.Do("/start", nil)
	speaker := h.dial(t)
	speaker.Keys(t, r.Keys.PIN)
	speaker.Keys(t, "1")
	require.Eventually(t, func() bool { return len(r.Status().Inputs) == 1 }, within, step, "the caller speaks")
	listener := h.dial(t)
	listener.Keys(t, r.Keys.PIN)
	listener.Keys(t, "4") // 2 is the original, 3 English, 4 Portuguese
	require.Eventually(t, func() bool { s := listener.Heard(); return len(s) > 5*media.SampleRate && audiotest.RMS(tail(s)) < 50 }, within, step)
	browser := browsertest.Start(t)
	p := r.reads(t, browser, "pt", 1280, 900)
	p.listens("pt")

	before := len(listener.Heard())
	speaker.Say(english[0])
	heard := p.hears("a voice says it in Portuguese")
	require.Eventually(t, func() bool {
		s := listener.Heard()
		return loud(s[before:]) > time.Second && audiotest.RMS(tail(s)) < 50
	}, within, step)
	onPhone := listener.Heard()[before:]
	text := r.Text("pt")
	t.Logf("shown: %s", text)
	clean(t, heard)
	understood := recognised(t, "pt", heard)
	alike := audiotest.Likeness(heard, onPhone)
	t.Logf("browser: %s\n%.0f chrF, %.3f like the telephone", understood, same(text, understood), alike)
	require.Greater(t, same(text, understood), 30.0, "what is heard is what is shown, as far as the only voice for Portuguese is understood")
	require.Less(t, same(text, said[0]), 20.0, "which is no original")
	require.Greater(t, alike, 0.75, "the telephone hears the same")

	p.switches("original")
	speaker.Say(english[1])
	heard = p.hears("the original")
	clean(t, heard)
	understood = recognised(t, "en", heard)
	t.Logf("original: %s", understood)
	wrong, words := audiotest.WordErrors(said[1], understood)
	require.LessOrEqual(t, 5*wrong, words, "%q", understood)
	require.Eventually(t, func() bool { return strings.Contains(strings.ToLower(r.Text("pt")), "cidade") }, within, step)

	const hears = `document.querySelector("#listen-state").textContent === "Sie hören die Veranstaltung."`
	require.NoError(t, syscall.Kill(h.PID, syscall.SIGSTOP)) // as when the network stands still
	p.until("!(" + hears + ")")
	require.NoError(t, syscall.Kill(h.PID, syscall.SIGCONT))
	p.until(hears)
	browsertest.Eval[bool](t, p.ctx, `(taping(), true)`)
	p.heard()
	speaker.Say(english[0])
	heard = p.hears("it goes on after the pause")
	understood = recognised(t, "en", heard)
	t.Logf("after the pause: %s", understood)
	wrong, words = audiotest.WordErrors(said[0], understood)
	require.LessOrEqual(t, 5*wrong, words)
}
