package rooms

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCorrectionBeforePublication(t *testing.T) {
	var lessons []Lesson
	o := Options{
		Languages: []string{"de", "en"}, Translate: upper, Delay: 10 * time.Second,
		Learn: func(l Lesson) { lessons = append(lessons, l) },
	}
	meet(t, o, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "Herr Müler spricht.", "")
		require.Empty(t, h.seen(Original, 0))
		require.Equal(t, "pending s1 [Herr Müler spricht.]", h.seen(Staff, 0))
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, "s1.1", status.Pending[0].Cues[0].ID)

		cue, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "Herr  Müller spricht.", Editor: "Ada"})
		require.NoError(t, err)
		require.Equal(t, 1, cue.Revision)
		time.Sleep(9 * time.Second)
		require.Empty(t, h.seen("en", 0))
		time.Sleep(time.Second)
		require.Equal(t, "cue s1 [Herr Müller spricht.] corrected", h.seen("de", 0))
		require.Equal(t, "cue s1 [en:HERR MÜLLER SPRICHT.] corrected", h.seen("en", 0))
		require.Equal(t, []Lesson{{Language: "de", Wrong: "Müler", Right: "Müller"}}, lessons)
		status, _ = h.Status(t.Context())
		require.Equal(t, []string{"Müller"}, status.Glossary)
		require.Empty(t, status.Pending)
		require.InDelta(t, 10, status.Quality.LagP50.Seconds(), 0.2, "the delay is part of the lag")
	})
}

func TestCorrectionAfterPublicationIsShownInAllLanguages(t *testing.T) {
	slow := func(ctx context.Context, text, from, to string) (string, error) {
		time.Sleep(time.Second)
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en", "tr"}, Translate: slow}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "eins zwei drei vier fünf sechs sibbn", "")
		time.Sleep(2 * time.Second)
		_, err := h.Correct(t.Context(), Correction{Cue: "s1.2", Text: "sieben"})
		require.NoError(t, err)
		time.Sleep(2 * time.Second)
		require.Contains(t, h.seen("de", 0), "replace s1 [eins zwei drei vier fünf sechs] [sieben]")
		for _, l := range []string{"en", "tr"} {
			require.Contains(t, h.seen(l, 0), "replace s1 ["+l+":EINS ZWEI DREI VIER FÜNF SECHS] [SIEBEN] corrected")
		}
		s, err := h.Snapshot(t.Context(), "en", 9)
		require.NoError(t, err)
		require.Equal(t, "SIEBEN", s.Lines[0].Cues[1].Text)
		require.Equal(t, "eins zwei drei vier fünf sechs sieben", s.Lines[0].Source)
	})
}

// Who takes a correction back leaves the machine's words: marked as such, with
// its doubts, and nothing wrong is learnt.
func TestCorrectionTakenBack(t *testing.T) {
	var lessons []Lesson
	o := Options{Languages: []string{"de", "en"}, Translate: upper, Learn: func(l Lesson) { lessons = append(lessons, l) }}
	meet(t, o, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "Herr Müler spricht.", "")
		first, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "Herr Müller spricht."})
		require.NoError(t, err)
		back, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "Herr Müler spricht.", Revision: first.Revision})
		require.NoError(t, err)
		require.False(t, back.Corrected)
		require.Less(t, back.Confidence, first.Confidence)
		require.Equal(t, 2, back.Revision)
		require.Equal(t, []Lesson{{Language: "de", Wrong: "Müler", Right: "Müller"}}, lessons)
		synctest.Wait()
		require.True(t, strings.HasSuffix(h.seen("de", 0), "replace s1 [Herr Müler spricht.]"), h.seen("de", 0))
		require.True(t, strings.HasSuffix(h.seen("en", 0), "replace s1 [en:HERR MÜLER SPRICHT.]"), h.seen("en", 0))
		again, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "Herr Möller spricht.", Revision: back.Revision})
		require.NoError(t, err)
		require.True(t, again.Corrected)
	})
}

func TestTwoEditorsAtOnce(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		h.say(h.started("Saal"), "ein Wort", "")
		_, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "ein Ort", Editor: "Ada"})
		require.NoError(t, err)
		_, err = h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "kein Wort", Editor: "Bea"})
		var conflict *Conflict
		require.ErrorAs(t, err, &conflict)
		require.Equal(t, "ein Ort", conflict.Now.Text)
		cue, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Revision: conflict.Now.Revision, Text: "kein Ort", Editor: "Bea"})
		require.NoError(t, err)
		require.Equal(t, []string{"kein Ort"}, cue.Lines, "not those of the old text")
		cue, err = h.Correct(t.Context(), Correction{Cue: "s1.1", Revision: 2, Text: "eins zwei drei vier fünf sechs sieben"})
		require.NoError(t, err)
		require.Empty(t, cue.Lines, "longer than a cue: viewers break it")
		for _, id := range []string{"s1.9", "s9.1", "", ".", "s1"} {
			_, err = h.Correct(t.Context(), Correction{Cue: id, Text: "x"})
			require.ErrorIs(t, err, ErrCue, id)
		}
	})
}

func TestInventedCueIsTakenAway(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		h.say(h.started("Saal"), "Untertitel von Stephanie Geiges", "")
		_, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: " "})
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(h.seen("de", 0), "replace s1"))
		require.True(t, strings.HasSuffix(h.seen("en", 0), "replace s1"))
		s, err := h.Snapshot(t.Context(), "en", 9)
		require.NoError(t, err)
		require.Empty(t, s.Lines)
	})
}

