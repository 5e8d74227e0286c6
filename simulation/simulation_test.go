package simulation

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDemoCityHasConversationsOfEveryKind(t *testing.T) {
	all, err := Load(cities.Musterstadt())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 30)
	require.Subset(t, Kinds(all), []string{"question", "two concerns", "follow-up", "clarification", "form", "form with correction",
		"language", "language switch", "foreign name", "human", "emergency", "silence", "insult", "announcement", "barge-in", "wait a moment"})
}

func TestFaultsOfAFile(t *testing.T) {
	for want, text := range map[string]string{
		"id or kind":            "- turns: [{say: a}]",
		"no turns":              "- {id: a, kind: b}",
		"one of say":            "- {id: a, kind: b, turns: [{say: a, key: '1'}], expect: {ends: true}}",
		"no key":                "- {id: a, kind: b, turns: [{key: x}], expect: {ends: true}}",
		"names nothing":         "- {id: a, kind: b, turns: [{say: a}]}",
		"needs expect.form":     "- {id: a, kind: b, turns: [{say: a}], expect: {ends: true, slots: {x: y}}}",
		"not found in type":     "- {id: a, kind: b, turn: []}",
		"awaits \"money\"":      "- {id: a, kind: b, turns: [{say: a, awaits: money}], expect: {ends: true}}",
		"error parsing regexp":  "- {id: a, kind: b, turns: [{say: a, to: '('}]}",
		"two conversations are": "- &x {id: a, kind: b, turns: [{say: a}], expect: {ends: true}}\n- *x",
	} {
		_, err := Load(fstest.MapFS{"conversations/a.yaml": {Data: []byte(text)}})
		require.ErrorContains(t, err, want)
	}
	_, err := Load(fstest.MapFS{})
	require.Error(t, err)
}

// inText plays a conversation with the small city of dialogtest.
func inText(t *testing.T, text string) Outcome {
	t.Helper()
	all, err := parse([]byte(text))
	require.NoError(t, err)
	d := dialog.New(dialog.Options{City: "Musterstadt", Search: dialogtest.Musterstadt(), Reference: func() string { return "4711" }})
	return Play(t.Context(), all[0], NewTextLine(d, time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)))
}

func TestCallerChoosesWhatTheyWant(t *testing.T) {
	for name, turns := range map[string]string{
		"by key":   "[{say: Personalausweis}]",
		"by voice": "[{say: Personalausweis}, {outcome: clarify, choose: [das erste, das zweite]}]",
	} {
		o := inText(t, "- {id: a, kind: b, turns: "+turns+", expect: {articles: [personalausweis-verloren], outcomes: [clarify]}}")
		require.Empty(t, o.Missed, name)
		require.Empty(t, o.Wrong, name)
	}
}

func TestWhatDidNotHappenIsMissed(t *testing.T) {
	o := inText(t, `
- id: a
  kind: b
  turns: [{say: "Wie melde ich meinen Hund an?"}]
  expect: {articles: [sperrmuell], outcomes: [emergency], language: en, form: callback, says: [Katze], never: [Hund], ends: true, interrupted: true}`)
	require.Equal(t, []string{"hundesteuer"}, o.Wrong)
	require.Len(t, o.Missed, 8, "%v", o.Missed)
}

func TestUnwantedRequestAndFalseAlarmAreMissed(t *testing.T) {
	o := inText(t, `
- id: a
  kind: b
  turns: [{say: Bitte rufen Sie mich zurück}, {awaits: digits, key: "02281234#"}, {awaits: yes-no, key: "1"}, {say: Es brennt in der Küche}]
  expect: {outcomes: [request]}`)
	require.Len(t, o.Missed, 2)
	require.Contains(t, o.Missed[0], "false alarm")
	require.Contains(t, o.Missed[1], "callback")
}

// deafLine understands nothing for a while.
type deafLine struct {
	*TextLine
	times int
	acts  []string
}

func (d *deafLine) Do(ctx context.Context, a Act) (Moment, bool, error) {
	d.acts = append(d.acts, a.Words+a.Key)
	if d.times--; d.times >= 0 {
		m, err := d.tell(ctx, dialog.Event{Kind: dialog.NotHeard})
		return m, true, err
	}
	return d.TextLine.Do(ctx, a)
}

