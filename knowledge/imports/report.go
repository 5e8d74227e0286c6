package imports

import (
	"fmt"
	"slices"
)

// Level says how much a note matters.
type Level string

// Levels of notes.
const (
	Taken  Level = "taken"  // as it should be
	Editor Level = "editor" // taken, but somebody has to look at it
	Broken Level = "broken" // not taken; with one of these nothing is imported
)

// Note is one line of the report.
type Note struct {
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Level    Level  `json:"level"`
	Article  string `json:"article,omitempty"`
	Language string `json:"language,omitempty"`
	Text     string `json:"text"`
}

// String is "file:line: level: article: text".
func (n Note) String() string {
	s := n.File
	if n.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, n.Line)
	}
	s += ": " + string(n.Level) + ": "
	if n.Article != "" {
		s += n.Article
		if n.Language != "" {
			s += " (" + n.Language + ")"
		}
		s += ": "
	}
	return s + n.Text
}

// Result is what was read. When Failed, the drafts must not be used.
type Result struct {
	Drafts []Draft
	Notes  []Note
	left   int // notes beyond the limit
}

// maxNotes bounds the report of one file; what comes on top is counted.
const maxNotes = 2000

// Failed says whether anything could not be read.
func (r *Result) Failed() bool {
	return slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Level == Broken })
}

// Add joins the result of another file.
func (r *Result) Add(other Result) {
	r.Drafts = append(r.Drafts, other.Drafts...)
	r.Notes = append(r.Notes, other.Notes...)
}

func (r *Result) note(level Level, p Place, article, language, format string, args ...any) {
	if len(r.Notes) >= maxNotes && level != Broken {
		r.left++
		return
	}
	r.Notes = append(r.Notes, Note{p.File, p.Line, level, article, language, fmt.Sprintf(format, args...)})
}

func (r *Result) broken(p Place, format string, args ...any) {
	r.note(Broken, p, "", "", format, args...)
}
