package minutes

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Format writes minutes as a file. Each says that a machine made them.
type Format func(w io.Writer, m Minutes) error

// Formats by the ending of their files.
func Formats() map[string]Format {
	return map[string]Format{"md": WriteMarkdown, "html": WriteHTML, "csv": WriteCSV, "ics": WriteCalendar, "json": WriteJSON}
}

// WriteJSON writes all there is; "machine" says who made it.
func WriteJSON(w io.Writer, m Minutes) error {
	labels, err := labelsOf(m)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Machine bool   `json:"machine"`
		Note    string `json:"note"`
		Minutes
	}{true, labels.note(m), m})
}

// labels are the words around the minutes in their language.
type labels map[string]string

func labelsOf(m Minutes) (labels, error) {
	all, err := rulebooks()
	if err != nil {
		return nil, err
	}
	return all[known(all, m.Language)].Labels, nil
}

// note says that a machine made it, and which model had a hand in it.
func (l labels) note(m Minutes) string {
	note := l["machine"]
	if m.Model != "" {
		note += " " + l["improved"] + ": " + m.Model + "."
	}
	return note
}

// doubt is what is to be checked, in words.
func (l labels) doubt(d Doubt) string {
	if d == DueUnsure {
		return l["due_unsure"]
	}
	return l[string(d)]
}

// section is one part of the minutes as pages show it.
type section struct {
	Name  string
	Items []entry
}

// entry is one item as pages show it: what was said, and facts about it.
type entry struct {
	Text  string
	Facts []fact
	Clock string
	Cue   string // the first
	Sure  bool
}

type fact struct{ Name, Value string }

// sections are the parts of the minutes, all of them, even empty ones.
func (l labels) sections(m Minutes) []section {
	topics := section{Name: l["topics"]}
	for i, t := range m.Topics {
		title := t.Title
		if t.Number != "" {
			title = fmt.Sprintf("%s: %s", t.Number, title)
		}
		topics.Items = append(topics.Items, l.entry(m.Topics[i].Item, title))
	}
	decisions := section{Name: l["decisions"]}
	for _, d := range m.Decisions {
		decisions.Items = append(decisions.Items, l.entry(d.Item, d.Text, fact{"", l[string(d.Outcome)]}, fact{l["about"], d.About}))
	}
	votes := section{Name: l["votes"]}
	for _, v := range m.Votes {
		facts := []fact{{l["for"], l.count(v.For)}, {l["against"], l.count(v.Against)}, {l["abstained"], l.count(v.Abstained)}}
		if v.Unanimous {
			facts = append(facts, fact{"", l["unanimous"]})
		}
		votes.Items = append(votes.Items, l.entry(v.Item, v.Text, facts...))
	}
	tasks := section{Name: l["tasks"]}
	for _, k := range m.Tasks {
		due := k.Due.Said
		if k.Due.Date != "" {
			due += " (" + k.Due.Date + ")"
		}
		tasks.Items = append(tasks.Items, l.entry(k.Item, k.Text, fact{l["owner"], orElse(k.Owner, l["not_said"])}, fact{l["due"], orElse(due, l["not_said"])}, fact{l["context"], k.Context}))
	}
	return []section{topics, decisions, votes, tasks}
}

// entry leaves out facts without a value.
func (l labels) entry(i Item, text string, facts ...fact) entry {
	e := entry{Text: text, Clock: clock(i.Start), Sure: len(i.Unsure) == 0}
	if len(i.Cues) > 0 {
		e.Cue = i.Cues[0]
	}
	facts = append(facts, fact{l["said"], i.Speaker})
	for _, d := range i.Unsure {
		facts = append(facts, fact{l["unsure"], l.doubt(d)})
	}
	if i.Model != "" {
		facts = append(facts, fact{l["improved"], i.Model})
	}
	for _, f := range facts {
		if f.Value != "" {
			e.Facts = append(e.Facts, f)
		}
	}
	return e
}

func (l labels) count(n *int) string {
	if n == nil {
		return l["not_said"]
	}
	return fmt.Sprint(*n)
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// clock is hours, minutes and seconds since the recording began.
func clock(d time.Duration) string {
	s := int(max(0, d).Seconds())
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// heading is the title, or the word for minutes.
func (l labels) heading(m Minutes) string {
	if m.Title == "" {
		return l["title"]
	}
	return l["title"] + ": " + m.Title
}

// began is the day and hour of the meeting in its own zone; "" is unknown.
func began(m Minutes) string {
	if m.Began.IsZero() {
		return ""
	}
	return m.Began.Format("2006-01-02 15:04")
}
