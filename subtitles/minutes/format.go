package minutes

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
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
	Line  int    // of the transcript; 0 is none
	Sure  bool
}

type fact struct {
	Name, Value string
	Check       bool // a doubt
}

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
		decisions.Items = append(decisions.Items, l.entry(d.Item, d.Text, fact{Value: l[string(d.Outcome)]}, fact{Name: l["about"], Value: d.About}))
	}
	votes := section{Name: l["votes"]}
	for _, v := range m.Votes {
		facts := []fact{{Name: l["for"], Value: l.count(v.For)}, {Name: l["against"], Value: l.count(v.Against)}, {Name: l["abstained"], Value: l.count(v.Abstained)}}
		if v.Unanimous {
			facts = append(facts, fact{Value: l["unanimous"]})
		}
		votes.Items = append(votes.Items, l.entry(v.Item, v.Text, facts...))
	}
	tasks := section{Name: l["tasks"]}
	for _, k := range m.Tasks {
		due := k.Due.Said
		if day, err := time.Parse(time.DateOnly, k.Due.Date); err == nil {
			due += " (" + l.day(day) + ")"
		}
		tasks.Items = append(tasks.Items, l.entry(k.Item, k.Text, fact{Name: l["owner"], Value: orElse(k.Owner, l["not_said"])}, fact{Name: l["due"], Value: orElse(due, l["not_said"])}, fact{Name: l["context"], Value: k.Context}))
	}
	return []section{topics, decisions, votes, tasks}
}

// entry leaves out facts without a value.
func (l labels) entry(i Item, text string, facts ...fact) entry {
	e := entry{Text: printable(text), Clock: clock(i.Start), Sure: len(i.Unsure) == 0}
	if len(i.Cues) > 0 {
		e.Cue = i.Cues[0]
	}
	facts = append(facts, fact{Name: l["said"], Value: i.Speaker})
	for _, d := range i.Unsure {
		facts = append(facts, fact{Name: l["unsure"], Value: l.doubt(d), Check: true})
	}
	if i.Model != "" {
		facts = append(facts, fact{Name: l["improved"], Value: i.Model})
	}
	for _, f := range facts {
		f.Value = printable(f.Value)
		if f.Value != "" {
			e.Facts = append(e.Facts, f)
		}
	}
	return e
}

// printable leaves out controls, which no format shows and some do not allow.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
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
func (l labels) began(m Minutes) string {
	if m.Began.IsZero() {
		return ""
	}
	return l.day(m.Began) + ", " + m.Began.Format(l["hour"])
}

// day is a date as people of the language write it; "" is unknown.
func (l labels) day(at time.Time) string {
	months := strings.Fields(l["months"])
	if at.IsZero() || len(months) != 12 {
		return ""
	}
	return fmt.Sprintf(l["day"], at.Day(), months[at.Month()-1], at.Year())
}

// marks are what readers are to know of the minutes as a whole.
func (l labels) marks(m Minutes) (all []fact) {
	if len(m.LeftOut) > 0 {
		all = append(all, fact{Name: l["left_out"], Value: strings.Join(m.LeftOut, ", ")})
	}
	if m.Refused != "" {
		all = append(all, fact{Name: l["model_refused"], Value: m.Refused})
	}
	if m.Unread > 0 {
		all = append(all, fact{Name: l["unread"], Value: fmt.Sprint(m.Unread)})
	}
	return all
}