// A cue of a sentence that is still being said may be corrected; its
// translation is of the corrected text.
func TestCorrectionOfAnOpenSentence(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{}, "a b c d e f g")
		_, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "A B C"})
		require.NoError(t, err)
		h.say(in, "h", "")
		require.Equal(t, "cue s1 [en:A B C] [G H] corrected", strings.ReplaceAll(h.seen("en", 0), "en:A B C G H", "en:A B C] [G H"))
		require.Equal(t, "cue s1 [a b c d e f]\nreplace s1 [A B C] corrected\ncue s1 [g h]", h.seen("de", 0))
	})
}

func TestEasyLanguageNeedsARelease(t *testing.T) {
	simplify := func(_ context.Context, text, _, to string) (string, error) {
		if strings.Contains(text, "kaputt") {
			return "", errors.New("no model")
		}
		return "leicht " + text, nil
	}
	o := Options{Languages: []string{"de"}, Easy: "de-leicht", Translate: upper, Simplify: simplify}
	meet(t, o, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "der Satz", "")
		h.say(in, "kaputt", "")
		time.Sleep(5 * time.Minute)
		require.Empty(t, h.seen("de-leicht", 0), "nobody has released it")
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Len(t, status.Drafts, 2)
		require.Equal(t, "leicht der Satz", status.Drafts[0].Text)
		require.Empty(t, status.Drafts[1].Text, "an editor writes it")
		require.True(t, status.Drafts[1].Failed && !status.Drafts[0].Failed, "who comes later sees that no draft came")
		require.Contains(t, h.seen(Staff, 0), `"failed":true`)

		require.NoError(t, h.Release(t.Context(), Release{Sentence: "s1", Text: "leicht der Satz"}))
		require.NoError(t, h.Release(t.Context(), Release{Sentence: "s2", Text: "Es geht nicht.", Editor: "Ada"}))
		require.Equal(t, "cue s1 [leicht der Satz]\ncue s2 [Es geht nicht.] corrected", h.seen("de-leicht", 0))
		status, _ = h.Status(t.Context())
		require.Empty(t, status.Drafts)

		_, err = h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "ein anderer Satz"})
		require.NoError(t, err)
		synctest.Wait()
		require.NotContains(t, h.seen("de-leicht", 0), "ander", "a correction needs a release, too")
		require.ErrorIs(t, h.Release(t.Context(), Release{Sentence: "s1", Text: "alt"}), ErrOutdated)
		require.NoError(t, h.Release(t.Context(), Release{Sentence: "s1", Version: 1, Text: "Neuer Satz."}))
		require.Contains(t, h.seen("de-leicht", 0), "replace s1 [Neuer Satz.]")
		require.ErrorIs(t, h.Release(t.Context(), Release{Sentence: "s7", Text: "x"}), ErrCue)
	})
	meet(t, Options{}, func(t *testing.T, h *hall) {
		require.ErrorIs(t, h.Release(t.Context(), Release{Sentence: "s1", Text: "x"}), ErrLanguage)
	})
}

func TestWhatACorrectionTeaches(t *testing.T) {
	for _, c := range []struct{ before, after, wrong, right string }{
		{"die Frau Kaja sagt", "die Frau Kaya sagt", "Kaja", "Kaya"},
		{"am Rat Haus, oder", "am Rathaus, oder", "Rat Haus", "Rathaus"},
		{"ganz neu", "ganz", "neu", ""},
		{"ganz", "ganz neu", "", "neu"},
		{"gleich", "gleich", "", ""},
	} {
		wrong, right := changed(strings.Fields(c.before), strings.Fields(c.after))
		require.Equal(t, [2]string{c.wrong, c.right}, [2]string{wrong, right}, c.before)
	}
}

// An editor sees how long a line waits, and when it is read, without following
// a track of the audience.
func TestEditorSeesWhenALineIsDue(t *testing.T) {
	meet(t, Options{Delay: 10 * time.Second}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "eins zwei", "")
		said := time.Now()
		require.NoError(t, h.Delay(t.Context(), 2*time.Second))
		h.say(in, "drei vier", "") // waits behind the first, whatever its own delay
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Len(t, status.Pending, 2)
		require.WithinDuration(t, time.Now(), status.Now, 0)
		for _, line := range status.Pending {
			require.WithinDuration(t, said.Add(10*time.Second), line.Due, time.Millisecond)
		}
		require.Equal(t, []int64{status.Pending[0].Due.UnixNano(), status.Pending[1].Due.UnixNano()}, h.due(KindPending), "events say the same")
		time.Sleep(time.Until(status.Pending[0].Due) - time.Millisecond)
		require.NotContains(t, h.seen(Staff, 0), "cue")
		time.Sleep(time.Millisecond)
		require.Contains(t, h.seen(Staff, 0), "cue s1 [eins zwei]\ncue s2 [drei vier]")
		none := time.Time{}.UnixNano()
		require.Equal(t, []int64{none, none}, h.due(KindCue))
		require.NotContains(t, h.seen("de", 0), "pending")
	})
}

// due are the times that lines of a kind carry on the staff's track.
func (h *hall) due(kind string) (out []int64) {
	h.t.Helper()
	v, err := h.FollowStaff(0)
	require.NoError(h.t, err)
	defer v.Close()
	events, err := v.Next(h.t.Context(), nil)
	require.NoError(h.t, err)
	for _, e := range events {
		var l Line
		if e.Kind == kind {
			require.NoError(h.t, json.Unmarshal(e.Data, &l))
			out = append(out, l.Due.UnixNano())
		}
	}
	return out
}
