package rooms

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// ErrCue is a cue nobody knows (any more).
var ErrCue = errors.New("there is no such subtitle in the meeting")

// ErrOutdated is a release of something that was corrected in the meantime.
var ErrOutdated = errors.New("the sentence was corrected since; read it again")

// Conflict says that somebody else was quicker; Now is how the cue stands.
type Conflict struct{ Now Cue }

func (c *Conflict) Error() string {
	return fmt.Sprintf("subtitle %s was changed by somebody else: it is at revision %d", c.Now.ID, c.Now.Revision)
}

// Correction is what an editor wants a cue of the original to say.
type Correction struct {
	Cue      string `json:"cue"`
	Revision int    `json:"revision"` // of the cue the editor saw
	Text     string `json:"text"`     // "" takes the cue away
	Editor   string `json:"editor"`
}

// Edit is a correction that was made, for the page that compares.
type Edit struct {
	At      time.Time     `json:"at"`
	Cue     string        `json:"cue"`
	Speaker string        `json:"speaker"`
	Start   time.Duration `json:"start_ns"`
	Before  string        `json:"before"`
	After   string        `json:"after"`
	Editor  string        `json:"editor"`
	input   string
}

// Lesson is what a correction teaches: the words that were wrong, and right.
type Lesson struct {
	Language     string
	Wrong, Right string
}

// Draft is easy language that waits for a release.
type Draft struct {
	Sentence string `json:"sentence"`
	Version  int    `json:"version"` // of the sentence it was made from
	Source   string `json:"source"`
	Text     string `json:"text"`   // "" where no language model helped
	Failed   bool   `json:"failed"` // it was asked, and did not
}

// mostEdits and longestLesson bound what corrections leave behind.
const (
	mostEdits     = 20_000
	longestLesson = 5 // words; a longer change is no term
)

// correct replaces a cue's text, has its sentence translated anew, and learns.
func (m *meeting) correct(c Correction) (Cue, error) {
	s, i, err := m.cue(c.Cue)
	if err != nil {
		return Cue{}, err
	}
	cue := &s.source[i]
	if cue.Revision != c.Revision {
		return Cue{}, &Conflict{Now: *cue}
	}
	before, after := cue.Text, clean(c.Text, longestText)
	if before == after {
		return *cue, nil
	}
	back := s.put(cue, after)
	cue.Lines = m.broken(s, *cue)
	m.edit(Edit{input: s.input, At: m.now, Cue: cue.ID, Speaker: s.speaker, Start: cue.Start, Before: before, After: after, Editor: clean(c.Editor, longestName)})
	m.showAnew(s)
	if !back {
		m.learn(s.language, before, after)
	}
	return *cue, nil
}

// cue finds one of the original by its id.
func (m *meeting) cue(id string) (*sentence, int, error) {
	name, _, _ := strings.Cut(id, ".")
	if s := m.byID[name]; s != nil {
		if i := slices.IndexFunc(s.source, func(c Cue) bool { return c.ID == id }); i >= 0 {
			return s, i, nil
		}
	}
	return nil, 0, fmt.Errorf("%w: %q", ErrCue, clean(id, 20))
}

// broken are the lines of a corrected text, where it is still one cue; viewers
// break longer ones by themselves.
func (m *meeting) broken(s *sentence, c Cue) []string {
	seg := m.o.Segmenter(s.language)
	cues := seg.Add(subtitles.Spread(c.Text, c.Start, c.End, s.language, 1), true)
	cues = append(cues, seg.Flush()...)
	if len(cues) != 1 {
		return nil
	}
	return cues[0].Lines
}

// showAnew tells all tracks of a corrected sentence. Its original is replaced
// where it was shown, its translations are made again.
func (m *meeting) showAnew(s *sentence) {
	m.event(KindReplace, s.input, s.line(s.source), Staff)
	for _, l := range m.lanes {
		switch {
		case l.direct(s):
			if n := s.rendition(l.name).direct; n > 0 {
				m.event(KindReplace, s.input, s.line(s.source[:n]), l.name)
			}
		case !s.closed: // is translated when it ends
		case l.kind == easy:
			m.draft(l, s)
		default:
			m.ask(l, s, true)
		}
	}
}

