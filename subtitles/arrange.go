package subtitles

import (
	"cmp"
	"slices"
	"time"
	"unicode"
)

// shortest is how long a cue with damaged times is shown.
const shortest = time.Second

// arrange sorts cues by their start and gives each a time a player accepts: none before zero, each ending after
// it started, cues of one speaker not at once. Cues of several speakers may overlap. Words of a scroll are joined to lines.
func arrange(cues []Cue) []Cue {
	out := make([]Cue, 0, len(cues))
	for _, c := range cues {
		c.Start, c.End = sane(c.Start), sane(c.End)
		if len(c.shown()) > 0 {
			out = append(out, c)
		}
	}
	out = unscroll(out)
	slices.SortStableFunc(out, func(a, b Cue) int { return cmp.Compare(a.Start, b.Start) })
	last := map[string]int{} // by speaker
	for i := range out {
		if before, ok := last[out[i].Speaker]; ok {
			part(&out[before], &out[i])
		}
		if out[i].End <= out[i].Start {
			out[i].End = out[i].Start + shortest
		}
		last[out[i].Speaker] = i
	}
	slices.SortStableFunc(out, func(a, b Cue) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// sane is a time in whole milliseconds that a clock of hours can show.
func sane(d time.Duration) time.Duration {
	return min(max(0, d), 9_999*time.Hour).Truncate(time.Millisecond)
}

// ending is when the last cue has ended.
func ending(cues []Cue) time.Duration {
	var last time.Duration
	for _, c := range cues {
		last = max(last, c.End)
	}
	return last
}

// part ends the earlier cue where the later begins; cues that start at once follow each other.
func part(earlier, later *Cue) {
	if later.Start <= earlier.Start {
		length := later.End - later.Start
		later.Start = earlier.End
		later.End = later.Start + length
	}
	earlier.End = min(earlier.End, later.Start)
}

// unscroll joins the words of a scroll to one cue a line.
func unscroll(cues []Cue) []Cue {
	out := make([]Cue, 0, len(cues))
	open := map[string]int{} // index of the line each speaker is in
	for _, c := range cues {
		i, ok := open[c.Speaker]
		if !c.Goes || !ok {
			open[c.Speaker] = len(out)
			out = append(out, c)
			continue
		}
		l := &out[i]
		l.Text = l.Text + c.Lead() + c.Text
		l.Lines, l.End = nil, max(l.End, c.End)
		l.Confidence = (l.Confidence + c.Confidence) / 2
		l.Corrected, l.Machine, l.Fast = l.Corrected || c.Corrected, l.Machine || c.Machine, l.Fast || c.Fast
	}
	return out
}

// Merge lays the tracks of several speakers into one, in the order of their starts.
func Merge(tracks ...[]Cue) []Cue {
	out := slices.Concat(tracks...)
	slices.SortStableFunc(out, func(a, b Cue) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// printable drops what no subtitle shows: control characters, line separators and characters that turn the
// direction of all that follows (overrides of Unicode's bidirectional algorithm, UAX 9).
func printable(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
		return ' '
	case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff', r == '\ufffe', r == '\uffff':
		return -1
	}
	return r
}
