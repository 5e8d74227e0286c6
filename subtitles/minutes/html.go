package minutes

import (
	"html/template"
	"io"
	"sync"
	"time"
)

// page is parsed once.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(data, "data/minutes.html")
})

// spoken is a line of the transcript as the page shows it.
type spoken struct {
	Number                         int
	Clock, Speaker, Text, Language string
}

// WriteHTML writes a page of its own that needs no other file and no network.
// Each item links to its line of the transcript below; without a transcript it
// names the time in the recording.
func WriteHTML(w io.Writer, m Minutes) error {
	l, err := labelsOf(m)
	if err != nil {
		return err
	}
	t, err := page()
	if err != nil {
		return err
	}
	lines, numbers := linked(m)
	sections := l.sections(m)
	for i := range sections {
		for k := range sections[i].Items {
			e := &sections[i].Items[k]
			e.Line = numbers[e.Cue]
		}
	}
	stamp := ""
	if !m.Began.IsZero() {
		stamp = m.Began.Format(time.RFC3339)
	}
	return t.Execute(w, struct {
		Language, Heading, Note, Began, Day, Stamp string
		Labels                                     labels
		Marks                                      []fact
		Sections                                   []section
		Transcript                                 []spoken
	}{m.Language, l.heading(m), l.note(m), l.began(m), l.day(m.Began), stamp, l, l.marks(m), sections, lines})
}

// linked numbers the lines: their ids are no safe part of a link.
func linked(m Minutes) (lines []spoken, numbers map[string]int) {
	numbers = make(map[string]int, len(m.Transcript))
	for i, l := range m.Transcript {
		s := spoken{Number: i + 1, Clock: clock(l.Start), Text: printable(l.Text)}
		if i == 0 || m.Transcript[i-1].Speaker != l.Speaker {
			s.Speaker = printable(l.Speaker)
		}
		if l.Language != m.Language {
			s.Language = l.Language
		}
		if _, known := numbers[l.ID]; !known {
			numbers[l.ID] = s.Number
		}
		lines = append(lines, s)
	}
	return lines, numbers
}
