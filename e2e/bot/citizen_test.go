package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/sip"
)

// concern is a question with the fact that must be heard in the answer,
// as a pattern over what the recogniser makes of it.
type concern struct{ question, article, fact string }

var german = [][]concern{
	{
		{"Guten Tag, was kostet ein neuer Personalausweis?", "personalausweis-beantragen", `46`},
		{"Wo bekomme ich eine Geburtsurkunde?", "geburtsurkunde", `(?i)standes\s?amt|15`},
		{"Wie viel kostet die Hundesteuer?", "hundesteuer", `96`},
		{"Wo kann ich alte Elektrogeräte abgeben?", "recyclinghof", `18|15`},
	}, {
		{"Ich brauche ein Führungszeugnis.", "fuehrungszeugnis", `13`},
		{"Wie melde ich Sperrmüll an?", "sperrmuell", `35|(?i)kostenlos`},
		{"Was kostet ein Wunschkennzeichen?", "wunschkennzeichen", `10|12`},
		{"Ich habe meinen Ausweis verloren, was soll ich tun?", "personalausweis-verloren", `116|(?i)polizei`},
	}, {
		{"Wann hat das Bürgeramt geöffnet?", "oeffnungszeiten-buergeramt", `8|13`},
		{"Ich bin umgezogen und möchte mich ummelden.", "wohnsitz-ummelden", `(?i)zwei|2 Wochen`},
		{"Was kostet ein Reisepass?", "reisepass-beantragen", `70`},
		{"Ich habe meinen Schlüssel verloren, wo ist das Fundbüro?", "fundbuero", `(?i)fund|ordnung`},
		{"Wann hat die Stadtbibliothek geöffnet?", "stadtbibliothek", `20|19|14`},
	},
}

var english = [][]concern{
	{
		{"Hello, how much is a new passport?", "reisepass-beantragen", `70|(?i)seventy`},
		{"How much is the dog tax?", "hundesteuer", `96`},
		{"Where can I find the lost property office?", "fundbuero", `(?i)lost|office`},
	}, {
		{"I need a certificate of good conduct.", "fuehrungszeugnis", `13`},
		{"How do I get rid of bulky waste?", "sperrmuell", `35|(?i)free`},
	},
}

func TestGermanCitizen(t *testing.T)  { citizen(t, "de", german) }
func TestEnglishCitizen(t *testing.T) { citizen(t, "en", english) }

// citizen asks in several calls at the same time, each with another codec,
// listens to the answers and compares them with what the service says it said.
func citizen(t *testing.T, lang string, calls [][]concern) {
	s := start(t)
	p := newPhone(t)
	codecs := []string{"PCMA", "G722", "PCMU"}
	heards := make([]heard, len(calls))
	var wg sync.WaitGroup
	for i, concerns := range calls {
		clips := p.script(t, lang, concerns)
		wg.Go(func() {
			o := sip.DialOptions{Codecs: []string{codecs[i%len(codecs)]}, From: number(i)}
			heards[i] = p.call(t.Context(), s.SIP, o, clips...)
		})
	}
	wg.Wait()
	answered, understood, asked := 0, 0, 0
	for i, concerns := range calls {
		h := heards[i]
		require.NoError(t, h.err)
		answers, articles := h.answers(), s.articles(t, number(i))
		require.Len(t, answers, len(concerns)+1, "greeting and answers of call %d: %v", i, h.events)
		greeting := p.understand(t, "de", answers[0])
		require.Regexp(t, `(?i)künstliche|intelligenz`, greeting, "the greeting must disclose the AI")
		for j, c := range concerns {
			asked++
			text := p.understand(t, lang, answers[j+1])
			t.Logf("%-55s %6s -> %s", c.question, h.latencies()[j].String(), text)
			if j < len(articles) && articles[j] == c.article {
				answered++
			} else {
				t.Logf("   the service answered with %v, not %s", articles, c.article)
			}
			if regexp.MustCompile(c.fact).MatchString(text) {
				understood++
			} else {
				t.Logf("   the fact %q was not understood", c.fact)
			}
		}
	}
	t.Logf("%d questions, %d right articles, %d facts understood by the recogniser", asked, answered, understood)
	// A synthetic voice over G.711 is misheard now and then, on the way there
	// and on the way back; a line that is broken anywhere loses far more.
	require.GreaterOrEqual(t, float64(answered), 0.75*float64(asked))
	require.GreaterOrEqual(t, float64(understood), 0.7*float64(asked))
}

// number is the i-th caller's; pages hide its last four digits.
func number(i int) string { return fmt.Sprintf("0999%d0000", i) }

func (p *phone) ask(t *testing.T, address, lang, codec string, concerns []concern) heard {
	t.Helper()
	h := p.call(t.Context(), address, sip.DialOptions{Codecs: []string{codec}}, p.script(t, lang, concerns)...)
	require.NoError(t, h.err)
	return h
}

// articles are those of one caller's answers, one for each of their turns, ""
// where the bot did not answer.
func (s *service) articles(t *testing.T, from string) []string {
	t.Helper()
	resp, err := http.Get("http://" + s.HTTP + "/api/v1/calls")
	require.NoError(t, err)
	defer resp.Body.Close()
	var body struct{ Calls []journal.Call }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	i := slices.IndexFunc(body.Calls, func(c journal.Call) bool { return strings.HasPrefix(c.From, from[:5]) })
	require.GreaterOrEqual(t, i, 0, "no call from %s in %v", from, body.Calls)
	var out []string
	asked := false
	for _, l := range body.Calls[i].Lines {
		if l.Segment.Leg == "caller" && l.Segment.Final {
			asked = true
			t.Logf("   heard: %s", l.Segment.Text)
		} else if l.Segment.Leg == "bot" && asked {
			out = append(out, l.Article)
			asked = false
		}
	}
	return out
}
