package call

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is a leg whose party is the test: what the party says is scripted in
// media time, what it hears is noted frame by frame.
type line struct {
	queue  *playout.Queue
	events chan leg.Event
	done   chan struct{}
	once   sync.Once

	mu    sync.Mutex
	sink  media.Sink
	says  []span // when the party speaks
	heard []bool // per frame: did the bot sound
	cause leg.Cause
}

type span struct{ from, to time.Duration }

func newLine(says ...span) *line {
	return &line{queue: playout.New(), events: make(chan leg.Event, 8), done: make(chan struct{}), says: says}
}

func (l *line) Info() leg.Info               { return leg.Info{Call: "01TEST", Leg: "caller", From: "0301234567"} }
func (l *line) Answer(context.Context) error { return nil }
func (l *line) Playout() leg.Playout         { return l.queue }
func (l *line) Events() <-chan leg.Event     { return l.events }
func (l *line) Done() <-chan struct{}        { return l.done }
func (l *line) Stats() leg.Stats             { return leg.Stats{Codec: "PCMA"} }

func (l *line) Receive(to media.Sink) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sink = to
}

func (l *line) Hangup(_ context.Context, c leg.Cause) error {
	l.cause = c
	l.end()
	return nil
}

func (l *line) end() { l.once.Do(func() { close(l.done) }) }

// run is the media loop: one frame in and one out each 20 ms.
func (l *line) run(ctx context.Context) {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	frame := make([]int16, media.FrameSamples)
	for at := time.Duration(0); ; at += media.FrameDuration {
		select {
		case <-tick.C:
		case <-ctx.Done():
			l.queue.Close()
			return
		}
		sounding := l.queue.ReadFrame(frame)
		l.mu.Lock()
		l.heard = append(l.heard, sounding)
		to := l.sink
		l.mu.Unlock()
		l.utter(frame, at)
		if to != nil {
			_ = to.WriteFrame(media.Frame{PCM: frame, At: at})
		}
	}
}

func (l *line) utter(frame []int16, at time.Duration) {
	clear(frame)
	for _, s := range l.says {
		if at >= s.from && at < s.to {
			for i := range frame {
				frame[i] = int16(8000 * math.Sin(float64(i)*2*math.Pi*200/media.SampleRate))
			}
		}
	}
}

// sounded says whether the bot was heard in the whole of a stretch, in none of it, or partly.
func (l *line) sounded(from, to time.Duration) (any, all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all = true
	for _, s := range l.heard[from/media.FrameDuration : to/media.FrameDuration] {
		any = any || s
		all = all && s
	}
	return any, all
}

// loudness hears speech in everything that is loud.
type loudness struct{}

func (loudness) Probability(w []int16) (float32, error) {
	var sum float64
	for _, s := range w {
		sum += math.Abs(float64(s))
	}
	if sum/float64(len(w)) > 1000 {
		return 0.95, nil
	}
	return 0.02, nil
}

// tones speaks 300 ms of tone for each word.
type tones struct{}

func (tones) Say(ctx context.Context, text, _ string, _ float64, to media.Sink) error {
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		pcm[i] = int16(6000 * math.Sin(float64(i)*2*math.Pi*400/media.SampleRate))
	}
	for range strings.Fields(text) {
		for range 15 {
			if err := to.WriteFrame(media.Frame{PCM: pcm}); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// hears answers each window by its length in media time.
type hears func(w stt.Window) (string, error)

func (hears) Name() string { return "scripted" }

func (h hears) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	select {
	case <-time.After(200 * time.Millisecond): // inference takes a while
	case <-ctx.Done():
		return stt.Hypothesis{}, ctx.Err()
	}
	text, err := h(w)
	hyp := stt.Hypothesis{Language: "de", LanguageProbability: 0.99}
	if text != "" {
		hyp.Segments = []stt.Segment{{Text: text}}
	}
	return hyp, err
}

type noWords struct{}

func (noWords) Vocabulary(string) string { return "" }
func (noWords) Terms(string) []string    { return nil }

// script is a conversation that notes its events and answers by a function.
type script struct {
	mu     sync.Mutex
	events []dialog.Event
	answer func(dialog.Event) []dialog.Action
	fault  error
	media  []bool // what the dialog was told: it is read
}

// Writes implements writes.
func (s *script) Writes(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media = append(s.media, on)
}

func (s *script) Handle(_ context.Context, e dialog.Event, emit func(dialog.Action) error) error {
	s.mu.Lock()
	s.events = append(s.events, e)
	s.mu.Unlock()
	if s.fault != nil {
		return s.fault
	}
	for _, a := range s.answer(e) {
		if err := emit(a); err != nil {
			return err
		}
	}
	return nil
}

func (s *script) kinds() []dialog.EventKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]dialog.EventKind, 0, len(s.events))
	for _, e := range s.events {
		out = append(out, e.Kind)
	}
	return out
}

func (s *script) first(k dialog.EventKind) (dialog.Event, bool) {
	for _, e := range s.events {
		if e.Kind == k {
			return e, true
		}
	}
	return dialog.Event{}, false
}

func say(text string) dialog.Action  { return dialog.Action{Kind: dialog.Say, Text: text, Lang: "de"} }
func firm(text string) dialog.Action { a := say(text); a.Firm = true; return a }

var listen = dialog.Action{Kind: dialog.Listen, Timeout: 5 * time.Second}

// converse plays a whole call in fake time and returns when it has ended.
func converse(t *testing.T, l *line, r hears, s *script, limit time.Duration, more ...func(*Bot)) *Bot {
	t.Helper()
	words, err := turn.NewBackchannels()
	require.NoError(t, err)
	b := &Bot{
		Recognizer: r, Languages: []string{"de", "en"},
		Vocabulary: noWords{},
		Voice:      tones{},
		Converse:   func(leg.Info) (Conversation, error) { return s, nil },
		Detect: func(emit func(turn.Event)) (*turn.Detector, func(), error) {
			return turn.NewDetector(turn.Options{Voice: loudness{}, Notify: emit}), func() {}, nil
		},
		Journal:      journal.New(5),
		Log:          slog.New(slog.DiscardHandler),
		Apology:      map[string]string{"de": "es tut uns leid"},
		Backchannels: words,
		Now:          time.Now,
	}
	for _, f := range more {
		f(b)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	looped := make(chan struct{})
	go func() { defer close(looped); l.run(ctx) }()
	go func() { defer close(ended); b.Serve(ctx, l) }()
	select {
	case <-ended:
	case <-time.After(limit):
		l.end()
		<-ended
	}
	cancel()
	<-looped
	synctest.Wait()
	require.Zero(t, b.Journal.Active(), "the journal still shows the call")
	return b
}
