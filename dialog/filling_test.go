package dialog_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/turn"
)

func formOptions(t testing.TB) dialog.Options {
	o := options()
	o.Languages = []string{"de", "en", "tr"}
	o.Forms, o.Streets = cityForms(t)
	o.Search = dialogtest.WithForms()
	return o
}

// formSentences are said while forms are filled, in no good order.
func formSentences() []string {
	return strings.Split(`Ich möchte eine kaputte Laterne melden|Ich möchte Sperrmüll anmelden|Die Laterne in der Lindenstraße vor Haus 14 ist aus|ja|nein|ja bitte|
Wo melde ich eine kaputte Laterne?|Meine Mülltonne wurde nicht geleert|Lindenstraße|in der Lindn Straße|Birkenweg 7|vierzehn|zwölf a|12 bis 14|weiß ich nicht|keine|
am 15. Dezember|morgen|gestern|nächsten Dienstag|am 31. Februar|ein Sofa und zwei Stühle|drei|hundert|null zwei zwei acht siebenundsiebzig doppel drei|am Ende fünf|
nein, die Hausnummer ist 40|die Straße ist falsch|der Tag stimmt nicht|was muss ich da sagen?|was haben Sie notiert?|zurück|noch einmal|langsamer|abbrechen|von vorn|
das zweite|Papiertonne|Restmüll oder Bio|Wann hat das Bürgeramt geöffnet?|Mensch|rufen Sie mich zurück|English please|auf Deutsch bitte|leichte Sprache bitte|danke|hallo|
einen Moment bitte|da bin ich wieder|ich heiße Anna Müller|M Ü L L E R|Kastanienstieg|asdf|Linde|die erste|evet|hayır|stimmt|passt so|Da liegt etwas herum und stinkt|tschüss`, "|")
}

// helpful answers are those of a caller who wants to get on, by what is awaited.
func helpful(r *rand.Rand, expect turn.Expect) string {
	answers := map[turn.Expect][]string{
		turn.Free:   {"ein Sofa und zwei Stühle", "Papiertonne", "Da liegt etwas herum und stinkt", "Ich möchte Sperrmüll anmelden", "Meine Mülltonne wurde nicht geleert", "ja"},
		turn.YesNo:  {"ja"},
		turn.Digits: {"14", "null zwei zwei acht siebenundsiebzig doppel drei"},
		turn.Name:   {"Lindenstraße", "Birkenweg"},
		turn.Date:   {"am 15. Dezember", "gestern"},
	}[expect]
	return answers[r.IntN(len(answers))]
}

// TestRandomForms holds what must be true of every request, whatever was said
// on the way: turns end properly, a request holds all it needs and nothing
// that was not asked for, and it is never taken without a reference.
func TestRandomForms(t *testing.T) {
	texts := formSentences()
	o := formOptions(t)
	taken := map[string]int{}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		if o.Caller = ""; seed%3 == 0 {
			o.Caller = "+4917112345678"
		}
		c := dialog.New(o)
		collect(t, c, dialog.Event{Kind: dialog.Start})
		expect := turn.Free
		for range 50 {
			e := arbitrary(r, texts)
			if r.IntN(3) > 0 {
				e.Kind, e.Text = dialog.Heard, helpful(r, expect)
			}
			if e.Kind == dialog.Heard {
				e.Confidence, e.Language = 0.9, ""
			}
			if e.Kind == dialog.TransferFailed || e.Kind == dialog.Start {
				continue
			}
			actions := collect(t, c, e)
			if len(actions) == 0 {
				continue
			}
			for i, a := range actions {
				final := a.Kind == dialog.Listen || a.Kind == dialog.Transfer || a.Kind == dialog.End
				require.Equal(t, i == len(actions)-1, final, "seed %d: %+v after %+v", seed, actions, e)
				if a.Kind == dialog.Say {
					require.NotEmpty(t, strings.TrimSpace(a.Text))
					require.NotContains(t, a.Text, "{", "seed %d: a place was not filled", seed)
				}
				if a.Kind == dialog.Listen {
					require.Positive(t, a.Timeout)
					expect = a.Expect
				}
				if a.Kind == dialog.Request {
					taken[a.Form]++
					checkRequest(t, o.Forms, a)
				}
			}
			if actions[len(actions)-1].Kind == dialog.End {
				break
			}
		}
	}
	t.Logf("requests taken: %v", taken)
	for _, f := range o.Forms {
		require.Positive(t, taken[f.ID], "%s was never filled: the test says nothing about it", f.ID)
	}
}

