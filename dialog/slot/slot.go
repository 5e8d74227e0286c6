// Package slot understands single values that a form asks for: words or keys
// flow in ("zwölf a", "nächsten Dienstag", "0305"), a typed value flows out,
// with how sure it is and what is doubtful about it. It also says values aloud.
package slot

import (
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
)

// Kind of a value.
type Kind string

// Kinds.
const (
	Name        Kind = "name"
	Street      Kind = "street"
	HouseNumber Kind = "house_number"
	Date        Kind = "date"
	Time        Kind = "time"
	Phone       Kind = "phone"
	Email       Kind = "email"
	Plate       Kind = "plate"
	YesNo       Kind = "yes_no"
	Choice      Kind = "choice"
	Text        Kind = "text"
	Count       Kind = "count"
)

// Kinds lists all of them.
func Kinds() []Kind {
	return []Kind{Name, Street, HouseNumber, Date, Time, Phone, Email, Plate, YesNo, Choice, Text, Count}
}

// Spec says what value is wanted.
type Spec struct {
	Kind    Kind
	Choices []Option
	// Min and Max bound a count, or a date in days from today; both zero is
	// no bound for a count, and for a date any day from today on.
	Min, Max int
	// Weekdays are the days of the week that a date may be; none means all.
	Weekdays []time.Weekday
	// Things are the words by language that are counted: "ein Sofa und zwei Stühle".
	Things map[string]intent.Matcher
}

// Option is one of the values of a choice.
type Option struct {
	ID   string
	Say  map[string]string         // how it is said, by language
	Hear map[string]intent.Matcher // how it is recognised, by language
}

// Doubt is what is wrong or unsure about a value.
type Doubt int

// Doubts. A value with one of those after Ambiguous cannot be taken.
const (
	Sure       Doubt = iota
	Unsure           // ask whether it is right
	Unlisted         // a street that the list does not know
	Ambiguous        // Text or one of Others
	Incomplete       // more must follow; Text is what there is
	Past             // a date before the first possible one
	Late             // a date after the last possible one
	Closed           // a day of the week that is not possible
	Impossible       // there is no such date, time or number
)

// Taken says whether the value may be used, if it is confirmed.
func (d Doubt) Taken() bool { return d <= Unlisted }

// Value is what was understood. An empty Text means nothing was.
type Value struct {
	Kind Kind
	// Text is the value in one form, whatever the language: a date as
	// 2026-12-01, a time as 14:30, a phone number in digits, the ID of an
	// option, "yes" or "no".
	Text       string
	Note       string // words worth keeping beside it: the things counted
	Confidence float64
	Doubt      Doubt
	Others     []string // further candidates, best first
	Spelt      bool     // letter by letter
	from, to   int      // tokens it was read from
}

// Found says whether anything was understood.
func (v Value) Found() bool { return v.Text != "" }

// Setting is what an utterance stands in.
type Setting struct {
	Language string
	Now      time.Time
	Streets  *Streets // of the city; nil takes any name for a street
	// Sofar is the Incomplete value that the words go on with.
	Sofar string
}

// Reader understands values. It does not change and may be shared.
type Reader struct {
	numbers   *numbers.Parser
	languages map[string]*language
}

// hearing is one utterance while it is read.
type hearing struct {
	Setting
	r    *Reader
	l    *language
	text string
	toks []token
}

func (r *Reader) hear(text string, in Setting) *hearing {
	return &hearing{Setting: in, r: r, l: r.language(in.Language), text: text, toks: tokenize(text)}
}

// Read takes the text for an answer to the question for the value.
func (r *Reader) Read(s Spec, text string, in Setting) Value {
	h := r.hear(text, in)
	if tail, ok := h.corrected(); ok && s.Kind != Phone && s.Kind != Text {
		if v := h.with(tail).read(s); v.Found() && (v.Doubt < Incomplete || s.Kind == Date) {
			v.from, v.to = v.from+len(h.toks)-len(tail), v.to+len(h.toks)-len(tail)
			return v
		}
	}
	return h.read(s)
}

func (h *hearing) read(s Spec) Value {
	var v Value
	switch s.Kind {
	case Name:
		v = h.name()
	case Street:
		v = h.street(false)
	case HouseNumber:
		if _, date := h.calendar(midnight(h.Now)); !date { // "am 15. Dezember" is none
			v = h.house(0, false)
		}
	case Date:
		v = h.date(s, true)
	case Time:
		v = h.clock(true)
	case Phone:
		v = h.phone()
	case Email:
		v = h.email()
	case Plate:
		v = h.plate()
	case YesNo:
		v = h.yesNo()
	case Choice:
		v = h.choice(s, true)
	case Count:
		v = h.count(s, true)
	default:
		v = h.free()
	}
	v.Kind = s.Kind
	return v
}

// Find looks for the value in a sentence that was not an answer to the
// question for it; only what is unmistakable counts.
func (r *Reader) Find(s Spec, text string, in Setting) (Value, bool) {
	h := r.hear(text, in)
	var v Value
	switch s.Kind {
	case Name:
		v = h.introduced()
	case Street:
		v = h.street(true)
	case HouseNumber:
		v = h.houseInSentence()
	case Date:
		v = h.date(s, false)
	case Time:
		v = h.clock(false)
	case Phone:
		if v = h.phone(); numbers.Count(v.Text) < 7 || v.Text[0] != '0' && v.Text[0] != '+' {
			return Value{}, false
		}
	case Email:
		if v = h.email(); !h.holdsAt() {
			return Value{}, false
		}
	case Plate:
		v = h.plateInSentence()
	case Choice:
		v = h.choice(s, false)
	case Count:
		v = h.count(s, false)
	}
	v.Kind = s.Kind
	return v, v.Found() && v.Doubt < Incomplete
}

// with is the same utterance with other tokens.
func (h *hearing) with(toks []token) *hearing {
	part := *h
	part.toks = toks
	return &part
}

// corrected returns what follows the last word of correction in the middle:
// "zwölf, nein, vierzehn".
func (h *hearing) corrected() ([]token, bool) {
	for i := len(h.toks) - 2; i > 0; i-- {
		if h.l.correct[h.toks[i].fold] {
			return h.toks[i+1:], true
		}
	}
	return nil, false
}
