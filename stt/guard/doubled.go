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

// undouble drops a sentence that the decoder has written twice though the
// audio has time for one only. Which of the two it keeps makes no difference.
func undouble(h stt.Hypothesis, d time.Duration) stt.Hypothesis {
	words := normalWords(h.Text())
	half := len(words) / 2
	if len(words)%2 != 0 || half < doubledWords || !slices.Equal(words[:half], words[half:]) ||
		float64(len([]rune(strings.Join(words, "")))) < hurried*d.Seconds() {
		return h
	}
	var kept []stt.Segment
	left := half
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
