package rtc_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/browsertest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

func TestBrowserCalls(t *testing.T) {
	s := newSite(t, rtc.Options{Grace: rtc.Grace{Reconnect: 2 * time.Second, Silent: 2 * time.Second}})
	browser := newBrowser(t, toneFile(t))

	t.Run("tones both ways, keys, and the page hangs up", func(t *testing.T) {
		p := newTab(t, browser, s)
		p.do(`await x.call({})`)
		l := s.leg()
		p.hears(serviceHz)
		l.hears(t, microphoneHz)
		t.Logf("from the offer to sound: browser %.0f ms, service %v", eval[float64](p, "x.heard"), l.first)
		require.Equal(t, leg.Event{Kind: leg.Voice}, <-l.Events())
		p.do(`x.sender.dtmf.insertDTMF("15#", 80, 60)`)
		for _, key := range "15#" {
			require.Equal(t, leg.Event{Kind: leg.Digit, Digit: key, How: "rfc4733"}, <-l.Events())
		}
		p.do(`await x.ask("POST", "/" + x.id + "/text", { text: "Guten Tag" }); await x.ask("POST", "/" + x.id + "/digit", { digit: "9" })`)
		require.Equal(t, leg.Event{Kind: leg.Text, Text: "Guten Tag"}, <-l.Events())
		require.Equal(t, leg.Event{Kind: leg.Digit, Digit: '9', How: "page"}, <-l.Events())
		p.do(`await x.ask("DELETE", "/" + x.id)`)
		require.Equal(t, "normal by party", l.ended(t))
		stats := l.Stats()
		t.Logf("%+v, p50 %v p99 %v", stats, l.Pacing(0.5), l.Pacing(0.99))
		require.Equal(t, "opus", stats.Codec)
		require.Zero(t, stats.Strange)
		require.Positive(t, stats.MOS)
		p.until(`x.events.at(-1)?.state === "ended"`)
	})

	t.Run("the service hangs up", func(t *testing.T) {
		p := newTab(t, browser, s)
		p.do(`await x.call({})`)
		l := s.leg()
		p.hears(serviceHz)
		close(l.stop)
		require.Equal(t, "normal by us", l.ended(t))
		p.until(`x.pc.connectionState !== "connected" && x.events.at(-1)?.state === "ended"`)
	})

	for _, codec := range []string{"PCMA", "PCMU", "G722"} {
		t.Run(codec, func(t *testing.T) {
			p := newTab(t, browser, s)
			p.do(`await x.call({}, "audio/` + codec + `")`)
			l := s.leg()
			p.hears(serviceHz)
			l.hears(t, microphoneHz)
			require.Equal(t, codec, l.Stats().Codec)
			p.do(`x.sender.dtmf.insertDTMF("7", 80)`)
			require.Equal(t, leg.Event{Kind: leg.Voice}, <-l.Events())
			require.Equal(t, leg.Event{Kind: leg.Digit, Digit: '7', How: "rfc4733"}, <-l.Events())
			p.do(`await x.ask("POST", "/" + x.id + "/end?token=" + x.token)`)
			require.Equal(t, "normal by party", l.ended(t))
		})
	}

	t.Run("the page is closed", func(t *testing.T) {
		p := newTab(t, browser, s)
		p.do(`await x.call({})`)
		l := s.leg()
		p.hears(serviceHz)
		p.close()
		require.Contains(t, l.ended(t), "dead-media by ")
	})

	t.Run("another network", func(t *testing.T) {
		p := newTab(t, browser, s)
		p.do(`await x.call({})`)
		l := s.leg()
		p.hears(serviceHz)
		l.hears(t, microphoneHz)
		p.do(`x.pc.close(); x.analyser = null; await new Promise((f) => setTimeout(f, 1000))`)
		require.True(t, l.Voice())
		l.heard.forget()
		p.do(`await x.again(await x.peer({}))`)
		p.hears(serviceHz)
		l.hears(t, microphoneHz)
		require.Equal(t, leg.Event{Kind: leg.Voice}, <-l.Events())
		require.Empty(t, l.Events(), "the conversation has not noticed")
	})

	t.Run("ICE restart", func(t *testing.T) {
		p := newTab(t, browser, s)
		p.do(`await x.call({})`)
		l := s.leg()
		p.hears(serviceHz)
		p.do(`await x.again(await x.offer({ iceRestart: true }))`)
		l.heard.forget()
		l.hears(t, microphoneHz)
		p.hears(serviceHz)
		require.Equal(t, "connected", eval[string](p, "x.pc.connectionState"))
	})

	t.Run("writing first, then speaking, then writing again", func(t *testing.T) {
		p := newTab(t, browser, s)
		p.do(`await x.call(null)`)
		l := s.leg()
		require.False(t, l.Voice())
		require.NoError(t, l.Answer(context.Background()))
		p.do(`await x.ask("POST", "/" + x.id + "/text", { text: "Hallo" })`)
		require.Equal(t, leg.Event{Kind: leg.Text, Text: "Hallo"}, <-l.Events())
		p.do(`await x.again(await x.peer({}))`)
		p.hears(serviceHz)
		l.hears(t, microphoneHz)
		require.True(t, l.Voice())
		require.Equal(t, leg.Event{Kind: leg.Voice}, <-l.Events())
		p.do(`x.pc.close()`) // for good: after the grace the call goes on written
		require.Equal(t, leg.Event{Kind: leg.Voice}, <-l.Events())
		require.False(t, l.Voice())
		p.do(`await x.ask("POST", "/" + x.id + "/text", { text: "noch da" })`)
		require.Equal(t, leg.Event{Kind: leg.Text, Text: "noch da"}, <-l.Events())
		p.do(`x.source.close()`)
		require.Equal(t, "dead-media by page gone", l.ended(t))
	})

	t.Run("an offer that is none", func(t *testing.T) {
		p := newTab(t, browser, s)
		require.Contains(t, eval[string](p, `x.ask("POST", "", { page: "anruf", sdp: "v=0" }).catch((e) => e.message)`), "422")
	})
}

