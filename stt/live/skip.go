package live

import (
	"time"
	"unicode"
)

// Whisper sometimes stops in the middle of a window, or leaves a sentence out;
// the word before it then lasts until the next one, or to the end. No word lasts
// longer than slowest and slowLetter for each letter, a pause behind it included.
const (
	slowWord   = 1500 * time.Millisecond
	slowLetter = 100 * time.Millisecond
	// A word ends between the two, most often where it is quiet.
	fastWord, fastLetter   = 150 * time.Millisecond, 35 * time.Millisecond
	usualWord, usualLetter = 600 * time.Millisecond, 90 * time.Millisecond
	// digitLetters are the letters of a digit when it is spoken.
	digitLetters = 5
	// worthHearing: less than that is no sentence.
	worthHearing = time.Second
)

// skipped finds the word behind which a window is to be heard again, because it
// lasts as long as a sentence: it ends somewhere from Low to High.
func skipped(words []Word, done, to time.Duration) (c Cut, found bool) {
	for i, w := range words {
		n := time.Duration(spoken(w.Text))
		if w.End-w.Start <= slowWord+n*slowLetter {
			continue
		}
		c = Cut{Words: i + 1, Low: w.Start + fastWord + n*fastLetter, High: w.Start + usualWord + n*usualLetter}
		if c.Low >= done && to-c.High >= worthHearing {
			return c, true
		}
	}
	return Cut{}, false
}

// spoken is how many letters are said for a word.
func spoken(word string) int {
	n := 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			n += digitLetters
		case unicode.IsLetter(r):
			n++
		}
	}
	return n
}
