package floor

import (
	"slices"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/transcript"
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
	out := f.known(v.h, lang)
	out.Lines, out.Machine, out.Since, out.Interpreted = f.said(s, v), v.machine, v.began, f.interpreted(s, v.h)
	if who, _ := f.q.Person(s.Name); v.id == s.hand || who.Ticket == v.id {
		out.From = v.h.From
	}
	if v.back != nil {
		out.Callback = v.back.reference
	}
	return out
}

// known is what a handover says, without the lines.
func (f *Floor) known(h call.Handover, lang string) Preview {
	sum := h.Summary
	out := Preview{
		Call: h.Call, From: f.o.Masked(h.From), Language: h.Language, Department: h.Department, Concern: h.Concern,
		Summary: list(f.o.Lines(sum, lang)), Form: sum.Form, Missing: list(sum.Missing), Open: string(sum.Open), Alarm: sum.Alarm,
		Since: h.Asked, Written: h.Written, Lines: []journal.Line{}, Slots: []store.RequestSlot{}, Answers: []Answer{},
	}
	for _, slot := range sum.Slots {
		out.Slots = append(out.Slots, store.RequestSlot{Name: slot.Name, Kind: string(slot.Kind), Value: slot.Value, Spoken: slot.Spoken, Listed: slot.Listed})
	}
	for _, a := range sum.Answers {
		out.Answers = append(out.Answers, Answer{Article: a.Article, Title: a.Title, Text: a.Text, Source: a.Source, Confidence: a.Confidence})
		out.Confidence = a.Confidence
	}
	return out
}

// interpreted says whether a machine will interpret a caller for somebody: they
// speak none of the languages the person speaks, and there is a way between them.
func (f *Floor) interpreted(s *seat, h call.Handover) bool {
	if !f.o.Interpreted || h.Language == "" {
		return false
	}
	spoken := s.Languages
	if len(spoken) == 0 {
		spoken = []string{"de"} // as call.Person has it
	}
	if slices.ContainsFunc(spoken, func(l string) bool { return transcript.Primary(l) == transcript.Primary(h.Language) }) {
		return false
	}
	return f.o.Interprets == nil || slices.ContainsFunc(spoken, func(l string) bool {
		return f.o.Interprets(transcript.Primary(h.Language), transcript.Primary(l), !h.Written)
	})
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
