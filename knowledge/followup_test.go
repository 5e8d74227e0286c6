package knowledge_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// TestFollowUps reads what callers say after an answer: most of it goes on with
// the topic, the rest leaves it. Languages without articles are judged by
// meaning alone and skipped until they have some.
func TestFollowUps(t *testing.T) {
	base := musterstadt(t)
	data, err := os.ReadFile("testdata/followups.txt")
	require.NoError(t, err)
	spoken := map[string]bool{}
	for _, l := range base.City().Languages {
		spoken[l] = true
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " | ")
		require.Len(t, f, 4, line)
		if !spoken[f[0]] || base.Vocabulary(f[0]) == "" {
			continue
		}
		want := f[3]
		if want == "stay" {
			want = f[1]
		}
		hits := search(t, base, knowledge.Query{Text: f[2], Language: f[0], Topic: f[1]})
		require.NotEmpty(t, hits, line)
		if hits[0].Article.ID != want {
			t.Errorf("%s: got %s %.2f", line, hits[0].Article.ID, hits[0].Confidence)
		} else if choice, _ := (knowledge.Thresholds{}).Decide(hits); choice != knowledge.Answer {
			t.Errorf("%s: only %.2f", line, hits[0].Confidence)
		}
	}
}
