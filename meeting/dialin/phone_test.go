package dialin

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// phone is a leg whose party is the test: it presses keys, and makes a noise
// that the recogniser takes for words while loud is set.
type phone struct {
	info   leg.Info
	queue  *playout.Queue
	events *leg.Queue
	done   chan struct{}
	once   sync.Once
	served chan struct{} // closed when the desk has let go of it

	mu     sync.Mutex
	sink   media.Sink
	loud   bool
	frames uint64
	level  float64 // of what was heard since it was asked for
	cause  leg.Cause
}

func (p *phone) Info() leg.Info               { return p.info }
func (p *phone) Answer(context.Context) error { return nil }
func (p *phone) Playout() leg.Playout         { return p.queue }
func (p *phone) Events() <-chan leg.Event     { return p.events.C() }
func (p *phone) Done() <-chan struct{}        { return p.done }

func (p *phone) Stats() leg.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return leg.Stats{Codec: "PCMA", Received: p.frames}
}

func (p *phone) Receive(to media.Sink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sink = to
}

func (p *phone) Hangup(_ context.Context, c leg.Cause) error {
	p.mu.Lock()
	p.cause = c
	p.mu.Unlock()
	p.end()
	return nil
}

func (p *phone) end() {
	p.once.Do(func() {
		close(p.done)
		p.events.Close()
	})
}

// press presses keys, one after the other as people do.
func (p *phone) press(keys string) {
	for _, k := range keys {
		p.events.Put(leg.Event{Kind: leg.Digit, Digit: k, How: "rfc4733"})
		time.Sleep(300 * time.Millisecond)
	}
}

func (p *phone) speak(d time.Duration) {
	p.noise(true)
	time.Sleep(d)
	p.noise(false)
	time.Sleep(3 * time.Second)
}

func (p *phone) noise(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loud = on
}

// loudest of what was heard since the last time.
func (p *phone) loudest() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.level = 0 }()
	return p.level
}

// run is the media loop: one frame in and one out each 20 ms.
func (p *phone) run() {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	defer p.queue.Close()
	in, out := make([]int16, media.FrameSamples), make([]int16, media.FrameSamples)
	for at := time.Duration(0); ; at += media.FrameDuration {
		select {
		case <-tick.C:
		case <-p.done:
			return
		}
		p.queue.ReadFrame(out)
		to := p.frame(in, out)
		if to != nil {
			_ = to.WriteFrame(media.Frame{PCM: in, At: at})
		}
	}
}

func (p *phone) frame(in, out []int16) media.Sink {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frames++
	for i := range in {
		in[i] = 0
		if p.loud {
			in[i] = int16(8000 * math.Sin(float64(i)*2*math.Pi*200/media.SampleRate))
		}
		p.level = max(p.level, math.Abs(float64(out[i])))
	}
	return p.sink
}

// voice notes what is said to whom, and takes 300 ms a word.
type voice struct {
	mu   sync.Mutex
	said map[*playout.Queue][]string
}

func (v *voice) note(to media.Sink, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	q, _ := to.(*playout.Queue) // nil: the booth, for all who listen
	v.said[q] = append(v.said[q], text)
}

func (v *voice) speak(ctx context.Context, text, language string, _ float64, to media.Sink) error {
	v.note(to, language+": "+text)
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		pcm[i] = 3000
	}
	for range len(strings.Fields(text)) * 15 {
		err := to.WriteFrame(media.Frame{PCM: pcm})
		if ctx.Err() != nil || err != nil {
			v.note(to, "<cut>")
			return cmp.Or(context.Cause(ctx), err)
		}
	}
	return nil
}

// noises hears a word in each half second that is loud.
type noises struct{}

func (noises) Name() string { return "noises" }

func (noises) Recognize(_ context.Context, w stt.Window) (stt.Hypothesis, error) {
	h := stt.Hypothesis{Language: "de", LanguageProbability: 0.99}
	seg := stt.Segment{End: media.Duration(len(w.PCM))}
	const half = media.SampleRate / 2
	for i := 0; i+half <= len(w.PCM); i += half {
		if loudness(w.PCM[i:i+half]) < 1000 {
			continue
		}
		at := media.Duration(i)
		seg.Words = append(seg.Words, transcript.Word{Text: "Wort", Start: at, End: at + 400*time.Millisecond, Probability: 0.99})
		seg.Text += " Wort"
	}
	if seg.Words != nil {
		h.Segments = []stt.Segment{seg}
	}
	return h, nil
}

