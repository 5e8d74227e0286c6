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
		return silences{700 * time.Millisecond, time.Second, 1700 * time.Millisecond}
	case Date:
		return silences{600 * time.Millisecond, 900 * time.Millisecond, 1600 * time.Millisecond}
	}
	if voiced < greeting {
		// Smart Turn takes a lone "ja" or "hallo" for a beginning.
		return silences{350 * time.Millisecond, 700 * time.Millisecond, time.Second}
	}
	return silences{350 * time.Millisecond, 700 * time.Millisecond, 1600 * time.Millisecond}
}

// greeting is the longest single word that may be all there is.
const greeting = 500 * time.Millisecond

// oneWord is the longest "ja, bitte": more than that is a sentence, whatever was asked.
const oneWord = 1200 * time.Millisecond

// unsure says whether the end-of-turn model can change the silence.
func unsure(e Expect, voiced time.Duration) bool {
	s := silencesFor(e, voiced)
	return s.complete != s.incomplete
}

// EndSilence is how long it must be quiet until a turn is over, given the
// end-of-turn model's probability that it is complete (negative: not known)
// and how much was said.
func EndSilence(e Expect, complete float64, voiced time.Duration) time.Duration {
	s := silencesFor(e, voiced)
	if complete < 0 || math.IsNaN(complete) {
		return s.unknown
	}
	d := doubt(complete)
	return s.complete + time.Duration(d*float64(s.incomplete-s.complete))
}

// Smart Turn says 0.9 to half of all pauses in the middle of a sentence, and
// more than 0.95 to most ends: the line between them, and its width, in logits
// (2.4 is a probability of 0.917). Fitted on the whole corpus of docs/turns.md.
const (
	evenLogit  = 2.4
	logitWidth = 0.4
)

// doubt is 0 for a turn that is surely complete and 1 for one that surely is not.
func doubt(complete float64) float64 {
	p := min(max(complete, 1e-6), 1-1e-6)
	return 1 / (1 + math.Exp((math.Log(p/(1-p))-evenLogit)/logitWidth))
}
