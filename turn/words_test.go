package turn

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func openEnds(t testing.TB) *OpenEnds {
	o, err := NewOpenEnds()
	require.NoError(t, err)
	return o
}

func TestWordsSayWhetherMoreFollows(t *testing.T) {
	o := openEnds(t)
	for text, want := range map[string]Words{
		"":                                   Unclear,
		"Ich brauche einen Ausweis.":         Unclear,
		"Ich brauche einen Ausweis für":      GoesOn,
		"Ich brauche...":                     Hanging,
		"Ein Sofa, zwei Stühle,":             Hanging,
		"Meine Nummer ist 0171.":             Counting,
		"Yilmaz, Y, I, L.":                   Counting,
		"Was kostet ein Personalausweis?":    Question,
		"Ja?":                                Yes,
		"Nein.":                              Yes,
		"Ja, bitte.":                         Answered,
		"Nein, danke!":                       Answered,
		"Ja, bitte sagen Sie mir den Preis.": Unclear,
	} {
		require.Equal(t, want, o.Words("de", text), text)
	}
	require.Equal(t, Answered, o.Words("en-GB", "Yes, please."))
	require.Equal(t, Answered, o.Words("tr", "Hayır, teşekkürler."))
	require.Equal(t, Answered, o.Words("pt", "Não, obrigada."))
	require.Equal(t, GoesOn, o.Words("pt-PT", "Preciso de um passaporte para o meu"))
	require.Equal(t, Unclear, o.Words("pt", "Isso custa muito."))
	require.Equal(t, GoesOn, o.Words("uk", "Мені потрібен паспорт для"))
	require.Equal(t, Unclear, o.Words("xx", "Ja, bitte."))
}

func TestEveryLanguageHasItsWords(t *testing.T) {
	o := openEnds(t)
	for language := range lists(t).languages {
		require.Greater(t, len(o.languages[language]), 10, language)
		whole, lone := 0, 0
		for _, w := range o.answers[language] {
			switch w {
			case Answered:
				whole++
			case Yes:
				lone++
			}
		}
		require.Greater(t, whole, 5, language)
		require.Greater(t, lone, 3, language)
	}
}

func TestEvidenceAddsUp(t *testing.T) {
	at := func(e Evidence, s float64) float64 { return e.Complete(time.Duration(s * float64(time.Second))) }
	require.Greater(t, at(Evidence{Voice: 0.99}, 2), at(Evidence{Voice: 0.2}, 2))
	require.Greater(t, at(Evidence{Voice: 0.9}, 3), at(Evidence{Voice: 0.9}, 0.6), "who has said much may be done")
	require.Greater(t, at(Evidence{Voice: 0.9, Words: Question}, 2), at(Evidence{Voice: 0.9, Words: Hanging}, 2))
	require.Less(t, at(Evidence{Voice: 0.999, Words: GoesOn, Whole: true}, 3), 0.05)
	require.Greater(t, at(Evidence{Voice: 0.01, Words: Answered}, 0.5), 0.99)
	require.Less(t, EndSilence(Free, at(Evidence{Voice: 0.02, Words: Answered}, 0.6), 600*ms), 400*ms, "\"Ja, bitte.\" is not waited for")
	require.Greater(t, EndSilence(Free, at(Evidence{Voice: 0.02, Words: Yes}, 0.4), 400*ms), 400*ms, "\"Ja ... aber\"")
}

func FuzzWords(f *testing.F) {
	f.Add("de", "Ja, bitte.")
	f.Add("en", "my number is 0 1 ...")
	o := openEnds(f)
	f.Fuzz(func(t *testing.T, language, text string) {
		w := o.Words(language, text)
		require.NotEqual(t, "unknown", w.String())
		p := Evidence{Voice: Unknown, Words: w}.Complete(time.Second)
		require.True(t, p >= 0 && p <= 1)
	})
}
