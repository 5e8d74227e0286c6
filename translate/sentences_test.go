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
