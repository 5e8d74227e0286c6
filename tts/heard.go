package tts

import (
	"strings"
	"time"
)

// Heard returns the text that was really heard when the given length of audio
// had been played: whole sentences, and of the one broken into the words whose
// share of the sentence had passed.
func Heard(spoken []Spoken, played time.Duration) string {
	var parts []string
	for _, s := range spoken {
		if played <= s.Start {
			break
		}
		if heard := s.until(played); heard != "" {
			parts = append(parts, heard)
		}
	}
	return strings.Join(parts, " ")
}

// nearEnd: who broke in during the last 200 ms has heard the sentence.
const nearEnd = 200 * time.Millisecond

func (s Spoken) until(played time.Duration) string {
	if played >= s.Start+s.Length-nearEnd {
		return s.Text
	}
	share := float64(played-s.Start) / float64(s.Length)
	limit := int(share * float64(len(s.Text)))
	end := 0
	for _, w := range strings.Fields(s.Text) {
		at := strings.Index(s.Text[end:], w) + end + len(w)
		if at > limit {
			break
		}
		end = at
	}
	return s.Text[:end]
}
