package rooms

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Life of a meeting.
type Life string

// Lives, in their order; a paused meeting goes on as running.
const (
	Created  Life = "created"
	Running  Life = "running"
	Paused   Life = "paused"
	Stopping Life = "stopping" // last words are still being written
	Stopped  Life = "stopped"
	Closed   Life = "closed" // nothing is left here
)

// Errors of a meeting.
var (
	ErrState = errors.New("the meeting is not in a state for this")
	ErrInput = errors.New("there is no such input")
)

// Kinds of events, beside Gap.
const (
	KindState   = "state"   // StateEvent, on all tracks
	KindNotice  = "notice"  // Notice, on all tracks
	KindWords   = "words"   // Words: settled words of an open sentence, on tracks of its language
	KindTail    = "tail"    // Words: in fast mode, what may still change
	KindPrefix  = "prefix"  // Words: in fast mode, the stable part of a translation
	KindCue     = "cue"     // Line: more cues of a sentence; those of the original on Staff, too
	KindReplace = "replace" // Line: all cues of a sentence anew
	KindRetract = "retract" // Retracted: all of an input is gone, on all tracks
	KindPending = "pending" // Line, Staff: will be published when it is due
	KindDraft   = "draft"   // Draft, Staff: easy language that waits for a release
	KindInput   = "input"   // Input, Staff: came, went, warning, muted
	KindTerms   = "terms"   // Terms, Staff: the glossary has changed
)

// StateEvent says how a meeting stands.
type StateEvent struct {
	Life      Life          `json:"life"`
	Title     string        `json:"title"`
	Languages []string      `json:"languages"`
	Easy      string        `json:"easy,omitempty"`
	Delay     time.Duration `json:"delay_ns,omitempty"`
}

// Notice is an announcement.
type Notice struct {
	Text  string `json:"text"`
	Keeps bool   `json:"keeps"`
}

// Words are part of an open sentence.
type Words struct {
	Sentence string `json:"sentence"`
	Input    string `json:"input"`
	Speaker  string `json:"speaker,omitempty"`
	Language string `json:"language"` // of Text
	Text     string `json:"text"`
	// Glued says that no space stands between the words of the sentence before
	// it and Text: it goes on inside a word, or its language has no spaces.
	Glued bool `json:"glued,omitempty"`
	// Tail is, in a snapshot, what follows Text and may still change: the last
	// "tail", or the last "prefix" of a translation.
	Tail string `json:"tail,omitempty"`
}

// Terms are the words the recognisers shall know.
type Terms struct {
	Glossary []string `json:"glossary"`
}

// Retracted is an input of which nobody shall see anything any more.
type Retracted struct {
	Input string `json:"input"`
}

// An open sentence that grows beyond these is ended, so that its translation
// does not wait for a speaker who never stops.
const (
	longestOpen = 25 * time.Second
	mostOpen    = 60 // words
)

// meeting is the state of a room: pure, without a clock of its own. It belongs
// to the room's goroutine.
type meeting struct {
	o         Options
	code      string
	hub       *Hub
	now       time.Time
	life      Life
	began     time.Time
	changed   time.Time // of life
	active    time.Time // somebody last spoke or did something
	silences  []span    // before the start, pauses, after the end
	inputs    []*input
	left      []*input // inputs that are gone
	made      int      // inputs so far
	sentences []*sentence
	byID      map[string]*sentence
	said      int // sentences so far
	lanes     []*lane
	ledger    ledger
	told      time.Time // since when all that is said may be kept; zero: not now
	unkept    int       // sentences that are forgotten and were not to be kept
	notice    *Notice
	quality   quality
	edits     []Edit
}

func newMeeting(o Options, code string, hub *Hub, now time.Time) *meeting {
	m := &meeting{o: o, code: code, hub: hub, now: now, active: now, life: Created, byID: map[string]*sentence{}}
	m.silences = toggle(nil, true, now)
	hub.Open(Staff)
	m.addLane(Original, original)
	for _, l := range o.Languages {
		m.addLane(l, translated)
	}
	if o.Easy != "" {
		m.addLane(o.Easy, easy)
	}
	return m
}

// at is a moment of the meeting.
func (m *meeting) at(t time.Time) time.Duration { return max(0, t.Sub(m.began)) }

// event is for some tracks, broadcast for all.
func (m *meeting) event(kind, key string, value any, tracks ...string) {
	_, err := m.hub.Publish(kind, key, value, tracks...)
	m.published(kind, err)
}

func (m *meeting) broadcast(kind string, value any) {
	_, err := m.hub.Broadcast(kind, "", value)
	m.published(kind, err)
}

// published logs what could not be encoded, without words.
func (m *meeting) published(kind string, err error) {
	if err != nil && !errors.Is(err, ErrClosed) {
		m.o.Log.Error("subtitles: event not published", "room", m.code, "kind", kind, "err", err)
	}
}

