package interpreter

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// sameBreath: what follows a translation of the same speaker so soon needs no
// tone to announce it.
const sameBreath = time.Second

// hurry is how fast a voice speaks that has fallen behind somebody who speaks on.
const hurry = 1.2

// voicePatience is how long a voice may be silent in the middle of a text.
const voicePatience = 5 * time.Second

// mouth speaks one language, one thing at a time.
type mouth struct {
	language string
	prompts  []*item
	playing  *playing
	last     string // whose words were spoken last
	until    time.Time
}

// item is something to be spoken.
type item struct {
	to       []string
	language string
	lead     []int16       // a tone before it
	text     func() string // may take a while
	pcm      []int16       // spoken instead of a text
	firm     bool          // nobody can break in
	since    time.Time
	expires  time.Time // it is not worth saying after that; zero: always
	of       *rendition
	rate     float64 // of speech
}

// playing is an item that is being spoken.
type playing struct {
	*item
	began   time.Time
	forced  bool // somebody spoke when it began
	sounded bool // it was heard
	stopped bool
	again   bool // it was stopped before it was heard
	cancel  context.CancelFunc
	speech  *bridge.Speech
	gate    *gate
}

func (i *Interpreter) mouth(language string) *mouth {
	language = transcript.Primary(language)
	m := i.mouths[language]
	if m == nil {
		m = &mouth{language: language}
		i.mouths[language] = m
	}
	return m
}

// busy says whether a translation must wait.
func (m *mouth) busy() bool { return m.playing != nil || len(m.prompts) > 0 }

// hush breaks off what is being spoken.
func (p *playing) hush() {
	p.stopped = true
	p.gate.close()
	p.cancel()
	p.speech.Flush()
}

func (i *Interpreter) itemOf(r *rendition, listeners []string) *item {
	it := &item{to: listeners, language: r.text.Language, of: r, since: r.since, rate: 1}
	if r.of.part != nil && i.behind(r.of.speaker()) > 1 {
		it.rate = hurry
	}
	if m := i.mouth(r.text.Language); m.last != r.of.speaker() || !r.later() && i.now().Sub(m.until) > sameBreath {
		it.lead = announceTone()
	}
	if r.replay {
		it.pcm = r.of.PCM
		return it
	}
	text := r.text.Text
	it.text = func() string { return text }
	return it
}

// play begins to speak.
func (i *Interpreter) play(m *mouth, it *item, forced bool) {
	ctx, cancel := context.WithCancel(i.ctx)
	p := &playing{item: it, began: i.now(), forced: forced, cancel: cancel, speech: i.options.Room.Voice(it.to...)}
	p.gate = newGate(p.speech, cancel, func(ahead time.Duration) {
		at := i.now().Add(ahead)
		i.inbox.put(func() { i.sounds(p, at) })
	})
	m.playing = p
	i.remind(it)
	if r := it.of; r != nil {
		r.playing = p
		r.text.State = journal.TranslationSpeaking
		i.note(r)
	}
	i.tasks.Go(func() {
		err := i.perform(ctx, p)
		cancel()
		p.speech.Close()
		i.inbox.put(func() { i.played(m, p, err) })
	})
}

// remind keeps what is spoken to whom, to know it again should it come back.
func (i *Interpreter) remind(it *item) {
	for _, name := range it.to {
		if p := i.party(name); p != nil && it.of != nil {
			p.spoken, p.spokenAt = it.of.text.Text, i.now()
		}
	}
}

// perform returns when all has been heard, or it was broken off.
func (i *Interpreter) perform(ctx context.Context, p *playing) error {
	defer p.gate.close()
	if err := p.gate.tone(p.lead); err != nil {
		return err
	}
	p.gate.watch()
	err := i.try(ctx, func(ctx context.Context) error {
		if p.pcm != nil {
			return p.gate.replay(p.pcm)
		}
		if p.text == nil {
			return nil
		}
		text := p.text()
		if text == "" {
			return nil
		}
		return i.say(ctx, text, p.language, p.rate, p.gate)
	})
	p.gate.close()
	if err != nil {
		return err
	}
	return p.speech.Drain(ctx)
}

