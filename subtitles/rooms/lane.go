package rooms

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// laneKind is how a track comes about.
type laneKind int

const (
	original   laneKind = iota // as it was said
	translated                 // in one language
	easy                       // released by an editor
)

// lane is one track: what waits to be shown there, in its order, and what its
// translator shall do.
type lane struct {
	name     string
	kind     laneKind
	queue    []item
	jobs     []job
	busy     bool
	work     chan job // to the translator; nil where there is none
	failures int
}

// item is something that waits to be shown: one cue as it was said, or a
// sentence that is being translated.
type item struct {
	s        *sentence
	cue      int // of the source; -1: the sentence's translation
	due      time.Time
	deadline time.Time // from then on the original is shown
	counted  bool      // viewers have its words already
}

func (m *meeting) addLane(name string, kind laneKind) {
	m.hub.Open(name)
	m.lanes = append(m.lanes, &lane{name: name, kind: kind})
}

func (m *meeting) lane(name string) *lane {
	i := slices.IndexFunc(m.lanes, func(l *lane) bool { return l.name == name })
	if i < 0 {
		return nil
	}
	return m.lanes[i]
}

// setLanguages changes the languages in mid-meeting. Who follows one that is
// taken away has to choose another; a new one begins with the next sentence.
func (m *meeting) setLanguages(list []string) error {
	list = slices.DeleteFunc(tags(list), func(l string) bool { return l == m.o.Easy })
	if len(list) == 0 {
		return fmt.Errorf("%w: a meeting needs one", ErrLanguage)
	}
	for _, name := range m.o.Languages {
		if l := m.lane(name); !slices.Contains(list, name) {
			m.lanes = slices.DeleteFunc(m.lanes, func(other *lane) bool { return other == l })
			l.queue, l.jobs = nil, nil
			if l.work != nil {
				close(l.work)
			}
			m.hub.Remove(name)
		}
	}
	for _, name := range list {
		if m.lane(name) == nil {
			m.addLane(name, translated)
		}
	}
	m.o.Languages = list
	m.tell()
	return nil
}

// direct says whether a sentence is shown there as it was said.
func (l *lane) direct(s *sentence) bool {
	return l.kind == original || l.kind == translated && l.name == s.language
}

// direct are the tracks that show a sentence as it was said; free: those where
// nothing waits.
func (m *meeting) direct(s *sentence, free bool) []string {
	out := make([]string, 0, 2)
	for _, l := range m.lanes {
		if l.direct(s) && (!free || len(l.queue) == 0) {
			out = append(out, l.name)
		}
	}
	return out
}

// addCues queues new cues of a sentence where they are shown as they are.
func (m *meeting) addCues(s *sentence, cues []subtitles.Cue, counted bool) {
	from := len(s.source)
	s.add(cues)
	if len(s.source) == from {
		return
	}
	pending := s.line(s.source[from:])
	for _, l := range m.lanes {
		if !l.direct(s) {
			continue
		}
		due := l.due(m.now.Add(m.o.Delay))
		for i := from; i < len(s.source); i++ {
			l.queue = append(l.queue, item{s: s, cue: i, due: due, counted: counted})
		}
		if l.kind == original {
			pending.Due = due
		}
	}
	for _, c := range s.source[from:] {
		if c.Fast {
			m.quality.fast++
		}
	}
	m.event(KindPending, s.input, pending, Staff)
}

// due is when something may be shown that waits behind all that waits there.
func (l *lane) due(t time.Time) time.Time {
	if n := len(l.queue); n > 0 && l.queue[n-1].due.After(t) {
		return l.queue[n-1].due
	}
	return t
}

func (s *sentence) line(cues []Cue) Line {
	return Line{Sentence: s.id, Input: s.input, Speaker: s.speaker, Cues: written(cues)}
}

// release shows what is due, on each track in its order.
func (m *meeting) release() {
	for _, l := range m.lanes {
		for len(l.queue) > 0 && m.show(l, &l.queue[0]) {
			l.queue[0] = item{} // nothing of it stays in the slice
			l.queue = l.queue[1:]
		}
		if len(l.queue) == 0 {
			l.queue = nil
		}
	}
}

// show publishes an item; false: it has to wait.
func (m *meeting) show(l *lane, it *item) bool {
	if m.now.Before(it.due) {
		return false
	}
	if it.cue >= 0 {
		m.showCue(l, it)
		return true
	}
	r := it.s.rendition(l.name)
	if !r.ready {
		if m.now.Before(it.deadline) {
			return false
		}
		l.untranslated(it.s)
	}
	r.shown = true
	m.publishRendition(KindCue, l, it.s)
	return true
}

func (m *meeting) showCue(l *lane, it *item) {
	s, r := it.s, it.s.rendition(l.name)
	r.direct = max(r.direct, it.cue+1)
	if l.kind == original && s.closed && r.direct == len(s.source) {
		s.words = nil // all of it is read
	}
	cue := s.source[it.cue]
	if cue.Text == "" {
		return
	}
	tracks := []string{l.name}
	if l.kind == original {
		tracks = append(tracks, Staff) // an editor sees when something is read
	}
	m.event(KindCue, s.input, s.line([]Cue{cue}), tracks...)
	if l.kind == original && !it.counted {
		m.quality.lag(m.at(m.now)-cue.End, len(strings.Fields(cue.Text)))
	}
}

// publishRendition shows a sentence in another language.
func (m *meeting) publishRendition(kind string, l *lane, s *sentence) {
	r := s.rendition(l.name)
	line := s.line(r.cues)
	line.Source, line.SourceLanguage, line.Untranslated = s.text(), s.language, r.untranslated
	if r.prefix != "" {
		final := Text(line.Cues)
		m.quality.rewritten(r.prefix, final)
		m.quality.shown += len(strings.Fields(final))
		r.prefix = ""
	}
	m.event(kind, s.input, line, l.name)
}

// soonest is when the next item may be shown without anything else happening;
// zero: never.
func (m *meeting) soonest() time.Time {
	var t time.Time
	for _, l := range m.lanes {
		if len(l.queue) == 0 {
			continue
		}
		it := l.queue[0]
		next := it.due
		if it.cue < 0 && !m.now.Before(it.due) {
			next = it.deadline
		}
		if t.IsZero() || next.Before(t) {
			t = next
		}
	}
	return t
}

// idle says whether all that was said is shown.
func (m *meeting) idle() bool {
	return !slices.ContainsFunc(m.lanes, func(l *lane) bool { return len(l.queue) > 0 })
}
