package form_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// languages are those in which forms of the demo city can be filled.
func languages() []string {
	return []string{"ar", "de", "de-leicht", "en", "es", "fr", "it", "pl", "ro", "ru", "tr", "uk"}
}

func TestPhrasesAreComplete(t *testing.T) {
	l, err := form.LoadPhrases() // checks keys and places
	require.NoError(t, err)
	require.Equal(t, languages(), l.Languages())
	require.Equal(t, "en", l.Book("zh").Language)
	require.Equal(t, "de", l.Book("de-x").Language)
	require.Equal(t, "a, b oder c", l.Book("de").Or([]string{"a", "b", "c"}))
	require.Empty(t, l.Book("de").Or(nil))
	for _, language := range []string{"de", "en"} { // nothing is asked twice in the same words
		for _, k := range slot.Kinds() {
			if k != slot.Choice && k != slot.YesNo && k != slot.Phone {
				require.GreaterOrEqual(t, len(l.Book(language).All(form.Ask(k))), 2)
			}
		}
	}
}

// Every form of the demo city speaks all languages.
func TestDemoForms(t *testing.T) {
	forms, err := form.Load(cities.Musterstadt())
	require.NoError(t, err)
	ids := map[string]bool{}
	for _, f := range forms {
		ids[f.ID] = true
		for _, language := range languages() {
			has := func(what string, texts form.Texts) {
				require.True(t, texts.Has(language), "%s: %s in %s", f.ID, what, language)
			}
			has("offer", f.Offer)
			if f.ID == form.CallbackID {
				continue
			}
			has("done", f.Done)
			has("summary", f.Summary)
			for _, s := range f.Slots {
				if s.Spec.Kind == slot.Choice || s.Spec.Kind == slot.Text || s.Spec.Kind == slot.Count {
					has("question of "+s.Name, s.Question)
				}
				for _, o := range s.Spec.Choices {
					require.NotEmpty(t, o.Say[transcript.Primary(language)], "%s: %s in %s", f.ID, o.ID, language)
				}
			}
		}
	}
	require.Equal(t, map[string]bool{"callback": true, "defect": true, "bulky-waste": true, "bin-not-emptied": true}, ids)
}

func TestStreets(t *testing.T) {
	s, err := form.LoadStreets(cities.Musterstadt())
	require.NoError(t, err)
	require.Greater(t, s.Len(), 150)
	s, err = form.LoadStreets(fstest.MapFS{})
	require.NoError(t, err)
	require.Nil(t, s)
	_, err = form.LoadStreets(fstest.MapFS{"streets.txt": {Data: []byte("Lindenstraße\nLindenstr.\n")}})
	require.ErrorContains(t, err, "line 2")
}

func TestSummarise(t *testing.T) {
	f := parse(t, `{id: x, slots: [{name: a, kind: street}, {name: b, kind: house_number, optional: true}], summary: {de: ["{a}", "{b}", ", gut."]}}`)
	text, _ := f.Summarise("de-leicht", map[string]string{"a": "Weg"})
	require.Equal(t, "Weg, gut.", text)
	text, _ = f.Summarise("fr", map[string]string{"a": "Weg", "b": "7"})
	require.Equal(t, "Weg 7, gut.", text)
}

func TestWishes(t *testing.T) {
	forms, err := form.Load(cities.Musterstadt())
	require.NoError(t, err)
	for _, c := range []struct{ language, text, want string }{
		{"de", "Ich möchte eine kaputte Laterne melden", "defect"},
		{"de", "ich würde gern ein Schlagloch melden", "defect"},
		{"de", "Sperrmüll anmelden", "bulky-waste"},
		{"de", "Ich möchte ein Sofa abholen lassen", "bulky-waste"},
		{"de", "Ich möchte melden, dass unsere Tonne nicht geleert wurde", "bin-not-emptied"},
		{"en", "I want to report a broken street light", "defect"},
		{"en", "I would like to book a bulky waste collection", "bulky-waste"},
		{"de", "Wo melde ich eine kaputte Laterne?", ""},
		{"de", "Wie melde ich Sperrmüll an?", ""},
		{"de", "Was kostet die Sperrmüllabholung?", ""},
		{"de", "Ich möchte meinen Wohnsitz anmelden", ""},
		{"de", "Ich will meinen Hund anmelden", ""},
		{"de", "Wann wird der Müll abgeholt?", ""},
		{"en", "When is the bin emptied?", ""},
		{"de", "Ich möchte mein Auto anmelden", ""},
	} {
		got := ""
		for _, f := range forms {
			if f.Wanted(intent.Split(c.text), c.language) {
				got = f.ID
			}
		}
		require.Equal(t, c.want, got, c.text)
	}
}

func parse(t *testing.T, text string) *form.Form {
	f, err := form.Parse([]byte(text))
	require.NoError(t, err)
	return f
}

func TestFaultsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		`id: x`: "slots are missing",
		`{id: "X Y", slots: [{name: a, kind: text}]}`:                                                                       "small letters",
		`{id: x, slots: [{name: a, kind: colour}]}`:                                                                         "unknown",
		`{id: x, slots: [{name: a, kind: text}, {name: a, kind: text}]}`:                                                    "twice",
		`{id: x, slots: [{name: a, kind: choice}]}`:                                                                         "two to nine",
		`{id: x, slots: [{name: a, kind: text, choices: [{id: b, say: {de: B}}, {id: c, say: {de: C}}]}]}`:                  "kind choice only",
		`{id: x, slots: [{name: a, kind: text, when: {slot: b}}]}`:                                                          "earlier",
		`{id: x, slots: [{name: a, kind: yes_no}, {name: b, kind: text, when: {slot: a, in: [maybe]}}]}`:                    "maybe",
		`{id: x, slots: [{name: a, kind: date, weekdays: [frei]}]}`:                                                         "frei",
		`{id: x, slots: [{name: a, kind: count, min: 5, max: 2}]}`:                                                          "more than",
		`{id: x, slots: [{name: a, kind: text, source: sky}]}`:                                                              "sky",
		`{id: x, slots: [{name: a, kind: text}], summary: {de: "{b}"}}`:                                                     "{b}",
		`{id: x, slots: [{name: a, kind: text, readback: {de: "gut"}}]}`:                                                    "{value}",
		`{id: x, slots: [{name: a, kind: text, question: {de: ["Was {b}?"]}}]}`:                                             "braces",
		`{id: x, slots: [{name: a, kind: text}], wishes: {de: {any: ["(a"]}}}`:                                              "wishes de",
		`{id: x, slots: [{name: a, kind: choice, choices: [{id: b, say: {de: B}, hear: {de: ["(a"]}}, {id: c, say: {}}]}]}`: "hear de",
		`{id: x, colour: red, slots: [{name: a, kind: text}]}`:                                                              "colour",
		`{id: [}`: "yaml",
	} {
		_, err := form.Parse([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
	_, err := form.Load(fstest.MapFS{"forms/a.yaml": {Data: []byte(`{id: b, slots: [{name: a, kind: text}]}`)}})
	require.ErrorContains(t, err, "forms/a.yaml")
	forms, err := form.Load(fstest.MapFS{})
	require.NoError(t, err)
	require.Len(t, forms, 1) // the callback, always
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"defect", "bulky-waste", "bin-not-emptied", "callback"} {
		raw, err := os.ReadFile("../../cities/musterstadt/forms/" + name + ".yaml")
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		parsed, err := form.Parse(raw)
		if err != nil {
			return
		}
		require.NotEmpty(t, parsed.Slots)
		parsed.Summarise("de", nil)
		parsed.Wanted(intent.Words{"a"}, "de")
	})
}
