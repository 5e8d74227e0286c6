// Package transcript holds the unit of text that flows through the product:
// one stretch of speech by one party, in one language. It imports nothing of the product.
package transcript

import (
	"time"
	"unicode/utf8"
)

// Segment is what one party said (or was told) between two moments of a call.
// Times are media time since the start of the leg. A later revision of the
// same (Call, Leg, ID) replaces the earlier one until Final is set.
type Segment struct {
	Call     string        `json:"call"` // ULID of the call
	Leg      string        `json:"leg"`  // which party: "caller", "bot", "agent", a speaker's name
	ID       int           `json:"id"`   // ordinal within the leg
	Revision int           `json:"revision"`
	Language string        `json:"language"` // BCP 47, e.g. "de", "de-leicht"
	Text     string        `json:"text"`
	Start    time.Duration `json:"start_ns"`
	End      time.Duration `json:"end_ns"`
	Final    bool          `json:"final"`
	// Confidence is 0..1: the recogniser's for heard text, the search's for answers.
	Confidence float64 `json:"confidence"`
	Words      []Word  `json:"words,omitempty"`
}

// Word is one word with its time and the engine's probability (0..1).
type Word struct {
	Text        string        `json:"text"`
	Start       time.Duration `json:"start_ns"`
	End         time.Duration `json:"end_ns"`
	Probability float64       `json:"probability"`
	// Joined goes on inside the word before, without a space: that one was
	// given out before it was heard to its end.
	Joined bool `json:"joined,omitempty"`
}

// Spread gives every word its share of a time by its letters.
func Spread(words []Word, start, end time.Duration) {
	letters, done := 0, 0
	for _, w := range words {
		letters += utf8.RuneCountInString(w.Text) + 1
	}
	at := func() time.Duration { return start + (end-start)*time.Duration(done)/time.Duration(letters) }
	for i := range words {
		words[i].Start = at()
		done += utf8.RuneCountInString(words[i].Text) + 1
		words[i].End = at()
	}
}
