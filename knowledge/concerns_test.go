package knowledge_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// TestConcerns reads sentences with two concerns, and sentences with one that
// only look like two.
func TestConcerns(t *testing.T) {
	base := musterstadt(t)
	data, err := os.ReadFile("testdata/concerns.txt")
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " | ")
		if base.Vocabulary(f[0]) == "" {
			continue
		}
		parts, err := base.Concerns(t.Context(), knowledge.Query{Text: f[1], Language: f[0]})
		require.NoError(t, err)
		var got []string
		for _, q := range parts {
			hits := search(t, base, q)
			require.NotEmpty(t, hits, line)
			got = append(got, hits[0].Article.ID)
		}
		want := f[2:]
		if len(want) == 1 {
			if len(parts) != 1 {
				t.Errorf("%s: split into %v", line, parts)
			}
			continue
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: got %v of %v", line, got, parts)
		}
	}
}

func TestConcernsOfStrangeText(t *testing.T) {
	base := wordsOnly(t)
	for _, text := range []string{"", "und", "und und und", " . ? ! ", strings.Repeat("und Hund ", 300), "\xff und \xfe"} {
		parts, err := base.Concerns(t.Context(), knowledge.Query{Text: text, Language: "de"})
		require.NoError(t, err)
		require.NotEmpty(t, parts)
	}
}
