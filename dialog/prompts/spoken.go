package prompts

import (
	"time"
	"unicode"
)

// Pace of the default voices at normal speed, found by speaking the greetings
// with Pico: letters and digits a second, and the pause a mark makes.
const (
	lettersPerSecond = 15
	pauseComma       = 120 * time.Millisecond
	pauseSentence    = 300 * time.Millisecond
)

// Spoken estimates how long a text takes to speak at normal speed.
func Spoken(text string) time.Duration {
	letters, pauses := 0, time.Duration(0)
	for _, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			letters++
		case r == ',' || r == ';':
			pauses += pauseComma
		case r == '.' || r == '?' || r == '!' || r == ':':
			pauses += pauseSentence
		}
	}
	return pauses + time.Duration(float64(letters)/lettersPerSecond*float64(time.Second))
}
