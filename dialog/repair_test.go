package dialog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// answered is a German call that has just had an answer.
func answered(t *testing.T, o dialog.Options) *dialog.Conversation {
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	require.Len(t, evidence(collect(t, c, say("Wann wird der Sperrmüll abgeholt?"))), 1)
	return c
}

// Where an answer comes from is told however it is asked, and heard.
func TestSource(t *testing.T) {
	for _, text := range []string{
		"Woher wissen Sie das?", "woher wissen sie dass denn", "wo her wissen Sie das", "wo er wissen sie das", "woher haste das denn",
		"Wo steht das?", "wo steht das denn geschrieben", "Wer sagt das?", "Wer hat Ihnen das gesagt?", "Aus welcher Quelle ist die Information?",
		"Und woher haben Sie diese Auskunft?",
	} {
		require.Contains(t, said(collect(t, answered(t, options()), say(text))), "musterstadt Punkt example", text)
	}
	for _, text := range []string{"Ist das sicher?", "Sind Sie da ganz sicher?", "Stimmt das wirklich?", "Kann ich mich darauf verlassen?"} {
		require.Contains(t, said(collect(t, answered(t, options()), say(text))), "3. März 2026", text)
	}
}

func TestSpelling(t *testing.T) {
	o := options()
	o.Search = &dialogtest.Searcher{Articles: []*knowledge.Article{{
		ID: "a", Source: "https://www.musterstadt.example/x", Variants: map[string]knowledge.Variant{
			"de": {Language: "de", Title: "Fundbüro", Questions: []string{"Wo ist das Fundbüro"}, Answer: "Das Fundbüro ist in der Schloßstraße 4. Fragen Sie nach Frau Weber."},
		},
	}}}
	for text, want := range map[string]string{
		"Buchstabieren Sie bitte die Straße":       "S, C, H, L, O, S, S, S, T, R, A, S, S, E.",
		"Wie schreibt man Weber?":                  "W, E, B, E, R.",
		"Können Sie Fundbüro buchstabieren?":       "F, U, N, D, B, Ü, R, O.",
		"Buchstabieren Sie mir die Internetseite.": "M, U, S, T, E, R, S, T, A, D, T, Punkt, E, X, A, M, P, L, E.",
	} {
		c := dialog.New(o)
		collect(t, c, dialog.Event{Kind: dialog.Start})
		collect(t, c, say("Wo ist das Fundbüro"))
		require.Contains(t, said(collect(t, c, say(text))), want, text)
	}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	actions := collect(t, c, say("Bitte buchstabieren"))
	require.NotEmpty(t, said(actions))
	require.Equal(t, dialog.Listen, actions[len(actions)-1].Kind)
}

// Insults: calm, then firm once with the offer of a person, then calm again.
func TestInsults(t *testing.T) {
	o := options()
	o.Departments = []dialog.Department{{Name: "servicecenter", Transfers: true}}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	firm := "Mit solchen Worten kommen wir aber nicht weiter."
	first := said(collect(t, c, say("du Idiot")))
	require.NotContains(t, first, firm)
	require.Contains(t, said(collect(t, c, say("du blöde Maschine"))), firm)
	third := collect(t, c, say("Arschloch"))
	require.NotContains(t, said(third), firm)
	require.NotEqual(t, first, said(third))
	require.Equal(t, dialog.OutcomeRefuse, third[0].Outcome)
	c = dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	collect(t, c, say("du Idiot"))
	collect(t, c, say("du Idiot"))
	actions := collect(t, c, say("ja"))
	require.Equal(t, dialog.Transfer, actions[len(actions)-1].Kind)
}

// splitting is a knowledge base that tells concerns apart at "und".
type splitting struct {
	*dialogtest.Searcher
	parts []string
}

func (s splitting) Concerns(_ context.Context, q knowledge.Query) ([]knowledge.Query, error) {
	var out []knowledge.Query
	for _, p := range s.parts {
		out = append(out, knowledge.Query{Text: p, Language: q.Language})
	}
	return out, nil
}

func TestTwoConcerns(t *testing.T) {
	o := options()
	o.Search = splitting{dialogtest.Musterstadt(), []string{"Wann wird der Sperrmüll abgeholt", "wie melde ich meinen Hund an"}}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	actions := collect(t, c, say("Wann wird der Sperrmüll abgeholt und wie melde ich meinen Hund an?"))
	got := evidence(actions)
	require.Len(t, got, 2)
	require.Equal(t, "sperrmuell", got[0].Article)
	require.Equal(t, "hundesteuer", got[1].Article)
	require.Regexp(t, "zweimal im Jahr.*(zweiten Frage|zweiten Punkt).*96 Euro", said(actions))
	// One concern that is not sure: no half answer, the sentence as a whole counts.
	o.Search = splitting{dialogtest.Musterstadt(), []string{"Wann wird der Sperrmüll abgeholt", "wie wird das Wetter"}}
	c = dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	require.LessOrEqual(t, len(evidence(collect(t, c, say("Wann wird der Sperrmüll abgeholt und wie wird das Wetter?")))), 1)
}

// asking keeps the queries.
type asking struct {
	*dialogtest.Searcher
	queries *[]knowledge.Query
}

func (s asking) Search(ctx context.Context, q knowledge.Query) ([]knowledge.Hit, error) {
	*s.queries = append(*s.queries, q)
	return s.Searcher.Search(ctx, q)
}

// TestWordsReachTheSearch: what the recogniser doubted weighs less there.
func TestWordsReachTheSearch(t *testing.T) {
	var queries []knowledge.Query
	o := options()
	o.Search = asking{dialogtest.Musterstadt(), &queries}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	e := say("Sperrmüll Schwimmer")
	e.Words = []knowledge.Word{{Text: "Sperrmüll", Probability: 0.9}, {Text: "Schwimmer", Probability: 0.1}}
	collect(t, c, e)
	require.NotEmpty(t, queries)
	require.Equal(t, e.Words, queries[0].Words)
}