type loud struct{}

func (loud) Probability(w []int16) (float32, error) {
	if loudness(w) > 1000 {
		return 0.95, nil
	}
	return 0.02, nil
}

func loudness(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += math.Abs(float64(s))
	}
	return sum / float64(len(pcm))
}

// town is a hall with a desk and the telephones that call it.
type town struct {
	t     *testing.T
	hall  *meeting.Hall
	desk  *Desk
	voice *voice
	ctx   context.Context
	calls sync.WaitGroup

	warnings bytes.Buffer // of the desk
}

// inTown runs one in a bubble of time.
func inTown(t *testing.T, f func(t *testing.T, w *town)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &town{t: t, voice: &voice{said: map[*playout.Queue][]string{}}}
		ctx, cancel := context.WithCancel(t.Context())
		w.ctx = ctx
		w.hall = meeting.NewHall(meeting.HallOptions{
			Lobby: rooms.LobbyOptions{Wrong: 5},
			Room: func(meeting.New) rooms.Options {
				return rooms.Options{Translate: func(_ context.Context, text, _, to string) (string, error) { return to + " " + text, nil }}
			},
			Booth: booth.Options{
				Live:  live.Options{Recognizer: noises{}, Voice: func() (live.Voice, func(), error) { return loud{}, func() {}, nil }},
				Speak: w.voice.speak,
			},
		})
		done := make(chan error, 1)
		go func() { done <- w.hall.Run(ctx) }()
		log := slog.New(slog.NewTextHandler(&w.warnings, &slog.HandlerOptions{Level: slog.LevelWarn}))
		w.desk = New(Options{Dial: w.hall.Dial, Speak: w.voice.speak, Name: "Stadt Musterstadt.", Log: log})
		defer func() {
			cancel()
			w.calls.Wait()
			require.NoError(t, <-done)
		}()
		synctest.Wait()
		f(t, w)
	})
}

func (w *town) create(n meeting.New) *meeting.Meeting {
	w.t.Helper()
	m, err := w.hall.Create(n)
	require.NoError(w.t, err)
	return m
}

// running is a meeting that has begun.
func (w *town) running(n meeting.New) *meeting.Meeting {
	w.t.Helper()
	m := w.create(n)
	require.NoError(w.t, m.Start(w.ctx))
	synctest.Wait()
	return m
}

// call is one to the desk.
func (w *town) call(from, language string) *phone {
	p := &phone{
		info:  leg.Info{Call: "01TEST", Leg: "caller", From: from, Language: language, Inbound: true},
		queue: playout.New(), events: leg.NewQueue(), done: make(chan struct{}), served: make(chan struct{}),
	}
	w.calls.Go(p.run)
	w.calls.Go(func() {
		defer close(p.served)
		w.desk.Serve(w.ctx, p)
	})
	return p
}

// joined is a call that is among the choices of a meeting.
func (w *town) joined(m *meeting.Meeting, language string) *phone {
	w.t.Helper()
	p := w.call("+493012345678", language)
	p.press(m.Keys().PIN)
	time.Sleep(25 * time.Second)
	w.heard(p)
	return p
}

// heard is what was said to a phone since the last time, one line each.
func (w *town) heard(p *phone) string {
	synctest.Wait()
	w.voice.mu.Lock()
	defer w.voice.mu.Unlock()
	lines := w.voice.said[p.queue]
	delete(w.voice.said, p.queue)
	return strings.Join(lines, "\n")
}

// input is the only one of a meeting.
func (w *town) input(m *meeting.Meeting) rooms.Input {
	w.t.Helper()
	synctest.Wait()
	status, err := m.Room.Status(w.ctx)
	require.NoError(w.t, err)
	require.Len(w.t, status.Inputs, 1)
	return status.Inputs[0]
}

// written is what stands in the subtitles.
func (w *town) written(m *meeting.Meeting, track string) string {
	w.t.Helper()
	s, err := m.Room.Snapshot(w.ctx, track, 100)
	require.NoError(w.t, err)
	var b strings.Builder
	for _, l := range s.Lines {
		for _, c := range l.Cues {
			fmt.Fprintf(&b, "%s: %s\n", l.Speaker, c.Text)
		}
	}
	return b.String()
}

// ended says why the desk hung up.
func (w *town) ended(p *phone) leg.Cause {
	w.t.Helper()
	<-p.served
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cause
}
