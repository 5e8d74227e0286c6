package interpreter

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errRubbish = errors.New("the translation is none")

// Bounds of what can be a translation.
const (
	mostLonger = 4  // times as long as the source
	freeLength = 80 // characters that any source may become
	mostEqual  = 5  // equal words in a row that nobody has said
)

// plausible tells a translation from what broken engines answer: nothing, one
// word over and over, or a flood.
func plausible(source, target string) bool {
	target = strings.TrimSpace(target)
	n := utf8.RuneCountInString(target)
	return target != "" && utf8.ValidString(target) &&
		n <= freeLength+mostLonger*utf8.RuneCountInString(source) &&
		longestRun(target) <= max(mostEqual, longestRun(source))
}

// longestRun is how often one word follows itself.
func longestRun(text string) int {
	longest, run, last := 0, 0, ""
	for _, w := range strings.Fields(text) {
		if w != last {
			run = 0
		}
		run++
		last = w
		longest = max(longest, run)
	}
	return longest
}
