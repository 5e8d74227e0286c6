package minutes_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

var office = []minutes.Line{
	{ID: "c1", Speaker: "Frau Ahrens", Text: "Frau Sommer schickt bis Freitag den Entwurf.", Start: 0, End: 3 * time.Second},
	{ID: "c2", Speaker: "Herr Winter", Text: "Den Saal dann am Mittwoch ab, das bin ich.", Start: 4 * time.Second, End: 6 * time.Second},
	{ID: "c3", Speaker: "Herr Winter", Text: "Wenn es regnet, baue ich das Zelt auf.", Start: 7 * time.Second, End: 9 * time.Second},
}

func improved(t *testing.T, answer string, err error) minutes.Minutes {
	t.Helper()
	m, failed := minutes.Write(t.Context(), office, minutes.Options{Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Model: "m1",
		Improve: func(_ context.Context, prompt, lines string) (string, error) {
			require.Contains(t, prompt, "JSON")
			require.Contains(t, lines, "[c2] Herr Winter: Den Saal")
			return answer, err
		}})
	require.NoError(t, failed)
	return m
}

func TestModelAddsWhatIsBacked(t *testing.T) {
	m := improved(t, "```json\n"+`{"tasks":[{"cues":["c2"],"text":"Den Saal am Mittwoch ab","owner":"Herr Winter","due":"am Mittwoch"},{"cues":["c1"],"text":"schickt den Entwurf","owner":"Frau Sommer","due":"bis Freitag"}],"decisions":[]}`+"\n```", nil)
	require.Empty(t, m.Refused)
	require.Equal(t, "m1", m.Model)
	require.Len(t, m.Tasks, 2)
	require.Equal(t, "schickt den Entwurf", m.Tasks[0].Text)
	require.Equal(t, "m1", m.Tasks[0].Item.Model)
	require.Equal(t, "2026-11-27", m.Tasks[0].Due.Date)
	require.Equal(t, "Herr Winter", m.Tasks[1].Owner)
	require.Equal(t, "2026-11-25", m.Tasks[1].Due.Date)
	nothingInvented(t, office, m)
}

func TestModelThatInventsIsRefused(t *testing.T) {
	for name, answer := range map[string]string{
		"word":      `{"tasks":[{"cues":["c2"],"text":"Den Saal streichen","owner":"Herr Winter","due":""}]}`,
		"owner":     `{"tasks":[{"cues":["c2"],"text":"Den Saal","owner":"Frau Sommer","due":""}]}`,
		"date":      `{"tasks":[{"cues":["c2"],"text":"Den Saal","owner":"Herr Winter","due":"bis Freitag"}]}`,
		"joined":    `{"tasks":[{"cues":["c2"],"text":"Den Saal","owner":"Herr Winter","due":"Mittwoch dann"}]}`,
		"cue":       `{"tasks":[{"cues":["c9"],"text":"Den Saal","owner":"Herr Winter","due":""}]}`,
		"no cue":    `{"tasks":[{"cues":[],"text":"Den Saal","owner":"","due":""}]}`,
		"condition": `{"tasks":[{"cues":["c3"],"text":"baue ich das Zelt auf","owner":"Herr Winter","due":""}]}`,
		"one bad":   `{"tasks":[{"cues":["c2"],"text":"Den Saal","owner":"Herr Winter","due":""}],"decisions":[{"cues":["c1"],"text":"alles beschlossen"}]}`,
		"no JSON":   `Gern! Hier ist das Protokoll.`,
		"broken":    `{"tasks":[{`,
		"empty":     ``,
	} {
		m := improved(t, answer, nil)
		require.NotEmpty(t, m.Refused, name)
		require.Empty(t, m.Model, name)
		require.Len(t, m.Tasks, 1, name)
		require.Equal(t, "Frau Sommer schickt bis Freitag den Entwurf.", m.Tasks[0].Text, name)
	}
}

func TestModelThatFailsLeavesTheRules(t *testing.T) {
	m := improved(t, "", errors.New("no server"))
	require.Equal(t, "no server", m.Refused)
	require.Len(t, m.Tasks, 1)
}

func FuzzModel(f *testing.F) {
	f.Add(`{"tasks":[{"cues":["c2"],"text":"Den Saal","owner":"Herr Winter","due":"am Mittwoch"}]}`)
	f.Add(`{"decisions":[{"cues":["c1","c1"],"text":"Frau"}]}`)
	f.Fuzz(func(t *testing.T, answer string) {
		m, err := minutes.Write(t.Context(), office, minutes.Options{Improve: func(context.Context, string, string) (string, error) { return answer, nil }})
		require.NoError(t, err)
		nothingInvented(t, office, m)
	})
}
