package turn

import (
	"math"
	"time"
)

// unknown stands for a verdict that has not come (yet).
const unknown = -1.0

// silences says how long it must be quiet until a turn is over: when the
// end-of-turn model is sure that the turn is complete, when it says nothing,
// and when it is sure that the caller will go on.
type silences struct {
	complete, unknown, incomplete time.Duration
}

// These come from the corpus test; docs/turns.md shows the trade.
func silencesFor(e Expect, voiced time.Duration) silences {
	switch e {
	case YesNo:
		if voiced < oneWord {
			return silences{350 * time.Millisecond, 350 * time.Millisecond, 350 * time.Millisecond}
		}
	case Digits:
		// Groups of digits each sound complete.
		return silences{1400 * time.Millisecond, 1400 * time.Millisecond, 1400 * time.Millisecond}
	case Name:
		return silences{700 * time.Millisecond, 1000 * time.Millisecond, 1700 * time.Millisecond}
	case Date:
		return silences{600 * time.Millisecond, 900 * time.Millisecond, 1700 * time.Millisecond}
	}
	return silences{320 * time.Millisecond, 700 * time.Millisecond, 1800 * time.Millisecond}
}

// oneWord is the longest "ja, bitte": more than that is a sentence, whatever was asked.
const oneWord = 1200 * time.Millisecond

// unsure says whether the end-of-turn model can change the silence.
func unsure(e Expect, voiced time.Duration) bool {
	s := silencesFor(e, voiced)
	return s.complete != s.incomplete
}

// endSilence blends the three by the model's probability that the turn is complete.
func endSilence(e Expect, complete float64, voiced time.Duration) time.Duration {
	s := silencesFor(e, voiced)
	if complete < 0 || math.IsNaN(complete) {
		return s.unknown
	}
	if complete >= 0.5 {
		return blend(s.unknown, s.complete, (min(complete, 1)-0.5)*2)
	}
	return blend(s.incomplete, s.unknown, complete*2)
}

func blend(a, b time.Duration, share float64) time.Duration {
	return a + time.Duration(float64(b-a)*share)
}