func (m *meeting) input(id string) (*input, error) {
	for _, in := range m.inputs {
		if in.id == id {
			return in, nil
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrInput, clean(id, 20))
}

// listens says whether updates are taken: after the end, last words are.
func (m *meeting) listens() bool {
	return m.life == Running || m.life == Paused || m.life == Stopping
}

// hear takes an update of an input.
func (m *meeting) hear(id string, u Update) error {
	in, err := m.input(id)
	if err != nil {
		return err
	}
	in.behind = max(0, u.Behind)
	if in.refused || !m.listens() {
		return nil
	}
	words := m.spoken(in, u.Committed)
	if len(words) > 0 {
		m.active = m.now
	}
	language := tag(u.Language)
	if language == "" {
		language = m.o.Languages[0]
	}
	speaker := m.speaker(in, u.Speaker)
	if s := in.open; s != nil && len(words) > 0 && (s.language != language || s.speaker != speaker) {
		m.finish(in)
	}
	m.quality.committed(words, u.Busy)
	m.take(in, words, language, speaker, u.Sentence)
	if s := in.open; s != nil && (u.Sentence || len(s.words) >= mostOpen || s.end-s.start >= longestOpen) {
		m.finish(in)
	}
	m.release() // what is settled stands before what is not
	for _, c := range u.Corrections {
		m.rewrite(in, c)
	}
	m.fast(in, u.Tail)
	return nil
}

// speaker is who says it.
func (m *meeting) speaker(in *input, name string) string {
	if name = clean(name, longestName); name == "" {
		return in.source.Speaker
	}
	m.knowSpeaker(name)
	return name
}

func (m *meeting) knowSpeaker(name string) {
	if name != "" && !slices.Contains(m.o.Speakers, name) && len(m.o.Speakers) < mostTerms {
		m.o.Speakers = append(m.o.Speakers, name)
	}
}

// spoken are the words that may be shown: not from a pause, not while muted.
// Their times are those of the meeting.
func (m *meeting) spoken(in *input, words []transcript.Word) []transcript.Word {
	allowed := make([]transcript.Word, 0, len(words))
	for _, w := range words {
		if !in.covered(m.silences, w) && !in.covered(in.silences, w) {
			allowed = append(allowed, w)
		}
	}
	return cleanWords(allowed, in.zero.Sub(m.began))
}

// take adds words to the open sentence and its cues to the tracks.
func (m *meeting) take(in *input, words []transcript.Word, language, speaker string, end bool) {
	if len(words) == 0 && (in.open == nil || !end) {
		return
	}
	if in.open == nil {
		m.begin(in, language, speaker, words[0].Start)
	}
	s := in.open
	s.words = append(s.words, words...)
	s.kept = s.kept && m.mayKeep(words)
	if len(words) > 0 {
		s.end = max(s.end, words[len(words)-1].End)
	}
	counted := m.publishWords(s, words)
	m.addCues(s, in.segmenter.Add(words, end), counted)
}

// mayKeep says whether everybody had been told before these words were said.
func (m *meeting) mayKeep(words []transcript.Word) bool {
	if m.told.IsZero() {
		return false
	}
	since := m.told.Sub(m.began)
	return !slices.ContainsFunc(words, func(w transcript.Word) bool { return w.Start < since })
}

func (m *meeting) begin(in *input, language, speaker string, start time.Duration) {
	m.said++
	s := &sentence{
		id: fmt.Sprintf("s%d", m.said), input: in.id, speaker: speaker, language: language,
		start: start, end: start, kept: true,
	}
	if in.segmenter == nil || in.language != language {
		in.segmenter, in.language = m.o.Segmenter(language), language
	}
	in.open = s
	m.sentences = append(m.sentences, s)
	m.byID[s.id] = s
	m.trim()
}

// publishWords shows settled words before their cue is full, where nothing
// waits before them. It says whether viewers have them now.
func (m *meeting) publishWords(s *sentence, words []transcript.Word) bool {
	if len(words) == 0 || m.o.Delay > 0 {
		return false
	}
	tracks := m.direct(s, true)
	if !slices.Contains(tracks, Original) {
		return false
	}
	m.event(KindWords, s.input, s.settled(words), tracks...)
	for _, w := range words {
		m.quality.lag(m.at(m.now)-w.End, 1)
	}
	return true
}

// finish ends the open sentence and has it translated.
func (m *meeting) finish(in *input) {
	s := in.open
	if s == nil {
		return
	}
	in.open = nil
	m.addCues(s, in.segmenter.Flush(), m.o.Delay == 0)
	m.quality.rewritten(in.tail, subtitles.Join(s.words, s.language))
	in.tail, in.loose = "", ""
	s.closed = true
	if m.o.Delay == 0 {
		s.words = nil
	}
	for _, l := range m.lanes {
		switch {
		case l.kind == easy:
			m.draft(l, s)
		case !l.direct(s):
			m.translate(l, s)
		}
	}
}

// trim bounds what is at hand: sentences that may not be kept go first.
func (m *meeting) trim() {
	for len(m.sentences) > m.o.Recent {
		i := slices.IndexFunc(m.sentences[:len(m.sentences)-m.o.Recent], func(s *sentence) bool { return !s.kept && s.closed })
		if i < 0 {
			if len(m.sentences) <= m.o.Most {
				return
			}
			i = 0
		}
		if !m.sentences[i].kept {
			m.unkept++
		}
		delete(m.byID, m.sentences[i].id)
		m.sentences = slices.Delete(m.sentences, i, i+1)
	}
}
