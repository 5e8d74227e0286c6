package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web"
)

// everything is a form with a value of each kind.
const everything = `
id: everything
department: buergeramt
title: {de: Alles, en: everything}
slots:
  - {name: name, kind: name}
  - {name: street, kind: street, optional: true}
  - {name: house, kind: house_number, optional: true}
  - {name: day, kind: date, min: 14, max: 120, weekdays: [mon, tue, wed, thu, fri], optional: true}
  - {name: hour, kind: time, optional: true}
  - {name: phone, kind: phone, source: caller, optional: true}
  - {name: mail, kind: email, optional: true}
  - {name: plate, kind: plate, optional: true}
  - {name: agreed, kind: yes_no, optional: true}
  - {name: reason, kind: text, when: {slot: agreed, in: ["no"]}}
  - name: which
    kind: choice
    optional: true
    choices: [{id: lamp, say: {de: eine Laterne, en: a lamp}}, {id: hole, say: {de: ein Loch, en: a hole}}]
  - {name: count, kind: count, min: 1, max: 5, optional: true}
  - {name: things, kind: count, min: 1, max: 30, optional: true, label: {de: [die Sachen], en: [the things]}, things: {de: ["(sofa*|stuhl*|stühle*)"]}}
`

// Sunday, 22 November 2026.
func formsDay() time.Time { return time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC) }

func newDeskForms(t *testing.T) deskForms {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir(), formsDay)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	forms, err := form.Load(cities.Musterstadt())
	require.NoError(t, err)
	own, err := form.Parse([]byte(everything))
	require.NoError(t, err)
	streets, err := form.LoadStreets(cities.Musterstadt())
	require.NoError(t, err)
	resources, err := dialog.LoadResources()
	require.NoError(t, err)
	forms = append(forms, own)
	s := &service{log: slog.New(slog.DiscardHandler), store: db, names: requestNames(knowledge.City{Name: "Musterstadt"}, forms)}
	s.names.Kinds, err = desk.LoadKinds()
	require.NoError(t, err)
	s.desk = desk.New(desk.Options{Store: db, Hours: desk.Hours{Location: time.UTC}, Now: formsDay})
	s.talk = dialog.Options{Forms: forms, Streets: streets, Resources: resources, Reference: reference(formsDay, func(int) int { return 1 })}
	return deskForms{s, formsDay}
}

func filledForm(slots map[string]string) web.DeskRequest {
	if slots["name"] == "" {
		slots["name"] = "Anna Müller"
	}
	return web.DeskRequest{Agent: "tina", Call: "01K", Form: "everything", Page: "de", Language: "tr", Concern: "Laterne kaputt", Slots: slots}
}

func TestDeskFormsAreRead(t *testing.T) {
	d := newDeskForms(t)
	for _, tc := range []struct{ name, text, want, fault, hint string }{
		{"name", "  Dr. Anna  von der Heide-Öztürk ", "Dr. Anna von der Heide-Öztürk", "", ""}, {"name", "123", "", "name", ""},
		{"street", "Ahornweg", "Ahornweg", "", ""}, {"street", "akazienstr.", "Akazienstraße", "", ""}, {"street", "Acazienstrase", "Acazienstrase", "", "meant"},
		{"street", "Xyloweg Qupp", "Xyloweg Qupp", "", "unlisted"}, {"street", "12", "", "street", ""},
		{"house", "12 a", "12a", "", ""}, {"house", "7 – 9 B", "7-9b", "", ""}, {"house", "Nummer 12", "12", "", ""}, {"house", "0", "", "house_number", ""}, {"house", "links", "", "house_number", ""},
		{"day", "2026-12-07", "2026-12-07", "", ""}, {"day", "7.12.2026", "2026-12-07", "", ""}, {"day", "2026-11-30", "", "past", ""}, {"day", "2027-12-07", "", "late", ""},
		{"day", "2026-12-12", "", "closed", ""}, {"day", "2026-02-31", "", "date", ""}, {"day", "bald", "", "date", ""},
		{"hour", "14:30", "14:30", "", ""}, {"hour", "03:00", "03:00", "", ""}, {"hour", "14.30 Uhr", "14:30", "", ""}, {"hour", "25:00", "", "time", ""},
		{"phone", "0176 555-1234", "01765551234", "", ""}, {"phone", "+49 228 770 123", "+49228770123", "", ""}, {"phone", "(0228) 77/01 23", "0228770123", "", ""},
		{"phone", "12", "", "phone_short", ""}, {"phone", "0123456789012345678901", "", "phone_long", ""}, {"phone", "Anna", "", "phone", ""}, {"phone", "0176 abc 1234", "", "phone", ""},
		{"mail", "Anna.Punkt@Web.de", "anna.punkt@web.de", "", ""}, {"mail", "at-home@firma.example", "at-home@firma.example", "", ""}, {"mail", "anna@web", "", "email", ""}, {"mail", "anna", "", "email", ""},
		{"mail", "a@b@c.de", "", "email", ""}, {"plate", "m-ab 123", "M-AB 123", "", ""}, {"plate", "MAB 123", "", "plate_which", ""}, {"plate", "mein Auto", "", "plate", ""},
		{"agreed", "yes", "yes", "", ""}, {"agreed", "vielleicht", "", "choice", ""}, {"which", "hole", "hole", "", ""}, {"which", "eine Laterne", "", "choice", ""},
		{"count", "3", "3", "", ""}, {"count", "6", "", "range", ""}, {"count", "0", "", "range", ""}, {"count", "3.5", "", "count", ""}, {"count", "-1", "", "count", ""}, {"count", "drei", "", "count", ""},
		{"things", "1 Sofa, 2 Stühle", "3", "", ""}, {"things", "4", "4", "", ""}, {"things", "nichts", "", "count", ""},
	} {
		r := filledForm(map[string]string{tc.name: tc.text})
		slots, found := d.read(d.find(r.Form), r)
		require.Equal(t, tc.fault, found.Faults[tc.name].Code, "%s %q", tc.name, tc.text)
		require.Equal(t, tc.hint, found.Hints[tc.name].Code, "%s %q", tc.name, tc.text)
		for _, s := range slots {
			if s.Name == tc.name {
				require.Equal(t, tc.want, s.Value, "%s %q", tc.name, tc.text)
				require.Equal(t, tc.hint == "", s.Listed)
			}
		}
	}
}

