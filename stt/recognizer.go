// Package stt says what speech recognition is: a window of audio flows in, a
// hypothesis flows out, and nothing is remembered in between. Streaming is
// policy on top, never state in an engine.
package stt

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Recognizer turns one window into text. Any worker can serve any window.
// Implementations are safe for concurrent use and obey ctx within 200 ms.
type Recognizer interface {
	Recognize(ctx context.Context, w Window) (Hypothesis, error)
	// Name is the engine and model, for logs and pages: "whisper base q8_0".
	Name() string
}

// Window is a stretch of audio with all an engine may know about it.
type Window struct {
	PCM []int16 // 16 kHz mono; read only for the engine
	// Language forces one; empty means: detect among Languages (or all, if that is empty).
	Language  string
	Languages []string
	// Prompt is vocabulary or preceding text; the engine may truncate it.
	Prompt string
	// Terms are words to be expected more often than elsewhere: names of
	// documents, offices, streets. Engines that cannot prefer words ignore
	// them. The slice is not written and may be shared by all windows.
	Terms    []string
	Priority inference.Priority
	// Words asks for times and probabilities of words.
	Words bool
	// Beams is how many texts the engine weighs against each other; 0 or 1 is the
	// most probable word at a time. Engines that have no choice ignore it.
	Beams int
	// Translate asks for English text (Whisper's second task).
	Translate bool
}

// Hypothesis is what the engine heard.
type Hypothesis struct {
	Language            string
	LanguageProbability float64
	Segments            []Segment
	NoSpeech            float64 // probability that nobody spoke
	LogProbability      float64 // mean per token
	// Rejected says why the guards threw the text away ("no-speech", "repetition", "phantom"...); Segments are then empty.
	Rejected string
	Took     time.Duration // inference alone
	Waited   time.Duration // in the queue
}

// Segment is a stretch of the window.
type Segment struct {
	Text       string
	Start, End time.Duration
	Words      []transcript.Word
}

// Text joins the segments.
func (h Hypothesis) Text() string {
	var b strings.Builder
	for _, s := range h.Segments {
		if t := strings.TrimSpace(s.Text); t != "" {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(t)
		}
	}
	return b.String()
}

// Confidence is the geometric mean of the token probabilities, 0..1.
func (h Hypothesis) Confidence() float64 {
	if len(h.Segments) == 0 {
		return 0
	}
	return expClamped(h.LogProbability)
}

// ErrUnavailable is returned when the engine is down or overloaded; the
// dialog then climbs down its ladder.
var ErrUnavailable = errors.New("speech recognition is not available")
