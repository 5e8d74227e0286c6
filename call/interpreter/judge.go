package interpreter

import (
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// verdict is how well something was heard.
type verdict int

const (
	wellHeard verdict = iota
	doubtful
	unintelligible
)

// Lines of the judgement.
const (
	// improbable words were probably others; more than half of them in an
	// utterance of some length make it doubtful.
	improbable = 0.35
	leastWords = 3
	// sure and sureLength: a language is recognised from less only by chance.
	sure       = 0.5
	sureLength = 1200 * time.Millisecond
)

// judge says how well a line was heard; threshold is the least confidence.
func judge(s transcript.Segment, threshold float64) verdict {
	switch {
	case strings.Trim(s.Text, " .…") == "", s.Confidence < threshold/2:
		return unintelligible
	case s.Confidence < threshold, mostlyImprobable(s.Words):
		return doubtful
	}
	return wellHeard
}

func mostlyImprobable(words []transcript.Word) bool {
	n := 0
	for _, w := range words {
		if w.Probability < improbable {
			n++
		}
	}
	return len(words) >= leastWords && 2*n > len(words)
}

// certain says whether a line tells the language it was said in.
func certain(s transcript.Segment, threshold float64) bool {
	return s.Confidence >= max(sure, threshold) && s.End-s.Start >= sureLength && len(strings.Fields(s.Text)) >= 2
}
