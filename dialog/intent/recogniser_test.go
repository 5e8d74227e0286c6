package intent_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

func load(t testing.TB) *intent.Recogniser {
	r, err := intent.Load()
	require.NoError(t, err)
	return r
}

// phrase is one line of testdata: what is wanted, and what is said.
type phrase struct{ want, language, text string }

func phrases(t testing.TB, name string) []phrase {
	f, err := os.Open("testdata/" + name + ".txt")
	require.NoError(t, err)
	defer f.Close()
	var out []phrase
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, "|")
		p := phrase{want: strings.TrimSpace(parts[0]), text: strings.TrimSpace(parts[len(parts)-1])}
		if len(parts) == 3 {
			p.language = strings.TrimSpace(parts[1])
		}
		out = append(out, p)
	}
	require.GreaterOrEqual(t, len(out), 30)
	return out
}

func TestEmergency(t *testing.T) {
	r := load(t)
	for _, p := range phrases(t, "emergency") {
		got := "none"
		if kind, spoken, ok := r.Emergency(intent.Split(p.text), "de"); ok {
			got = string(kind)
			if p.want != "none" {
				require.Equal(t, p.language, spoken, p.text)
			}
		}
		if p.want != got {
			t.Errorf("%q: want %s, got %s", p.text, p.want, got)
		}
	}
}

func TestWishForLanguage(t *testing.T) {
	r := load(t)
	for _, p := range phrases(t, "language") {
		got, ok := r.Wish(intent.Split(p.text))
		if !ok {
			got = "none"
		}
		if p.want != got {
			t.Errorf("%q: want %s, got %s", p.text, p.want, got)
		}
	}
}

func TestIntents(t *testing.T) {
	r := load(t)
	for name, names := range map[string][]intent.Name{
		"human":        {"decision", "callback", "human"},
		"human_more":   {"decision", "callback", "human"},
		"goodbye":      {"goodbye", "thanks"},
		"repeat":       {"normal", "easy", "slower", "faster", "louder", "repeat"},
		"manipulation": {"manipulation", "decision", "insult"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range phrases(t, name) {
				got, ok := r.Anywhere(intent.Split(p.text), p.language, names...)
				if !ok {
					got = "none"
				}
				if p.want != string(got) {
					t.Errorf("%q: want %s, got %s", p.text, p.want, got)
				}
			}
		})
	}
}

func TestGuess(t *testing.T) {
	r := load(t)
	for text, want := range map[string]string{
		"How do I register my new car?":          "en",
		"Wo kann ich meinen Ausweis beantragen?": "de",
		"Мне нужно получить паспорт":             "ru",
		"كيف احصل على جواز سفر":                  "ar",
		"Giovanni Esposito":                      "",
		"Main Street 14":                         "",
		"Okay":                                   "",
		"Ich habe ein Abo bei Disney and more":   "de",
	} {
		got, _ := r.Guess(intent.Split(text))
		require.Equal(t, want, got, text)
	}
}

// Every language of prompts and intents must load without a fault.
func TestLanguages(t *testing.T) {
	require.Equal(t, []string{"ar", "de", "en", "es", "fr", "it", "pl", "ro", "ru", "tr", "uk"}, load(t).Languages())
}

func FuzzRecogniser(f *testing.F) {
	r := load(f)
	f.Add("Es brennt, schnell!")
	f.Add("\xff\x00 ... äÄ 112")
	f.Fuzz(func(t *testing.T, text string) {
		words := intent.Split(text)
		r.Emergency(words, "de")
		r.Wish(words)
		r.Guess(words)
		r.Anywhere(words, "en", "human", "repeat", "manipulation", "yes", "no")
	})
}

func BenchmarkUtterance(b *testing.B) {
	r := load(b)
	words := intent.Split("Guten Tag, ich bin vor zwei Wochen umgezogen und möchte gerne wissen, wo ich mich anmelden kann")
	for b.Loop() {
		r.Emergency(words, "de")
		r.Wish(words)
		r.Anywhere(words, "de", "human", "callback", "decision", "goodbye")
	}
}
