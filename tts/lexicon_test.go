package tts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/tts"
)

const lexicon = `
de:
  - {word: Grevenbroich, say: Grewenbrooch}
  - {word: SWB, say: Stadtwerke, exact: true}
  - {word: Jameson-Allee, phonemes: {pico: "dZEIms@n", espeak: "dZ'eIms@n"}, say: Dschäimsen Allee}
en:
  - {word: Köln, say: Cologne}
`

func TestLexiconReplacesWholeWords(t *testing.T) {
	l, err := tts.ParseLexicon([]byte(lexicon))
	require.NoError(t, err)
	for written, want := range map[string]string{
		"In Grevenbroich.":              "In Grewenbrooch.",
		"in GREVENBROICH!":              "in Grewenbrooch!",
		"Grevenbroicher Straße":         "Grevenbroicher Straße",
		"SWB und swb":                   "Stadtwerke und swb",
		"":                              "",
		"Grevenbroich":                  "Grewenbrooch",
		"(Grevenbroich), Grevenbroich?": "(Grewenbrooch), Grewenbrooch?",
		"Köln":                          "Köln",
	} {
		got, phonemes := l.Apply(written, "de-leicht")
		require.Equal(t, want, got)
		require.Empty(t, phonemes)
	}
	got, _ := l.Apply("köln", "en-GB")
	require.Equal(t, "Cologne", got)
}

func TestLexiconPhonemesReachTheEngineThatKnowsThem(t *testing.T) {
	l, err := tts.ParseLexicon([]byte(lexicon))
	require.NoError(t, err)
	text, phonemes := l.Apply("An der Jameson-Allee <5>, Jameson-Allee", "de")
	require.Equal(t, "An der Jameson-Allee <5>, Jameson-Allee", text)
	u := tts.Utterance{Text: text, Phonemes: phonemes}
	escape := func(s string) string { return strings.Trim(strings.NewReplacer("<", "(", ">", ")").Replace(s), "\x00") }
	mark := func(ph string) string { return "<" + ph + ">" }
	require.Equal(t, "An der <dZEIms@n> (5), <dZEIms@n>", u.Render("pico", escape, mark))
	require.Equal(t, "An der Dschäimsen Allee (5), Dschäimsen Allee", u.Render("piper", escape, nil))
	require.Equal(t, "An der Dschäimsen Allee (5), Dschäimsen Allee", u.Render("openai", escape, mark))
}

func TestLexiconErrorsNameTheEntry(t *testing.T) {
	for text, want := range map[string]string{
		"de:\n  - {word: A}":           `"A"`,
		"de:\n  - {say: A}":            "entry 1",
		"de:\n  - {word: A, sagt: B}":  "sagt",
		"de:\n  - {word: A B, say: C}": `"A B"`,
		"de: [":                        "line",
		"de:\n  - {word: A, say: " + strings.Repeat("x", 501) + "}": "500",
	} {
		_, err := tts.ParseLexicon([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
	path := filepath.Join(t.TempDir(), "lexicon.yaml")
	_, err := tts.LoadLexicon(path)
	require.ErrorContains(t, err, path)
	require.NoError(t, os.WriteFile(path, []byte(lexicon), 0o600))
	_, err = tts.LoadLexicon(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = tts.LoadLexicon(path)
	require.NoError(t, err, "an empty lexicon is one")
}

func TestNoLexicon(t *testing.T) {
	text, phonemes := (*tts.Lexicon)(nil).Apply("Hallo", "de")
	require.Equal(t, "Hallo", text)
	require.Nil(t, phonemes)
}

func FuzzLexicon(f *testing.F) {
	f.Add("In Grevenbroich, SWB!")
	f.Add("'-’'Grevenbroich\xff")
	l, err := tts.ParseLexicon([]byte(lexicon))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		got, _ := l.Apply(text, "de")
		if len(got) > 3*len(text)+20 {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
