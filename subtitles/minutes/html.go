package minutes

import (
	"html/template"
	"io"
	"sync"
)

// page is parsed once.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(data, "data/minutes.html")
})

// WriteHTML writes a fragment: a section that a page puts in its place. Each
// item links to its cue (#cue-ID).
func WriteHTML(w io.Writer, m Minutes) error {
	l, err := labelsOf(m)
	if err != nil {
		return err
	}
	t, err := page()
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Language, Heading, Note, Began string
		Labels                         labels
		Sections                       []section
		Unread                         int
	}{m.Language, l.heading(m), l.note(m), began(m), l, l.sections(m), m.Unread})
}
