// Package journal shows what happens in calls while it happens: calls,
// segments and turns flow in from the pipelines; snapshots and bounded
// subscriptions flow out to pages, metrics and logs. A slow reader loses the
// oldest entries and never stalls a call. Everything is in memory: nothing of
// what was said is written to a disk here.
package journal

import (
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// How a call stands.
const (
	Speaking  = "speaking" // the bot
	Listening = "listening"
	Thinking  = "thinking"
	Held      = "held"
	Waiting   = "waiting" // for a person
	Ringing   = "ringing" // a person is being called
	Talking   = "talking" // with a person
	Ended     = "ended"
)

// maxLines of a call are kept, the last ones: more than an hour of talk.
const maxLines = 2000

// Call is one call as pages show it.
type Call struct {
	ID       string    `json:"id"`
	From     string    `json:"from"` // masked: last digits hidden
	To       string    `json:"to"`
	Trunk    string    `json:"trunk"`
	Codec    string    `json:"codec"`
	Language string    `json:"language"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended,omitzero"`
	Reason   string    `json:"reason,omitempty"` // why it ended
	State    string    `json:"state"`            // a constant of this package
	MOS      float64   `json:"mos,omitempty"`
	Lines    []Line    `json:"lines"`
	// Omitted is how many of the first lines are no longer kept.
	Omitted int `json:"omitted,omitempty"`
	// Page says that the call came from a page (Trunk names it), Written that
	// no audio flows: the caller reads and writes.
	Page    bool `json:"page,omitempty"`
	Written bool `json:"written,omitempty"`
	// Department that a person is looked for in, and the name of the person
	// once there is one.
	Department string `json:"department,omitempty"`
	Agent      string `json:"agent,omitempty"`
	// Position in the queue while waiting, 1 is next, and the honest estimate in
	// seconds; 0 is unknown.
	Position int `json:"position,omitempty"`
	Wait     int `json:"wait_s,omitempty"`
	// Callback says that the caller may choose one now instead of waiting.
	Callback bool `json:"callback,omitempty"`
}

// Line is one turn in the transcript of a call.
type Line struct {
	Segment transcript.Segment `json:"segment"`
	// Outcome and source of a bot's answer.
	Outcome string  `json:"outcome,omitempty"`
	Article string  `json:"article,omitempty"`
	Version int     `json:"version,omitempty"`
	Source  string  `json:"source,omitempty"`
	Model   string  `json:"model,omitempty"`
	Timing  *Timing `json:"timing,omitempty"`
	// Translations for the other parties of an interpreted call, one per language.
	Translations []Translation `json:"translations,omitempty"`
}

// What became of a translation.
const (
	TranslationPending     = "pending"     // it is being made, or waits to be spoken
	TranslationSpeaking    = "speaking"    // it is heard now
	TranslationSpoken      = "spoken"      // heard to its end
	TranslationInterrupted = "interrupted" // somebody broke in
	TranslationShown       = "shown"       // to be read only
	TranslationRepeat      = "repeat"      // too poorly heard: the speaker was asked to say it again
	TranslationFailed      = "failed"      // both sides were told
)

// Translation is what a machine made of a line for those who speak another language.
type Translation struct {
	Language string `json:"language"`
	Text     string `json:"text"`
	State    string `json:"state"` // a constant of this package
	// Engine is what was used: "bergamot en-pt", "whisper de-en, bergamot en-pt".
	Engine string `json:"engine,omitempty"`
	// Doubts are values of the line that could not be found in the translation.
	Doubts []string `json:"doubts,omitempty"`
	// Confirmed are values that were repeated to the speaker.
	Confirmed []string `json:"confirmed,omitempty"`
	// Delay is from the end of speech to the first sound of the translation.
	Delay time.Duration `json:"delay_ns,omitempty"`
}

// Timing of one turn: durations since the caller's last speech.
type Timing struct {
	Decision    time.Duration `json:"decision_ns"`    // until the turn was decided
	Recognition time.Duration `json:"recognition_ns"` // until the final text
	Search      time.Duration `json:"search_ns"`      // until the dialog's answer
	FirstAudio  time.Duration `json:"first_audio_ns"` // until the first frame of the answer was sent
	// Inference and Queue are the recogniser's own time and its wait.
	Inference time.Duration `json:"inference_ns"`
	Queue     time.Duration `json:"queue_ns"`
	Audio     time.Duration `json:"audio_ns"` // length of the utterance
}

// Entry is one change. Call is the whole call as it is now without its
// lines; Line is set when a line was added or revised.
type Entry struct {
	Seq  uint64 `json:"seq"`
	Call Call   `json:"call"`
	Line *Line  `json:"line,omitempty"`
}

// Journal keeps the calls in progress and the last ended ones in memory.
type Journal struct {
	keep int

	mu    sync.Mutex
	seq   uint64
	calls []*kept // oldest first
	subs  map[*Subscription]struct{}
}

// New keeps at most keep ended calls (0 means none).
func New(keep int) *Journal {
	return &Journal{keep: keep, subs: map[*Subscription]struct{}{}}
}

// Begin adds a call.
func (j *Journal) Begin(c Call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c.Lines = nil
	e := &kept{Call: c, next: map[string]int{}}
	j.calls = append(j.calls, e)
	j.publish(e, nil)
}

// Change edits a call under the lock; f must not block.
func (j *Journal) Change(id string, f func(*Call)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if c := j.find(id); c != nil {
		f(&c.Call)
		j.publish(c, nil)
	}
}

// Add appends a line, or replaces the one with the same leg and segment id. A
// final line without text takes it back: what was shown turned out to be no words.
func (j *Journal) Add(id string, l Line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.find(id)
	if c == nil {
		return
	}
	void := l.Segment.Final && l.Segment.Text == ""
	i := c.line(l.Segment.Leg, l.Segment.ID)
	switch {
	case i < 0 && void:
		return
	case void:
		c.Lines = slices.Delete(c.Lines, i, i+1)
	case i >= 0:
		if l.Translations == nil {
			l.Translations = c.Lines[i].Translations
		}
		c.Lines[i] = l
	default:
		c.append(l)
	}
	j.publish(c, &l)
}

// Translated adds a translation to a line, or replaces the one in its language.
func (j *Journal) Translated(id, leg string, segment int, t Translation) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.find(id)
	if c == nil {
		return
	}
	i := c.line(leg, segment)
	if i < 0 {
		return
	}
	l := &c.Lines[i]
	l.Translations = slices.Clone(l.Translations) // readers have the old ones
	if n := slices.IndexFunc(l.Translations, func(o Translation) bool { return o.Language == t.Language }); n >= 0 {
		l.Translations[n] = t
	} else {
		l.Translations = append(l.Translations, t)
	}
	told := *l
	j.publish(c, &told)
}

