package dialog_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// vocabulary gathers every word that may stand in a summary of one conversation.
type vocabulary struct{ words map[string]bool }

func (s vocabulary) add(texts ...string) {
	for _, text := range texts {
		for _, w := range intent.Split(text) {
			s.words[w] = true
		}
	}
}

func (s vocabulary) missing(lines []string) []string {
	var out []string
	for _, line := range lines {
		for _, w := range intent.Split(line) {
			if !s.words[w] {
				out = append(out, w)
			}
		}
	}
	return out
}

// fixed are the words of the summary itself.
func fixed(t *testing.T, language string) []string {
	l, err := prompts.Load()
	require.NoError(t, err)
	b, ok := l.Book(language)
	require.True(t, ok)
	var out []string
	for _, spec := range prompts.Keys() {
		if name := string(spec.Key); strings.HasPrefix(name, "sum_") || strings.HasPrefix(name, "open_") || strings.HasPrefix(name, "short_") || name == "briefing" {
			out = append(out, strings.NewReplacer("{", " ", "}", " ").Replace(b.Say(spec.Key, 0)))
		}
	}
	return out
}

// utterances of callers, in an order that chance makes.
func utterances() []dialog.Event {
	var out []dialog.Event
	for _, text := range []string{
		"Was kostet ein Personalausweis?", "Ich habe meinen Ausweis verloren", "ja", "nein", "das erste", "Wie wird das Wetter auf dem Mars?",
		"Ich möchte Sperrmüll anmelden", "Ein Sofa und zwei Stühle", "In der Lindenstraße", "14", "nächsten Dienstag", "noch einmal bitte",
		"Die Laterne vor der Lindenstraße 3 ist aus", "Ich heiße Anna Schmidt", "030 123456", "langsamer", "Wohngeld",
		"Können Sie meinen Antrag genehmigen?", "Bitte einen Menschen, es geht um die Sache mit dem Bescheid von gestern", "Mein Mann atmet nicht mehr",
		"Sprechen Sie bitte Englisch", "What are the opening hours?", "I would like to talk to a person", "von vorn", "zurück", "und was kostet das?",
	} {
		out = append(out, dialog.Event{Kind: dialog.Heard, Text: text, Confidence: 0.9})
	}
	for _, k := range []dialog.EventKind{dialog.NotHeard, dialog.Silence, dialog.TransferFailed, dialog.Returned, dialog.CallbackChosen} {
		out = append(out, dialog.Event{Kind: k})
	}
	for _, k := range "0128#" {
		out = append(out, dialog.Event{Kind: dialog.Digit, Digit: k})
	}
	return out
}

// inEnglish is a value as an English clerk reads it, which was not said so.
func inEnglish(forms []*form.Form, v dialog.SlotValue) []string {
	if v.Kind == slot.Date {
		day, err := time.Parse(time.DateOnly, v.Value)
		if err != nil {
			return nil
		}
		return []string{day.Format("Monday January 2"), "the of"}
	}
	for _, f := range forms {
		if s, ok := f.Slot(v.Name); ok {
			for _, o := range s.Spec.Choices {
				if o.ID == v.Value {
					return []string{o.Say["en"], o.Say["de"]}
				}
			}
		}
	}
	return nil
}

// Whatever was talked about in whatever order: a summary holds no word that
// was not said, read back, or is its own.
func TestSummaryHoldsWhatWasSaid(t *testing.T) {
	forms, streets := cityForms(t)
	library := dialogtest.WithForms()
	events := utterances()
	fixedWords := map[string][]string{"de": fixed(t, "de"), "en": fixed(t, "en")}
	kinds := map[dialog.Open]int{}
	longest := 0
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 115))
		c := dialog.New(dialog.Options{
			City: "Musterstadt", Search: library, Forms: forms, Streets: streets, Languages: []string{"de", "en"},
			Departments: []dialog.Department{{Name: "servicecenter", Transfers: true}}, Reference: func() string { return "4711-08" },
		})
		heard := vocabulary{map[string]bool{}}
		heard.add("4711-08", "Deutsch", "German", "Englisch", "English")
		for _, a := range library.Articles {
			heard.add(strings.TrimPrefix(strings.TrimPrefix(a.Source, "https://"), "www."), strings.Split(a.Source, "/")[2], strings.TrimPrefix(strings.Split(a.Source, "/")[2], "www."))
		}
		e := dialog.Event{Kind: dialog.Start}
		for range 14 {
			e.Now = friday
			heard.add(e.Text)
			require.NoError(t, c.Handle(context.Background(), e, func(a dialog.Action) error {
				heard.add(a.Text)
				for _, v := range a.Slots {
					heard.add(v.Value, v.Spoken, v.Title)
				}
				return nil
			}))
			s := c.Summary()
			kinds[s.Open]++
			names := []string{}
			for _, v := range s.Slots {
				names = append(names, v.Value, v.Spoken)
				names = append(names, inEnglish(forms, v)...)
			}
			for _, told := range s.Answers {
				names = append(names, strconv.Itoa(int(math.Floor(100*told.Confidence))))
				a, ok := library.Article(told.Article)
				require.True(t, ok)
				require.Equal(t, a.Source, told.Source)
				for _, v := range a.Variants {
					names = append(names, v.Title)
				}
			}
			for _, language := range []string{"de", "en"} {
				known := vocabulary{map[string]bool{}}
				for w := range heard.words {
					known.words[w] = true
				}
				known.add(names...)
				known.add(fixedWords[language]...)
				known.add(s.FormTitle(language))
				for _, f := range forms {
					for i := range f.Slots {
						known.add(s.SlotTitle(f.Slots[i].Name, language))
					}
				}
				lines := append(s.Lines(language), s.Briefing(language))
				require.Empty(t, known.missing(lines), "seed %d: %q", seed, lines)
				concern, open := s.Short(language)
				require.NotEmpty(t, concern)
				words := len(strings.Fields(concern)) + len(strings.Fields(open))
				require.LessOrEqual(t, words, 20)
				longest = max(longest, words)
			}
			e = events[rnd.IntN(len(events))]
		}
	}
	require.Greater(t, len(kinds), 4, kinds) // the conversations went to many places
	t.Log("turns that left open:", kinds, "longest spoken briefing:", longest, "words")
}

func TestSummaryOfAFaultyConversation(t *testing.T) {
	s := dialog.New(dialog.Options{}).Summary()
	require.Len(t, s.Lines("de"), 2)
	require.NotEmpty(t, s.Briefing("tr")) // clerks of other languages hear German
}