func TestDeskFormsTellWhatIsPossible(t *testing.T) {
	d := newDeskForms(t)
	found, ok := d.Check(filledForm(map[string]string{"day": "2026-11-30", "count": "9", "street": "Acazienstrase", "name": " "}))
	require.True(t, ok)
	require.Equal(t, web.DeskFinding{Code: "past", Values: map[string]string{"first": "2026-12-06"}}, found.Faults["day"])
	require.Equal(t, map[string]string{"min": "1", "max": "5"}, found.Faults["count"].Values)
	require.Equal(t, "Akazienstraße", found.Hints["street"].Values["street"])
	require.Equal(t, "required", found.Faults["name"].Code)
	require.NotContains(t, found.Faults, "reason", "its condition does not hold")
	found, _ = d.Check(filledForm(map[string]string{"agreed": "no"}))
	require.Equal(t, "required", found.Faults["reason"].Code)
	_, ok = d.Check(web.DeskRequest{Form: "other"})
	require.False(t, ok)
}

func TestDeskFormsAreListed(t *testing.T) {
	d := newDeskForms(t)
	for lang, want := range map[string][]string{"de": {"Sperrmüll anmelden", "Sachen"}, "en": {"Bulky waste collection", "Things"}} {
		var bulky web.DeskForm
		for _, f := range d.List(lang) {
			require.NotEmpty(t, f.Title)
			for _, field := range f.Fields {
				require.NotEmpty(t, field.Title, "%s/%s", f.ID, field.Name)
			}
			if f.ID == "bulky-waste" {
				bulky = f
			}
		}
		require.Equal(t, want, []string{bulky.Title, bulky.Fields[0].Title})
		require.True(t, bulky.Fields[0].Things)
		require.NotEmpty(t, bulky.Fields[0].Hint)
		require.Equal(t, []string{"2026-12-06", "2027-03-22"}, []string{bulky.Fields[3].First, bulky.Fields[3].Last})
		require.Equal(t, "caller", bulky.Fields[4].Source)
	}
}

func TestDeskFormsAreStored(t *testing.T) {
	d := newDeskForms(t)
	taken, err := d.Take(t.Context(), filledForm(map[string]string{"street": "Ahornweg", "which": "lamp", "things": "1 Sofa, 2 Stühle", "reason": "nicht gefragt"}))
	require.NoError(t, err)
	require.Equal(t, "326-00001", taken.Reference)
	require.True(t, taken.Due.After(formsDay()))
	c, err := d.desk.Case(t.Context(), taken.Reference)
	require.NoError(t, err)
	require.Equal(t, []string{"01K", "everything", "buergeramt", "tr", "Laterne kaputt", "new"}, []string{c.Call, c.Form, c.Department, c.Language, c.Concern, c.Status})
	require.Equal(t, []store.RequestSlot{
		{Name: "name", Kind: "name", Value: "Anna Müller", Spoken: "Anna Müller", Listed: true}, {Name: "street", Kind: "street", Value: "Ahornweg", Spoken: "Ahornweg", Listed: true},
		{Name: "which", Kind: "choice", Value: "lamp", Spoken: "eine Laterne", Listed: true}, {Name: "things", Kind: "count", Value: "3", Spoken: "1 Sofa, 2 Stühle", Listed: true},
	}, c.Slots)
	require.Equal(t, []string{"created", "taken"}, []string{c.Events[0].What, c.Events[1].What})
	require.Equal(t, "tina", c.Events[1].Who)

	callback := web.DeskRequest{Agent: "tina", Call: "01K", Form: "everything", Page: "de", Slots: map[string]string{}}
	_, err = d.Take(t.Context(), callback)
	require.Error(t, err)
	_, err = d.Take(t.Context(), web.DeskRequest{Form: "other"})
	require.Error(t, err)
	list, err := d.desk.List(t.Context(), desk.Filter{})
	require.NoError(t, err)
	require.Len(t, list, 1)
}
