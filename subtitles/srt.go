package subtitles

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteSubRip writes the de facto format of .srt files. The format has no comments, so a last cue says that a
// machine wrote the text; a change of speaker is a name before the text.
func WriteSubRip(w io.Writer, m Meeting) error {
	language, cues := m.first()
	var b strings.Builder
	n := 0
	write := func(c Cue, lines []string, language string) {
		n++
		for i := range lines {
			lines[i] = plain(lines[i])
		}
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s\n\n", n, clock(c.Start, ","), clock(c.End, ","), strings.Join(marked(lines, language), "\n"))
	}
	speaker := ""
	for _, c := range cues {
		lines := c.shown()
		if name := paragraph(c.Speaker); name != speaker {
			speaker = name
			lines = named(name, lines)
		}
		write(c, lines, c.Language)
	}
	if len(cues) > 0 {
		for _, c := range labelled(ending(cues), language) {
			write(c, c.shown(), language)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// labelled is the label behind the last cue, by the reading rules.
func labelled(last time.Duration, language string) []Cue {
	rules := Television()
	s := NewSegmenter(rules, language)
	cues := s.Add(Spread(label(language), last, last+rules.reading(label(language)), language, 1), true)
	return append(cues, s.Flush()...)
}

// named puts a name before the text, in a line of its own where the first has no room.
func named(name string, lines []string) []string {
	switch {
	case name == "":
		return lines
	case cells(name+": "+lines[0]) > Television().Width:
		return append([]string{name + ":"}, lines...)
	}
	lines[0] = name + ": " + lines[0]
	return lines
}

// plain takes away what players read as tags ("<i>", "{\an8}") or as the times of a cue: SubRip cannot escape.
func plain(text string) string {
	return strings.NewReplacer("-->", "→", "<", "‹", ">", "›", "{", "(", "}", ")").Replace(text)
}

// marked begins each line of a language that runs from right to left with a mark of that direction.
func marked(lines []string, language string) []string {
	if !RightToLeft(language) {
		return lines
	}
	for i := range lines {
		lines[i] = "\u200f" + lines[i]
	}
	return lines
}
