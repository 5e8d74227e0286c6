package intent

import "slices"

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

// Emergency says whether somebody needs help at once and in which language
// that was said; the conversation's language is tried first, then all others.
func (r *Recogniser) Emergency(words Words, language string) (kind Kind, spoken string, ok bool) {
	primary := Primary(language)
	if t := r.tables[primary]; t != nil {
		if kind, ok = t.alarm.match(words, words.trim(t.fillers)); ok {
			return kind, primary, true
		}
	}
	for _, other := range r.order {
		if other == primary {
			continue
		}
		t := r.tables[other]
		if kind, ok = t.alarm.match(words, words.trim(t.fillers)); ok {
			return kind, other, true
		}
	}
	return "", "", false
}

func (a alarm) match(words, trimmed Words) (Kind, bool) {
	calm := anyOf(a.calm, words, trimmed)
	urgent := anyOf(a.urgent, words, trimmed)
	for _, kind := range kinds() {
		s := a.kinds[kind]
		if anyOf(s.not, words, trimmed) {
			continue
		}
		if anyOf(s.always, words, trimmed) ||
			!calm && anyOf(s.strong, words, trimmed) ||
			!calm && urgent && anyOf(s.weak, words, trimmed) {
			return kind, true
		}
	}
	return "", false
}

// Hint says whether the words hold a sign of danger that is too weak alone and
// nothing that calms.
func (r *Recogniser) Hint(words Words, language string) bool {
	t := r.tables[Primary(language)]
	if t == nil {
		return false
	}
	trimmed := words.trim(t.fillers)
	if anyOf(t.alarm.calm, words, trimmed) {
		return false
	}
	for _, kind := range kinds() {
		s := t.alarm.kinds[kind]
		if anyOf(s.weak, words, trimmed) || anyOf(s.strong, words, trimmed) {
			return true
		}
	}
	return anyOf(t.alarm.urgent, words, trimmed)
}

// Languages lists the languages with tables, sorted.
func (r *Recogniser) Languages() []string { return slices.Clone(r.order) }
