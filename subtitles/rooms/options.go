package rooms

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// Original is the track of what was said, in the language of each speaker.
const Original = "original"

// Staff is the track of organisers and editors; viewers are never given it.
const Staff = "@staff"

// Options of a room; zero values are usual ones.
type Options struct {
	Title string
	// Languages have a track each; the first is spoken unless an update says
	// another. Default: de.
	Languages []string
	// Easy is the tag of one more track in easy language ("de-leicht"), which
	// shows only what an editor released; "" has none.
	Easy     string
	Speakers []string
	Glossary []string // words the recognisers shall know
	// Delay holds everything back, so that an editor can correct it before it
	// is read.
	Delay time.Duration
	// Fast shows what is not settled yet: tails of speech, and the part of a
	// translation that two updates agree on. Calm mode, the default, never
	// takes back a word.
	Fast bool

	// Translate puts a finished sentence into another language. It is called
	// once per sentence and language, one sentence of a language at a time, and
	// has to return by the end of ctx. nil: tracks show the original, marked.
	Translate func(ctx context.Context, text, from, to string) (string, error)
	Timeout   time.Duration // of one translation, 5 s
	// Simplify drafts easy language for an editor; nil: the editor writes.
	Simplify        func(ctx context.Context, text, from, to string) (string, error)
	SimplifyTimeout time.Duration // 60 s: an editor waits
	// Learn is told what an editor taught. It is called by the room's goroutine
	// and must not wait or call the room.
	Learn func(Lesson)
	// Segmenter makes a cutter for one speaker or one translation; nil is the
	// one of subtitles with the usual reading rules.
	Segmenter func(language string) Segmenter

	Recent int           // sentences at hand while nothing is kept, 500
	Most   int           // sentences of a meeting that is kept, 50,000
	Inputs int           // at once, 16
	Queue  int           // sentences that wait for one language, 32
	Linger time.Duration // how long viewers can fetch the last lines after a meeting, 10 s
	Retain time.Duration // how long a kept meeting can be fetched before all is forgotten, 24 h
	Idle   time.Duration // a meeting in which nothing happens for so long is stopped, 6 h
	Hub    HubOptions
	Now    func() time.Time
	Log    *slog.Logger
}

// mostLanguages of a room and mostTerms of its glossary.
const (
	mostLanguages = 24
	mostTerms     = 500
	mostDelay     = 2 * time.Minute
)

// withDefaults is a copy nobody else holds.
func (o Options) withDefaults() Options {
	o.Title = clean(o.Title, longestTitle)
	o.Easy = tag(o.Easy)
	o.Languages = tags(o.Languages)
	if len(o.Languages) == 0 {
		o.Languages = []string{"de"}
	}
	o.Languages = slices.DeleteFunc(o.Languages, func(l string) bool { return l == o.Easy })
	o.Speakers, o.Glossary = names(o.Speakers, mostTerms), names(o.Glossary, mostTerms)
	o.Delay = min(max(0, o.Delay), mostDelay)
	o.Timeout = orDuration(o.Timeout, 5*time.Second)
	o.SimplifyTimeout = orDuration(o.SimplifyTimeout, time.Minute)
	o.Linger = orDuration(o.Linger, 10*time.Second)
	o.Retain, o.Idle = orDuration(o.Retain, 24*time.Hour), orDuration(o.Idle, 6*time.Hour)
	o.Recent, o.Most = or(o.Recent, 500), or(o.Most, 50_000)
	o.Inputs, o.Queue = or(o.Inputs, 16), or(o.Queue, 32)
	if o.Segmenter == nil {
		o.Segmenter = usualSegmenter
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func or(n, usual int) int {
	if n <= 0 {
		return usual
	}
	return n
}

func orDuration(d, usual time.Duration) time.Duration {
	if d <= 0 {
		return usual
	}
	return d
}

// tag is a language tag in its usual spelling; "" when it is none. Easy
// language has tags the registry does not know ("de-leicht"): well-formed is enough.
func tag(name string) string {
	if name == "" || len(name) > 35 || strings.HasPrefix(name, "@") || name == Original {
		return ""
	}
	t, err := language.Parse(name)
	if err == nil {
		return t.String()
	}
	primary, rest, found := strings.Cut(name, "-")
	if base, err := language.ParseBase(primary); err == nil && found && simpleSubtag(rest) {
		return base.String() + "-" + strings.ToLower(rest)
	}
	return ""
}

func simpleSubtag(s string) bool {
	return s != "" && len(s) <= 8 && strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

// tags are those that are ones, once each.
func tags(list []string) []string {
	out := []string{}
	for _, name := range list {
		if t := tag(name); t != "" && !slices.Contains(out, t) && len(out) < mostLanguages {
			out = append(out, t)
		}
	}
	return out
}

// names are clean and once each.
func names(list []string, most int) []string {
	out := []string{}
	for _, name := range list {
		if name = clean(name, longestName); name != "" && !slices.Contains(out, name) && len(out) < most {
			out = append(out, name)
		}
	}
	return out
}

func usualSegmenter(language string) Segmenter {
	return subtitles.NewSegmenter(subtitles.Rules{}, language)
}
