package dialog_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// dutch knows what callers of these tests say.
func dutch() dialogtest.Dictionary {
	return dialogtest.Dictionary{From: "en", To: "nl", Words: map[string]string{
		"Ik wil een identiteitskaart aanvragen": "I want to apply for an identity card",
		"ja graag":                              "yes please",
		"nee dank u":                            "no thank you",
		"Kunt u dat herhalen?":                  "Can you repeat that?",
		"langzamer alstublieft":                 "slower please",
		"ik wil met een mens spreken":           "I want to speak to a person",
		"en wat kost dat?":                      "and what does it cost?",
		"mijn huis staat in brand":              "my house is on fire",
		"mitt hus brinner":                      "my house is on fire",
		"de tweede":                             "the second one",
		"volgende dinsdag":                      "next Tuesday",
		"twaalf a":                              "twelve a",
		"ik wil Nederlands praten":              "I want to speak Dutch",
		"ik wil Duits praten":                   "I want to speak German",
		"nul drie nul een twee drie vier vijf":  "zero three zero one two three four five",
		"bel mij terug":                         "call me back",
		"tot ziens":                             "goodbye",
		"waar heeft u dat vandaan?":             "how do you know that?",
	}}
}

// resources are read once for all tests of this file.
var resources = sync.OnceValues(dialog.LoadResources)

// inDutch are the options of calls in a language without prompts.
func inDutch(t *testing.T, translate func(ctx context.Context, text, from, to string) (string, error)) dialog.Options {
	o := options()
	o.Translate, o.Languages = translate, []string{"de", "en", "nl"}
	o.Departments = []dialog.Department{{Name: "servicecenter", Transfers: true}}
	if translate == nil {
		return o
	}
	shared, err := resources()
	require.NoError(t, err)
	data := *shared
	data.Tongues, err = dialog.NewTongues(dialog.TonguesOptions{Translate: translate, Prompts: data.Prompts})
	require.NoError(t, err)
	o.Resources = &data
	return o
}

func begin(t *testing.T, o dialog.Options, language string) (*dialog.Conversation, []dialog.Action) {
	c := dialog.New(o)
	return c, collect(t, c, dialog.Event{Kind: dialog.Start, Language: language})
}

// languages are those of all that is said in a turn.
func languages(actions []dialog.Action) []string {
	var out []string
	for _, a := range actions {
		if a.Kind == dialog.Say {
			out = append(out, a.Lang)
		}
	}
	return out
}

func TestCallInALanguageWithoutPrompts(t *testing.T) {
	c, actions := begin(t, inDutch(t, dutch().Translate), "nl")
	require.True(t, actions[1].Firm)
	require.Equal(t, "Goedendag, u spreekt met de kunstmatige intelligentie van de stad Musterstadt.", actions[1].Text)
	require.Contains(t, said(actions), "nl:A computer translates my words and can make mistakes.")
	require.Contains(t, said(actions), "nl:How can I help you?")

	actions = collect(t, c, say("Ik wil een identiteitskaart aanvragen"))
	require.Contains(t, said(actions), "nl:A computer has translated this text.")
	require.Contains(t, said(actions), "nl:You apply for the identity card in person at the citizens' office. It costs 37 euros.")
	answered := evidence(actions)
	require.Len(t, answered, 1)
	require.True(t, answered[0].Translated)
	require.Equal(t, "nl", answered[0].Lang)

	require.Contains(t, said(collect(t, c, say("ja graag"))), "nl:Please bring a biometric photo")
	require.Contains(t, said(collect(t, c, say("Kunt u dat herhalen?"))), "nl:Please bring a biometric photo")
	actions = collect(t, c, say("langzamer alstublieft"))
	require.Equal(t, dialog.Rate, actions[0].Kind)
	require.Contains(t, said(collect(t, c, say("waar heeft u dat vandaan?"))), "musterstadt nl:dot example")
	actions = collect(t, c, say("ik wil met een mens spreken"))
	require.Contains(t, said(actions), "nl:the service centre")
	require.Equal(t, dialog.Transfer, actions[len(actions)-1].Kind)

	s := c.Summary()
	require.Equal(t, "nl", s.Language)
	lines := strings.Join(s.Lines("de"), "\n")
	require.Contains(t, lines, "„Ik wil een identiteitskaart aanvragen“ (maschinell übersetzt: „I want to apply for an identity card“)")
	require.Contains(t, lines, "Beantwortet, maschinell übersetzt")
	require.Contains(t, s.Briefing("de"), "Niederländisch")
	require.Contains(t, s.Briefing("en"), "I want to apply for an identity card")
}