// sounds takes note of the first sound.
func (i *Interpreter) sounds(p *playing, at time.Time) {
	p.sounded = true
	r := p.of
	if r == nil || r.over || p.stopped {
		return
	}
	r.text.Delay = max(0, at.Sub(r.of.Ended))
	i.note(r)
}

// played ends an item.
func (i *Interpreter) played(m *mouth, p *playing, err error) {
	m.playing, m.last = nil, ""
	r := p.of
	if r == nil || r.over {
		return
	}
	r.playing = nil
	m.last, m.until = r.of.speaker(), i.now()
	for _, name := range p.to {
		if q := i.party(name); q != nil {
			q.spokenAt = m.until
		}
	}
	switch {
	case p.again:
		i.pending(r)
	case p.stopped:
		i.conclude(r, journal.TranslationInterrupted)
	case err != nil:
		i.options.Log.Warn("a translation was not spoken", "call", i.options.Call, "language", p.language, "err", err)
		i.problem = ProblemVoice
		i.conclude(r, journal.TranslationShown)
	default:
		r.of.spoken = true
		i.conclude(r, journal.TranslationSpoken)
	}
}

// cut breaks off what somebody talks into.
func (i *Interpreter) cut() {
	for _, m := range i.mouths {
		p := m.playing
		if p == nil || p.firm || p.forced || p.stopped {
			continue
		}
		for _, name := range p.to {
			i.cutBy(p, i.party(name))
		}
	}
}

func (i *Interpreter) cutBy(pl *playing, p *party) {
	if p == nil || !p.voice || p.since.Before(pl.began) || pl.stopped || p.suspect && !p.wordy() {
		return
	}
	if at := p.since.Add(breaksIn); i.now().Before(at) {
		i.wakeAt(at)
		return
	}
	pl.hush()
	if pl.of == nil {
		return
	}
	if pl.again = !pl.sounded; !pl.again {
		p.broke, p.cut = true, pl.of
		i.overlaps(p)
	}
}

// spokenTo says whether a party hears the interpreter now.
func (i *Interpreter) spokenTo(name string) bool {
	for _, m := range i.mouths {
		if m.playing != nil && slices.Contains(m.playing.to, name) {
			return true
		}
	}
	return false
}

// gate lets a voice into the room until it is closed, and breaks it off when
// it is silent for too long.
type gate struct {
	to    *bridge.Speech
	first func(ahead time.Duration)
	hang  *time.Timer

	mu     sync.Mutex
	closed bool
	began  bool
}

func newGate(to *bridge.Speech, hangs func(), first func(time.Duration)) *gate {
	g := &gate{to: to, first: first}
	g.hang = time.AfterFunc(time.Hour, hangs)
	return g
}

func (g *gate) watch() { g.hang.Reset(voicePatience) }

func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.hang.Stop()
}

// tone is written before the voice; it does not count as its beginning.
func (g *gate) tone(pcm []int16) error { return frames(pcm, g.to) }

func (g *gate) replay(pcm []int16) error { return frames(pcm, g) }

// WriteFrame is the voice's.
func (g *gate) WriteFrame(f media.Frame) error {
	g.mu.Lock()
	closed, began := g.closed, g.began
	g.began = true
	g.mu.Unlock()
	if closed {
		return errClosed
	}
	if !began {
		g.first(g.to.Buffered())
	}
	g.hang.Reset(voicePatience)
	return g.to.WriteFrame(f)
}

func frames(pcm []int16, to media.Sink) error {
	for at := 0; at < len(pcm); at += media.FrameSamples {
		f := media.Frame{PCM: pcm[at:min(at+media.FrameSamples, len(pcm))], At: media.Duration(at)}
		if err := to.WriteFrame(f); err != nil {
			return err
		}
	}
	return nil
}
