package intent

import (
	"slices"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Kind of an emergency.
type Kind string

// Kinds of emergencies; they choose the words and the number to dial.
const (
	Fire    Kind = "fire"    // 112
	Medical Kind = "medical" // 112
	Police  Kind = "police"  // 110
	Suicide Kind = "suicide" // 112, and somebody to talk to
)

// kinds in the order of precedence: a life before a thing.
func kinds() []Kind { return []Kind{Suicide, Medical, Fire, Police} }

type alarmData struct {
	// Urgent words make a weak sign an emergency, calm ones make a strong
	// sign a question: "Ausbildung bei der Feuerwehr".
	Urgent []string          `yaml:"urgent"`
	Calm   []string          `yaml:"calm"`
	Kinds  map[Kind]signData `yaml:"kinds"`
}

type signData struct {
	Always []string `yaml:"always"` // whatever else is said
	Strong []string `yaml:"strong"` // unless a calm word is there
	Weak   []string `yaml:"weak"`   // only with an urgent word and no calm one
	Not    []string `yaml:"not"`    // what only sounds like it: "das Licht brennt"
}

type alarm struct {
	urgent, calm []pattern
	kinds        map[Kind]signs
}

type signs struct{ always, strong, weak, not []pattern }

func (d alarmData) compile() (a alarm, err error) {
	a.kinds = map[Kind]signs{}
	if a.urgent, err = compileAll(d.Urgent); err != nil {
		return a, err
	}
	if a.calm, err = compileAll(d.Calm); err != nil {
		return a, err
	}
	for kind, s := range d.Kinds {
		var c signs
		if c.always, err = compileAll(s.Always); err != nil {
			return a, err
		}
		if c.strong, err = compileAll(s.Strong); err != nil {
			return a, err
		}
		if c.weak, err = compileAll(s.Weak); err != nil {
			return a, err
		}
		if c.not, err = compileAll(s.Not); err != nil {
			return a, err
		}
		a.kinds[kind] = c
	}
	return a, nil
}

// Strength of a sign of danger in the words.
type Strength int

// Strengths, weakest first.
const (
	Calm    Strength = iota // a word that makes danger unlikely: "Ausbildung", "gestern"
	Silent                  // nothing of danger
	Unread                  // there are no patterns for the language
	Hint                    // a word of danger, alone
	Likely                  // words of danger, and nothing that calms
	Certain                 // whatever else is said
)

// Sign is what the words say of danger.
type Sign struct {
	Strength Strength
	Kind     Kind   // when at least likely
	Language string // in which it was said
}

// Emergency says whether somebody needs help at once and in which language
// that was said, by the words alone.
func (r *Recogniser) Emergency(words Words, language string) (kind Kind, spoken string, ok bool) {
	s := r.Sign(words, language)
	return s.Kind, s.Language, s.Strength >= Likely
}

// Sign finds the strongest sign of danger; the conversation's language is
// tried first, then all others.
func (r *Recogniser) Sign(words Words, language string) Sign {
	primary := transcript.Primary(language)
	best := r.signIn(words, primary)
	for _, other := range r.order {
		if best.Strength == Certain {
			return best
		}
		if other == primary {
			continue
		}
		// A word of another language calms nothing, and hints at nothing.
		if s := r.signIn(words, other); s.Strength >= Likely && s.Strength > best.Strength {
			best = s
		}
	}
	return best
}

func (r *Recogniser) signIn(words Words, language string) Sign {
	t := r.tables[language]
	if t == nil {
		return Sign{Strength: Unread, Language: language}
	}
	s := t.alarm.sign(words, words.trim(t.fillers))
	s.Language = language
	return s
}

func (a alarm) sign(words, trimmed Words) Sign {
	calm := anyOf(a.calm, words, trimmed)
	urgent := anyOf(a.urgent, words, trimmed)
	best := Sign{Strength: Silent}
	for _, kind := range kinds() {
		s := a.kinds[kind]
		if anyOf(s.not, words, trimmed) {
			continue
		}
		if anyOf(s.always, words, trimmed) {
			return Sign{Strength: Certain, Kind: kind}
		}
		if calm || best.Strength == Likely {
			continue
		}
		strong, weak := anyOf(s.strong, words, trimmed), anyOf(s.weak, words, trimmed)
		switch {
		case strong || urgent && weak:
			best = Sign{Strength: Likely, Kind: kind}
		case weak || urgent:
			best.Strength = max(best.Strength, Hint)
		}
	}
	if calm {
		best.Strength = Calm
	}
	return best
}

// Languages lists the languages with tables, sorted.
func (r *Recogniser) Languages() []string { return slices.Clone(r.order) }
