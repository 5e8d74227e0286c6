package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web"
)

// deskForms are the city's forms as people at the desk fill them: by the rules
// of the dialog, but what is typed is meant as it stands.
type deskForms struct {
	*service
	now func() time.Time
}

// List are the forms with their words in a language.
func (d deskForms) List(lang string) []web.DeskForm {
	var out []web.DeskForm
	for _, f := range d.talk.Forms {
		shown := web.DeskForm{ID: f.ID, Title: d.names.Form(f.ID, lang)}
		for i := range f.Slots {
			shown.Fields = append(shown.Fields, d.field(f, &f.Slots[i], lang))
		}
		out = append(out, shown)
	}
	return out
}

func (d deskForms) field(f *form.Form, s *form.Slot, lang string) web.DeskField {
	out := web.DeskField{
		Name: s.Name, Title: d.fieldTitle(f, s, lang), Hint: d.question(s, lang), Kind: string(s.Spec.Kind), Required: !s.Optional,
		Things: len(s.Spec.Things) > 0, Source: s.Source,
	}
	switch s.Spec.Kind {
	case slot.Count:
		out.Min, out.Max = s.Spec.Min, s.Spec.Max
	case slot.Date:
		first, last := dateBounds(s.Spec, d.now())
		out.First, out.Last = first.Format(time.DateOnly), last.Format(time.DateOnly)
	}
	for _, c := range s.Spec.Choices {
		title := d.names.Value(f.ID, store.RequestSlot{Name: s.Name, Kind: string(slot.Choice), Value: c.ID}, lang)
		out.Choices = append(out.Choices, web.DeskChoice{ID: c.ID, Title: title})
	}
	if s.When != nil {
		out.When = &web.DeskWhen{Slot: s.When.Slot, In: s.When.In}
	}
	return out
}

// longestArticle is how many letters an article in front of a name has.
const longestArticle = 3

// fieldTitle is what a value is called, without the article in which the bot says it.
func (d deskForms) fieldTitle(f *form.Form, s *form.Slot, lang string) string {
	title := d.names.Slot(f.ID, store.RequestSlot{Name: s.Name, Kind: string(s.Spec.Kind)}, lang)
	article, rest, ok := strings.Cut(title, " ")
	if !ok || utf8.RuneCountInString(article) > longestArticle {
		return title
	}
	first, size := utf8.DecodeRuneInString(rest)
	return string(unicode.ToUpper(first)) + rest[size:]
}

// question is what the bot asks for a value in the page's language, for people
// to read out; "" where it has no words of its own.
func (d deskForms) question(s *form.Slot, lang string) string {
	if q := s.Question[lang]; len(q) > 0 {
		return q[0]
	}
	if q := d.talk.Resources.Forms.Book(lang).All(form.Ask(s.Spec.Kind)); len(q) > 0 {
		return q[0]
	}
	return ""
}

// dateBounds are the first and the last possible day.
func dateBounds(s slot.Spec, now time.Time) (first, last time.Time) {
	if s.Min == 0 && s.Max == 0 {
		return now, now.AddDate(2, 0, 0)
	}
	return now.AddDate(0, 0, s.Min), now.AddDate(0, 0, s.Max)
}

func (d deskForms) find(id string) *form.Form {
	i := slices.IndexFunc(d.talk.Forms, func(f *form.Form) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return d.talk.Forms[i]
}

// Check says which values are wrong and of which one may doubt.
func (d deskForms) Check(r web.DeskRequest) (web.DeskCheck, bool) {
	f := d.find(r.Form)
	if f == nil {
		return web.DeskCheck{}, false
	}
	_, found := d.read(f, r)
	return found, true
}

// read are the values of a filled form; those whose condition does not hold
// are left out.
func (d deskForms) read(f *form.Form, r web.DeskRequest) ([]store.RequestSlot, web.DeskCheck) {
	found := web.DeskCheck{Faults: map[string]web.DeskFinding{}, Hints: map[string]web.DeskFinding{}}
	var slots []store.RequestSlot
	values := map[string]string{}
	for i := range f.Slots {
		s := &f.Slots[i]
		if s.When != nil && !slices.Contains(s.When.In, values[s.When.Slot]) {
			continue
		}
		text := strings.TrimSpace(r.Slots[s.Name])
		if text == "" {
			if !s.Optional {
				found.Faults[s.Name] = web.DeskFinding{Code: "required"}
			}
			continue
		}
		t := d.typed(s.Spec, text, r)
		if t.fault != nil {
			found.Faults[s.Name] = *t.fault
		}
		if t.hint != nil {
			found.Hints[s.Name] = *t.hint
		}
		values[s.Name] = t.value
		slots = append(slots, store.RequestSlot{Name: s.Name, Kind: string(s.Spec.Kind), Value: t.value, Spoken: t.said, Listed: t.hint == nil})
	}
	return slots, found
}

// triesOfReference is how often a reference may be taken by somebody else in
// the moment between.
const triesOfReference = 3

// Take stores a request that Check finds nothing wrong with.
func (d deskForms) Take(ctx context.Context, r web.DeskRequest) (web.DeskTaken, error) {
	f := d.find(r.Form)
	if f == nil {
		return web.DeskTaken{}, fmt.Errorf("call %s: there is no form %q", r.Call, r.Form)
	}
	slots, found := d.read(f, r)
	if len(found.Faults) > 0 {
		return web.DeskTaken{}, fmt.Errorf("call %s: form %s has values that cannot be", r.Call, r.Form)
	}
	stored := store.Request{Call: r.Call, Form: f.ID, Department: f.Department, Language: r.Language, Concern: r.Concern, Slots: slots}
	if stored.Department == "" {
		stored.Department = r.Department
	}
	if err := d.add(ctx, &stored); err != nil {
		return web.DeskTaken{}, err
	}
	if err := d.store.NoteRequest(ctx, stored.Reference, r.Agent, "taken", ""); err != nil {
		d.log.Error("who took a request is not in its history", "reference", stored.Reference, "err", err)
	}
	kept, err := d.store.Request(ctx, stored.Reference)
	if err != nil { // it is stored all the same
		d.log.Error("when a request is due was not read", "reference", stored.Reference, "err", err)
	}
	return web.DeskTaken{Reference: stored.Reference, Due: kept.Due}, nil
}

func (d deskForms) add(ctx context.Context, r *store.Request) (err error) {
	for range triesOfReference {
		r.Reference = d.unused(d.talk.Reference)()
		if err = d.desk.Take(ctx, *r); err == nil || d.desk.Unused(ctx, r.Reference) {
			return err
		}
	}
	return err
}