// recording notes what is searched for.
type recording struct {
	knowledge.Searcher
	queries []knowledge.Query
}

func (r *recording) Search(ctx context.Context, q knowledge.Query) ([]knowledge.Hit, error) {
	r.queries = append(r.queries, q)
	return r.Searcher.Search(ctx, q)
}

// The caller's own words are looked up first; only where they lead to no answer
// are the translated ones.
func TestOwnWordsAreSearchedFirst(t *testing.T) {
	o := inDutch(t, dutch().Translate)
	search := &recording{Searcher: o.Search}
	o.Search = search
	c, _ := begin(t, o, "nl")
	require.NotEmpty(t, evidence(collect(t, c, say("Personalausweis verloren"))))
	for _, q := range search.queries {
		require.Equal(t, "nl", q.Language)
	}
	search.queries = nil
	require.NotEmpty(t, evidence(collect(t, c, say("Ik wil een identiteitskaart aanvragen"))))
	require.Equal(t, "Ik wil een identiteitskaart aanvragen", search.queries[0].Text)
	require.Equal(t, "nl", search.queries[0].Language)
	require.Equal(t, "I want to apply for an identity card", search.queries[1].Text)
	require.Equal(t, "en", search.queries[1].Language)
}

func TestEmergencyInALanguageWithoutPatterns(t *testing.T) {
	t.Run("in the call's language", func(t *testing.T) {
		c, _ := begin(t, inDutch(t, dutch().Translate), "nl")
		actions := collect(t, c, say("mijn huis staat in brand"))
		require.Equal(t, dialog.OutcomeEmergency, actions[0].Outcome)
		require.True(t, actions[0].Firm)
		require.Equal(t, "nl", actions[0].Lang)
		require.Contains(t, actions[0].Text, "bel meteen 112")
		require.True(t, c.Summary().Alarm)
	})
	t.Run("as the first sentence of a German call", func(t *testing.T) {
		c, _ := begin(t, inDutch(t, dutch().Translate), "de")
		e := say("mijn huis staat in brand")
		e.Language, e.LanguageProbability = "nl", 0.95
		actions := collect(t, c, e)
		require.Equal(t, dialog.OutcomeEmergency, actions[0].Outcome)
		require.Equal(t, "nl", actions[0].Lang)
	})
	t.Run("where even that sentence is translated", func(t *testing.T) {
		d := dutch()
		d.To = "sv"
		o := inDutch(t, d.Translate)
		o.Languages = append(o.Languages, "sv")
		c, _ := begin(t, o, "sv")
		actions := collect(t, c, say("mitt hus brinner"))
		require.Equal(t, dialog.OutcomeEmergency, actions[0].Outcome)
		require.Equal(t, "sv", actions[0].Lang)
		require.Contains(t, actions[0].Text, "sv:")
		require.Contains(t, actions[0].Text, "112")
	})
}

