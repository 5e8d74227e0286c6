package whisper

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/models/ggml"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// tokens makes one token a word, with the places listened to.
func tokens(text string, places ...int) []said {
	var list []said
	for i, w := range strings.Fields(text) {
		s := said{token: token(len(w)), text: " " + w, place: -1}
		for _, r := range w {
			s.token = s.token*31 + r
		}
		if i < len(places) {
			s.place = places[i]
		}
		list = append(list, s)
	}
	return list
}

func TestBeforeReturn(t *testing.T) {
	for _, c := range []struct {
		name   string
		text   []said
		before int
	}{
		{"onward", tokens("a b c d e f", 10, 20, 30, 80, 90, 100), 6},
		{"back to the beginning", tokens("wo ist das Amt. wo ist das", 10, 60, 90, 110, 5, 20, 30), 4},
		{"one token behind the mark looks ahead", tokens("wo ist das Amt. Wo ist das Amt", 10, 60, 90, 120, 125, 20, 30, 40), 4},
		{"glances", tokens("a b c d e f", 10, 20, 130, 30, 40, 50), 6},
		{"a little back", tokens("a b c d e f", 60, 70, 80, 40, 50, 60), 6},
		{"only two back so far", tokens("a b c d e f", 10, 60, 90, 100, 5, 20), 6},
		{"places unknown", tokens("a b c a b c"), 6},
		{"short", tokens("a", 1), 1},
	} {
		require.Equal(t, c.before, beforeReturn(c.text), c.name)
	}
}

func TestLooping(t *testing.T) {
	require.False(t, looping(tokens("ja ja ja ja")), "a word may be repeated")
	require.False(t, looping(tokens("zu Hause zu Hause zu Hause")))
	require.True(t, looping(tokens("also zu Hause zu Hause zu Hause zu Hause")))
	require.False(t, looping(tokens("eins zwei drei vier fünf sechs sieben acht")))
}

// A text that was cut off where it went back is no match for one that came to its end.
func TestBestIsOver(t *testing.T) {
	sure, unsure := &draft{sum: -1, tokens: 10}, &draft{sum: -9, tokens: 10}
	require.Same(t, sure, best([]*draft{unsure, sure}, nil, nil))
	require.Same(t, unsure, best([]*draft{unsure}, []*draft{sure}, nil))
	require.Same(t, sure, best(nil, []*draft{unsure, sure}, []*draft{{}}))
	require.Same(t, unsure, best(nil, nil, []*draft{unsure}))

	e := Engine{words: vocabulary{firstTimestamp: 1000, end: 999, text: make([]string, 1000)}}
	d := &draft{terms: &hearing{}}
	for i, place := range []int{10, 60, 90, 110, 5, 20, 30} {
		require.Equal(t, i == 6, e.add(d, choice{token(i), -0.1, place}, bounds{tokens: 100, audio: 400}))
	}
	require.True(t, d.lost)
	require.Less(t, len(d.text), 7)
}

func TestWordsJoinTokens(t *testing.T) {
	list, places := words([]said{
		{text: " Bür", logP: -0.2, place: 3}, {text: "ger", logP: -0.4, place: 7}, {text: " am", place: 20},
		{text: "t", place: 22}, {text: "!", place: 30},
	})
	require.Equal(t, []string{"Bürger", "amt!"}, []string{list[0].Text, list[1].Text})
	require.InDelta(t, 0.7408, list[0].Probability, 1e-3)
	require.InDelta(t, 1, list[1].Probability, 1e-9)
	require.Equal(t, []int{3, 20}, places)
	list, _ = words([]said{{text: "\xe4\xbd"}, {text: "\xa0"}, {text: "好"}})
	require.Len(t, list, 2, "a character in two tokens, then another")
	require.Equal(t, "你", list[0].Text)
}

func TestAlign(t *testing.T) {
	list := make([]transcript.Word, 4)
	for i, w := range strings.Fields("aaa bbb ccc ddd") {
		list[i].Text = w
	}
	// The third looks far ahead and shares the time of its neighbours.
	align(list, []int{0, 50, 400, 150}, 0, 4*time.Second)
	require.Equal(t, time.Second, list[1].Start)
	require.Equal(t, 2*time.Second, list[2].Start)
	require.Equal(t, 3*time.Second, list[3].Start)
	require.Equal(t, 4*time.Second, list[3].End)
	for i := range list[1:] {
		require.Equal(t, list[i].End, list[i+1].Start)
	}
}

func TestPieces(t *testing.T) {
	loud := func(seconds int) []int16 {
		pcm := make([]int16, seconds*media.SampleRate)
		for i := range pcm {
			pcm[i] = int16(5000 - 10000*(i%2))
		}
		return pcm
	}
	require.Len(t, pieces(nil), 1)
	require.Len(t, pieces(loud(29)), 1)
	pcm := loud(70)
	clear(pcm[25*media.SampleRate : 26*media.SampleRate])
	list := pieces(pcm)
	require.Len(t, list, 3)
	require.InDelta(t, 25.5, list[1].start.Seconds(), 0.5)
	total := 0
	for i, p := range list {
		require.LessOrEqual(t, media.Duration(len(p.pcm)), maxPiece)
		if i > 0 {
			require.Equal(t, media.Duration(total), p.start)
		}
		total += len(p.pcm)
	}
	require.Equal(t, len(pcm), total)
}

func TestTokenize(t *testing.T) {
	e := open(t, Options{})
	for _, text := range []string{" Ich brauche einen Personalausweis.", " Straße 15, 2. Stock", " What's up?", " Çay içmek istiyorum"} {
		var b strings.Builder
		for _, tok := range e.words.tokenize(text, 100) {
			b.WriteString(e.words.text[tok])
		}
		require.Equal(t, text, b.String())
	}
	require.Len(t, e.words.tokenize(strings.Repeat(" Amt", 100), 7), 7)
	require.Less(t, len(e.words.tokenize(" Ich brauche einen neuen Ausweis", 100)), 9, "whole words, not letters")
}

func TestVocabularyRefusesOtherModels(t *testing.T) {
	_, err := newVocabulary(ggml.Header{Hyperparameters: ggml.Hyperparameters{Vocab: 51864}})
	require.ErrorContains(t, err, "multilingual")
	_, err = newVocabulary(ggml.Header{Hyperparameters: ggml.Hyperparameters{Vocab: vocabularySize}})
	require.ErrorContains(t, err, "missing")
}

func FuzzTokenize(f *testing.F) {
	f.Add("Guten Tag, 115!")
	f.Add("\xff \x00 日本")
	v := vocabulary{ids: map[string]token{"a": 1, " a": 2, "aa": 3}}
	f.Fuzz(func(t *testing.T, text string) {
		require.LessOrEqual(t, len(v.tokenize(text, 16)), 16)
	})
}

func TestASentenceIsHeardOnce(t *testing.T) {
	tokens := func(texts ...string) []said {
		known, out := map[string]token{}, []said{}
		for _, text := range texts {
			if _, ok := known[text]; !ok {
				known[text] = token(len(known) + 1)
			}
			out = append(out, said{token: known[text], text: text})
		}
		return out
	}
	require.Len(t, once(tokens("Was", " kostet", " das", "?", " Was", " kostet", " das", "?")), 4)
	require.Len(t, once(tokens(" zwei", " drei", " zwei", " drei")), 4, "digits may come twice")
	require.Len(t, once(tokens(" Was", "?", " Wie", "?")), 4)
	require.Len(t, once(tokens(" Ja", ".")), 2)
	require.Empty(t, once(nil))
}
