// Package wer measures recognition: a reference and a recognised text flow
// in, the number of wrong words flows out.
package wer

import (
	"strings"
	"unicode"
)

// Count is errors over reference words; counts add up over a set of clips.
type Count struct{ Errors, Words int }

// Rate is the word error rate, 0 for an empty reference.
func (c Count) Rate() float64 {
	if c.Words == 0 {
		return 0
	}
	return float64(c.Errors) / float64(c.Words)
}

// Add returns the sum of both.
func (c Count) Add(o Count) Count { return Count{c.Errors + o.Errors, c.Words + o.Words} }

// Compare counts substitutions, insertions and deletions (Levenshtein over normalised words).
func Compare(reference, recognised string) Count {
	ref, hyp := Words(reference), Words(recognised)
	row := make([]int, len(hyp)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range ref {
		diagonal := row[0]
		row[0] = i + 1
		for j, h := range hyp {
			cost := diagonal
			if r != h {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return Count{Errors: row[len(hyp)], Words: len(ref)}
}

// Words are the words of a text in small letters without punctuation;
// hyphens and apostrophes join what they join in speech.
func Words(text string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(r)
		case r == '\'' || r == '’':
		case r == '%':
			b.WriteString(" % ")
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}
