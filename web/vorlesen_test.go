package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/wav"
)

// scriptBudget is what the script costs a page, gzipped.
const scriptBudget = 12 << 10

// tone is a voice: 100 ms a word.
type tone struct {
	mu   sync.Mutex
	said []string
	err  error
}

func (v *tone) speak(_ context.Context, text, language string, rate float64, to media.Sink) error {
	v.mu.Lock()
	v.said = append(v.said, language+": "+text)
	v.mu.Unlock()
	if v.err != nil {
		return v.err
	}
	d := time.Duration(float64(len(strings.Fields(text))) / rate * float64(100*time.Millisecond))
	for _, f := range audiotest.Frames(audiotest.Sine(300, d, 8000)) {
		if err := to.WriteFrame(f); err != nil {
			return err
		}
	}
	return nil
}

func newReader(t *testing.T, change func(*ReadAloud)) (*Server, *tone) {
	t.Helper()
	voice := &tone{}
	r := &ReadAloud{Speak: voice.speak, Languages: []string{"de", "en", "de-leicht", "ar"}, Sites: []string{"https://www.musterstadt.example"}}
	if change != nil {
		change(r)
	}
	return newServer(t, func(o *Options) { o.ReadAloud = r }), voice
}

func ask(t *testing.T, s *Server, body string, header ...string) (int, reading, http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/v1/read", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := s.app.Test(r, 10_000)
	require.NoError(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var got reading
	if resp.StatusCode == 200 {
		require.NoError(t, json.Unmarshal(data, &got))
	}
	return resp.StatusCode, got, resp.Header, string(data)
}

func TestReadsWithTheTimesOfWords(t *testing.T) {
	s, voice := newReader(t, nil)
	code, got, head, body := ask(t, s, `{"text":" Das 😀 Bürgeramt\u00ad öffnet.\n","language":"de-AT","rate":0.8}`)
	require.Equal(t, 200, code, body)
	require.Equal(t, "no-store", head.Get("Cache-Control"))
	require.Equal(t, "de", got.Language)
	require.False(t, got.Translated)
	require.Equal(t, []string{"de: Das 😀 Bürgeramt  öffnet."}, voice.said)
	require.InDelta(t, 0.5, got.Duration, 0.03)
	var words []string
	last := 0.0
	for _, w := range got.Words {
		words = append(words, inUnits(got.Text, w.At, w.Length))
		require.GreaterOrEqual(t, w.Start, last)
		last = w.End
	}
	require.Equal(t, []string{"Das", "😀", "Bürgeramt", "öffnet."}, words)
	require.LessOrEqual(t, last, got.Duration)
	sound, err := wav.NewReader(strings.NewReader(string(got.Audio)))
	require.NoError(t, err)
	require.Equal(t, 16000, sound.Format().Rate)
	pcm := make([]int16, 16000)
	n, err := sound.Read(pcm)
	require.NoError(t, err)
	require.Greater(t, audiotest.Share(pcm[:n], 16000, 300), 0.8, "it is what the voice said")
}

// inUnits cuts as JavaScript's substr does.
func inUnits(text string, at, length int) string {
	for i := range text {
		if at == 0 {
			for j := range text[i:] + "\x00" {
				if length == 0 {
					return text[i : i+j]
				}
				length -= unitsOf(string([]rune(text[i+j:])[0]))
			}
		}
		at -= unitsOf(string([]rune(text[i:])[0]))
	}
	return ""
}

func TestReadsTranslations(t *testing.T) {
	s, voice := newReader(t, func(r *ReadAloud) {
		r.Translate = func(_ context.Context, text, from, to string) (string, error) {
			return "[" + from + ">" + to + "] " + strings.ToUpper(text), nil
		}
		r.Translates = func(from, to string) bool { return to == "en" && from != "ar" }
	})
	_, got, _, _ := ask(t, s, `{"text":"Guten Tag","language":"de","to":"en"}`)
	require.True(t, got.Translated)
	require.Equal(t, "en", got.Language)
	require.Equal(t, "[de>en] GUTEN TAG", got.Text)
	require.Equal(t, []string{"en: [de>en] GUTEN TAG"}, voice.said)
	_, got, _, _ = ask(t, s, `{"text":"Bom dia","language":"pt","to":"en"}`)
	require.Equal(t, "[pt>en] BOM DIA", got.Text, "no voice is needed for what is translated")
	_, got, _, _ = ask(t, s, `{"text":"Good morning","language":"en","to":"en"}`)
	require.False(t, got.Translated)
	code, _, _, body := ask(t, s, `{"text":"صباح","language":"ar","to":"en"}`)
	require.Equal(t, 422, code)
	require.Contains(t, body, "no translator")
	_, offer, _ := get(t, s, "/api/v1/read?lang=en")
	require.Contains(t, offer, `"translations":{"de":["en"],"de-leicht":["en"]}`)
}

func TestEasyLanguageOfPagesIsSpokenSlowly(t *testing.T) {
	s, voice := newReader(t, nil)
	ask(t, s, `{"text":"Ein Satz.","language":"de-simple"}`)
	require.Equal(t, []string{"de-leicht: Ein Satz."}, voice.said)
}

func TestRefusesWhatCannotBeRead(t *testing.T) {
	s, voice := newReader(t, nil)
	for name, tc := range map[string]struct {
		body string
		want int
	}{
		"no JSON":     {`text=x`, 400},
		"nothing":     {`{"text":" \n","language":"de"}`, 422},
		"too long":    {`{"text":"` + strings.Repeat("ä", 601) + `","language":"de"}`, 422},
		"too slow":    {`{"text":"a","language":"de","rate":0.1}`, 422},
		"too fast":    {`{"text":"a","language":"de","rate":40}`, 422},
		"no voice":    {`{"text":"a","language":"xx"}`, 422},
		"no voice to": {`{"text":"a","language":"de","to":"xx"}`, 422},
		"no pair":     {`{"text":"a","language":"de","to":"en"}`, 422},
		"no language": {`{"text":"a","language":"../de\u0000"}`, 422},
		"large":       {`{"text":"` + strings.Repeat("a", 90<<10) + `"}`, 413},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, _, body := ask(t, s, tc.body)
			require.Equal(t, tc.want, code, body)
			require.Contains(t, body, `"error"`)
		})
	}
	require.Empty(t, voice.said)
	code, _, _, _ := ask(t, s, `{"text":"a"}`, "Content-Type", "text/plain")
	require.Equal(t, 415, code)
}

