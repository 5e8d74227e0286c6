package people

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/exchangetest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// abroad is a service without an exchange, whose only agent speaks Portuguese:
// the pair of languages that there are weights for. Telephones reach it by a
// line of their own, which may be a bad one.
func abroad(t *testing.T, trouble *audiotest.Trouble, rest string) *town {
	t.Helper()
	audiotest.Model(t, "bergamot/enpt")
	audiotest.Model(t, "bergamot/pten")
	w := &town{t: t}
	w.Service = servicetest.Start(t, servicetest.Options{
		Whisper: true,
		Config: fmt.Sprintf(`city: musterstadt
languages: {offered: [de, en, pt]}
privacy: {keep_calls: 20}
desk:
  enabled: true
  wrapup: 2m
  agents: [{name: tina, title: Tina Sommer, languages: [pt]}]
  departments: {"*": {callback: true, hours: %s}}
browser: {enabled: true, per_source: 20}
`, always) + rest + users(t, map[string]session.Role{"tina": session.Agent}),
	})
	address := w.SIP
	if trouble != nil {
		address = exchangetest.NewBadLine(t, w.SIP, *trouble).Address()
	}
	_, text, err := net.SplitHostPort(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	w.exchange = &exchange{port: port}
	t.Cleanup(func() {
		w.quiet(t)
		if t.Failed() {
			t.Log(w.Log())
		}
	})
	return w
}

// wantsPerson is what the bot puts callers through for.
const wantsPerson = "I would like to speak to a person, please."

// abroadTogether has a citizen ask the bot for a person, and the clerk, whose
// microphone plays a recording, take the call in a browser.
func (w *town) abroadTogether(t *testing.T, microphone, wish []int16) (desk *tab, tina *agent, c *talk, id string) {
	t.Helper()
	desk = w.atDesk(t, chromium(t, microphone), "tina")
	tina = w.signIn(t, "tina")
	number := w.number()
	c = w.exchange.phone(t, "").dial(t, number)
	w.said(t, number, "bot", `(?i)KI|künstlich`)
	c.says(wish)
	desk.until(offered)
	accept(desk)
	return desk, tina, c, w.stands(t, number, journal.Talking).ID
}

// wishes are what a citizen says to somebody who does not speak English.
var wishes = []string{
	"Good morning, I need a new passport for my daughter.",
	"We moved to this city two weeks ago.",
	"How much does it cost, and how long does it take?",
	"I would like to come on Friday morning.",
	"My street is very loud at night.",
	"Thank you very much for your help.",
}

// TestInterpretedCall: an English citizen on the telephone is understood by a
// clerk in a browser who speaks Portuguese, and hears what the clerk says.
func TestInterpretedCall(t *testing.T) {
	for _, line := range []struct {
		name    string
		trouble *audiotest.Trouble
	}{
		{"a good line", nil},
		{"a bad line", &audiotest.Trouble{Loss: 0.03, Delay: 20 * time.Millisecond, Jitter: 40 * time.Millisecond, Seed: 11}},
	} {
		t.Run(line.name, func(t *testing.T) { interpreted(t, abroad(t, line.trouble, "")) })
	}
}

// TestManyUtterancesInterpreted prints what is left of FLORES sentences at the
// other end of a call: chrF of each hop against what a person made of it.
func TestManyUtterancesInterpreted(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("AMTSLEITUNG_UTTERANCES"))
	if n == 0 {
		t.Skip("set AMTSLEITUNG_UTTERANCES to the number of sentences to be spoken in one call")
	}
	var said, wanted []string
	en, pt := floresLines(t, "en"), floresLines(t, "pt")
	for i := range en {
		if k := len(strings.Fields(en[i])); k >= 5 && k <= 12 && len(said) < n {
			said, wanted = append(said, en[i]), append(wanted, pt[i])
		}
	}
	w := abroad(t, nil, "")
	voices := voicetest.Speeches(t, "en", append([]string{wantsPerson}, said...)...)
	_, tina, c, id := w.abroadTogether(t, silence(30*time.Second), voices[0])
	pause(t, c, 12*time.Second) // the notice
	var heard, final audiotest.ChrF
	var delays []time.Duration
	for i, pcm := range voices[1:] {
		before, known := len(w.find(t, id).Lines), len(w.translations(t, id, "caller"))
		c.says(pcm)
		over := func(tr journal.Translation) bool {
			return tr.State == journal.TranslationSpoken || tr.State == journal.TranslationRepeat
		}
		eventually(t, func() bool {
			all := w.translations(t, id, "caller")
			return len(all) > known && over(all[len(all)-1])
		})
		pause(t, c, 2*time.Second)
		var source, target []string
		for _, l := range w.find(t, id).Lines[before:] {
			if strings.HasPrefix(l.Segment.Leg, "caller") {
				source = append(source, l.Segment.Text)
				for _, tr := range l.Translations {
					target = append(target, tr.Text)
					if tr.Delay > 0 {
						delays = append(delays, tr.Delay)
					}
				}
			}
		}
		heard.Add(strings.Join(source, " "), said[i])
		final.Add(strings.Join(target, " "), wanted[i])
		t.Logf("%s | %s | %s", said[i], strings.Join(source, " "), strings.Join(target, " "))
	}
	slices.Sort(delays)
	t.Logf("%d utterances in one call: chrF recognised %.1f, Portuguese %.1f; end of speech until the translation is heard p50 %v, p95 %v of %d",
		len(said), heard.Score(), final.Score(), delays[len(delays)/2].Round(time.Millisecond), delays[(len(delays)*95+99)/100-1].Round(time.Millisecond), len(delays))
	tina.finishes(t, id, "gemessen")
	c.over(t)
}

