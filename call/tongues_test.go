package call

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// phrasebook translates by naming the language; it knows some directions.
type phrasebook struct {
	pairs []string // "pt-de"; each goes both ways
	mu    sync.Mutex
	asked []translate.Request
	spoil func(translate.Request) error // may panic or hang, too
}

func (b *phrasebook) Renders(from, to string, _ bool) bool {
	return slices.Contains(b.pairs, from+"-"+to) || slices.Contains(b.pairs, to+"-"+from)
}

func (b *phrasebook) Render(_ context.Context, r translate.Request) (translate.Translation, error) {
	b.mu.Lock()
	b.asked = append(b.asked, r)
	spoil := b.spoil
	b.mu.Unlock()
	if spoil != nil {
		if err := spoil(r); err != nil {
			return translate.Translation{}, err
		}
	}
	if !b.Renders(r.From, r.To, true) {
		return translate.Translation{}, translate.NoPair(r.From, r.To)
	}
	return translate.Translation{Text: r.To + ": " + r.Text, Engine: "phrasebook"}, nil
}

func (b *phrasebook) fails(how func(translate.Request) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spoil = how
}

// stenographer is a scribe that hears what the test says.
type stenographer struct {
	o     Scribing
	says  chan string
	mu    sync.Mutex
	pause bool
	heard []string // languages it was told to hear, the first one too
	often bool
	ended bool
	stray string // what is spoken instead of what it was told
}

func (s *stenographer) WriteFrame(media.Frame) error { return nil }

func (s *stenographer) Pause(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = on
}

func (s *stenographer) SetLanguage(l string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, l)
}

func (s *stenographer) Often(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.often = on
}

func (s *stenographer) language() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard[len(s.heard)-1]
}

func (s *stenographer) Run(ctx context.Context) error {
	for {
		select {
		case text := <-s.says:
			s.take(text)
		case <-ctx.Done():
			s.mu.Lock()
			s.ended = true
			s.mu.Unlock()
			return nil
		}
	}
}

func (s *stenographer) works() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.ended
}

// take writes a line of 600 ms down.
func (s *stenographer) take(text string) {
	s.mu.Lock()
	paused := s.pause
	s.mu.Unlock()
	if paused {
		return
	}
	s.o.Speaking(true)
	time.Sleep(600 * time.Millisecond) // of the bubble's time
	language := s.language()
	if s.stray != "" {
		language = s.stray
	}
	l := journal.Line{Segment: transcript.Segment{
		Call: s.o.Call, Leg: s.o.Leg, ID: s.o.Journal.Next(s.o.Call, s.o.Leg), Language: language, Text: text, Final: true, Confidence: 0.9,
		End: 1300 * time.Millisecond,
	}}
	s.o.Journal.Add(s.o.Call, l)
	s.o.Heard(scribe.Utterance{Line: l, PCM: make([]int16, 9600), Ended: time.Now()})
	s.o.Speaking(false)
}

// office is a town whose people are interpreted.
type office struct {
	*town
	book *phrasebook

	mu      sync.Mutex
	scribes []*stenographer
}

// newOffice has a caller who speaks Portuguese, and translation between that
// and German.
func newOffice(w *town) *office {
	o := &office{town: w, book: &phrasebook{pairs: []string{"pt-de"}}}
	w.caller.info.Language = "pt"
	w.bot.Renderer = o.book
	w.bot.Interpretation = InterpretationOptions{Automatic: true, Original: 0.15, Confidence: 0.4}
	w.bot.Scribe = func(s Scribing) Scribe {
		n := &stenographer{o: s, says: make(chan string), heard: []string{s.Language}}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.scribes = append(o.scribes, n)
		return n
	}
	say := w.bot.Lines
	w.bot.Lines = func(language string, key prompts.Key, pairs ...string) string {
		if text := say(language, key, pairs...); key == prompts.InterpretNotice || key == prompts.InterpretOn || key == prompts.InterpretOff || key == prompts.InterpretBroken {
			return text + "/" + language
		}
		return say(language, key, pairs...)
	}
	return o
}

// scribe is the last one of a party that writes.
func (o *office) scribe(leg string) *stenographer {
	o.t.Helper()
	s := o.writes(leg)
	require.NotNil(o.t, s, "nobody writes down what %s says", leg)
	return s
}

// writes is the same; nil is nobody.
func (o *office) writes(leg string) *stenographer {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range slices.Backward(o.scribes) {
		if s.o.Leg == leg && s.works() {
			return s
		}
	}
	return nil
}

// says has a party say something, and waits until the others have heard it.
func (o *office) says(leg, text string) {
	o.t.Helper()
	o.begins(leg, text)
	pass(3 * second)
}

// begins has a party say something.
func (o *office) begins(leg, text string) {
	o.t.Helper()
	select {
	case o.scribe(leg).says <- text:
	case <-time.After(second):
		require.FailNow(o.t, "the scribe does not write any more", leg)
	}
	synctest.Wait()
}

// line is the last one of a leg.
func (o *office) line(leg string) journal.Line {
	o.t.Helper()
	for _, l := range slices.Backward(o.record().Lines) {
		if l.Segment.Leg == leg {
			return l
		}
	}
	require.FailNow(o.t, "nothing was written down", leg)
	return journal.Line{}
}

// ofInterpreter tells the interpreter's words from others.
func ofInterpreter(text string) bool {
	return strings.HasPrefix(text, "interpret_") || strings.HasPrefix(text, "connected_person interpret_") || strings.HasPrefix(text, "de: ") || strings.HasPrefix(text, "pt: ")
}

// talkAtOnce has both say something long in the very moment something happens.
func (o *office) talkAtOnce() {
	const long = "uma frase muito comprida que ainda se ouve" // said in one go
	for _, leg := range []string{theCaller, "agent:Tina", "agent:amt", "agent:030 1"} {
		if s := o.writes(leg); s != nil {
			s.says <- long
		}
	}
	pass(800 * time.Millisecond)
}

// inFull says whether a party hears a tone at its own level.
func inFull(p *party, tone float64) bool {
	_, ok := p.hears(tone)
	return ok
}

// since are the words after the first n.
func since(p *party, n int) []string { return slices.Clone(p.words()[n:]) }

var errEngine = errors.New("the engine has failed")
