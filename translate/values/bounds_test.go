package values_test

import (
	"strings"
	"testing"

	"github.com/amtsleitung/amtsleitung/translate/values"
)

// Texts made to be slow; the longest that the chain takes has 20,000 characters.
func BenchmarkFindStrange(b *testing.B) {
	for name, piece := range map[string]string{
		"digits": "1 ", "zeros": "null ", "groups": "123 ", "words": "hundert ", "marks": "X1 ", "points": "1.", "double": "double ",
		"names": "Herr Ü ", "letters": "a", "compounds": "ein", "commas": "1,", "euros": "1 Euro ", "months": "1. Mai ", "streets": "Am Weg 1 ", "at": "a@", "dates": "1.1.2026 ", "doubles": "double one ",
	} {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(piece, 20_000/len(piece))
			for b.Loop() {
				values.Find(text, "de")
				values.Find(text, "en")
			}
		})
	}
}
