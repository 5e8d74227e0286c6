package live

import (
	"time"

	"github.com/amtsleitung/amtsleitung/stt"
)

// evened spreads the words of each translated sentence over its time by their
// letters. Words stand in another order than those that were said: where the
// recogniser looked for one says nothing of how long it lasts, and a word that
// seems to last long hides none that was left out.
func evened(h stt.Hypothesis) stt.Hypothesis {
	for _, segment := range h.Segments {
		from := 0
		for i, w := range segment.Words {
			if endsSentence(w.Text) || i == len(segment.Words)-1 {
				even(segment.Words[from : i+1])
				from = i + 1
			}
		}
	}
	return h
}

func even(words []Word) {
	letters, done := 0, 0
	for _, w := range words {
		letters += len(w.Text) + 1
	}
	from, length := words[0].Start, max(0, words[len(words)-1].End-words[0].Start)
	at := func() time.Duration { return from + length*time.Duration(done)/time.Duration(letters) }
	for i := range words {
		words[i].Start = at()
		done += len(words[i].Text) + 1
		words[i].End = at()
	}
}
