package knowledge_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// words gives the doubtful ones a low probability.
func words(sure float64, doubtful float64, list ...string) []knowledge.Word {
	out := make([]knowledge.Word, len(list))
	for i, w := range list {
		out[i] = knowledge.Word{Text: w, Probability: sure}
		if w[0] == '?' {
			out[i] = knowledge.Word{Text: w[1:], Probability: doubtful}
		}
	}
	return out
}

// TestDoubtfulWordsWeighLess: what the recogniser made up beside the words that
// it heard well must not lead away from the article.
func TestDoubtfulWordsWeighLess(t *testing.T) {
	for name, base := range map[string]*knowledge.Base{"hybrid": musterstadt(t), "words": wordsOnly(t)} {
		for _, c := range []struct {
			text, want string
			heard      []knowledge.Word
		}{
			{"Sperrmüll Schwimmer Flug", "sperrmuell", words(0.95, 0.1, "Sperrmüll", "?Schwimmer", "?Flug")},
			{"Reise Passat Hund", "hundesteuer", words(0.95, 0.15, "?Reise", "?Passat", "Hund")},
			{"Wohngeld Bahn Garten Müll", "wohngeld", words(0.97, 0.1, "Wohngeld", "?Bahn", "?Garten", "?Müll")},
		} {
			q := knowledge.Query{Text: c.text, Language: "de", Limit: 100}
			without := confidence(search(t, base, q), c.want)
			q.Words = c.heard
			require.Greater(t, confidence(search(t, base, q), c.want), without, "%s: %s", name, c.text)
		}
	}
}
