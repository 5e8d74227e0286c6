package live

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/stt"
)

func TestSkippedIsBehindAWordThatLastsTooLong(t *testing.T) {
	words := said(0, "Welches Datum ist heute?")
	_, found := skipped(words, 0, 10*time.Second)
	require.False(t, found)
	words[3].End = 2400 * ms
	_, found = skipped(words, 0, 10*time.Second)
	require.False(t, found, "drawn out, or a pause behind it")
	words[3].End = 10 * time.Second
	c, found := skipped(words, 0, 10*time.Second)
	require.True(t, found)
	require.Equal(t, 4, c.Words)
	require.InDelta(t, 1250*ms, c.Low, float64(50*ms))
	require.InDelta(t, 1950*ms, c.High, float64(50*ms))
	_, found = skipped(words, 5*time.Second, 10*time.Second)
	require.False(t, found, "the words behind it stand already")
	_, found = skipped(words, 0, 2200*ms)
	require.False(t, found, "hardly anything is left")
	number := []Word{{Text: "268.", Start: 0, End: 2500 * ms}}
	_, found = skipped(number, 0, 10*time.Second)
	require.False(t, found, "digits are long words")
}

func TestWhatTheRecogniserLeftOutIsHeardAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, o := range map[string]Options{"whole": {Accurate: true}, "fast": {Accurate: true, Lossless: true}} {
			o.Language = "de"
			said := []string{"Eins zwei drei vier.", "Fünf sechs sieben acht neun.", "Zehn elf zwölf dreizehn vierzehn fünfzehn.", "Das ist das Ende der Ansage von heute Abend."}
			r := &reader{tale: tell(700*ms, said...), took: 100 * ms} // pauses too short to end what is said
			r.trouble = func(_ int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
				if len(h.Segments) == 0 {
					return h, nil
				}
				words := h.Segments[0].Words // it stops behind the first sentence of every window
				for i, w := range words {
					if strings.HasSuffix(w.Text, ".") {
						h.Segments[0].Words = words[:i+1]
						h.Segments[0].Words[i].End = words[len(words)-1].End
						break
					}
				}
				return h, nil
			}
			p, st := play(t, r, o)
			require.Zero(t, st.Lost)
			require.Equal(t, strings.Join(said, " "), p.text(), name)
		}
	})
}
