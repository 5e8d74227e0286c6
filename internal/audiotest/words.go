package audiotest

import (
	"strings"
	"unicode"
)

// Normalise lowers case and drops punctuation; letters with marks (umlauts,
// Turkish, Cyrillic) and digits stay.
func Normalise(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// WER is the word error rate of heard against said: substitutions, deletions
// and insertions per said word. It may exceed 1.
func WER(said, heard string) float64 {
	errors, words := WordErrors(said, heard)
	if words == 0 {
		return float64(min(1, errors))
	}
	return float64(errors) / float64(words)
}

// WordErrors is the edit distance in words and the number of words said, to sum over many clips.
func WordErrors(said, heard string) (errors, words int) {
	a, b := Normalise(said), Normalise(heard)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)], len(a)
}
