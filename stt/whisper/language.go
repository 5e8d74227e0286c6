package whisper

import (
	"math"
	"slices"

	"github.com/amtsleitung/amtsleitung/stt"
)

// language picks the window's language from the logits behind
// special.start, and says how probable it is among the candidates. A forced
// language is kept whatever the audio says.
func (e *Engine) language(w stt.Window) (code string, probability float64) {
	logits := e.network.Logits(0)
	candidates := w.Languages
	if len(candidates) == 0 {
		candidates = e.options.Languages
	}
	total, best := 0.0, -1.0
	consider := func(c string, t token) {
		p := math.Exp(float64(logits[t]))
		total += p
		if p > best {
			code, best = c, p
		}
	}
	for _, c := range candidates {
		if t, ok := e.words.languages[c]; ok {
			consider(c, t)
		}
	}
	if total == 0 {
		for c, t := range e.words.languages {
			consider(c, t)
		}
	}
	if w.Language != "" {
		t := e.words.languages[w.Language]
		p := math.Exp(float64(logits[t]))
		if !slices.Contains(candidates, w.Language) && len(candidates) > 0 {
			total += p
		}
		return w.Language, p / total
	}
	return code, best / total
}

// logProbability of one token among all, from the current logits.
func (e *Engine) logProbability(t token) float64 {
	logits := e.network.Logits(0)
	return float64(logits[t]) - e.network.LogSum(0, 0, len(logits))
}
