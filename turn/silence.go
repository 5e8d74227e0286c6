package turn

import (
	"math"
	"time"
)

// silences says how long it must be quiet until a turn is over: when it is
// surely complete, when nothing is known, when the caller may well go on, and
// when the caller surely will.
type silences struct {
	complete, unknown, incomplete, open time.Duration
}

// These come from bench/turn; docs/turns.md shows the trade.
func silencesFor(e Expect, voiced time.Duration) silences {
	switch e {
	case YesNo:
		if voiced < oneWord {
			return silences{350 * time.Millisecond, 350 * time.Millisecond, 350 * time.Millisecond, 350 * time.Millisecond}
		}
	case Digits:
		// Groups of digits each sound complete.
		return silences{1400 * time.Millisecond, 1400 * time.Millisecond, 1400 * time.Millisecond, 1400 * time.Millisecond}
	case Name:
		return silences{700 * time.Millisecond, time.Second, 1250 * time.Millisecond, 1700 * time.Millisecond}
	case Date:
		return silences{600 * time.Millisecond, 900 * time.Millisecond, 1250 * time.Millisecond, 1600 * time.Millisecond}
	}
	if voiced < greeting {
		// The model takes a lone "ja" or "hallo" for a beginning.
		return silences{350 * time.Millisecond, 700 * time.Millisecond, time.Second, 1250 * time.Millisecond}
	}
	return silences{350 * time.Millisecond, 700 * time.Millisecond, 1200 * time.Millisecond, 1600 * time.Millisecond}
}

// greeting is the longest single word that may be all there is.
const greeting = 500 * time.Millisecond

// oneWord is the longest "ja, bitte": more than that is a sentence, whatever was asked.
const oneWord = 1200 * time.Millisecond

// unsure says whether evidence can change the silence.
func unsure(e Expect, voiced time.Duration) bool {
	s := silencesFor(e, voiced)
	return s.complete != s.open
}

// EndSilence is how long it must be quiet until a turn is over, given the
// probability that it is complete (Evidence.Complete; negative: not known)
// and how much was said.
func EndSilence(e Expect, complete float64, voiced time.Duration) time.Duration {
	s := silencesFor(e, voiced)
	if complete < 0 || math.IsNaN(complete) {
		return s.unknown
	}
	z := logit(complete)
	return s.complete + share(s.incomplete-s.complete, evenLogit, logitWidth, z) + share(s.open-s.incomplete, openLogit, logitWidth, z)
}

// Lines between complete and incomplete, and between incomplete and surely
// open, and how wide they are, in logits.
const (
	evenLogit  = 0.9
	openLogit  = -3
	logitWidth = 0.2
)

// share of a stretch of time that a doubt is worth.
func share(d time.Duration, line, width, z float64) time.Duration {
	return time.Duration(float64(d) * sigmoid((line-z)/width))
}