func TestCallerRepeatsWhatWasNotUnderstood(t *testing.T) {
	c, err := parse([]byte(`[{id: a, kind: b, turns: [{say: Hundemarke, rephrase: "Wie melde ich meinen Hund an?", keys: "1"}], expect: {articles: [hundesteuer]}}]`))
	require.NoError(t, err)
	talk := func(times int) (Outcome, []string) {
		l := &deafLine{times: times, TextLine: NewTextLine(dialog.New(dialog.Options{Search: dialogtest.Musterstadt()}), time.Now())}
		return Play(t.Context(), c[0], l), l.acts
	}
	o, acts := talk(1)
	require.Empty(t, o.Missed)
	require.Equal(t, []string{"Hundemarke", "Wie melde ich meinen Hund an?"}, acts)
	o, acts = talk(9)
	require.Equal(t, []string{"Hundemarke", "Wie melde ich meinen Hund an?", "1"}, acts, "a caller does not repeat for ever")
	require.NotEmpty(t, o.Missed)
}

func TestReportCounts(t *testing.T) {
	c := Conversation{ID: "a", Kind: "question", Language: "de"}
	r := Report{Ways: []string{"text", "clean"}, Outcomes: map[string][]Outcome{
		"text":  {{Conversation: c}, {Conversation: c, Missed: []string{"no answer"}, Wrong: []string{"x"}}},
		"clean": {{Conversation: c}, {Conversation: c, Skipped: true}},
	}}
	var b strings.Builder
	require.NoError(t, r.Write(&b))
	require.Regexp(t, `question +1 of 2 +1 of 1`, b.String())
	require.Regexp(t, `answers nobody asked for +1 +0`, b.String())
	require.Contains(t, b.String(), "text a: no answer")
}

func TestNoiseKeepsItsDistance(t *testing.T) {
	voice := make([]int16, media.SampleRate)
	for i := range voice[:media.SampleRate/2] { // the other half is a pause
		voice[i] = int16(8000 * math.Sin(float64(i)/5))
	}
	n := NewNoise(nil, 15, 3)
	n.level(voice)
	noise := make([]int16, 20*media.SampleRate)
	n.add(noise)
	require.InDelta(t, 15, 20*math.Log10(rms(voice[:media.SampleRate/2])/rms(noise)), 0.6)
}

// handset is a phone that plays nothing and ends when told.
type handset struct {
	leg.Leg
	out  *playout.Queue
	done chan struct{}
	keys []rune
}

func (h *handset) Playout() leg.Playout   { return h.out }
func (h *handset) Done() <-chan struct{}  { return h.done }
func (h *handset) SendDigit(d rune) error { h.keys = append(h.keys, d); return nil }

func TestPhoneWaitsForTheBotAndIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &handset{out: playout.New(), done: make(chan struct{})}
		heard := make(chan Moment, 8)
		l := NewPhoneLine(h, PhoneOptions{Heard: heard, Speak: func(context.Context, string, string, string, media.Sink) error { return nil }})
		says := Moment{Actions: []dialog.Action{{Kind: dialog.Say, Text: "Guten Tag"}}}
		heard <- says
		m, err := l.Begin(t.Context())
		require.NoError(t, err)
		require.Equal(t, "Guten Tag", m.Text())
		began := time.Now()
		go func() {
			time.Sleep(3 * time.Second)
			heard <- Moment{Event: dialog.Event{Kind: dialog.Spoken}}
			time.Sleep(3 * time.Second)
			heard <- says
		}()
		_, done, err := l.Do(t.Context(), Act{Turn: Turn{Key: "1#"}})
		require.NoError(t, err)
		require.True(t, done)
		require.Equal(t, 6*time.Second, time.Since(began))
		require.Equal(t, []rune("1#"), h.keys)
		heard <- says
		_, done, err = l.Do(t.Context(), Act{Turn: Turn{Key: "2"}})
		require.NoError(t, err)
		require.False(t, done, "the bot spoke first")
		_, _, err = l.Do(t.Context(), Act{Turn: Turn{Silence: true, Barge: time.Second}})
		require.ErrorIs(t, err, errSilent)
		close(h.done)
		_, _, err = l.Do(t.Context(), Act{Turn: Turn{Key: "3"}})
		require.True(t, errors.Is(err, errHungUp))
	})
}

func FuzzParse(f *testing.F) {
	f.Add("- {id: a, kind: b, turns: [{say: a, to: x}], expect: {ends: true}}")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parse([]byte(text))
		if err != nil {
			return
		}
		for _, c := range all {
			require.NotEmpty(t, c.Turns)
			require.NotEmpty(t, c.Language)
		}
	})
}
