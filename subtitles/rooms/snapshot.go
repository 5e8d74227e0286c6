package rooms

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// Snapshot is a track as it stands, for who comes late.
type Snapshot struct {
	ID     uint64     `json:"id"` // events after it are not in here
	State  StateEvent `json:"state"`
	Notice *Notice    `json:"notice,omitempty"`
	Track  string     `json:"track"`
	Lines  []Line     `json:"lines"`
	Open   []Words    `json:"open"` // sentences that are being said
}

// Status is what organisers and editors see.
type Status struct {
	ID       uint64         `json:"id"`
	Now      time.Time      `json:"now"` // by the clock that lines are due by
	Code     string         `json:"code"`
	State    StateEvent     `json:"state"`
	Began    time.Time      `json:"began"`
	Inputs   []Input        `json:"inputs"`
	Speakers []string       `json:"speakers"`
	Glossary []string       `json:"glossary"`
	Viewers  map[string]int `json:"viewers"`  // by track
	Failures map[string]int `json:"failures"` // translations in a row that failed, by language
	Waiting  map[string]int `json:"waiting"`  // cues and sentences, by track
	Consent  []Entry        `json:"consent"`
	Keep     bool           `json:"keep"`    // chosen
	Keeping  bool           `json:"keeping"` // what is said now may stay
	// Kept are the finished sentences that stay, if keeping is chosen; Unkept those
	// that do not, because somebody had not been told then.
	Kept    int               `json:"kept"`
	Unkept  int               `json:"unkept"`
	Behind  time.Duration     `json:"behind_ns"`
	Quality subtitles.Quality `json:"quality"`
	Pending []Line            `json:"pending"` // not yet seen by viewers
	Drafts  []Draft           `json:"drafts"`  // easy language to release
}

// mostLines bounds a snapshot and a passage.
const mostLines = 500

func (m *meeting) snapshot(track string, lines int) (Snapshot, error) {
	l := m.lane(track)
	if l == nil {
		return Snapshot{}, fmt.Errorf("%w: %q", ErrLanguage, clean(track, 35))
	}
	s := Snapshot{ID: m.hub.Last(), State: m.state(), Notice: m.notice, Track: track, Open: []Words{}}
	s.Lines, _ = m.linesBefore(l, len(m.sentences), lines)
	if m.o.Delay == 0 && len(l.queue) == 0 {
		for _, in := range m.inputs {
			if w, ok := l.open(in); ok {
				s.Open = append(s.Open, w)
			}
		}
	}
	return s, nil
}

// open is what viewers of a lane have of the sentence that is being said.
func (l *lane) open(in *input) (Words, bool) {
	s := in.open
	if s == nil {
		return Words{}, false
	}
	w := Words{Sentence: s.id, Input: s.input, Speaker: s.speaker, Language: s.language}
	if l.direct(s) {
		w.Text, w.Tail = subtitles.Join(s.words, s.language), in.loose
	} else if r := s.tracks[l.name]; r != nil {
		w.Language, w.Tail = l.name, r.prefix
	}
	return w, w.Text != "" || w.Tail != ""
}

// shown is a sentence as viewers of a lane have it.
func (l *lane) shown(s *sentence) (Line, bool) {
	r := s.tracks[l.name]
	switch {
	case r == nil:
		return Line{}, false
	case l.direct(s):
		line := s.line(s.source[:r.direct])
		return line, len(line.Cues) > 0
	case !r.shown:
		return Line{}, false
	}
	line := s.line(r.cues)
	line.Source, line.SourceLanguage, line.Untranslated = s.text(), s.language, r.untranslated
	return line, len(line.Cues) > 0
}

