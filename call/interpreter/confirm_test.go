package interpreter

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestWhatIsRepeatedToTheSpeaker(t *testing.T) {
	word := func(text string, p float64) transcript.Word { return transcript.Word{Text: text, Probability: p} }
	for _, c := range []struct {
		name, text, language string
		words                []transcript.Word
		doubts, want         []string
	}{
		{name: "nothing", text: "Guten Tag zusammen", language: "de"},
		{name: "a small number that was well heard", text: "Ich habe 3 Kinder", language: "de", words: []transcript.Word{word("3", 0.9)}},
		{name: "the same, badly heard", text: "Ich habe 3 Kinder", language: "de", words: []transcript.Word{word("3", 0.4)}, want: []string{"3"}},
		{name: "a telephone number", text: "meine Nummer ist 0171 2345678", language: "de", want: []string{"0171 2345678"}},
		{name: "a day with its year", text: "geboren am 15. März 1980", language: "de", want: []string{"15. März 1980"}},
		{name: "a day in words, badly heard", text: "am fünfzehnten Mai", language: "de", words: []transcript.Word{word("fünfzehnten", 0.3)}, want: []string{"fünfzehnten Mai"}},
		{name: "an account", text: "IBAN DE89 3704 0044 0532 0130 00", language: "en", want: []string{"DE89 3704 0044 0532 0130 00"}},
		{name: "what the translation lost", text: "Ich habe 3 Kinder", language: "de", doubts: []string{"3"}, want: []string{"3"}},
		{name: "once", text: "meine Nummer ist 0171 2345678", language: "de", doubts: []string{"0171 2345678"}, want: []string{"0171 2345678"}},
	} {
		require.Equal(t, c.want, confirmable(transcript.Segment{Text: c.text, Words: c.words}, c.language, c.doubts), c.name)
	}
}
