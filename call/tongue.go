package call

import (
	"context"
	"slices"

	"github.com/amtsleitung/amtsleitung/stt"
)

// Certainties of the language that is spoken.
const (
	// sureLanguage settles or changes the language of recognition.
	sureLanguage = 0.85
	// doubtful words may be those of another language.
	doubtful = 0.5
	// better is how much surer words of another language must be.
	better = 0.1
)

// tongue recognises in the language of the call. A language that was detected
// with doubt, or words that make little sense, are tried in the other way,
// and the surer hypothesis is taken: a foreign name changes nothing, a caller
// who changes the language is still understood.
type tongue struct {
	recognizer stt.Recognizer
	languages  []string // of the service
	language   string   // of the call
	settled    bool
}

func (t tongue) recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	forced, detected := w, w
	forced.Language, detected.Languages = t.language, t.languages
	if len(t.languages) < 2 || !slices.Contains(t.languages, t.language) {
		return t.recognizer.Recognize(ctx, forced)
	}
	if !t.settled {
		h, err := t.recognizer.Recognize(ctx, detected)
		if err != nil || h.Language == t.language {
			return h, err
		}
		// The narrow band makes detection sure of the wrong language now and
		// then: only words that make more sense in it count.
		return t.surer(ctx, h, forced, 0)
	}
	h, err := t.recognizer.Recognize(ctx, forced)
	if err != nil || h.Text() != "" && h.Confidence() >= doubtful {
		return h, err
	}
	return t.surer(ctx, h, detected, better)
}

// surer recognises the window in the other way and keeps that if it is more
// certain by at least the margin.
func (t tongue) surer(ctx context.Context, h stt.Hypothesis, w stt.Window, margin float64) (stt.Hypothesis, error) {
	other, err := t.recognizer.Recognize(ctx, w)
	if err != nil {
		return h, nil // the first hypothesis stands
	}
	other.Took += h.Took
	other.Waited += h.Waited
	unsure := w.Language == "" && other.LanguageProbability < sureLanguage
	if unsure || other.Text() == "" || other.Confidence() < h.Confidence()+margin {
		return h, nil
	}
	return other, nil
}
