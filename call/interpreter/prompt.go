package interpreter

import (
	"math"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/media"
)

// toneWorth is how long after its time the tone that ends a turn still says something.
const toneWorth = time.Second

// notice tells a party that a machine interprets. Nobody can talk it away.
func (i *Interpreter) notice(p *party) {
	key := prompts.InterpretNotice
	if i.options.Again {
		key = prompts.InterpretOn
	}
	it := i.line(p, key)
	it.firm = true
	m := i.mouth(p.Language)
	m.prompts = slices.Insert(m.prompts, 0, it)
}

// uninformed says whether somebody has not heard the notice to its end yet.
func (i *Interpreter) uninformed(name string) bool {
	owed := func(it *item) bool { return it.firm && slices.Contains(it.to, name) }
	for _, m := range i.mouths {
		if m.playing != nil && owed(m.playing.item) || slices.ContainsFunc(m.prompts, owed) {
			return true
		}
	}
	return false
}

// prompt says something to one party in their language.
func (i *Interpreter) prompt(p *party, key prompts.Key, pairs ...string) {
	if p == nil || p.Language == "" {
		return
	}
	m := i.mouth(p.Language)
	m.prompts = append(m.prompts, i.line(p, key, pairs...))
}

func (i *Interpreter) line(p *party, key prompts.Key, pairs ...string) *item {
	language, lines := p.Language, i.options.Lines
	text := func() string {
		if lines == nil {
			return ""
		}
		return lines(language, key, pairs...)
	}
	return &item{to: []string{p.Name}, language: language, text: text, since: i.now(), rate: 1}
}

// endTone tells a speaker that all was heard: it is the others' turn.
func (i *Interpreter) endTone(p *party) {
	if p.Language == "" {
		return
	}
	m, now := i.mouth(p.Language), i.now()
	m.prompts = append(m.prompts, &item{
		to: []string{p.Name}, language: p.Language, lead: turnTone(), since: now, expires: now.Add(toneWorth),
	})
}

// nextPrompt says what is to be said beside translations.
func (i *Interpreter) nextPrompt(m *mouth) {
	for m.playing == nil && len(m.prompts) > 0 {
		it := m.prompts[0]
		if !it.expires.IsZero() && i.now().After(it.expires) {
			m.prompts = m.prompts[1:]
			continue
		}
		quiet, forced := i.polite(it.to, it.since)
		if !quiet && !forced {
			if !it.expires.IsZero() {
				i.wakeAt(it.expires.Add(time.Millisecond))
			}
			return
		}
		m.prompts = m.prompts[1:]
		i.play(m, it, forced)
	}
}

// Tones are soft and short: one says that a translation comes, a lower one
// that the others have heard it.
const (
	toneLength   = 150 * time.Millisecond
	toneLevel    = 2000 // about -24 dBFS at its loudest
	announceHz   = 659.26
	yourTurnOver = 440
)

func announceTone() []int16 { return softTone(announceHz) }

func turnTone() []int16 { return softTone(yourTurnOver) }

// softTone swells and fades as half a sine does, so that it frightens nobody.
func softTone(hertz float64) []int16 {
	pcm := make([]int16, media.Samples(toneLength))
	for k := range pcm {
		t := float64(k)
		pcm[k] = int16(toneLevel * math.Sin(math.Pi*t/float64(len(pcm))) * math.Sin(2*math.Pi*hertz*t/media.SampleRate))
	}
	return pcm
}
