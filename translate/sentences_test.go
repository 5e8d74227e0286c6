package translate_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/translate"
)

func joined(pieces []translate.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text + p.Space)
	}
	return b.String()
}

func TestPiecesEndWithSentences(t *testing.T) {
	text := "Guten Tag. Was kostet ein Pass?\n\nEr kostet 37 Euro!"
	pieces := translate.Pieces(text, 300)
	require.Len(t, pieces, 3)
	require.Equal(t, translate.Piece{Text: "Was kostet ein Pass?", Space: "\n\n"}, pieces[1])
	require.Equal(t, text, joined(pieces))
}

// No sentence ends after an abbreviation, and none begins with a small letter.
func TestPiecesKnowAbbreviations(t *testing.T) {
	for _, whole := range []string{
		"Ich war bei Dr. Müller in der Lindenstraße.", "We met at St. Mary Hospital with Mr. Smith.", "It opens at 8 a.m. on Monday.", "Come at 8 a.m. 5 people wait.",
		"Bringen Sie z. B. Ihren Ausweis mit.", "Gehen Sie in Zimmer Nr. 5 im dritten Stock.", "The U.S. Navy is here.", "J. R. Meyer wohnt hier, i. d. R. Montag.", "Das gilt gem. Art. 5 Abs. 2 Nr. 1 DSGVO.",
		"Fale com a Sra. Pereira na Av. 5.", "Llame al Sr. García en la pág. 7.", "Voyez M. Dupont et Mme. Durand.", "Chiami il dott. Rossi o la sig.ra Bianchi.", "Lütfen Doç. Yılmaz ile görüşün.",
		"Proszę do św. Anny, ul. 3 Maja.", "Йдіть на вул. Шевченка, буд. 7.", "Приходите на пл. Ленина, каб. 12.", "\"What?\" she said.", "Mergeți pe șos. Kiseleff.",
	} {
		pieces := translate.Pieces(whole, 300)
		require.Len(t, pieces, 1, "%q", pieces)
		require.Equal(t, whole, pieces[0].Text)
	}
	for _, two := range []string{
		"Das ist gut. Danach gehen wir.", "Are you there? No. I am not.", "Это я. Потом пришёл он.", "Sou eu, é. Depois falo.", "Wir öffnen um 8 Uhr. Danach ist Pause.", "hallo! wie geht es?", "Dr. Müller\n5 Minuten",
		"He came at 8 p.m. The office was closed.", "Das kostet 5. Mehr nicht.",
	} {
		require.Greater(t, len(translate.Pieces(two, 300)), 1, two)
	}
	long := translate.Pieces(strings.Repeat("Dr. ", 300), 100)
	require.Greater(t, len(long), 10)
}

func FuzzPiecesLoseNothing(f *testing.F) {
	f.Add("Guten Tag, was kostet ein Pass", 10)
	f.Add(strings.Repeat("a", 700), 300)
	f.Add("مرحبا، كيف حالك", 5)
	f.Fuzz(func(t *testing.T, text string, most int) {
		if !utf8.ValidString(text) || most < 1 || most > 300 {
			t.Skip("the engine takes valid text only")
		}
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		pieces := translate.Pieces(text, most)
		require.Equal(t, letters(text), letters(joined(pieces)))
		for _, p := range pieces {
			require.LessOrEqual(t, utf8.RuneCountInString(p.Text), most)
		}
	})
}
