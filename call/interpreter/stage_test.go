package interpreter

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// phone is a leg whose party speaks in one tone while told to, and notes all
// that it hears.
type phone struct {
	queue *playout.Queue
	tone  float64

	mu    sync.Mutex
	on    bool
	sink  media.Sink
	heard []int16
	done  chan struct{}
}

func (p *phone) Info() leg.Info                          { return leg.Info{} }
func (p *phone) Answer(context.Context) error            { return nil }
func (p *phone) Playout() leg.Playout                    { return p.queue }
func (p *phone) Events() <-chan leg.Event                { return nil }
func (p *phone) Done() <-chan struct{}                   { return p.done }
func (p *phone) Hangup(context.Context, leg.Cause) error { return nil }
func (p *phone) Stats() leg.Stats                        { return leg.Stats{} }

func (p *phone) Receive(to media.Sink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sink = to
}

func (p *phone) voice(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
}

func (p *phone) run(ctx context.Context, phase time.Duration) {
	deadline := time.Now().Add(phase)
	frame := make([]int16, media.FrameSamples)
	for n := 0; ; n++ {
		select {
		case <-time.After(time.Until(deadline)):
		case <-ctx.Done():
			p.queue.Close()
			return
		}
		deadline = deadline.Add(media.FrameDuration)
		p.queue.ReadFrame(frame)
		p.mu.Lock()
		p.heard = append(p.heard, frame...)
		to, on := p.sink, p.on
		p.mu.Unlock()
		sine(frame, p.tone, n, on)
		if to != nil {
			_ = to.WriteFrame(media.Frame{PCM: frame, At: time.Duration(n) * media.FrameDuration})
		}
	}
}

const loud = 6000

func sine(frame []int16, tone float64, n int, on bool) {
	clear(frame)
	for k := range frame {
		if !on {
			return
		}
		at := float64(n*media.FrameSamples+k) / media.SampleRate
		frame[k] = int16(loud * math.Sin(2*math.Pi*tone*at))
	}
}

// words is how long a text takes to be spoken.
func lasts(text string) time.Duration {
	return time.Duration(len(strings.Fields(text))) * 300 * time.Millisecond
}

// voices sing each language in its own tone.
type voices struct {
	takes time.Duration
	slow  time.Duration // more for each word
	mu    sync.Mutex
	fails error
	hangs bool
	dies  bool
	said  []string
}

var tones = map[string]float64{"de": 1000, "pt": 1500, "en": 2000, "tr": 2500, "xx": 3000}

func (v *voices) Say(ctx context.Context, text, language string, _ float64, to media.Sink) error {
	v.mu.Lock()
	v.said = append(v.said, language+": "+text)
	fails, hangs, dies := v.fails, v.hangs, v.dies
	v.mu.Unlock()
	switch {
	case dies:
		panic("voice")
	case hangs:
		<-ctx.Done()
		return ctx.Err()
	case fails != nil:
		return fails
	}
	select {
	case <-time.After(v.takes + time.Duration(len(strings.Fields(text)))*v.slow):
	case <-ctx.Done():
		return ctx.Err()
	}
	frame := make([]int16, media.FrameSamples)
	for n := range int(lasts(text) / media.FrameDuration) {
		sine(frame, tones[language], n, true)
		if err := to.WriteFrame(media.Frame{PCM: frame}); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (v *voices) all() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.said)
}

// engine marks what it translates with the language.
type engine struct {
	render func(ctx context.Context, r translate.Request) (translate.Translation, error)

	mu    sync.Mutex
	asked []translate.Request
}

func (e *engine) Renders(string, string, bool) bool { return true }

func (e *engine) Render(ctx context.Context, r translate.Request) (translate.Translation, error) {
	e.mu.Lock()
	e.asked = append(e.asked, r)
	render := e.render
	e.mu.Unlock()
	if render != nil {
		return render(ctx, r)
	}
	return inTongue(r), nil
}

