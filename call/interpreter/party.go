package interpreter

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Times of who speaks when.
const (
	// breaksIn: so long a voice over a translation wants to speak; a "mhm" is shorter.
	breaksIn = 500 * time.Millisecond
	// wordsWait: so long after a voice its words may take to come.
	wordsWait = 1500 * time.Millisecond
	// overlapSpan is how far back talking over translations counts, and
	// mostOverlaps how often it is borne.
	overlapSpan  = 2 * time.Minute
	mostOverlaps = 3
)

// party is somebody in the call, and how they speak.
type party struct {
	Party
	welcome bool // the notice is on its way

	voice  bool
	since  time.Time  // the voice began
	until  time.Time  // it ended
	awaits bool       // it was speech by its length; its words have not come
	under  bool       // it began while something was spoken to them
	broke  bool       // it broke something off
	cut    *rendition // that it broke off, until there are words
	words  time.Time  // something of it was understood
	talked bool       // so was something before

	suspect  bool   // their last voice was noise, or an echo
	spoken   string // to them, last
	spokenAt time.Time

	strange string // another language than theirs, heard last
	poor    int    // utterances in a row that were heard badly
	overlap []time.Time
	slowed  bool
	chunks  *chunks // of what is being said, in simultaneous mode
}

// Join lets somebody be interpreted. Who joins while Run runs is told that a
// machine interprets.
func (i *Interpreter) Join(p Party) {
	i.inbox.put(func() {
		if i.party(p.Name) == nil {
			i.parties = append(i.parties, &party{Party: p})
			i.changed()
		}
	})
}

// Leave forgets a party; what they have said is still spoken.
func (i *Interpreter) Leave(name string) {
	i.inbox.put(func() {
		p := i.party(name)
		if p == nil {
			return
		}
		for _, q := range i.parties {
			i.between(p, q, 1)
			i.between(q, p, 1)
		}
		i.parties = slices.DeleteFunc(i.parties, func(q *party) bool { return q == p })
		i.desert(name)
		i.changed()
	})
}

// Set changes how is interpreted, from the next words on. The volumes in the
// room are set anew also if nothing changes.
func (i *Interpreter) Set(s Settings) {
	i.inbox.put(func() {
		if s.Mode != "" {
			i.options.Mode = s.Mode
		}
		if s.Original >= 0 {
			i.options.Original = min(s.Original, 1)
		}
		for name, language := range s.Languages {
			if p := i.party(name); p != nil && language != "" {
				i.speaks(p, language)
			}
		}
		i.changed()
	})
}

// Speaking is told when a party's voice begins and when it falls silent.
func (i *Interpreter) Speaking(name string, on bool) {
	at := i.now()
	i.inbox.put(func() {
		p := i.party(name)
		if p == nil || p.voice == on {
			return
		}
		p.voice = on
		if on {
			p.suspects(at)
			p.since, p.under = at, p.under || i.spokenTo(name)
			return
		}
		p.until = at
		p.awaits = p.awaits || at.Sub(p.since) >= breaksIn
	})
}

// Heard takes what a party has said.
func (i *Interpreter) Heard(u scribe.Utterance) {
	i.inbox.put(func() { i.heard(u) })
}

// Hearing takes the words while they are spoken.
func (i *Interpreter) Hearing(u scribe.Utterance) {
	i.inbox.put(func() { i.hearing(u) })
}

// quiet says whether one may speak to a party now. Words that were spoken and
// are not known yet may be more important.
func (i *Interpreter) quiet(name string) bool {
	p := i.party(name)
	if p == nil {
		return true
	}
	if p.voice {
		return i.noise(p)
	}
	if known := p.until.Add(wordsWait); p.awaits && i.now().Before(known) {
		i.wakeAt(known)
		return false
	}
	return true
}

// overlaps counts who talks over translations again and again.
func (i *Interpreter) overlaps(p *party) {
	now := i.now()
	p.overlap = slices.DeleteFunc(p.overlap, func(at time.Time) bool { return now.Sub(at) > overlapSpan })
	if p.overlap = append(p.overlap, now); len(p.overlap) >= mostOverlaps && !p.slowed {
		p.slowed = true
		i.prompt(p, prompts.InterpretSlower)
	}
}

// changed sets what follows from who is there and what they speak.
func (i *Interpreter) changed() {
	i.aim()
	for _, p := range i.parties {
		if !p.welcome && p.Language != "" && i.needed() {
			p.welcome = true
			i.notice(p)
		}
	}
}

// speaks changes a party's language. What they were told in another one they
// have not understood.
func (i *Interpreter) speaks(p *party, language string) {
	if differ(p.Language, language) {
		p.welcome = false
	}
	p.Language, p.strange = language, ""
}

func (i *Interpreter) party(name string) *party {
	for _, p := range i.parties {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// needed says whether two speak different languages.
func (i *Interpreter) needed() bool {
	for _, p := range i.parties {
		for _, q := range i.parties {
			if differ(p.Language, q.Language) {
				return true
			}
		}
	}
	return false
}

// differ is false as long as one of them is not known.
func differ(a, b string) bool {
	return a != "" && b != "" && transcript.Primary(a) != transcript.Primary(b)
}
