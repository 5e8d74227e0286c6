package rooms

import (
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Update is what live recognition says of one input.
type Update struct {
	Committed []transcript.Word // new ones only; times since the start of the input's stream
	Tail      string            // not committed, may change
	Sentence  bool              // all before is settled: a sentence or speech ended
	Language  string            // of the committed words; "" is the room's first
	Behind    time.Duration     // how much audio waits
	Busy      time.Duration     // time the recogniser computed for this update
	Speaker   string            // of the committed words, where one input has several; "" is the input's
	// Corrections of words committed before; those that somebody may have read stay.
	Corrections []Rewrite
}

// Rewrite is what recognition wants words to be that it committed before.
type Rewrite struct{ Old, New []transcript.Word }

// Segmenter cuts words of one speaker into cues; subtitles.Segmenter is one.
type Segmenter interface {
	Add(words []transcript.Word, sentence bool) []subtitles.Cue
	Flush() []subtitles.Cue
}

// Bounds of what comes in. Names and texts are text for people, never markup:
// they are passed on as they are, without control characters.
const (
	longestWord  = 80  // runes; longer is a fault of an engine
	longestName  = 100 // of speakers, inputs, editors
	longestTitle = 200
	longestText  = 600 // runes of a corrected cue
	longestNote  = 4000
	mostWords    = 500 // of one update
	mostTail     = 1000
)

// clean is a line of text for people: no control characters, no direction
// overrides (they would turn what stands behind them), one space between words.
func clean(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	text = strings.Join(strings.Fields(strings.Map(printable, text)), " ")
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return text
}

// named is a name of which something can be seen, or "".
func named(text string) string {
	text = clean(text, longestName)
	if !strings.ContainsFunc(text, unicode.IsGraphic) {
		return ""
	}
	return text
}

func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
		return -1
	}
	return r
}

// cleanWords copies words, moved by an offset, without those that are none.
func cleanWords(words []transcript.Word, offset time.Duration) []transcript.Word {
	if len(words) > mostWords {
		words = words[len(words)-mostWords:]
	}
	out := make([]transcript.Word, 0, len(words))
	for _, w := range words {
		spaced := strings.HasPrefix(w.Text, " ")
		if w.Text = clean(w.Text, longestWord); w.Text == "" {
			continue
		}
		if spaced {
			w.Text = " " + w.Text // it says so in languages that have none
		}
		w.Start, w.End = max(0, w.Start+offset), max(0, w.End+offset)
		w.End = max(w.Start, w.End)
		if math.IsNaN(w.Probability) {
			w.Probability = 0
		}
		w.Probability = min(1, max(0, w.Probability))
		out = append(out, w)
	}
	return out
}