func (m *meeting) edit(e Edit) {
	if len(m.edits) >= mostEdits {
		m.edits = slices.Delete(m.edits, 0, 1)
	}
	m.edits = append(m.edits, e)
}

// learn gives the glossary what a correction changed.
func (m *meeting) learn(language, before, after string) {
	wrong, right := changed(strings.Fields(before), strings.Fields(after))
	if right == "" || wrong == "" || len(strings.Fields(right)) > longestLesson {
		return
	}
	m.teach(right)
	if m.o.Learn != nil {
		m.o.Learn(Lesson{Language: language, Wrong: wrong, Right: right})
	}
}

// teach adds words to the glossary.
func (m *meeting) teach(words ...string) {
	before := len(m.o.Glossary)
	m.o.Glossary = names(append(m.o.Glossary, words...), mostTerms)
	if len(m.o.Glossary) > before {
		m.event(KindTerms, "", Terms{Glossary: m.o.Glossary}, Staff)
	}
}

// changed are the words in which two texts differ, without the punctuation
// around them.
func changed(before, after []string) (wrong, right string) {
	n := commonWords(before, after)
	before, after = before[n:], after[n:]
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	return bare(before), bare(after)
}

func bare(words []string) string {
	return strings.Trim(strings.Join(words, " "), ".,;:!?…\"„“”»«()")
}

// draft has easy language drafted for an editor, or asks for it.
func (m *meeting) draft(l *lane, s *sentence) {
	r := s.rendition(l.name)
	r.draft, r.failed, r.version = "", false, s.version
	if l.work == nil || s.text() == "" {
		m.event(KindDraft, s.input, r.drafts(s), Staff)
		return
	}
	for len(l.jobs) >= m.o.Queue {
		oldest := l.jobs[0]
		l.jobs = l.jobs[1:]
		m.failed(l, oldest, errBusy)
	}
	l.jobs = append(l.jobs, job{lane: l, sentence: s.id, from: s.language, text: s.text(), version: s.version})
	l.dispatch()
}

// drafted shows a draft to editors only.
func (m *meeting) drafted(l *lane, s *sentence, res result) {
	r := s.rendition(l.name)
	if res.err == nil {
		r.draft = clean(res.out, 4*longestText)
	}
	r.failed = r.draft == ""
	m.event(KindDraft, s.input, r.drafts(s), Staff)
}

// drafts is what waits for a release.
func (r *rendition) drafts(s *sentence) Draft {
	return Draft{Sentence: s.id, Version: s.version, Source: s.text(), Text: r.draft, Failed: r.failed}
}

// Release is easy language an editor stands for.
type Release struct {
	Sentence string `json:"sentence"`
	Version  int    `json:"version"` // of the sentence the editor saw
	Text     string `json:"text"`
	Editor   string `json:"editor"`
}

// releaseEasy publishes easy language: the only way onto that track.
func (m *meeting) releaseEasy(e Release) error {
	l := m.lane(m.o.Easy)
	if l == nil || l.kind != easy {
		return fmt.Errorf("%w: it has no track in easy language", ErrLanguage)
	}
	s := m.byID[e.Sentence]
	if s == nil || !s.closed {
		return fmt.Errorf("%w: sentence %q", ErrCue, clean(e.Sentence, 20))
	}
	if s.version != e.Version {
		return fmt.Errorf("%w: sentence %s", ErrOutdated, s.id)
	}
	r := s.rendition(l.name)
	kind := KindCue
	if r.shown {
		kind = KindReplace
	}
	machine := clean(e.Text, 4*longestText) == r.draft
	r.cues = s.cut(e.Text, l.name, m.o.Segmenter(l.name))
	for i := range r.cues {
		r.cues[i].Machine, r.cues[i].Corrected = machine, !machine
	}
	if len(r.cues) == 0 && !r.shown {
		return nil
	}
	r.shown, r.ready = true, true
	m.publishRendition(kind, l, s)
	return nil
}

// keptEdits are those of sentences that may stay.
func (m *meeting) keptEdits() ([]Edit, error) {
	if !m.ledger.keep {
		return nil, ErrVolatile
	}
	out := []Edit{}
	for _, e := range m.edits {
		if s, _, err := m.cue(e.Cue); err == nil && s.kept {
			out = append(out, e)
		}
	}
	return out, nil
}
