package live

import (
	"slices"
	"time"
)

// Certainties of the language that is spoken, measured for Whisper base: the
// right one of six had at least 0.27, a wrong one at most 0.004.
const (
	sureLanguage  = 0.85
	sureLength    = 2 * time.Second // less is not enough to tell a language
	likelyAgain   = 0.6             // is enough if it was the likeliest before, too
	longEnough    = 5 * time.Second // then the likeliest is taken
	strayLanguage = 0.02            // an expected language below this is not spoken
)

// tongue is which language is spoken: fixed, or detected until it is sure and
// then watched.
type tongue struct {
	fixed   bool
	among   []string
	settled string
	last    string // the likeliest of the last window
}

func newTongue(language string, among []string) *tongue {
	t := &tongue{settled: language, among: among, fixed: language != ""}
	if language == "" && len(among) == 1 {
		t.settled, t.fixed = among[0], true
	}
	if t.fixed {
		t.among = nil
	}
	return t
}

// learn takes what a window of that length says of the language. It answers
// whether the words can be those of the language that is spoken.
func (t *tongue) learn(language string, probability float64, length time.Duration) (sure bool) {
	if t.fixed {
		return true
	}
	if t.settled != "" {
		stray := probability > 0 && probability < strayLanguage
		if stray && length >= sureLength {
			t.settled, t.last = "", ""
		}
		return !stray
	}
	again := language == t.last
	t.last = language
	if language == "" || length < sureLength || (len(t.among) > 0 && !slices.Contains(t.among, language)) {
		return false
	}
	if probability >= sureLanguage || (again && probability >= likelyAgain) || length >= longEnough {
		t.settled = language
		return true
	}
	return false
}
