package subtitles

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// silence between two cues begins a new paragraph of the record.
const silence = 4 * time.Second

// long is how many cells a paragraph of the record has at least before the end of a sentence ends it.
const long = 600

// WriteText writes what was said as a record to read: a paragraph for each turn of a speaker, with its time.
func WriteText(w io.Writer, m Meeting) error {
	language, cues := m.first()
	var b strings.Builder
	if title := paragraph(m.Title); title != "" {
		b.WriteString(title + "\n")
	}
	if !m.Began.IsZero() {
		b.WriteString(m.Began.Format("2006-01-02 15:04 MST") + "\n")
	}
	b.WriteString(label(language) + "\n")
	for _, line := range remarks(m, grammarOf(language)) {
		b.WriteString(line + "\n")
	}
	for _, t := range turns(cues) {
		b.WriteString("\n[" + stamp(t.start) + "] ")
		if t.speaker != "" {
			b.WriteString(t.speaker + ": ")
		}
		b.WriteString(t.text)
		if t.corrected {
			b.WriteString(" [" + grammarOf(t.language).Corrected + "]")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// remarks are the lines about consent and quality.
func remarks(m Meeting, g *grammar) []string {
	var out []string
	for _, c := range m.Consent {
		what := g.Informed
		if c.Refused {
			what = g.Refused
		}
		line := what
		if who := paragraph(c.Who); who != "" { // else the whole room
			line += ": " + who
		}
		if !c.At.IsZero() {
			line += ", " + c.At.Format("15:04")
		}
		if text := paragraph(c.Text); text != "" {
			line += " – " + text
		}
		out = append(out, line)
	}
	if q := m.Quality; q != (Quality{}) {
		out = append(out, fmt.Sprintf("%s: %.1f s / %.1f s", g.Lag, q.LagP50.Seconds(), q.LagP95.Seconds()),
			fmt.Sprintf("%s: %.0f %%", g.Doubtful, 100*q.LowConfidence))
	}
	return out
}

// turnOf is what one speaker said in one go.
type turnOf struct {
	start     time.Duration
	speaker   string
	language  string
	text      string
	corrected bool
}

// turns joins the cues of a record to paragraphs.
func turns(cues []Cue) []turnOf {
	var out []turnOf
	var end time.Duration
	for _, c := range cues {
		text, speaker := paragraph(c.Text), paragraph(c.Speaker)
		if text == "" {
			text = strings.Join(c.shown(), " ")
		}
		n := len(out) - 1
		if n < 0 || out[n].speaker != speaker || out[n].language != c.Language || c.Start-end > silence ||
			cells(out[n].text) > long && grammarOf(c.Language).ends(out[n].text[strings.LastIndexByte(out[n].text, ' ')+1:], "") {
			out = append(out, turnOf{c.Start, speaker, c.Language, text, c.Corrected})
		} else {
			out[n].text += c.Lead() + text
			out[n].corrected = out[n].corrected || c.Corrected
		}
		end = c.End
	}
	return out
}

// stamp is hours:minutes:seconds.
func stamp(d time.Duration) string { return clock(d, ".")[:len(clock(d, "."))-4] }
