package rooms

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// spoken says a sentence and returns its words.
func (h *hall) spoken(id, text string) []transcript.Word {
	h.say(id, text, "")
	return h.words(id, text)
}

// rewritten has recognition correct some words.
func (h *hall) rewritten(id string, old []transcript.Word, texts ...string) {
	h.t.Helper()
	now := make([]transcript.Word, len(texts))
	for i, text := range texts {
		now[i] = transcript.Word{Text: text, Start: old[min(i, len(old)-1)].Start, End: old[min(i, len(old)-1)].End, Probability: 0.95}
	}
	require.NoError(h.t, h.Hear(h.t.Context(), id, Update{Corrections: []Rewrite{{Old: old, New: now}}}))
	synctest.Wait()
}

var withEditor = Options{Languages: []string{"de", "en"}, Translate: upper, Delay: 10 * time.Second}

func TestRecognitionCorrectsWhatNobodyHasRead(t *testing.T) {
	meet(t, withEditor, func(t *testing.T, h *hall) {
		in, other := h.started("Saal"), h.attach("Gast")
		words := h.spoken(in, "eins zwei drei vier fünf sechs sibbn acht")
		h.say(other, "und ich", "")
		h.rewritten(in, words[6:8], "sieben", "und", "acht", "und", "neun", "und", "zehn")
		require.Contains(t, h.seen(Staff, 0), "replace s1 [eins zwei drei vier fünf sechs] [sieben und acht und neun und] [zehn]")
		require.Empty(t, h.seen(Original, 0))
		time.Sleep(10 * time.Second)
		require.Equal(t, "cue s1 [eins zwei drei vier fünf sechs]\ncue s1 [sieben und acht und neun und]\ncue s1 [zehn]\ncue s2 [und ich]", h.seen(Original, 0), "in its place")
		require.Equal(t, "cue s1 [en:EINS ZWEI DREI VIER FÜNF SECHS] [SIEBEN UND ACHT UND NEUN UND] [ZEHN]\ncue s2 [en:UND ICH]", h.seen("en", 0), "no person has corrected it")
		at := time.Duration(-1)
		s, err := h.Snapshot(t.Context(), Original, 10)
		require.NoError(t, err)
		for _, c := range s.Lines[0].Cues {
			require.GreaterOrEqual(t, c.Start, at)
			require.GreaterOrEqual(t, c.End, c.Start)
			at = c.End
		}
	})
}

func TestFewerWordsThanBefore(t *testing.T) {
	meet(t, withEditor, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		words := h.spoken(in, "eins zwei drei vier fünf sechs sie ben")
		h.rewritten(in, words[5:8], "sechs!")
		time.Sleep(10 * time.Second)
		require.Equal(t, "cue s1 [eins zwei drei vier fünf sechs!]", h.seen("de", 0))
		require.Equal(t, "cue s1 [en:EINS ZWEI DREI VIER FÜNF SECHS!]", h.seen("en", 0))
		st, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Zero(t, st.Waiting["de"])
	})
}

func TestWhatWasReadStays(t *testing.T) {
	meet(t, withEditor, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		words := h.spoken(in, "eins zwei drei")
		time.Sleep(10 * time.Second)
		shown := h.seen(Original, 0)
		h.rewritten(in, words[1:], "zwo", "drei")
		require.Equal(t, shown, h.seen(Original, 0), "after the delay")
		require.NoError(t, h.Delay(t.Context(), 0))
		words = h.spoken(in, "vier fünf")
		shown = h.seen(Original, 0)
		h.rewritten(in, words, "fier", "fünf")
		require.Equal(t, shown, h.seen(Original, 0), "without one")
	})
}

// The first cue of a long sentence is read already; only the second may change.
func TestOnlyTheUnreadPartChanges(t *testing.T) {
	meet(t, Options{Delay: 3 * time.Second}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{}, "eins zwei drei vier fünf sechs")
		first := h.words(in, "eins zwei drei vier fünf sechs")
		time.Sleep(3 * time.Second)
		words := h.spoken(in, "sibbn acht")
		h.rewritten(in, append(first[5:6:6], words...), "seks", "sieben", "acht")
		h.rewritten(in, words, "sieben", "acht")
		time.Sleep(3 * time.Second)
		require.Equal(t, "cue s1 [eins zwei drei vier fünf sechs]\ncue s1 [sieben acht]", h.seen(Original, 0))
	})
}

func TestAnEditorIsNotCorrected(t *testing.T) {
	meet(t, withEditor, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		words := h.spoken(in, "Herr Müler spricht")
		_, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "Herr Müller spricht."})
		require.NoError(t, err)
		h.rewritten(in, words[1:2], "Mühler")
		time.Sleep(10 * time.Second)
		require.Equal(t, "cue s1 [Herr Müller spricht.] corrected", h.seen("de", 0))

		words = h.spoken(in, "Frau Maier spricht")
		h.rewritten(in, words[1:2], "Mayer")
		_, err = h.Correct(t.Context(), Correction{Cue: "s2.1", Text: "Frau Meier spricht."})
		require.ErrorAs(t, err, new(*Conflict), "the editor saw another text")
	})
}

func TestRewritesOfWhatIsNotThere(t *testing.T) {
	meet(t, withEditor, func(t *testing.T, h *hall) {
		in, other := h.started("Saal"), h.attach("Gast")
		words := h.spoken(in, "eins zwei drei")
		h.rewritten(other, words, "a", "b", "c")
		h.rewritten(in, []transcript.Word{{Text: "nie", Start: time.Second}}, "doch")
		h.rewritten(in, words[:1], "\n\t")
		require.Equal(t, "pending s1 [eins zwei drei]", h.seen(Staff, 0))
	})
}

func TestVoicesOfOneInput(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{Speaker: "Sprecher 1"}, "eins zwei")
		h.speak(in, Update{Speaker: "Sprecher 2", Sentence: true}, "drei vier")
		s, err := h.Snapshot(t.Context(), Original, 10)
		require.NoError(t, err)
		require.Equal(t, "Sprecher 1", s.Lines[0].Speaker)
		require.Equal(t, "Sprecher 2", s.Lines[1].Speaker)
		require.Equal(t, "Sprecher 2", s.Lines[1].Cues[0].Speaker)
		st, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"Saal", "Sprecher 1", "Sprecher 2"}, st.Speakers)
	})
}

func TestTheGlossaryIsToldToStaff(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		require.NoError(t, h.Teach(t.Context(), "Ohlsbach"))
		require.NoError(t, h.Teach(t.Context(), "Ohlsbach"))
		v, err := h.FollowStaff(0)
		require.NoError(t, err)
		defer v.Close()
		n := 0
		events, _, _ := v.take(nil)
		for _, e := range events {
			if e.Kind == KindTerms {
				n++
				require.JSONEq(t, `{"glossary":["Ohlsbach"]}`, string(e.Data))
			}
		}
		require.Equal(t, 1, n)
	})
}