// TestHiddenAddresses hides the browser's addresses behind a name of its
// network, as browsers do that were not given a microphone yet: we are reached
// all the same.
func TestHiddenAddresses(t *testing.T) {
	s := newSite(t, rtc.Options{})
	p := newTab(t, newBrowser(t, toneFile(t)), s)
	p.do(`const peer = x.peer;
		x.peer = async (c) => (await peer.call(x, c)).replace(/(candidate:\S+ \d udp \d+) \S+/g, "$1 8f3c2d0e-5a1b-4a53-9d5e-0c1f7e6a2b4d.local");
		x.sdp = await x.peer({}); await x.call({})`)
	require.Contains(t, eval[string](p, "x.sdp"), ".local ")
	p.hears(serviceHz)
	s.leg().hears(t, microphoneHz)
}

func TestSpeechIsRecognised(t *testing.T) {
	const said = "Die Werbung vermittelt einen falschen Eindruck."
	model := audiotest.Model(t, "ggml-base.bin")
	f, err := audiofile.ReadAll(audiotest.Shared(t, "speech/de/picovoice-cheetah-test_de.flac"), time.Minute)
	require.NoError(t, err)
	s := newSite(t, rtc.Options{})
	p := newTab(t, newBrowser(t, browsertest.Recording48(t, up(t, f))+"%noloop"), s)
	p.do(`await x.call({}); await new Promise((f) => setTimeout(f, 5000))`)
	l := s.leg()
	close(l.stop)
	l.ended(t)
	w, err := whisper.Open(whisper.Options{Model: model})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	h, err := w.Recognize(context.Background(), stt.Window{PCM: l.heard.last(10 * 16000), Language: "de"})
	require.NoError(t, err)
	wrong, words := audiotest.WordErrors(said, h.Text())
	t.Logf("%d of %d words wrong: %s", wrong, words, strings.TrimSpace(h.Text()))
	require.LessOrEqual(t, wrong, 1)
}

func up(t *testing.T, pcm []int16) []int16 {
	t.Helper()
	r, err := resample.New(16000, 48000, resample.File)
	require.NoError(t, err)
	defer r.Close()
	return r.Append(nil, pcm)
}
