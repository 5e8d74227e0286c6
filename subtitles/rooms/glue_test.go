package rooms

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// read puts a track together as a page does: by what cues and words say of the
// spaces before them.
func (h *hall) read(track, kind string) string {
	h.t.Helper()
	v, err := h.Follow(track, 0)
	require.NoError(h.t, err)
	defer v.Close()
	events, err := v.Next(h.t.Context(), nil)
	require.NoError(h.t, err)
	out := ""
	add := func(text string, glued bool) {
		if out != "" && !glued {
			out += " "
		}
		out += text
	}
	for _, e := range events {
		switch {
		case e.Kind != kind:
		case kind == KindWords:
			var w Words
			require.NoError(h.t, json.Unmarshal(e.Data, &w))
			add(w.Text, w.Glued)
		default:
			var l Line
			require.NoError(h.t, json.Unmarshal(e.Data, &l))
			for _, c := range l.Cues {
				add(c.Text, c.Glued)
			}
		}
	}
	return out
}

// A word that comes in two parts, that is longer than a line, or of a language
// without spaces gets no space inside, in no style and on no way.
func TestNoSpaceInsideAWord(t *testing.T) {
	const long = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung"
	styles := map[string]func(string) Segmenter{
		"scroll": func(l string) Segmenter { return subtitles.NewSegmenter(subtitles.Scroll(), l) },
		"block":  func(l string) Segmenter { return subtitles.NewSegmenter(subtitles.Rules{}, l) },
	}
	for style, segmenter := range styles {
		for name, tc := range map[string]struct {
			language string
			parts    []transcript.Word
			want     string
		}{
			"parts":    {"de", []transcript.Word{{Text: "Wir"}, {Text: "bauen"}, {Text: "Kinder"}, {Text: "spiel", Joined: true}, {Text: "plätze.", Joined: true}}, "Wir bauen Kinderspielplätze."},
			"hyphen":   {"de", []transcript.Word{{Text: "Nach"}, {Text: "Französisch"}, {Text: "-Guyana", Joined: true}, {Text: "und"}, {Text: "-Surinam."}}, "Nach Französisch-Guyana und -Surinam."},
			"long":     {"de", []transcript.Word{{Text: "Die"}, {Text: long}, {Text: "gilt."}}, "Die " + long + " gilt."},
			"japanese": {"ja", []transcript.Word{{Text: "私"}, {Text: "は"}, {Text: "市役所"}, {Text: "です。"}}, "私は市役所です。"},
			"mixed":    {"ja", []transcript.Word{{Text: "これ"}, {Text: " IP"}, {Text: " phone"}, {Text: "です。"}}, "これ IP phoneです。"},
		} {
			t.Run(style+" "+name, func(t *testing.T) {
				meet(t, Options{Languages: []string{tc.language}, Segmenter: segmenter}, func(t *testing.T, h *hall) {
					in := h.started("Saal")
					for i, w := range tc.parts {
						time.Sleep(time.Second)
						w.End = time.Since(h.zero[in])
						w.Start = w.End - 400*time.Millisecond
						require.NoError(t, h.Hear(t.Context(), in, Update{Committed: []transcript.Word{w}, Sentence: i == len(tc.parts)-1, Language: tc.language}))
					}
					require.Equal(t, tc.want, h.read(Original, KindCue), "cues")
					require.Equal(t, tc.want, h.read(Original, KindWords), "words")
					m := h.m.sentences[0] // nobody else is at work
					require.Equal(t, tc.want, m.text(), "what is translated")
				})
			})
		}
	}
}

// Corrections by the recogniser find words in cues that were glued.
func TestRewriteFindsPartsOfWords(t *testing.T) {
	meet(t, Options{Delay: 10 * time.Second}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		time.Sleep(4 * time.Second)
		words := h.words(in, "Kinder spiel plätze im Park")
		words[1].Joined, words[2].Joined = true, true
		require.NoError(t, h.Hear(t.Context(), in, Update{Committed: words, Sentence: true}))
		now := words[4]
		now.Text = "Hof"
		require.NoError(t, h.Hear(t.Context(), in, Update{Corrections: []Rewrite{{Old: words[4:], New: []transcript.Word{now}}}}))
		require.Contains(t, h.seen(Staff, 0), "replace s1 [Kinderspielplätze im Hof]")
	})
}
