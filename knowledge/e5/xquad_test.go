package e5

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// pool is how many paragraphs compete; the whole set takes minutes.
const pool = 60

// xquad returns the first question of each of the first paragraphs, and the
// paragraphs; the same positions in every language.
func xquad(t *testing.T, language string) (questions, paragraphs []string) {
	t.Helper()
	path := "../../../shared/text/xquad/" + language + ".json"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("test data %s is not there", path)
	}
	var file struct {
		Data []struct {
			Paragraphs []struct {
				Context string `json:"context"`
				QAs     []struct {
					Question string `json:"question"`
				} `json:"qas"`
			} `json:"paragraphs"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal(data, &file))
	for _, article := range file.Data {
		for _, p := range article.Paragraphs {
			if len(paragraphs) < pool {
				paragraphs = append(paragraphs, p.Context)
				questions = append(questions, p.QAs[0].Question)
			}
		}
	}
	return questions, paragraphs
}

// TestRetrieval proves that the engine is wired right (prefixes, pooling): with
// a mistake there, German drops to about half and Turkish to near chance.
func TestRetrieval(t *testing.T) {
	if testing.Short() {
		t.Skip("embeds for half a minute")
	}
	m := open(t)
	_, paragraphs := xquad(t, "de")
	rows, err := m.Embed(context.Background(), paragraphs, false)
	require.NoError(t, err)
	for language, least := range map[string]float64{"de": 0.85, "en": 0.8, "tr": 0.6} {
		questions, _ := xquad(t, language)
		asked, err := m.Embed(context.Background(), questions, true)
		require.NoError(t, err)
		first, five := 0.0, 0.0
		for i := range asked {
			better := 0
			for j := range rows {
				if cosine(asked[i], rows[j]) > cosine(asked[i], rows[i]) {
					better++
				}
			}
			if better == 0 {
				first += 1.0 / pool
			}
			if better < 5 {
				five += 1.0 / pool
			}
		}
		t.Logf("%s -> de: R@1 %.2f, R@5 %.2f of %d paragraphs", language, first, five, pool)
		require.GreaterOrEqual(t, first, least)
		require.GreaterOrEqual(t, five, first)
	}
}
