package intent_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLikely(t *testing.T) {
	r := load(t)
	for text, want := range map[string]string{
		"Kimliğimi kaybettim":                 "tr",
		"Zgubiłem dowód osobisty":             "pl",
		"He perdido mi pasaporte":             "es",
		"Am pierdut cheile de la pivniță":     "ro",
		"Wohin mit altem Laub?":               "de",
		"Загубив ключі від підвалу":           "uk",
		"My bin was stolen":                   "en",
		"Il mio vicino fa rumore":             "it",
		"Mon vélo a disparu":                  "fr",
		"Sperrmüll":                           "",
		"":                                    "",
		"???":                                 "",
		"Como renovo o meu passaporte e onde": "pt",
	} {
		got, _ := r.Likely(text, append(r.Languages(), "pt")...)
		require.Equal(t, want, got, text)
	}
}

// Who writes in German about foreign names still writes German.
func TestSpelt(t *testing.T) {
	r := load(t)
	for text, want := range map[string]string{
		"Pasaportum doldu, ne yapmalıyım?": "tr",
		"Gdzie mogę oddać starą pralkę?":   "pl",
		"Kebap Haus Yıldız anmelden":       "",
		"Yıldız Çelik":                     "",
		"Ciao":                             "",
		"Wo ist das Hotel Bella Vista":     "",
		"Handy im Bus verloren":            "",
		"Abfalkalender 2026":               "",
	} {
		got, _ := r.Spelt(text, "de", r.Languages()...)
		require.Equal(t, want, got, text)
	}
}

// The questions of the city in each language, which no exemplar is made of.
func TestSpellingOfQuestions(t *testing.T) {
	r := load(t)
	files, err := filepath.Glob("../../cities/musterstadt/unseen/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all, right, changed := 0, 0, 0
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var q struct{ Lang, Text string }
			require.NoError(t, json.Unmarshal(lines.Bytes(), &q))
			all++
			if got, ok := r.Likely(q.Text, r.Languages()...); ok && got == q.Lang {
				right++
			}
			if got, ok := r.Spelt(q.Text, q.Lang, r.Languages()...); ok {
				changed++
				t.Logf("%s taken for %s: %s", q.Lang, got, q.Text)
			}
		}
		require.NoError(t, lines.Err())
		require.NoError(t, f.Close())
	}
	t.Logf("%d of %d recognised, %d taken for another", right, all, changed)
	require.Greater(t, all, 1000)
	require.Greater(t, right*100, all*97)
	require.Less(t, changed*1000, all)
}
