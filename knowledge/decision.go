package knowledge

// Thresholds decide what to do with ranked hits. The zero value means the
// defaults, which the held-out figures in docs/knowledge.md belong to.
type Thresholds struct {
	Answer float64 // least confidence to answer at once; 0 means 0.40
	// Clarify is the least confidence that all options together need to be
	// worth asking back; 0 means 0.35.
	Clarify float64
	Option  float64 // least confidence of one option; 0 means 0.08
	Options int     // most options to offer by voice; 0 means 3
	// Elsewhere is the most that may speak for none of the articles when one is
	// to answer at once; 0 means 0.25.
	Elsewhere float64
	Lead      float64 // least lead of an answer over the next article; 0 means 0.12
}

// Choice is what to do.
type Choice int

// Choices.
const (
	NoAnswer Choice = iota // say so and offer a human
	Clarify                // ask which of the hits is meant
	Answer                 // the first hit answers
)

// String is for reports.
func (c Choice) String() string { return [...]string{"none", "clarify", "answer"}[c] }

func (t Thresholds) filled() Thresholds {
	if t.Answer == 0 {
		t.Answer = 0.40
	}
	if t.Clarify == 0 {
		t.Clarify = 0.35
	}
	if t.Option == 0 {
		t.Option = 0.08
	}
	if t.Options == 0 {
		t.Options = 3
	}
	if t.Elsewhere == 0 {
		t.Elsewhere = 0.25
	}
	if t.Lead == 0 {
		t.Lead = 0.12
	}
	return t
}

// Decide returns the choice and the hits it is about: one to answer with, or
// those to ask back about (a single one means "did you mean this?").
func (t Thresholds) Decide(hits []Hit) (Choice, []Hit) {
	t = t.filled()
	if len(hits) == 0 {
		return NoAnswer, nil
	}
	if hits[0].Confidence >= t.Answer && 1-confidences(hits) <= t.Elsewhere && lead(hits) >= t.Lead {
		return Answer, hits[:1]
	}
	sum, n := 0.0, 0
	for n < len(hits) && n < t.Options && hits[n].Confidence >= t.Option {
		sum += hits[n].Confidence
		n++
	}
	if sum >= t.Clarify {
		return Clarify, hits[:n]
	}
	return NoAnswer, nil
}

// lead of the first over the second.
func lead(hits []Hit) float64 {
	if len(hits) == 1 {
		return 1
	}
	return hits[0].Confidence - hits[1].Confidence
}

// confidences of all hits together; what is missing to one speaks for none of
// the articles (hits beyond the limit have next to nothing).
func confidences(hits []Hit) float64 {
	all := 0.0
	for _, h := range hits {
		all += h.Confidence
	}
	return all
}