func TestWishForALanguageWithoutPrompts(t *testing.T) {
	for _, text := range []string{
		"Nederlands", "Nederlands alstublieft", "Spreekt u Nederlands?", "auf Niederländisch bitte", "Sprechen Sie Niederländisch?",
		"Dutch please", "Can we speak Dutch?", "ik wil Nederlands praten",
	} {
		c, _ := begin(t, inDutch(t, dutch().Translate), "de")
		actions := collect(t, c, say(text))
		require.Equal(t, "nl", changedTo(actions), text)
		require.Contains(t, said(actions), "nl:I will go on in your language. A computer translates my words", text)
	}
	c, _ := begin(t, inDutch(t, dutch().Translate), "nl")
	require.Equal(t, "de", changedTo(collect(t, c, say("ik wil Duits praten"))))
	c, _ = begin(t, inDutch(t, dutch().Translate), "nl")
	require.Equal(t, "de", changedTo(collect(t, c, say("Deutsch bitte"))))
}

// A language that is not offered is not spoken, however it is asked for or
// recognised, and things that are called by it are no wish.
func TestLanguageNotOffered(t *testing.T) {
	for _, text := range []string{"Português por favor", "Fala português?", "auf Portugiesisch bitte", "Shqip, ju lutem", "ελληνικά παρακαλώ", "فارسی لطفا"} {
		c, _ := begin(t, inDutch(t, dutch().Translate), "de")
		actions := collect(t, c, say(text))
		require.Empty(t, changedTo(actions), text)
		require.Equal(t, dialog.OutcomeNoAnswer, actions[0].Outcome, text)
	}
	c, _ := begin(t, inDutch(t, dutch().Translate), "de")
	e := say("Preciso de um bilhete de identidade novo")
	e.Language, e.LanguageProbability = "pt", 0.99
	require.Empty(t, changedTo(collect(t, c, e)))
	for _, text := range []string{"Brauche ich für den niederländischen Führerschein eine Übersetzung?", "Ich habe eine portugiesische Geburtsurkunde"} {
		c, _ := begin(t, inDutch(t, dutch().Translate), "de")
		require.Empty(t, changedTo(collect(t, c, say(text))), text)
	}
}

// The recogniser is believed about an offered language; so are clear words.
func TestLanguageWithoutPromptsIsDetected(t *testing.T) {
	c, _ := begin(t, inDutch(t, dutch().Translate), "de")
	e := say("Ik wil een identiteitskaart aanvragen")
	e.Language, e.LanguageProbability = "nl", 0.95
	actions := collect(t, c, e)
	require.Equal(t, "nl", changedTo(actions))
	require.Contains(t, said(actions), "nl:You apply for the identity card")

	c, _ = begin(t, inDutch(t, dutch().Translate), "de")
	require.Equal(t, "nl", changedTo(collect(t, c, say("Ik wil een identiteitskaart aanvragen"))))

	c, _ = begin(t, inDutch(t, dutch().Translate), "de")
	e = say("Giovanni van der Berg")
	e.Language, e.LanguageProbability = "nl", 0.97
	require.Empty(t, changedTo(collect(t, c, e)))
}

func TestChoiceInALanguageWithoutPrompts(t *testing.T) {
	d := dutch()
	d.Words["Mijn identiteitskaart"] = "identity card"
	c, _ := begin(t, inDutch(t, d.Translate), "nl")
	actions := collect(t, c, say("Mijn identiteitskaart"))
	require.Equal(t, dialog.OutcomeClarify, actions[0].Outcome, said(actions))
	require.Contains(t, said(actions), "nl:lost identity card")
	actions = collect(t, c, say("de tweede"))
	require.Len(t, evidence(actions), 1)
}

// A request is taken: values are read back in the caller's language, names and
// numbers as they were said.
func TestFormInALanguageWithoutPrompts(t *testing.T) {
	o := inDutch(t, dutch().Translate)
	c, _ := begin(t, o, "nl")
	actions := collect(t, c, say("bel mij terug"))
	require.Contains(t, said(actions), "nl:")
	actions = collect(t, c, say("nul drie nul een twee drie vier vijf"))
	require.Contains(t, said(actions), "nul drie nul een, twee drie, vier vijf")
	actions = collect(t, c, say("ja graag"))
	var request dialog.Action
	for _, a := range actions {
		if a.Kind == dialog.Request {
			request = a
		}
	}
	require.Equal(t, "03012345", request.Number)
	require.Equal(t, "nl", request.Lang)
	require.Contains(t, said(actions), "nl:")
}

