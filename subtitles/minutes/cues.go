package minutes

import (
	"strings"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// Of are the lines of a track. Cues that go on in the line of the one before
// (word scroll) keep their own ids.
func Of(cues []subtitles.Cue) []Line {
	lines := make([]Line, len(cues))
	for i, c := range cues {
		lines[i] = Line{ID: c.ID, Speaker: c.Speaker, Text: strings.TrimSpace(c.Text), Language: c.Language, Start: c.Start, End: c.End, Confidence: c.Confidence}
	}
	return lines
}
