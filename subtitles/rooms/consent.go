package rooms

import (
	"errors"
	"time"
)

// Errors of consent.
var (
	ErrRefused     = errors.New("this speaker has refused; only a later yes opens the input again")
	ErrUnannounced = errors.New("keeping was not announced: announce it before the meeting is kept")
	ErrVolatile    = errors.New("nothing of this meeting is kept")
)

// Act is what an entry of the ledger says.
type Act string

// Acts.
const (
	Announced Act = "announced" // a text was said or shown in the room
	Told      Act = "told"      // this speaker was told
	Refused   Act = "refused"   // and said no
	Agreed    Act = "agreed"    // and took the no back
	Keeping   Act = "keeping"   // the organiser chose to keep the meeting
	Volatile  Act = "volatile"  // or not to
)

// Entry is one line of the consent ledger. Entries are only added.
type Entry struct {
	At    time.Time `json:"at"`
	Act   Act       `json:"act"`
	Who   string    `json:"who,omitempty"`   // the speaker
	Input string    `json:"input,omitempty"` // of theirs
	Text  string    `json:"text,omitempty"`  // of an announcement
	Keeps bool      `json:"keeps,omitempty"` // it says that the meeting is kept
}

// ledger knows who was told what and who refused.
type ledger struct {
	entries   []Entry
	announced bool // some announcement was made
	says      bool // the last announcement says that the meeting is kept
	keep      bool // the organiser chose so
}

// mostEntries bounds a ledger; what is beyond is no meeting.
const mostEntries = 10_000

func (l *ledger) add(e Entry) {
	if len(l.entries) < mostEntries {
		l.entries = append(l.entries, e)
	}
}

// announce is a new text: who was told another one has to be told again.
func (l *ledger) announce(now time.Time, text string, keeps bool, inputs []*input) {
	l.add(Entry{At: now, Act: Announced, Text: text, Keeps: keeps})
	if keeps != l.says || !l.announced {
		for _, in := range inputs {
			in.told = false
		}
	}
	l.announced, l.says = true, keeps
}

// choose keeps the meeting or not. What was said before stays volatile.
func (l *ledger) choose(now time.Time, keep bool) error {
	if keep && !l.says {
		return ErrUnannounced
	}
	if keep != l.keep {
		l.keep = keep
		l.add(Entry{At: now, Act: map[bool]Act{true: Keeping, false: Volatile}[keep]})
	}
	return nil
}

// keeps says whether what is said now may stay after the meeting: keeping was
// chosen, announced, and every speaker who is heard was told before.
func (l *ledger) keeps(inputs []*input) bool {
	if !l.keep || !l.says {
		return false
	}
	for _, in := range inputs {
		if !in.told && !in.refused {
			return false
		}
	}
	return true
}