// breaks are translators that do not do their work.
func breaks() map[string]func(ctx context.Context, text, from, to string) (string, error) {
	return map[string]func(ctx context.Context, text, from, to string) (string, error){
		"hanging": func(ctx context.Context, _, _, _ string) (string, error) { <-ctx.Done(); return "", ctx.Err() },
		"failing": func(context.Context, string, string, string) (string, error) { return "", errors.New("down") },
		"empty":   func(context.Context, string, string, string) (string, error) { return " ", nil },
		"rubbish": func(context.Context, string, string, string) (string, error) { return "asdf", nil },
		"echo":    func(_ context.Context, text, _, _ string) (string, error) { return text, nil },
		"looping": func(context.Context, string, string, string) (string, error) {
			return strings.Repeat("de ", 4000), nil
		},
		"bleeping": func(_ context.Context, text, _, _ string) (string, error) { return text + "\x07\x1b[2J", nil },
	}
}

// Whatever the translator does: a turn takes at most two seconds, who speaks is
// said first, an answer comes in English, a person is offered, and nothing that
// the translator made up is said.
func TestBrokenTranslators(t *testing.T) {
	for name, translate := range breaks() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := inDutch(t, translate)
				began := time.Now()
				turn := func(actions []dialog.Action) []dialog.Action {
					require.LessOrEqual(t, time.Since(began), 2*time.Second)
					for _, a := range actions {
						require.NotContains(t, a.Text, "asdf")
						require.NotContains(t, a.Text, "de de de")
						require.NotContains(t, a.Text, "\x07")
					}
					began = time.Now()
					return actions
				}
				c, actions := begin(t, o, "nl")
				turn(actions)
				require.Contains(t, actions[1].Text, "kunstmatige intelligentie")
				require.True(t, actions[1].Firm)
				require.Contains(t, said(actions), "I cannot translate at the moment")
				require.Contains(t, said(actions), "press 0")
				actions = turn(collect(t, c, say("Personalausweis verloren")))
				require.NotContains(t, languages(actions), "nl")
				require.Contains(t, said(actions), "Report the loss to the citizens' office at once.")
				require.NotContains(t, said(actions), "I cannot translate", "it is said once")
				actions = turn(collect(t, c, say("blaat mekker knor")))
				require.Equal(t, dialog.OutcomeNoAnswer, actions[0].Outcome)
				require.Subset(t, []string{"en"}, languages(actions))
				actions = turn(collect(t, c, dialog.Event{Kind: dialog.Digit, Digit: '0'}))
				require.Equal(t, dialog.Transfer, actions[len(actions)-1].Kind)
			})
		})
	}
}

// A fee or a number that comes out as another one is not said.
func TestChangedFiguresAreNotSaid(t *testing.T) {
	o := inDutch(t, func(ctx context.Context, text, from, to string) (string, error) {
		out, err := dutch().Translate(ctx, text, from, to)
		if from == "en" {
			out = strings.NewReplacer("37", "99", "112", "113", "0", "8").Replace(out)
		}
		return out, err
	})
	c, _ := begin(t, o, "nl")
	actions := collect(t, c, say("Ik wil een identiteitskaart aanvragen"))
	require.Contains(t, said(actions), "It costs 37 euros.")
	require.Contains(t, said(collect(t, c, say("mijn huis staat in brand"))), "112")
}

// Words of danger that are known in some language are heard without any
// translation.
func TestEmergencyWithoutTranslation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := begin(t, inDutch(t, breaks()["hanging"]), "nl")
		began := time.Now()
		actions := collect(t, c, say("Feuer! Es brennt!"))
		require.LessOrEqual(t, time.Since(began), 2*time.Second)
		require.Equal(t, dialog.OutcomeEmergency, actions[0].Outcome)
		require.Contains(t, actions[0].Text, "112")
	})
}