func (m *meeting) status() Status {
	s := Status{
		ID: m.hub.Last(), Now: m.now, Code: m.code, State: m.state(), Began: m.began,
		Inputs: []Input{}, Speakers: slices.Clone(m.o.Speakers), Glossary: slices.Clone(m.o.Glossary),
		Viewers: m.hub.Viewers(), Failures: map[string]int{}, Waiting: map[string]int{},
		Consent: slices.Clone(m.ledger.entries), Keep: m.ledger.keep, Keeping: !m.told.IsZero(),
		Quality: m.quality.record(), Pending: m.pending(), Drafts: m.drafts(),
	}
	for _, in := range m.inputs {
		s.Inputs = append(s.Inputs, in.view(m.now))
		s.Behind = max(s.Behind, in.behind)
	}
	s.Kept, s.Unkept = m.stays()
	for _, l := range m.lanes {
		s.Failures[l.name], s.Waiting[l.name] = l.failures, len(l.queue)
	}
	return s
}

// stays counts the finished sentences that are kept, and those that are not
// although keeping was chosen.
func (m *meeting) stays() (kept, unkept int) {
	if !m.ledger.keep {
		return 0, 0
	}
	unkept = m.unkept
	for _, s := range m.sentences {
		switch {
		case !s.closed:
		case s.kept:
			kept++
		default:
			unkept++
		}
	}
	return kept, unkept
}

// pending are cues that wait for their time on the track of the original.
func (m *meeting) pending() []Line {
	out := []Line{}
	for _, it := range m.lane(Original).queue {
		line := it.s.line(it.s.source[it.cue : it.cue+1])
		line.Due = it.due
		out = append(out, line)
	}
	return out
}

// drafts are sentences that no editor has released, as far back as a page shows.
func (m *meeting) drafts() []Draft {
	out := []Draft{}
	if m.o.Easy == "" {
		return out
	}
	for _, s := range m.sentences[max(0, len(m.sentences)-mostLines):] {
		if r := s.tracks[m.o.Easy]; s.closed && r != nil && !r.shown {
			out = append(out, r.drafts(s))
		}
	}
	return out
}

// export is what may be kept, as it was shown.
func (m *meeting) export() (subtitles.Meeting, error) {
	if !m.ledger.keep {
		return subtitles.Meeting{}, ErrVolatile
	}
	out := subtitles.Meeting{
		Title: m.o.Title, Code: m.code, Began: m.began, Languages: slices.Clone(m.o.Languages),
		Tracks: map[string][]subtitles.Cue{}, Quality: m.quality.record(), Consent: m.ledger.consent(),
	}
	speakers := map[string]bool{}
	for _, s := range m.sentences {
		if !s.kept {
			continue
		}
		speakers[s.speaker] = true
		m.exportSentence(out.Tracks, s)
	}
	delete(speakers, "") // nobody knows who
	out.Speakers = slices.Sorted(maps.Keys(speakers))
	if m.o.Easy != "" && len(out.Tracks[m.o.Easy]) > 0 {
		out.Languages = append(out.Languages, m.o.Easy)
	}
	return out, nil
}

func (m *meeting) exportSentence(tracks map[string][]subtitles.Cue, s *sentence) {
	spoken := false
	for _, l := range m.lanes[1:] { // the first is the original, in all languages
		line, ok := l.shown(s)
		if !ok {
			continue
		}
		spoken = spoken || l.direct(s)
		for _, c := range line.Cues {
			tracks[l.name] = append(tracks[l.name], c.Cue)
		}
	}
	if line, ok := m.lanes[0].shown(s); ok && !spoken { // in a language without a track of its own
		for _, c := range line.Cues {
			tracks[s.language] = append(tracks[s.language], c.Cue)
		}
	}
}

// consent is the ledger for an export: announcements, and who was told or refused.
func (l *ledger) consent() []subtitles.Consent {
	out := []subtitles.Consent{}
	for _, e := range l.entries {
		switch e.Act {
		case Announced, Told, Refused, Agreed:
			out = append(out, subtitles.Consent{Who: e.Who, At: e.At, Text: e.Text, Refused: e.Act == Refused})
		}
	}
	return out
}
