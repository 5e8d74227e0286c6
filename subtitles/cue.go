// Package subtitles turns words into cues people can read: words with times flow in, cues of
// sense units flow out, and a meeting's cues flow on into WebVTT, SubRip, EBU-TT-D, text, JSON and Word files.
package subtitles

import (
	"strings"
	"time"
)

// Cue is one subtitle. Times are since the start of the stream. A cue that was given out is never
// changed by this package; who corrects one replaces it under the same ID and sets Corrected.
type Cue struct {
	ID       string        `json:"id"` // unique within its track
	Start    time.Duration `json:"start_ns"`
	End      time.Duration `json:"end_ns"`
	Text     string        `json:"text"`            // one paragraph without markup
	Lines    []string      `json:"lines,omitempty"` // Text as it is shown; nil is one line
	Language string        `json:"language"`        // BCP 47
	Speaker  string        `json:"speaker,omitempty"`
	// Confidence is the mean probability of the words, 0..1; 0 where the engine gives none.
	Confidence float64 `json:"confidence"`
	Corrected  bool    `json:"corrected"` // a person changed the text
	Machine    bool    `json:"machine"`   // a machine wrote or translated it
	Fast       bool    `json:"fast"`      // speech was too fast: less time to read than the rules ask for
	// Goes is set in word scroll: Text is to be put at the end of the line that the cue before it is in.
	Goes bool `json:"goes_on,omitempty"`
	// Glued says that no space stands between the cue before it and Text: it goes on inside a word, or its language
	// has no spaces.
	Glued bool `json:"glued,omitempty"`
}

// shown is the cue's text line by line, without white space that a format would take for structure.
func (c Cue) shown() []string {
	var out []string
	for _, l := range c.Lines {
		if l = paragraph(l); l != "" {
			out = append(out, l)
		}
	}
	if text := paragraph(c.Text); len(out) == 0 && text != "" {
		return []string{text}
	}
	return out
}

// Lead is what stands between the cue before it and the cue's text.
func (c Cue) Lead() string {
	if c.Glued {
		return ""
	}
	return " "
}

// paragraph is text in one line: no empty lines, which end a cue, and no control characters.
func paragraph(text string) string {
	return strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(text, "\uFFFD"))), " ")
}
