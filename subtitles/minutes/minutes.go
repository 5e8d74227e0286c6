// Package minutes makes the minutes of a meeting: what was said, by whom and
// when, flows in; topics, decisions, votes and tasks flow out, each linked to
// its cues and holding no word that was not said. Rules of words, one file for
// each language, find them; a language model may be asked for better ones.
package minutes

import (
	"context"
	"time"
)

// Line is one cue: words of one speaker. Lines are in the order of the meeting.
type Line struct {
	ID         string // what items link to; "" is the number of the line, from 1
	Speaker    string // as shown, "Frau Sommer"; "" is unknown
	Text       string
	Language   string        // BCP 47; "" is the one of Options
	Start, End time.Duration // since the start of the recording
	Confidence float64       // 0..1; 0 is unknown
}

// Options of minutes. The zero value works: it resolves no relative dates.
type Options struct {
	Title, Code  string
	Began        time.Time // its calendar day, in its own zone, is what dates are reckoned from
	Language     string    // of lines that name none, and of the labels; "" is German
	Participants []string  // names that may own tasks, besides those of the speakers
	Confidence   float64   // items of lines below are unsure; 0 is 0.6
	Improve      Improver  // nil leaves the minutes to the rules
	Model        string    // its name, for the mark
	LeftOut      []string  // who refused to be written down
}

// Minutes of one meeting. They are always made by a machine.
type Minutes struct {
	Title     string     `json:"title,omitempty"`
	Code      string     `json:"code,omitempty"`
	Began     time.Time  `json:"began,omitzero"`
	Language  string     `json:"language"`
	Topics    []Topic    `json:"topics"`
	Decisions []Decision `json:"decisions"`
	Votes     []Vote     `json:"votes"`
	Tasks     []Task     `json:"tasks"`
	Unread    int        `json:"unread_lines,omitempty"` // in languages without rules
	Model     string     `json:"model,omitempty"`        // that improved them
	Refused   string     `json:"refused,omitempty"`      // why the model's were not taken
	// LeftOut are those who did not want to be written down: nothing that they said is in here.
	LeftOut []string `json:"left_out,omitempty"`
	// Transcript is what the items stand on; a page of its own holds it for their links.
	Transcript []Line `json:"-"`
}

// Item is what all parts of minutes have.
type Item struct {
	Text    string        `json:"text"`    // as said
	Speaker string        `json:"speaker"` // who said it
	Cues    []string      `json:"cues"`
	Start   time.Duration `json:"start_ns"`
	End     time.Duration `json:"end_ns"`
	Topic   int           `json:"topic,omitempty"`  // its place among the topics, from 1
	Unsure  []Doubt       `json:"unsure,omitempty"` // empty is sure
	Model   string        `json:"model,omitempty"`  // that wrote it; "" is the rules
}

// Doubt is why an item is to be checked.
type Doubt string

// Doubts.
const (
	Misheard  Doubt = "misheard"  // the recogniser was not sure of the words
	Offered   Doubt = "offered"   // "I can do that", and nobody confirmed it
	Asked     Doubt = "asked"     // told to do it, and did not answer
	Attempt   Doubt = "attempt"   // "I'll try to"
	Waiting   Doubt = "waiting"   // "as soon as"
	Stranger  Doubt = "stranger"  // the owner is no known participant
	Ownerless Doubt = "ownerless" // "we", without a name
	DueUnsure Doubt = "due"       // the date may be meant otherwise
)

// Topic is an item of the agenda.
type Topic struct {
	Item
	Number string `json:"number,omitempty"` // as said
	Title  string `json:"title"`
}

// Outcome of a decision.
type Outcome string

// Outcomes.
const (
	Adopted   Outcome = "adopted"
	Rejected  Outcome = "rejected"
	Postponed Outcome = "postponed"
	Agreed    Outcome = "agreed"
)

// Decision is what was decided.
type Decision struct {
	Item
	Outcome Outcome `json:"outcome"`
	About   string  `json:"about,omitempty"` // what was put to the vote, as said before
}

// Vote holds the numbers as said; nil was not said.
type Vote struct {
	Item
	For       *int `json:"for,omitempty"`
	Against   *int `json:"against,omitempty"`
	Abstained *int `json:"abstained,omitempty"`
	Unanimous bool `json:"unanimous,omitempty"`
}

// Task is what somebody is to do.
type Task struct {
	Item
	Owner   string `json:"owner"` // as said, or the name of the speaker; "" was not said
	Due     Due    `json:"due,omitzero"`
	Context string `json:"context,omitempty"` // the sentence before, where the text says "it"
}

// Due is until when; the zero value was not said.
type Due struct {
	Said   string `json:"said"`
	Date   string `json:"date,omitempty"` // 2006-01-02; "" cannot be told
	Unsure bool   `json:"unsure,omitempty"`
	month  bool   // only a month was named: "im März"
}

// usualConfidence is the least of a line that is taken for sure.
const usualConfidence = 0.6

// Write makes the minutes. The error is of the context or of the package's own
// data; a language model that fails only leaves the mark Refused.
func Write(ctx context.Context, lines []Line, o Options) (Minutes, error) {
	all, err := rulebooks()
	if err != nil {
		return Minutes{}, err
	}
	if o.Confidence == 0 {
		o.Confidence = usualConfidence
	}
	o.Language = known(all, o.Language)
	talk := newTalk(all, numbered(lines, o.Language), o)
	m := Minutes{Title: o.Title, Code: o.Code, Began: o.Began, Language: o.Language, Unread: talk.unread, LeftOut: o.LeftOut, Transcript: talk.lines}
	m.Topics = talk.topics()
	m.Votes = talk.votes()
	m.Decisions = talk.decisions()
	if m.Tasks, err = talk.tasks(ctx); err != nil {
		return Minutes{}, err
	}
	if o.Improve != nil {
		m = talk.improved(ctx, m)
	}
	m.placed()
	m.Topics, m.Decisions, m.Votes, m.Tasks = orNone(m.Topics), orNone(m.Decisions), orNone(m.Votes), orNone(m.Tasks)
	return m, ctx.Err()
}

// orNone is a list that JSON writes as [].
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// placed gives every item the topic that it was said under.
func (m *Minutes) placed() {
	place := func(i *Item) {
		i.Topic = 0
		for n, t := range m.Topics {
			if t.Start <= i.Start {
				i.Topic = n + 1
			}
		}
	}
	for i := range m.Decisions {
		place(&m.Decisions[i].Item)
	}
	for i := range m.Votes {
		place(&m.Votes[i].Item)
	}
	for i := range m.Tasks {
		place(&m.Tasks[i].Item)
	}
}
