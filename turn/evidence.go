package turn

import (
	"math"
	"time"
)

// Unknown stands for a probability that is not known (yet).
const Unknown = -1.0

// Evidence is what is known of a pause: what the voice says, what the words
// say. Complete joins them.
type Evidence struct {
	Voice float64 // the end-of-turn model's probability of the end; Unknown
	Words Words
	// Whole says that the words are a concern that can be answered.
	Whole bool
}

// Weights of the evidence, in logits: fitted on the corpus of bench/turn and
// rounded. The model is right only a little more often than not at pauses
// within turns, therefore it weighs little; how much has been said weighs
// more, because a turn of one second has seldom reached its verb.
const (
	bias        = -1.3
	voiceWeight = 0.4
	lengthLogit = 1.3 // for each natural logarithm of the seconds spoken
	askedLogit  = 1.2
	hangsLogit  = -0.8
	countLogit  = -0.3
	opensLogit  = -7
	yesLogit    = 2.2
	wholeLogit  = 1
	// allSaid is the logit of an answer to which nothing is added.
	allSaid = 5
)

// Complete is the probability (0..1) that the turn is over, after so much speech.
func (e Evidence) Complete(speech time.Duration) float64 {
	if e.Words == Answered {
		return sigmoid(allSaid)
	}
	z := bias + lengthLogit*math.Log(min(max(speech.Seconds(), 0.3), 3))
	if e.Voice >= 0 && !math.IsNaN(e.Voice) {
		z += voiceWeight * min(max(logit(e.Voice), -5), 5)
	}
	switch e.Words {
	case Question:
		z += askedLogit
	case Hanging:
		z += hangsLogit
	case Counting:
		z += countLogit
	case GoesOn:
		z += opensLogit
	case Yes:
		z += yesLogit
	}
	if e.Whole && e.Words != GoesOn {
		z += wholeLogit
	}
	return sigmoid(z)
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}
