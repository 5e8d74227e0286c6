package guard

import (
	"bytes"
	"compress/zlib"
	"strings"
	"unicode"
)

const (
	// loopTimes repetitions of the same words are a decoder's loop. People
	// say a word three times ("nein, nein, nein"), and digits even more often.
	loopTimes = 4
	// OpenAI's limit for text that compresses too well (whisper/transcribe.py).
	compressionLimit = 2.4
	// zlib's own header makes the ratio of shorter texts meaningless.
	compressionBytes = 120
)

// repeats says that a text goes round in circles.
func repeats(text string) bool {
	words := normalWords(text)
	for period := 1; period*loopTimes <= len(words); period++ {
		if loops(words, period) {
			return true
		}
	}
	return len(text) >= compressionBytes && compression(text) > compressionLimit
}

func loops(words []string, period int) bool {
	equal := 0
	for i := period; i < len(words); i++ {
		if words[i] != words[i-period] {
			equal = 0
			continue
		}
		equal++
		if equal >= period*(loopTimes-1) && !spokenSeries(words[i-equal+1:i+1], period) {
			return true
		}
	}
	return false
}

// spokenSeries are repetitions that callers do say: digits of a number
// ("null null null null") and a single short word up to seven times.
func spokenSeries(words []string, period int) bool {
	if period > 1 {
		return false
	}
	return len([]rune(words[0])) <= 5 && len(words) < 7
}

// compression is the length of a text by the length that zlib makes of it.
func compression(text string) float64 {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // a bytes.Buffer does not fail
	_ = z.Close()
	return float64(len(text)) / float64(b.Len())
}

// normalWords are the words of a text in small letters without punctuation.
func normalWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}
