// Package form holds the requests that callers can leave: a city's files flow
// in, checked forms with all their texts by language flow out. What is done
// with them in a conversation is the dialog's.
package form

import (
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Form is a request with the values it asks for. It does not change and is
// shared by all calls.
type Form struct {
	ID         string
	Department string // who works on it, a name of the city's departments
	Delivery   string // how it gets there; "" is the list of requests alone
	Title      Texts
	Offer      Texts // asked after the answer of an article that names the form
	Intro      Texts // said when it begins
	Done       Texts // said when it was taken, before the reference
	Summary    Texts // pieces, each left out when a value in it is missing
	Slots      []Slot
	wishes     map[string]intent.Matcher
}

// Slot is one value of a form.
type Slot struct {
	Name     string
	Spec     slot.Spec
	Optional bool
	// Source names where a value comes from unasked: "concern" is what the
	// call was about, "caller" offers the number the call comes from.
	Source   string
	When     *Condition
	Question Texts
	Help     Texts
	Label    Texts // what callers call it when they correct it, the first one is said
	ReadBack Texts // with {value}
}

// Condition lets a slot be asked only when another has one of the values.
type Condition struct {
	Slot string
	In   []string
}

// Sources of values that are not asked for.
const (
	SourceConcern = "concern"
	SourceCaller  = "caller"
)

// Slot finds a slot by its name.
func (f *Form) Slot(name string) (*Slot, bool) {
	i := slices.IndexFunc(f.Slots, func(s Slot) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return &f.Slots[i], true
}

// Wanted says whether the words ask for this form directly.
func (f *Form) Wanted(words intent.Words, language string) bool {
	m, ok := f.wishes[transcript.Primary(language)]
	return ok && m.Match(words)
}

// Texts are wordings by language.
type Texts map[string][]string

// For returns the wordings for a language, or for the nearest one there is,
// with the language they are in.
func (t Texts) For(language string) ([]string, string) {
	for _, l := range []string{language, transcript.Primary(language), "en", "de"} {
		if w := t[l]; len(w) > 0 {
			return w, l
		}
	}
	return nil, ""
}

// Has says that the language has wordings of its own.
func (t Texts) Has(language string) bool {
	return len(t[language]) > 0 || len(t[transcript.Primary(language)]) > 0
}

// Fill puts values into the places of a text.
func Fill(text string, pairs ...string) string {
	if len(pairs) == 0 {
		return text
	}
	filled := slices.Clone(pairs)
	for i := 0; i < len(filled); i += 2 {
		filled[i] = "{" + filled[i] + "}"
	}
	return strings.NewReplacer(filled...).Replace(text)
}

// Summarise joins the pieces of the summary whose values are all there.
func (f *Form) Summarise(language string, values map[string]string) (text, in string) {
	pieces, in := f.Summary.For(language)
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, name, value)
	}
	var said []string
	for _, p := range pieces {
		if s := Fill(p, pairs...); !strings.Contains(s, "{") {
			said = append(said, s)
		}
	}
	return strings.ReplaceAll(strings.Join(said, " "), " ,", ","), in
}
