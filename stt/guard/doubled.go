package guard

import (
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/stt"
)

const (
	// doubledWords is the least of a sentence that is looked at: "ja, ja" is said.
	doubledWords = 4
	// hurried is faster than people say the same thing twice, in letters a second.
	hurried = 16
)

// undouble keeps a sentence once that the decoder has written over and over
// though the audio has time for one only. Which of them makes no difference.
func undouble(h stt.Hypothesis, d time.Duration) stt.Hypothesis {
	words := normalWords(h.Text())
	left := unit(words)
	if left == len(words) || float64(len([]rune(strings.Join(words, "")))) < hurried*d.Seconds() {
		return h
	}
	var kept []stt.Segment
	for _, s := range h.Segments {
		if left == 0 {
			break
		}
		fields := strings.Fields(s.Text)
		n := 0
		for n < len(fields) && left > 0 {
			left -= len(normalWords(fields[n]))
			n++
		}
		if n < len(fields) {
			s.Text = strings.Join(fields[:n], " ")
			s.Words = s.Words[:min(n, len(s.Words))]
			if len(s.Words) > 0 {
				s.End = s.Words[len(s.Words)-1].End
			}
		}
		kept = append(kept, s)
	}
	h.Segments = kept
	return h
}

// unit is how many words make up a text that is nothing but their repetition,
// the last one perhaps broken off; all of them, if it is not.
func unit(words []string) int {
	for n := 1; n <= len(words)/2; n++ {
		if !slices.Equal(words[n:], words[:len(words)-n]) {
			continue
		}
		if n < doubledWords {
			break
		}
		return n
	}
	return len(words)
}