// Next is the id of the next segment of a leg: above all there are, and never
// given out twice.
func (j *Journal) Next(id, leg string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.find(id)
	if c == nil {
		return 0
	}
	next := c.next[leg]
	for _, l := range c.Lines {
		if l.Segment.Leg == leg {
			next = max(next, l.Segment.ID+1)
		}
	}
	c.next[leg] = next + 1
	return next
}

// End marks a call as ended and drops the oldest ended ones beyond the limit.
func (j *Journal) End(id, reason string, at time.Time, mos float64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.find(id)
	if c == nil {
		return
	}
	c.Ended, c.Reason, c.State, c.MOS = at, reason, Ended, mos
	c.Position, c.Wait, c.Callback = 0, 0, false
	j.publish(c, nil)
	ended := 0
	for i := len(j.calls) - 1; i >= 0; i-- {
		if j.calls[i].Ended.IsZero() {
			continue
		}
		if ended++; ended > j.keep {
			j.calls = append(j.calls[:i], j.calls[i+1:]...)
		}
	}
}

// Snapshot copies all calls, newest first, and the sequence number they stand at.
func (j *Journal) Snapshot() ([]Call, uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]Call, 0, len(j.calls))
	for i := len(j.calls) - 1; i >= 0; i-- {
		out = append(out, j.calls[i].copy())
	}
	return out, j.seq
}

// Find copies one call with its lines.
func (j *Journal) Find(id string) (Call, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if c := j.find(id); c != nil {
		return c.copy(), true
	}
	return Call{}, false
}

// Lines are those of one call so far.
func (j *Journal) Lines(id string) []Line {
	c, _ := j.Find(id)
	return c.Lines
}

// Active counts the calls in progress.
func (j *Journal) Active() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, c := range j.calls {
		if c.Ended.IsZero() {
			n++
		}
	}
	return n
}

func (j *Journal) find(id string) *kept {
	for i := len(j.calls) - 1; i >= 0; i-- {
		if j.calls[i].ID == id {
			return j.calls[i]
		}
	}
	return nil
}

func (j *Journal) publish(c *kept, l *Line) {
	j.seq++
	e := Entry{Seq: j.seq, Call: c.Call}
	e.Call.Lines = nil
	if l != nil {
		line := *l
		e.Line = &line
	}
	for s := range j.subs {
		s.offer(e)
	}
}
