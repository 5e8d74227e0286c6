package desk

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/store"
)

// View is a request as other programs get it: in the API, in exports and in
// webhooks.
type View struct {
	Reference  string              `json:"reference"`
	Call       string              `json:"call"`
	Form       string              `json:"form"`
	Department string              `json:"department"`
	Language   string              `json:"language"`
	Concern    string              `json:"concern"`
	Created    time.Time           `json:"created"`
	Due        time.Time           `json:"due,omitzero"`
	Status     string              `json:"status"`
	Changed    time.Time           `json:"changed"`
	Overdue    bool                `json:"overdue"`
	Slots      []store.RequestSlot `json:"slots"`
	Events     []EventView         `json:"events,omitempty"`
	Deliveries []DeliveryView      `json:"deliveries,omitempty"`
}

// EventView is a line of the history.
type EventView struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who,omitempty"`
	What   string    `json:"what"`
	Detail string    `json:"detail,omitempty"`
}

// DeliveryView is one delivery.
type DeliveryView struct {
	Target   string    `json:"target"`
	State    string    `json:"state"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"`
	Error    string    `json:"error,omitempty"`
}

// ViewOf makes the view of a request; overdue is as the desk says.
func ViewOf(r store.Request, overdue bool) View {
	v := View{
		Reference: r.Reference, Call: r.Call, Form: r.Form, Department: r.Department, Language: r.Language, Concern: r.Concern,
		Created: r.Created, Due: r.Due, Status: r.Status, Changed: r.Changed, Overdue: overdue, Slots: r.Slots,
	}
	if v.Slots == nil {
		v.Slots = []store.RequestSlot{}
	}
	return v
}

// View is a case with its history.
func (c Case) View() View {
	v := ViewOf(c.Request, c.Overdue)
	for _, e := range c.Events {
		v.Events = append(v.Events, EventView(e))
	}
	for _, d := range c.Deliveries {
		dv := DeliveryView{Target: d.Target, State: d.State, Attempts: d.Attempts, Error: d.Error}
		if d.State == store.Waiting {
			dv.Next = d.Next
		}
		v.Deliveries = append(v.Deliveries, dv)
	}
	return v
}

// WriteCSV writes requests for spreadsheets: semicolons and a byte order mark,
// as Excel in German expects them. Every slot name gets a column.
func WriteCSV(w io.Writer, list []store.Request, overdue func(store.Request) bool, loc *time.Location) error {
	var slots []string
	for _, r := range list {
		for _, s := range r.Slots {
			if !slices.Contains(slots, s.Name) {
				slots = append(slots, s.Name)
			}
		}
	}
	slices.Sort(slots)
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	head := []string{"reference", "created", "due", "status", "overdue", "form", "department", "language", "concern", "call"}
	for _, name := range slots {
		head = append(head, "slot_"+name)
	}
	if err := out.Write(row(head)); err != nil {
		return err
	}
	for _, r := range list {
		line := []string{r.Reference, stamp(r.Created, loc), stamp(r.Due, loc), r.Status, fmt.Sprint(overdue(r)), r.Form, r.Department, r.Language, r.Concern, r.Call}
		for _, name := range slots {
			i := slices.IndexFunc(r.Slots, func(s store.RequestSlot) bool { return s.Name == name })
			value := ""
			if i >= 0 {
				value = r.Slots[i].Value
			}
			line = append(line, value)
		}
		if err := out.Write(row(line)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// row makes cells harmless: a spreadsheet must not run what a caller said
// (OWASP, CSV injection). Telephone numbers keep their plus behind the mark.
func row(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c
		if strings.IndexAny(strings.TrimLeft(c, " \u00a0\u200b\ufeff"), "=+-@\t\r\n＝＋－＠|%") == 0 {
			out[i] = "'" + c
		}
	}
	return out
}

func stamp(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format("2006-01-02 15:04:05")
}

// CallView is the record of a call as other programs get it.
type CallView struct {
	Call       string     `json:"call"`
	Kind       string     `json:"kind"`
	From       string     `json:"from"`
	Department string     `json:"department"`
	Language   string     `json:"language"`
	Started    time.Time  `json:"started"`
	Answered   time.Time  `json:"answered,omitzero"`
	Ended      time.Time  `json:"ended"`
	WaitedS    float64    `json:"waited_s"`
	TalkedS    float64    `json:"talked_s"`
	Agent      string     `json:"agent,omitempty"`
	Ending     string     `json:"ending"`
	Request    string     `json:"request,omitempty"`
	Topic      string     `json:"topic,omitempty"`
	Resolution string     `json:"resolution,omitempty"`
	Bot        string     `json:"bot,omitempty"`
	Article    string     `json:"article,omitempty"`
	Note       string     `json:"note,omitempty"`
	Summary    []string   `json:"summary,omitempty"`
	People     []CallView `json:"people,omitempty"` // its times with people, in order
}

// CallViewOf makes the view of one record.
func CallViewOf(r store.CallRecord) CallView {
	return CallView{
		Call: r.Call, Kind: r.Kind, From: r.From, Department: r.Department, Language: r.Language, Started: r.Started, Answered: r.Answered, Ended: r.Ended,
		WaitedS: r.Waited().Seconds(), TalkedS: r.Talked().Seconds(), Agent: r.Agent, Ending: r.Ending, Request: r.Request,
		Topic: r.Topic, Resolution: r.Resolution, Bot: r.Bot, Article: r.Article, Note: r.Note, Summary: r.Summary,
	}
}

// CallViewWith makes the view of a whole call with its parts, which may come
// in any order.
func CallViewWith(whole store.CallRecord, parts []store.CallRecord) CallView {
	v := CallViewOf(whole)
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b store.CallRecord) int { return a.Part - b.Part })
	for _, p := range parts {
		if p.Part > 0 {
			v.People = append(v.People, CallViewOf(p))
		}
	}
	return v
}
