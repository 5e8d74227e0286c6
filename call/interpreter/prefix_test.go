package interpreter

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hears feeds hypotheses and gives what flowed out.
func hears(language string, hypotheses ...string) (*prefix, []string) {
	p := &prefix{}
	var out []string
	for _, h := range hypotheses {
		out = append(out, p.hear(language, strings.Fields(h))...)
	}
	return p, out
}

func TestPrefixIsCutWhereSenseEnds(t *testing.T) {
	for _, c := range []struct {
		name, language string
		hear           []string
		want           []string
		final, rest    string
	}{
		{
			"nothing is settled by one look", "en",
			[]string{"Good morning, I would like to register my car"}, nil,
			"Good morning, I would like to register my car.", "Good morning, I would like to register my car.",
		},
		{
			"a comma after enough words", "en",
			[]string{"Well good morning to you, I would", "Well good morning to you, I would like to"},
			[]string{"Well good morning to you,"},
			"Well good morning to you, I would like to register.", "I would like to register.",
		},
		{
			"a short sentence", "en",
			[]string{"Good morning. I would", "Good morning. I would like"}, []string{"Good morning."},
			"Good morning. I would like help.", "I would like help.",
		},
		{
			"the full stop at the end of the sound is none", "en",
			[]string{"I would like to.", "I would like to."}, nil,
			"I would like to register.", "I would like to register.",
		},
		{
			"a conjunction", "de",
			[]string{"ich bin gestern umgezogen und brauche", "ich bin gestern umgezogen und brauche jetzt"},
			[]string{"ich bin gestern umgezogen"},
			"ich bin gestern umgezogen und brauche jetzt Hilfe", "und brauche jetzt Hilfe",
		},
		{
			"no more than twelve words", "xx",
			[]string{"a b c d e f g h i j k l m n", "a b c d e f g h i j k l m n o"},
			[]string{"a b c d e f g h i j k l"},
			"a b c d e f g h i j k l m n o p", "m n o p",
		},
		{
			"a word that is heard otherwise later is not taken back", "en",
			[]string{"I live in the main street, number", "I live in the main street, number ten", "I live in a main street, number ten or"},
			[]string{"I live in the main street,"},
			"I live in a main street, number ten or eleven.", "number ten or eleven.",
		},
		{
			"numbers and abbreviations end no sentence", "de",
			[]string{"am 3. Mai z. B. geht es", "am 3. Mai z. B. geht es gut"}, nil,
			"am 3. Mai z. B. geht es gut.", "am 3. Mai z. B. geht es gut.",
		},
		{
			"elsewhere they do", "en",
			[]string{"We work until 5. She has an", "We work until 5. She has an"}, []string{"We work until 5."},
			"We work until 5. She has an allergy.", "She has an allergy.",
		},
		{"nothing left", "en", []string{"Good morning. I", "Good morning. I"}, []string{"Good morning."}, "Good morning.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, out := hears(c.language, c.hear...)
			require.Equal(t, c.want, out)
			require.Equal(t, c.rest, p.rest(strings.Fields(c.final)))
		})
	}
}

// TestPrefixLosesNoWord: as long as no word is heard otherwise later, what
// flows out and the rest are the whole, whenever it is looked at.
func TestPrefixLosesNoWord(t *testing.T) {
	words := strings.Fields("Guten Tag, mein Name ist Weber und ich rufe an, weil mein Sohn gestern umgezogen ist. Was muss er tun, " +
		"wenn er sich ummelden will, aber keinen Termin bekommt und in drei Tagen verreist ist?")
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p, n := &prefix{}, 0
		var out []string
		for n < len(words) {
			n = min(n+r.IntN(6), len(words))
			heard := append([]string(nil), words[:n]...)
			for k := range r.IntN(3) { // the last words are guesses
				if k < n {
					heard[n-1-k] = "guess" + strings.Repeat("x", r.IntN(4))
				}
			}
			out = append(out, p.hear("de", heard)...)
		}
		require.Equal(t, strings.Join(words, " "), strings.TrimSpace(strings.Join(append(out, p.rest(words)), " ")))
	}
}

func FuzzPrefix(f *testing.F) {
	f.Add("a b c d, e f", "a b c d, e f g", "a x c d e f g")
	f.Add("", " ", "…")
	f.Fuzz(func(t *testing.T, a, b, final string) {
		p, out := hears("de", a, b, a+" "+b)
		require.Equal(t, strings.Join(p.said, " "), strings.Join(out, " "))
		require.LessOrEqual(t, len(strings.Fields(p.rest(strings.Fields(final)))), len(strings.Fields(final)))
	})
}

func TestMend(t *testing.T) {
	require.Equal(t, "ich wohne hier,", mend("pt", "eu moro aqui", "ich wohne hier."))
	require.Equal(t, "Ich wohne hier.", mend("pt", "Eu moro aqui.", "Ich wohne hier."))
	require.Equal(t, "und dann...", mend("pt", "e depois", "und dann..."))
}
