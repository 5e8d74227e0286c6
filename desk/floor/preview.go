package floor

import (
	"slices"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
)

// Preview is what is known of a caller, for somebody who may serve them.
func (f *Floor) Preview(agent, id, lang string) (Preview, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return Preview{}, err
	}
	v := f.find(s, id)
	if v == nil {
		return Preview{}, ErrNoCall
	}
	if !f.sees(s, v) {
		return Preview{}, ErrNotYours
	}
	return f.preview(s, v, lang), nil
}

func (f *Floor) preview(s *seat, v *visit, lang string) Preview {
	sum := v.h.Summary
	out := Preview{
		Call: v.h.Call, From: f.o.Masked(v.h.From), Language: v.h.Language, Department: v.h.Department, Concern: v.h.Concern,
		Summary: list(f.o.Lines(sum, lang)), Lines: f.said(s, v), Machine: v.machine, Form: sum.Form, Missing: list(sum.Missing), Open: string(sum.Open), Alarm: sum.Alarm,
		Since: v.began, Written: v.h.Written, Slots: []store.RequestSlot{}, Answers: []Answer{},
	}
	if who, _ := f.q.Person(s.Name); v.id == s.hand || who.Ticket == v.id {
		out.From = v.h.From
	}
	for _, slot := range sum.Slots {
		out.Slots = append(out.Slots, store.RequestSlot{Name: slot.Name, Kind: string(slot.Kind), Value: slot.Value, Spoken: slot.Spoken, Listed: slot.Listed})
	}
	for _, a := range sum.Answers {
		out.Answers = append(out.Answers, Answer{Article: a.Article, Title: a.Title, Text: a.Text, Source: a.Source, Confidence: a.Confidence})
		out.Confidence = a.Confidence
	}
	if v.back != nil {
		out.Callback = v.back.reference
	}
	return out
}

// lines are what was said, as far as the journal still has it.
func (f *Floor) lines(id string) []journal.Line {
	if f.o.Journal == nil {
		return []journal.Line{}
	}
	if lines := f.o.Journal.Lines(id); lines != nil {
		return lines
	}
	return []journal.Line{}
}

func works(departments []string, name string) bool {
	return len(departments) == 0 || slices.Contains(departments, name)
}

// departments that the desk serves, by name.
func (f *Floor) departments() []string {
	var out []string
	add := func(name string) {
		if name != "*" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for name := range f.o.Departments {
		add(name)
	}
	for _, s := range f.seats {
		for _, d := range s.Departments {
			add(d)
		}
	}
	slices.Sort(out)
	return out
}

// Who is known of somebody's rights, for lists of requests and records.
func (f *Floor) Who(agent string) (Agent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return Agent{}, err
	}
	return f.agent(s), nil
}