// A translator that hangs costs the first turns their two seconds, and the
// later ones little.
func TestPatienceWearsThin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := begin(t, inDutch(t, breaks()["hanging"]), "nl")
		for range 3 {
			collect(t, c, say("Sperrmüll"))
		}
		began := time.Now()
		collect(t, c, say("Sperrmüll"))
		require.LessOrEqual(t, time.Since(began), 500*time.Millisecond)
	})
}

// What the city wants everybody to hear is translated with the notice, or said
// as it is.
func TestAnnouncementInALanguageWithoutPrompts(t *testing.T) {
	o := inDutch(t, dutch().Translate)
	o.Announcement = func(language string) dialog.Announcement {
		if language == "nl" {
			return dialog.Announcement{ID: "1", Text: "Please boil your water.", Language: "en"}
		}
		return dialog.Announcement{ID: "1", Text: "Bitte Wasser abkochen.", Language: "de"}
	}
	_, actions := begin(t, o, "nl")
	require.Contains(t, said(actions), "nl:Please boil your water.")
	require.Contains(t, said(actions), "nl:A computer has translated this text.")
	o.Announcement = func(string) dialog.Announcement {
		return dialog.Announcement{ID: "1", Text: "Bitte Wasser abkochen.", Language: "de"}
	}
	_, actions = begin(t, o, "nl")
	require.Contains(t, said(actions), "nl:I only have a German text on this.")
	require.Contains(t, said(actions), "Bitte Wasser abkochen.")
}

// The recogniser takes a dialect for a neighbour's language: who calls for help
// in German is answered in German.
func TestEmergencyInWordsThatAreKnown(t *testing.T) {
	c, _ := begin(t, inDutch(t, dutch().Translate), "de")
	e := say("Hilfe, es brennt in der Küche!")
	e.Language, e.LanguageProbability = "nl", 0.9
	actions := collect(t, c, e)
	require.Equal(t, dialog.OutcomeEmergency, actions[0].Outcome)
	require.Equal(t, "de", actions[0].Lang)
}

func TestNoTranslatorAtAll(t *testing.T) {
	c, actions := begin(t, inDutch(t, nil), "nl")
	require.Contains(t, said(actions), "kunstmatige intelligentie")
	require.Contains(t, said(actions), "How can I help you?")
	require.Contains(t, said(actions), "If you need a person, press 0.")
	require.Contains(t, said(collect(t, c, say("Personalausweis verloren"))), "Report the loss")
}

// TestRandomForeignCalls holds the rules of every call while languages change
// and the translator fails by chance.
func TestRandomForeignCalls(t *testing.T) {
	texts := append(sentences(), "Nederlands", "Ik wil een identiteitskaart aanvragen", "ja graag", "de tweede", "mijn huis staat in brand", "bel mij terug")
	whims := breaks()
	delete(whims, "hanging")
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 6))
		o := inDutch(t, func(ctx context.Context, text, from, to string) (string, error) {
			if r.IntN(4) == 0 {
				for _, whim := range []string{"failing", "rubbish", "looping", "echo"}[r.IntN(4):] {
					return whims[whim](ctx, text, from, to)
				}
			}
			return dutch().Translate(ctx, text, from, to)
		})
		c, _ := begin(t, o, "nl")
		over, handed := false, false
		for range 30 {
			e := arbitrary(r, texts)
			if e.Kind == dialog.Start {
				continue
			}
			actions := collect(t, c, e)
			if over || handed && e.Kind != dialog.TransferFailed {
				require.Empty(t, actions)
				continue
			}
			if len(actions) == 0 {
				require.False(t, speaksUp(e.Kind))
				continue
			}
			last := checkTurn(t, seed, e, actions)
			over, handed = last == dialog.End, last == dialog.Transfer
		}
	}
}
