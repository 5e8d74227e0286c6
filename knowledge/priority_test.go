package knowledge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// TestPriorityRanksFirst: a crisis article comes before the ordinary one that
// fits as well, and stays away from questions that have nothing to do with it.
func TestPriorityRanksFirst(t *testing.T) {
	dir, _ := ownCopy(t)
	folder := filepath.Join(dir, "articles", "krise-trinkwasser")
	require.NoError(t, os.MkdirAll(folder, 0o750))
	write := func(priority string) {
		head, err := os.ReadFile(filepath.Join(dir, "articles", "hundesteuer", "article.yaml"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "article.yaml"), []byte(strings.TrimSpace(string(head))+"\n"+priority), 0o600))
	}
	variant := "---\ntitle: Abkochgebot für Trinkwasser im Schwimmbad-Viertel\nquestions:\n  - Muss ich das Wasser abkochen?\n---\nBitte kochen Sie das Wasser ab.\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "de.md"), []byte(variant), 0o600))
	ask := func(text string) []knowledge.Hit {
		base, err := knowledge.Open(t.Context(), knowledge.Options{Dir: dir, Now: reviewed})
		require.NoError(t, err)
		return search(t, base, knowledge.Query{Text: text, Language: "de", Limit: 100})
	}
	write("")
	const both, other = "Ist das Wasser im Schwimmbad in Ordnung?", "Was kostet die Hundesteuer?"
	before, far := confidence(ask(both), "krise-trinkwasser"), confidence(ask(other), "krise-trinkwasser")
	write("priority: 4\n")
	hits := ask(both)
	require.Equal(t, "krise-trinkwasser", hits[0].Article.ID)
	require.Greater(t, hits[0].Confidence, before)
	require.InDelta(t, far, confidence(ask(other), "krise-trinkwasser"), 1e-6)

	write("priority: 9\n")
	_, err := knowledge.Open(t.Context(), knowledge.Options{Dir: dir, Now: reviewed})
	require.ErrorContains(t, err, "\"priority\" must be a whole number from 0 to 5")
}