func checkRequest(t *testing.T, forms []*form.Form, a dialog.Action) {
	require.NotEmpty(t, a.Reference)
	for _, f := range forms {
		if f.ID != a.Form {
			continue
		}
		values := map[string]dialog.SlotValue{}
		for _, v := range a.Slots {
			values[v.Name] = v
			require.NotEmpty(t, v.Value)
			require.NotEmpty(t, v.Spoken)
			s, ok := f.Slot(v.Name)
			require.True(t, ok)
			require.Equal(t, s.Spec.Kind, v.Kind)
			switch v.Kind {
			case slot.Date:
				require.Regexp(t, `^\d{4}-\d\d-\d\d$`, v.Value)
			case slot.Phone:
				require.Regexp(t, `^\+?\d{5,17}$`, v.Value)
				require.Equal(t, v.Value, a.Number)
			case slot.HouseNumber:
				require.Regexp(t, `^\d{1,4}[a-z]?([-/]\d{1,4}[a-z]?)?$`, v.Value)
			}
		}
		for _, s := range f.Slots {
			if !s.Optional && s.When == nil {
				require.Contains(t, values, s.Name, "%s without %s", f.ID, s.Name)
			}
		}
		return
	}
	t.Fatalf("request of unknown form %q", a.Form)
}

// Silence in the middle of a form ends the call in the end.
func TestSilenceEndsForms(t *testing.T) {
	o := formOptions(t)
	for _, before := range [][]string{{"Ich möchte Sperrmüll anmelden"}, {"Die Laterne in der Lindenstraße vor Haus 14 ist aus", "sie flackert ganz schrecklich"}, {"Ich möchte eine Laterne melden", "Linde"}} {
		c := dialog.New(o)
		collect(t, c, dialog.Event{Kind: dialog.Start})
		for _, text := range before {
			collect(t, c, say(text))
		}
		ended := false
		for range 4 {
			actions := collect(t, c, dialog.Event{Kind: dialog.Silence})
			ended = ended || len(actions) == 0 || actions[len(actions)-1].Kind == dialog.End
		}
		require.True(t, ended, before)
	}
}

// What the dialog awaits drives the end of a turn.
func TestFormsExpect(t *testing.T) {
	o := formOptions(t)
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	expect := func(text string) string {
		actions := collect(t, c, say(text))
		return actions[len(actions)-1].Expect.String()
	}
	require.Equal(t, "free", expect("Ich möchte Sperrmüll anmelden"))
	require.Equal(t, "name", expect("ein Sofa"))
	require.Equal(t, "digits", expect("Lindenstraße"))
	require.Equal(t, "date", expect("14"))
	require.Equal(t, "digits", expect("am 15. Dezember"))
	require.Equal(t, "yes-no", expect("0228 773355"))
}

// A name given unasked is neither said nor noted by a form that wants none.
func TestUnaskedNamesStayUnsaid(t *testing.T) {
	c := dialog.New(formOptions(t))
	collect(t, c, dialog.Event{Kind: dialog.Start})
	for _, text := range []string{"Ich möchte eine Laterne melden, ich heiße Anna Kowalski", "Lindenstraße", "weiß ich nicht", "sie ist aus, mein Name ist Kowalski", "ja"} {
		for _, a := range collect(t, c, say(text)) {
			if a.Kind == dialog.Say {
				require.NotContains(t, a.Text, "Kowalski")
			}
			for _, v := range a.Slots {
				require.NotEqual(t, slot.Name, v.Kind)
			}
		}
	}
}

// A callback form of a city asks what it likes: name by spelling, then number.
func TestCallbackOfACity(t *testing.T) {
	f, err := form.Parse([]byte(`{id: callback, department: buergeramt, slots: [{name: name, kind: name}, {name: mail, kind: email, optional: true}, {name: number, kind: phone, source: caller},
  {name: plate, kind: plate, optional: true}, {name: when, kind: time, optional: true}, {name: urgent, kind: yes_no, question: {de: ["Ist es eilig?", "Eilt es?"]}}, {name: why, kind: text, when: {slot: urgent, in: ["yes"]}, question: {de: ["Warum eilt es?", "Weshalb?"]}}]}`))
	require.NoError(t, err)
	o := options()
	o.Forms, o.Caller = []*form.Form{f}, "01711234567"
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	var got []dialog.SlotValue
	for _, text := range []string{
		"Rufen Sie mich bitte zurück", "Meier", "nein, Meier mit a i", "ja", "anna punkt maier at", "web punkt de", "stimmt", "ja", "M wie Martha Strich A B 123", "ja",
		"halb drei", "richtig", "ja", "morgen früh läuft die Frist ab", "ja",
	} {
		for _, a := range collect(t, c, say(text)) {
			if a.Kind == dialog.Request {
				got = a.Slots
			}
		}
	}
	values := map[string]string{}
	for _, v := range got {
		values[v.Name] = v.Value
	}
	require.Equal(t, map[string]string{
		"name": "Maier", "mail": "anna.maier@web.de", "number": "01711234567", "plate": "M-AB 123", "when": "14:30", "urgent": "yes", "why": "morgen früh läuft die Frist ab",
	}, values)
}
