package bot

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/caller"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

// phone is a SIP endpoint of the test with a voice and ears.
type phone struct {
	server *sip.Server
	ears   *whisper.Engine
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	server, err := sip.NewServer(sip.Options{
		Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}},
		RTP:    sip.RTP{Low: 40000, High: 44999},
	}, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	<-server.Ready()
	return &phone{server: server}
}

// speech is a sentence in the phone's voice.
func (p *phone) speech(t *testing.T, lang, text string) caller.Clip {
	t.Helper()
	return clip(text, voicetest.Speech(t, lang, text))
}

// clip plays samples.
func clip(name string, pcm []int16) caller.Clip {
	return caller.Clip{Name: name, Write: func(_ context.Context, to media.Sink) error {
		for _, f := range audiotest.Frames(pcm) {
			if err := to.WriteFrame(f); err != nil {
				return err
			}
		}
		return nil
	}}
}

// heard is one call as the caller heard it.
type heard struct {
	events []caller.Event
	pcm    []int16
	err    error
}

// call dials, speaks the clips one after the other, and hangs up.
func (p *phone) call(ctx context.Context, address string, o sip.DialOptions, clips ...caller.Clip) heard {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	l, err := p.server.Dial(ctx, "sip:115@"+address, o)
	if err != nil {
		return heard{err: err}
	}
	var h heard
	c := caller.Caller{
		Leg: l, Clips: clips,
		Notify: func(e caller.Event) { h.events = append(h.events, e) },
		Record: media.SinkFunc(func(f media.Frame) error { h.pcm = append(h.pcm, f.PCM...); return nil }),
	}
	h.err = c.Run(ctx)
	return h
}

// answers are the stretches in which the other side spoke, in order.
func (h heard) answers() [][]int16 {
	var out [][]int16
	var from int64 = -1
	for _, e := range h.events {
		switch {
		case e.Event == caller.HeardStart:
			from = e.At
		case (e.Event == caller.HeardEnd || e.Event == caller.Ended) && from >= 0:
			out = append(out, h.between(from-100, e.At+300))
			from = -1
		}
	}
	return out
}

func (h heard) between(fromMS, toMS int64) []int16 {
	at := func(ms int64) int { return int(min(max(ms, 0)*media.SampleRate/1000, int64(len(h.pcm)))) }
	return h.pcm[at(fromMS):at(toMS)]
}

// latencies are the times from the end of each clip to the next sound.
func (h heard) latencies() []time.Duration {
	var out []time.Duration
	var played int64 = -1
	for _, e := range h.events {
		switch {
		case e.Event == caller.Played:
			played = e.At
		case e.Event == caller.HeardStart && played >= 0:
			out = append(out, time.Duration(e.At-played)*time.Millisecond)
			played = -1
		}
	}
	return out
}

// understand recognises what was heard, in windows of at most 25 s.
func (p *phone) understand(t *testing.T, lang string, pcm []int16) string {
	t.Helper()
	if p.ears == nil {
		e, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin"), Scheduler: inference.NewScheduler(inference.Options{})})
		require.NoError(t, err)
		t.Cleanup(func() { e.Close() })
		p.ears = e
	}
	text := ""
	for len(pcm) > 0 {
		n := min(len(pcm), 25*media.SampleRate)
		if n < len(pcm) {
			n = quietest(pcm, n-5*media.SampleRate, n)
		}
		h, err := p.ears.Recognize(t.Context(), stt.Window{PCM: pcm[:n], Language: lang})
		require.NoError(t, err)
		text += " " + h.Text()
		pcm = pcm[n:]
	}
	return text
}

// quietest is where to cut between two places.
func quietest(pcm []int16, from, to int) int {
	best, at := 1e18, to
	for i := from; i+1600 <= to; i += 800 {
		if r := audiotest.RMS(pcm[i : i+1600]); r < best {
			best, at = r, i+800
		}
	}
	return at
}

// script is the phone's voice for each question.
func (p *phone) script(t *testing.T, lang string, concerns []concern) []caller.Clip {
	t.Helper()
	clips := make([]caller.Clip, 0, len(concerns))
	for _, c := range concerns {
		clips = append(clips, p.speech(t, lang, c.question))
	}
	return clips
}