func TestOnlyListedSitesAsk(t *testing.T) {
	s, voice := newReader(t, nil)
	const body = `{"text":"Guten Tag","language":"de"}`
	code, _, head, _ := ask(t, s, body, "Origin", "https://www.musterstadt.example", "Sec-Fetch-Site", "cross-site")
	require.Equal(t, 200, code)
	require.Equal(t, "https://www.musterstadt.example", head.Get("Access-Control-Allow-Origin"))
	require.Contains(t, head.Get("Vary"), "Origin")
	require.Empty(t, head.Get("Access-Control-Allow-Credentials"))
	require.Empty(t, head.Get("Set-Cookie"))
	voice.said = nil
	for _, origin := range []string{"https://evil.example", "null", "http://www.musterstadt.example", "https://www.musterstadt.example.evil.example", "https://www.musterstadt.example:444"} {
		code, _, head, text := ask(t, s, body, "Origin", origin, "Sec-Fetch-Site", "cross-site")
		require.Equal(t, 403, code, origin)
		require.Empty(t, head.Get("Access-Control-Allow-Origin"), origin)
		require.Contains(t, text, "api.sites")
	}
	require.Empty(t, voice.said)
	code, _, _, _ = ask(t, s, body, "Origin", "http://example.com", "Sec-Fetch-Site", "same-origin")
	require.Equal(t, 200, code, "our own pages")

	open, _ := newReader(t, func(r *ReadAloud) { r.Sites = []string{"*"} })
	_, _, head, _ = ask(t, open, body, "Origin", "https://any.example", "Sec-Fetch-Site", "cross-site")
	require.Equal(t, "https://any.example", head.Get("Access-Control-Allow-Origin"))

	r := httptest.NewRequest(http.MethodOptions, "/api/v1/read", nil)
	r.Header.Set("Origin", "https://www.musterstadt.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	resp, err := s.app.Test(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 204, resp.StatusCode)
	require.Equal(t, "Content-Type", resp.Header.Get("Access-Control-Allow-Headers"))
	for _, site := range []string{"www.musterstadt.example", "https://a.example/path", "https://*.example", "'none'"} {
		_, err := NewServer(Options{ReadAloud: &ReadAloud{Languages: []string{"de"}, Sites: []string{site}}})
		require.ErrorContains(t, err, "is no origin", site)
	}
	_, err = NewServer(Options{ReadAloud: &ReadAloud{}})
	require.ErrorContains(t, err, "no language has a voice")
}

func TestCallersComeFirst(t *testing.T) {
	busy := true
	s, voice := newReader(t, func(r *ReadAloud) { r.Busy = func() bool { return busy } })
	const body = `{"text":"Guten Tag","language":"de"}`
	code, _, head, _ := ask(t, s, body)
	require.Equal(t, 503, code)
	require.NotEmpty(t, head.Get("Retry-After"))
	require.Empty(t, voice.said)
	busy = false
	code, _, _, _ = ask(t, s, body)
	require.Equal(t, 200, code)
	busy = true
	code, _, _, _ = ask(t, s, body)
	require.Equal(t, 200, code, "what is kept costs callers nothing")
	require.Len(t, voice.said, 1)
}

func TestFailuresSayNothingOfTheText(t *testing.T) {
	s, voice := newReader(t, nil)
	voice.err = errors.New("engine broke at Geheimnis")
	code, _, _, body := ask(t, s, `{"text":"Geheimnis","language":"de"}`)
	require.Equal(t, 502, code)
	require.NotContains(t, body, "Geheimnis")
	voice.err = nil
	code, _, _, _ = ask(t, s, `{"text":"Geheimnis","language":"de"}`)
	require.Equal(t, 200, code, "a failure is not kept")
}

func TestEndlessVoicesAreCut(t *testing.T) {
	s, _ := newReader(t, func(r *ReadAloud) {
		r.Speak = func(ctx context.Context, _, _ string, _ float64, to media.Sink) error {
			frame := media.Frame{PCM: make([]int16, media.FrameSamples)}
			for {
				if err := to.WriteFrame(frame); err != nil {
					return err
				}
			}
		}
	})
	code, _, _, _ := ask(t, s, `{"text":"a","language":"de"}`)
	require.Equal(t, 502, code)
}

func TestOneAddressHasItsShare(t *testing.T) {
	s, _ := newReader(t, nil)
	codes := map[int]int{}
	for range 120 {
		code, _, _, _ := ask(t, s, `{"text":"Guten Tag","language":"de"}`)
		codes[code]++
	}
	require.Greater(t, codes[429], 20, codes)
	require.Greater(t, codes[200], 80, codes)
}

func TestReadingsAreKeptForAWhile(t *testing.T) {
	k, now := newReadings(), time.Now()
	key := func(text string) [32]byte { return wish{Text: text, Language: "de", Rate: 1}.key() }
	require.NotEqual(t, key("a"), wish{Text: "a", Language: "de", Rate: 1.1}.key())
	k.put(key("a"), &reading{Text: "a"}, now)
	require.Equal(t, "a", k.get(key("a"), now.Add(9*time.Minute)).Text)
	require.Nil(t, k.get(key("a"), now.Add(11*time.Minute)))
	require.Zero(t, k.size)
	big := &reading{Audio: make([]byte, 5<<20)}
	for i := range 10 {
		k.put(key(string(rune('a'+i))), big, now)
	}
	require.LessOrEqual(t, k.size, readingsBytes)
	require.Len(t, k.byKey, 4)
	require.NotNil(t, k.get(key("j"), now), "the latest stay")
	k.put(key("j"), big, now)
	require.Len(t, k.byKey, 4)
}

func TestScriptIsSmallAndWhole(t *testing.T) {
	s, _ := newReader(t, nil)
	code, script, head := get(t, s, "/vorlesen.js")
	require.Equal(t, 200, code)
	require.Equal(t, "text/javascript; charset=utf-8", head.Get("Content-Type"))
	require.Equal(t, "cross-origin", head.Get("Cross-Origin-Resource-Policy"))
	small := zipped(t, script)
	t.Logf("script %.1f KB gzipped", float64(small)/1024)
	require.LessOrEqual(t, small, scriptBudget)
	for _, never := range []string{"document.cookie", "localStorage", "sessionStorage", "innerHTML", "eval(", "http://", "https://"} {
		require.NotContains(t, strings.ReplaceAll(script, "http://www.w3.org/2000/svg", ""), never)
	}
}

func TestPlayerHasTextsInAllLanguages(t *testing.T) {
	german, err := vorlesenText("de")
	require.NoError(t, err)
	names := regexp.MustCompile(`\{\w+\}`)
	for _, l := range citizenLanguages {
		texts, err := vorlesenText(l)
		require.NoError(t, err)
		require.Len(t, texts, len(german), l)
		for key, text := range german {
			require.NotEmpty(t, texts[key], "%s lacks %s", l, key)
			require.ElementsMatch(t, names.FindAllString(text, -1), names.FindAllString(texts[key], -1), "%s %s", l, key)
		}
	}
	s, _ := newReader(t, nil)
	for asked, want := range map[string]string{"ar": `"dir":"rtl"`, "xx": `"open":"Vorlesen"`, "": `"open":"Vorlesen"`} {
		_, offer, _ := get(t, s, "/api/v1/read?lang="+asked)
		require.Contains(t, offer, want)
	}
}

func TestPageShowsTheSnippet(t *testing.T) {
	s, _ := newReader(t, func(r *ReadAloud) { r.Address = "https://amt.musterstadt.example/" })
	for _, lang := range []string{"de", "en"} {
		code, body, _ := get(t, s, "/vorlesen?lang="+lang)
		require.Equal(t, 200, code)
		require.Contains(t, body, `&lt;script src="https://amt.musterstadt.example/vorlesen.js" async&gt;`)
		require.Contains(t, body, "https://www.musterstadt.example")
		require.NotContains(t, body, "&lt;no value&gt;")
	}
	code, _, _ := get(t, newServer(t, nil), "/vorlesen")
	require.Equal(t, 404, code)
}

func FuzzReadable(f *testing.F) {
	f.Add("Am 3. Juni – 12,50 €\x00\n\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := readable(text)
		require.Equal(t, got, readable(got))
		require.NotContains(t, got, "\n")
	})
}