func (e *engine) does(f func(ctx context.Context, r translate.Request) (translate.Translation, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.render = f
}

func inTongue(r translate.Request) translate.Translation {
	return translate.Translation{Text: r.To + "(" + r.Text + ")", Engine: "test " + r.From + "-" + r.To}
}

// stage is a room with people and an interpreter, on the fake clock.
type stage struct {
	t       *testing.T
	room    *bridge.Bridge
	it      *Interpreter
	journal *journal.Journal
	voices  *voices
	engine  *engine
	phones  map[string]*phone
	next    map[string]int
	ctx     context.Context
	tasks   sync.WaitGroup
	quit    context.CancelFunc
	off     func()
	start   time.Time
}

func newStage(t *testing.T, set ...func(*Options)) *stage {
	s := &stage{
		t: t, room: bridge.New(bridge.Options{}), journal: journal.New(1), voices: &voices{takes: 100 * time.Millisecond},
		engine: &engine{}, phones: map[string]*phone{}, next: map[string]int{}, start: time.Now(),
	}
	s.journal.Begin(journal.Call{ID: "01"})
	s.ctx, s.quit = context.WithCancel(t.Context())
	s.tasks.Go(func() { require.NoError(t, s.room.Run(s.ctx)) })
	s.on(set...)
	t.Cleanup(s.close)
	return s
}

// on makes and runs an interpreter; off ends it.
func (s *stage) on(set ...func(*Options)) {
	o := Options{
		Room: s.room, Renderer: s.engine, Speaker: s.voices, Journal: s.journal, Call: "01",
		Confidence: 0.4, Original: 0.15, Lines: lines,
	}
	for _, f := range set {
		f(&o)
	}
	s.it = New(o)
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	it := s.it
	s.tasks.Go(func() {
		defer close(done)
		require.NoError(s.t, it.Run(ctx))
	})
	s.off = func() { cancel(); <-done }
}

// lines are the prompts' names, one word each; the notice lasts for 3 s.
func lines(language string, key prompts.Key, pairs ...string) string {
	if key == prompts.InterpretNotice {
		return "notice in " + language + strings.Repeat(" .", 7)
	}
	return string(key) + strings.Join(pairs, "=")
}

func (s *stage) close() {
	s.quit()
	s.tasks.Wait()
}

var partyTones = map[string]float64{"caller": 300, "agent": 500, "guest": 700}

func (s *stage) join(name, language string) {
	p := &phone{queue: playout.New(), tone: partyTones[name], done: make(chan struct{})}
	phase := time.Duration(len(s.phones)*7%20) * time.Millisecond
	s.phones[name] = p
	s.tasks.Go(func() { p.run(s.ctx, phase) })
	require.NoError(s.t, s.room.Join(bridge.Party{Name: name, Leg: p}))
	s.it.Join(Party{Name: name, Language: language})
}

// duo is a caller who speaks Portuguese and an agent who speaks German, past
// the notice.
func duo(t *testing.T, set ...func(*Options)) *stage {
	s := newStage(t, set...)
	s.join("caller", "pt")
	s.join("agent", "de")
	wait(5 * time.Second)
	return s
}

func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// said is how something was said.
type said struct {
	text       string
	language   string
	confidence float64
	words      []transcript.Word
	pcm        []int16
}

// speaks lets a party speak for a time and be understood 700 ms later, as with
// the real scribe; it returns when that is so.
func (s *stage) speaks(name string, d time.Duration, w said) int {
	s.begins(name)
	wait(d)
	return s.ends(name, d, w)
}

func (s *stage) begins(name string) {
	s.phones[name].voice(true)
	wait(100 * time.Millisecond) // until the detector is sure
	s.it.Speaking(name, true)
}

func (s *stage) ends(name string, d time.Duration, w said) int {
	s.phones[name].voice(false)
	ended := time.Now()
	wait(192 * time.Millisecond)
	s.it.Speaking(name, false)
	wait(508 * time.Millisecond)
	return s.heard(name, d, ended, w)
}

func (s *stage) heard(name string, d time.Duration, ended time.Time, w said) int {
	u := s.utterance(name, d, ended, w)
	s.journal.Add("01", u.Line)
	s.it.Heard(u)
	synctest.Wait()
	return u.Segment.ID
}

// hearing shows words that a party is saying.
func (s *stage) hearing(name, text string) {
	u := s.utterance(name, time.Second, time.Now(), said{text: text})
	s.next[name]--
	u.Segment.Final, u.Ended = false, time.Time{}
	s.journal.Add("01", u.Line)
	s.it.Hearing(u)
}

func (s *stage) utterance(name string, d time.Duration, ended time.Time, w said) scribe.Utterance {
	if w.confidence == 0 {
		w.confidence = 0.9
	}
	id := s.next[name]
	s.next[name]++
	at := ended.Sub(s.start)
	return scribe.Utterance{Ended: ended, PCM: w.pcm, Line: journal.Line{Segment: transcript.Segment{
		Call: "01", Leg: name, ID: id, Text: w.text, Language: w.language, Final: true,
		Confidence: w.confidence, Words: w.words, Start: at - d, End: at,
	}}}
}

// translation is that of a line, in a language.
func (s *stage) translation(leg string, id int, language string) journal.Translation {
	s.t.Helper()
	for _, l := range s.journal.Lines("01") {
		if l.Segment.Leg != leg || l.Segment.ID != id {
			continue
		}
		for _, t := range l.Translations {
			if t.Language == language {
				return t
			}
		}
	}
	s.t.Fatalf("line %d of %s has no translation into %s", id, leg, language)
	return journal.Translation{}
}

// span is when a tone was heard, since the stage began.
type span struct{ from, to time.Duration }

func (s span) String() string { return fmt.Sprintf("%v-%v", s.from, s.to) }

// hears are the times at which a party heard a tone, in steps of 20 ms; gaps
// of less than 60 ms count as sound.
func (s *stage) hears(who string, tone float64, level float64) []span {
	p := s.phones[who]
	p.mu.Lock()
	heard := slices.Clone(p.heard)
	p.mu.Unlock()
	begun := time.Since(s.start) - media.Duration(len(heard))
	var out []span
	for at := 0; at+media.FrameSamples <= len(heard); at += media.FrameSamples {
		if audiotest.Goertzel(heard[at:at+media.FrameSamples], media.SampleRate, tone) < level*loud {
			continue
		}
		from := begun + media.Duration(at)
		if n := len(out); n > 0 && from-out[n-1].to < 60*time.Millisecond {
			out[n-1].to = from + media.FrameDuration
		} else {
			out = append(out, span{from, from + media.FrameDuration})
		}
	}
	return out
}

// since are those that began after a time.
func since(spans []span, at time.Duration) []span {
	return slices.DeleteFunc(slices.Clone(spans), func(s span) bool { return s.from < at })
}

func (s *stage) elapsed() time.Duration { return time.Since(s.start) }