func floresLines(t *testing.T, language string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(audiotest.Shared(t, "text/flores-dev"), language+".txt"))
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

func interpreted(t *testing.T, w *town) {
	clerk := append(silence(8*time.Second), voicetest.Speech(t, "pt", "Bom dia. Muito obrigado.")...)
	said := voicetest.Speeches(t, "en", append([]string{wantsPerson}, wishes...)...)
	desk, tina, c, id := w.abroadTogether(t, append(clerk, silence(22*time.Second)...), said[0])
	tina.until(t, "that it is interpreted", func(s floor.Snapshot) bool {
		i := s.Hand.Interpretation
		return i != nil && i.On && i.Caller == "en" && i.Person == "pt"
	})
	for _, pcm := range said[1:] {
		before := len(w.translations(t, id, "caller"))
		c.says(pcm)
		require.Eventually(t, func() bool {
			all := w.translations(t, id, "caller")
			return len(all) > before && slices.Contains([]string{journal.TranslationSpoken, journal.TranslationRepeat, journal.TranslationInterrupted}, all[len(all)-1].State)
		}, within, step, "not interpreted")
	}
	require.Eventually(t, func() bool { return len(w.translations(t, id, "agent")) > 0 }, within, step, "the clerk is interpreted")
	var delays []time.Duration
	for _, l := range w.find(t, id).Lines {
		for _, tr := range l.Translations {
			t.Logf("%-7s %5.2f %-60s -> %s: %s [%s, %s, %v] %v", l.Segment.Leg, l.Segment.Confidence, l.Segment.Text, tr.Language, tr.Text, tr.Engine, tr.State, tr.Delay.Round(time.Millisecond), tr.Doubts)
			if tr.Delay > 0 {
				delays = append(delays, tr.Delay)
			}
		}
	}
	slices.Sort(delays)
	t.Logf("end of speech until the translation is heard: p50 %v, p95 %v of %d", delays[len(delays)/2], delays[(len(delays)*95+99)/100-1], len(delays))
	text := strings.ToLower(eval[string](desk, `document.querySelector("#said").innerText`))
	require.Contains(t, text, "passaporte")
	tina.finishes(t, id, "gedolmetscht")
	c.over(t)
}

// translations are those of the lines of a leg.
func (w *town) translations(t *testing.T, id, leg string) []journal.Translation {
	t.Helper()
	var out []journal.Translation
	for _, l := range w.find(t, id).Lines {
		if strings.HasPrefix(l.Segment.Leg, leg) {
			out = append(out, l.Translations...)
		}
	}
	return out
}

// endpoint is a translation server of a kind that many cities have, which can
// be made to hang, to fail and to talk rubbish.
type endpoint struct {
	mode  atomic.Value // "well", "hangs", "fails", "rubbish"
	asked atomic.Int64
	freed chan struct{}
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.asked.Add(1)
	switch e.mode.Load() {
	case "hangs":
		select {
		case <-r.Context().Done():
		case <-e.freed:
		}
	case "fails":
		http.Error(w, "out of memory", http.StatusInternalServerError)
	case "rubbish":
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": strings.Repeat("la ", 400)})
	default:
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": "Onde fica a câmara municipal?"})
	}
}

// TestTheTranslatorFails: whatever the translation server does, the call goes
// on, and both are told.
func TestTheTranslatorFails(t *testing.T) {
	e := &endpoint{freed: make(chan struct{})}
	e.mode.Store("well")
	server := httptest.NewServer(e)
	defer server.Close()
	defer close(e.freed)
	w := abroad(t, nil, fmt.Sprintf("translation: {engines: [libretranslate], libretranslate: {url: %q}, timeout: 1s}\n", server.URL))
	said := voicetest.Speeches(t, "en", wantsPerson, "Where is the town hall?")
	_, tina, c, id := w.abroadTogether(t, silence(30*time.Second), said[0])
	for _, step := range []struct {
		mode  string
		state string
	}{
		{"well", journal.TranslationSpoken},
		{"hangs", journal.TranslationFailed},
		{"fails", journal.TranslationFailed},
		{"rubbish", journal.TranslationFailed},
	} {
		e.mode.Store(step.mode)
		before := len(w.translations(t, id, "caller"))
		c.says(said[1])
		w.settled(t, id, before, step.state, step.mode)
	}
	tina.until(t, "the problem", func(s floor.Snapshot) bool {
		return s.Hand.Interpretation != nil && s.Hand.Interpretation.Problem != ""
	})
	w.state(t, id, journal.Talking)
	e.mode.Store("well")
	require.Eventually(t, func() bool { // an engine that failed rests for a while
		before := len(w.translations(t, id, "caller"))
		c.says(said[1])
		return w.becomes(t, id, before, journal.TranslationSpoken)
	}, 2*within, time.Second, "it works again")
	tina.finishes(t, id, "ging wieder")
	c.over(t)
}

// settled waits until what the caller has said last is translated so.
func (w *town) settled(t *testing.T, id string, before int, state, why string) {
	t.Helper()
	require.True(t, w.becomes(t, id, before, state), "%s: %v", why, w.translations(t, id, "caller"))
}

func (w *town) becomes(t *testing.T, id string, before int, state string) bool {
	t.Helper()
	return eventually(t, func() bool {
		all := w.translations(t, id, "caller")
		return len(all) > before && all[len(all)-1].State == state
	})
}
