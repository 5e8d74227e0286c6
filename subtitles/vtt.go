package subtitles

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteWebVTT writes https://www.w3.org/TR/webvtt1/ with voice spans for speakers.
func WriteWebVTT(w io.Writer, m Meeting) error {
	language, cues := m.first()
	var b strings.Builder
	b.WriteString("WEBVTT\n\nNOTE " + escapeVTT(label(language)) + "\n")
	if title := paragraph(m.Title); title != "" {
		b.WriteString("\nNOTE " + escapeVTT(title) + "\n")
	}
	for i, c := range cues {
		fmt.Fprintf(&b, "\n%d\n%s --> %s\n%s\n", i+1, clock(c.Start, "."), clock(c.End, "."), textVTT(c))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// textVTT is cue text, section 4.2.2 of the recommendation. Viewers get the direction of
// a line from its first strong character (section 6.1): a mark makes it the language's.
func textVTT(c Cue) string {
	mark := ""
	if RightToLeft(c.Language) {
		mark = "&rlm;"
	}
	lines := c.shown()
	for i, l := range lines {
		lines[i] = mark + escapeVTT(l)
	}
	text := strings.Join(lines, "\n")
	if c.Corrected {
		text = "<c.corrected>" + text + "</c>"
	}
	if speaker := paragraph(c.Speaker); speaker != "" {
		text = "<v " + escapeVTT(speaker) + ">" + text + "</v>"
	}
	return text
}

// escapeVTT leaves neither a tag nor an arrow, which a comment must not hold either.
func escapeVTT(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// clock is hours:minutes:seconds and thousandths.
func clock(d time.Duration, point string) string {
	ms := max(0, d.Milliseconds())
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, point, ms%1000)
}
