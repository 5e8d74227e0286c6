package dialog

import (
	"context"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// Options of a Conversation. Search is needed; everything else has a default.
type Options struct {
	City   string // as it is spoken: "Musterstadt"
	Search knowledge.Searcher
	// Languages are those the bot speaks, best first; nil means German,
	// English and all others with complete prompts. Language is spoken at the start.
	Languages  []string
	Language   string
	Thresholds Thresholds
	// Departments are the only targets of a transfer. The first one that
	// takes calls serves when an article names none.
	Departments []Department
	// Staffed says whether somebody takes the calls of a department now; nil goes
	// by its Hours. Opens is when somebody will again, the zero time is unknown;
	// nil goes by the Hours, too. Neither may block.
	Staffed func(department string, now time.Time) bool
	Opens   func(department string, now time.Time) time.Time
	// Menu lists articles for the keys 1 to 7 when speech is not understood.
	Menu []string
	// Written conversations are read: no keys, no hearing, more time. See Writes.
	Written bool
	// Caller is the number the call comes from, "" if withheld; it is offered
	// for callbacks and never spoken in full unasked.
	Caller string
	// Forms are the requests that can be left; without a callback among them
	// there is a plain one. Streets are the city's, nil takes any name.
	Forms   []*form.Form
	Streets *slot.Streets
	// Reference makes the reference number of a request; nil derives one from
	// the time. It must not block.
	Reference func() string
	// Likeness hears emergencies, the wish for a human and the like in words that
	// no pattern knows; nil does without.
	Likeness *intent.Likeness
	// Translate turns reviewed text into the caller's language where an article
	// has no variant; the caller is told that a machine did it. It also lets the
	// bot speak languages without prompts of their own, see Tongues. It returns
	// when ctx ends. nil does without: the caller is then asked whether German
	// will do.
	Translate func(ctx context.Context, text, from, to string) (string, error)
	// Announcement is what must be said first in every call to somebody who
	// speaks the language; an empty text is none.
	Announcement func(language string) Announcement
	// Busy says that more people call than can be served: the bot is brief and
	// offers callbacks instead of waiting for a person.
	Busy func() bool
	// Failed is told of a search or a translation that failed, for the log; the
	// caller has then been helped in another way. nil ignores it.
	Failed func(error)
	// Resources are shared by all calls; nil loads the embedded ones once.
	Resources *Resources
}

// Thresholds decide between answer, clarification and no answer. Zero values
// mean the defaults; those of the first three are the knowledge base's, for
// which its confidence is calibrated.
type Thresholds struct {
	Answer     float64 // least confidence of an answer
	Clarify    float64 // least confidence of all choices together to ask back
	Option     float64 // least confidence of one choice
	Margin     float64 // least lead of an answer over the next article; 0 is none
	Recogniser float64 // below this the caller is asked to repeat, 0.3
	Language   float64 // least certainty to change the language unasked, 0.85
}

func (t Thresholds) withDefaults() Thresholds {
	set := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	set(&t.Recogniser, 0.3)
	set(&t.Language, 0.85)
	return t
}

// Department is a group of people.
type Department struct {
	Name   string            // as articles and the transfer name it: "buergeramt"
	Titles map[string]string // spoken name by language; the prompts know the usual ones
	// Facts are its reviewed "hours", "address" and "phone", by language.
	Facts map[string]map[string]string
	// Transfers says whether calls can be handed to it, within Hours.
	Transfers bool
	Hours     Hours
}

// Hours are the opening hours of a week; none means always open.
type Hours struct {
	Spans []Span
	Zone  *time.Location // nil means that of the time asked about
}

// Span is a stretch of one weekday, as time since midnight.
type Span struct {
	Day      time.Weekday
	From, To time.Duration
}

// Open says whether the given time falls into the hours.
func (h Hours) Open(now time.Time) bool {
	if len(h.Spans) == 0 {
		return true
	}
	if h.Zone != nil {
		now = now.In(h.Zone)
	}
	since := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second
	return slices.ContainsFunc(h.Spans, func(s Span) bool {
		return s.Day == now.Weekday() && since >= s.From && since < s.To
	})
}

// Next is when the hours begin again; the zero time when they never do, or are
// on.
func (h Hours) Next(now time.Time) time.Time {
	if h.Open(now) {
		return time.Time{}
	}
	if h.Zone != nil {
		now = now.In(h.Zone)
	}
	for day := range 8 { // today's hours may be over: then the same day of next week
		var first time.Time
		for _, s := range h.Spans {
			at := time.Date(now.Year(), now.Month(), now.Day()+day, 0, int(s.From/time.Minute), 0, 0, now.Location())
			if at.Weekday() == s.Day && at.After(now) && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
		if !first.IsZero() {
			return first
		}
	}
	return time.Time{}
}

// Resources are the data of all languages: what is said, what is recognised,
// and the number words. They do not change and are shared by all calls.
type Resources struct {
	Prompts *prompts.Library
	Intents *intent.Recogniser
	Numbers *numbers.Parser
	Forms   *form.Library // what is said and heard while a form is filled
	Slots   *slot.Reader
	// Callback serves a city without a form of its own for it.
	Callback *form.Form
	// Tongues are the languages without books, for all calls; nil: each call
	// translates for itself.
	Tongues *Tongues
}

// LoadResources reads the embedded data.
func LoadResources() (*Resources, error) {
	library, err := prompts.Load()
	if err != nil {
		return nil, err
	}
	intents, err := intent.Load()
	if err != nil {
		return nil, err
	}
	parser, err := numbers.Load()
	if err != nil {
		return nil, err
	}
	phrases, err := form.LoadPhrases()
	if err != nil {
		return nil, err
	}
	slots, err := slot.Load(parser)
	if err != nil {
		return nil, err
	}
	callback, err := form.Callback()
	if err != nil {
		return nil, err
	}
	return &Resources{Prompts: library, Intents: intents, Numbers: parser, Forms: phrases, Slots: slots, Callback: callback}, nil
}
