package openai

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request is what a server saw.
type request struct {
	path, key string
	form      map[string][]string
	wav       []byte
}

// server answers every request with the next answer; the last one stays.
func server(t *testing.T, status int, answers ...string) (string, *[]request) {
	t.Helper()
	seen := &[]request{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		file, _, err := r.FormFile("file")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		wav, _ := io.ReadAll(file)
		*seen = append(*seen, request{r.URL.Path, r.Header.Get("Authorization"), r.MultipartForm.Value, wav})
		w.WriteHeader(status)
		fmt.Fprint(w, answers[min(len(*seen), len(answers))-1])
	}))
	t.Cleanup(s.Close)
	return s.URL, seen
}

func recognizer(t *testing.T, o Options) *Recognizer {
	t.Helper()
	r, err := New(o)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

func voice() []int16 {
	pcm := make([]int16, 2*media.SampleRate)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i)/20))
	}
	return pcm
}

const german = `{"task":"transcribe","language":"german","duration":2.0,"text":" Wo ist das Rathaus?",
	"segments":[{"id":0,"start":0.1,"end":1.5,"text":" Wo ist das Rathaus?","avg_logprob":-0.2,"no_speech_prob":0.01}],
	"words":[{"word":"Wo","start":0.1,"end":0.3},{"word":"ist","start":0.3,"end":0.5},{"word":"das","start":0.5,"end":0.7},{"word":"Rathaus","start":0.7,"end":9.5}]}`

func TestRecognize(t *testing.T) {
	url, seen := server(t, http.StatusOK, german)
	r := recognizer(t, Options{URL: url + "/v1/", Model: "base", Key: "secret"})
	pcm := voice()
	h, err := r.Recognize(t.Context(), stt.Window{PCM: pcm, Language: "de", Prompt: "Musterstadt", Words: true})
	require.NoError(t, err)
	require.Equal(t, "Wo ist das Rathaus?", h.Text())
	require.Equal(t, "de", h.Language)
	require.InDelta(t, -0.2, h.LogProbability, 1e-9)
	require.InDelta(t, 0.01, h.NoSpeech, 1e-9)
	require.Equal(t, 100*time.Millisecond, h.Segments[0].Start)
	require.Len(t, h.Segments[0].Words, 4)
	require.Equal(t, 2*time.Second, h.Segments[0].Words[3].End, "clamped to the window")
	require.InDelta(t, math.Exp(-0.2), h.Segments[0].Words[0].Probability, 1e-9)

	got := (*seen)[0]
	require.Equal(t, "/v1/audio/transcriptions", got.path)
	require.Equal(t, "Bearer secret", got.key)
	require.Equal(t, []string{"base"}, got.form["model"])
	require.Equal(t, []string{"de"}, got.form["language"])
	require.Equal(t, []string{"Musterstadt"}, got.form["prompt"])
	require.Equal(t, []string{"segment", "word"}, got.form["timestamp_granularities[]"])
	require.Equal(t, "RIFF", string(got.wav[:4]))
	require.Len(t, got.wav, 44+2*len(pcm))
	require.Equal(t, pcm[1000], int16(binary.LittleEndian.Uint16(got.wav[44+2000:])))
}

func TestTranslateUsesItsOwnPath(t *testing.T) {
	url, seen := server(t, http.StatusOK, `{"text":"Where is the town hall?"}`)
	h, err := recognizer(t, Options{URL: url}).Recognize(t.Context(), stt.Window{PCM: voice(), Language: "de", Translate: true})
	require.NoError(t, err)
	require.Equal(t, "Where is the town hall?", h.Text())
	require.Equal(t, "/v1/audio/translations", (*seen)[0].path)
	require.Empty(t, (*seen)[0].form["language"])
}

func TestForeignLanguageIsAskedAgain(t *testing.T) {
	url, seen := server(t, http.StatusOK, `{"text":"Hoe gaat het","language":"dutch"}`, `{"text":"Wie geht es","language":"german"}`)
	h, err := recognizer(t, Options{URL: url}).Recognize(t.Context(), stt.Window{PCM: voice(), Languages: []string{"de", "en"}})
	require.NoError(t, err)
	require.Equal(t, "Wie geht es", h.Text())
	require.Equal(t, "de", h.Language)
	require.Equal(t, []string{"de"}, (*seen)[1].form["language"])
}

func TestGuardsJudgeTheServerToo(t *testing.T) {
	url, seen := server(t, http.StatusOK, `{"text":"Untertitel der Amara.org-Community"}`)
	r := recognizer(t, Options{URL: url})
	h, err := r.Recognize(t.Context(), stt.Window{PCM: voice()})
	require.NoError(t, err)
	require.Empty(t, h.Text())
	require.Equal(t, guard.Phantom, h.Rejected)
	for _, pcm := range [][]int16{nil, voice()[:800], make([]int16, media.SampleRate)} {
		h, err = r.Recognize(t.Context(), stt.Window{PCM: pcm})
		require.NoError(t, err)
		require.Empty(t, h.Text())
	}
	require.Len(t, *seen, 1, "silence is not sent")
}

func TestServerFailures(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"overloaded", http.StatusServiceUnavailable, "busy", "503: busy"},
		{"wrong key", http.StatusUnauthorized, `{"error":"no"}`, "401"},
		{"no JSON", http.StatusOK, "<html>", "no JSON"},
		{"other JSON", http.StatusOK, `{"result":1}`, "without text"},
		{"huge", http.StatusOK, strings.Repeat("x", maxAnswer+10), "more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, _ := server(t, c.status, c.body)
			_, err := recognizer(t, Options{URL: url}).Recognize(t.Context(), stt.Window{PCM: voice()})
			require.ErrorIs(t, err, stt.ErrUnavailable)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := recognizer(t, Options{URL: "http://127.0.0.1:1"}).Recognize(t.Context(), stt.Window{PCM: voice()})
	require.ErrorIs(t, err, stt.ErrUnavailable)
}

func TestSlowServer(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(release) })
	_, err := recognizer(t, Options{URL: s.URL, Timeout: 20 * time.Millisecond}).Recognize(t.Context(), stt.Window{PCM: voice()})
	require.ErrorIs(t, err, stt.ErrUnavailable)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = recognizer(t, Options{URL: s.URL}).Recognize(ctx, stt.Window{PCM: voice()})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, stt.ErrUnavailable)
}

func TestNewRefusesWhatIsNoAddress(t *testing.T) {
	for _, u := range []string{"", "localhost:8000", "ftp://x", "http://", "://"} {
		_, err := New(Options{URL: u})
		require.Error(t, err, u)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(german))
	f.Add([]byte(`{"text":"a","segments":[{"text":"a","start":-1e300,"end":1e300,"avg_logprob":1e9}],"words":[{"word":"a"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parseAnswer(http.StatusOK, data)
		if err != nil {
			return
		}
		w := stt.Window{PCM: make([]int16, media.SampleRate), Words: true}
		h := a.hypothesis(w)
		for _, s := range h.Segments {
			require.LessOrEqual(t, s.End, time.Second)
			require.GreaterOrEqual(t, s.Start, time.Duration(0))
		}
		_, err = json.Marshal(h.NoSpeech)
		require.NoError(t, err)
	})
}
