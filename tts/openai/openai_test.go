package openai_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers with a handler and forgets its idle connections at the end.
func server(t *testing.T, o openai.Options, h http.HandlerFunc) *openai.Synthesizer {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	o.URL, o.Client = srv.URL, client
	s, err := openai.New(o)
	require.NoError(t, err)
	return s
}

// tone is little-endian PCM at 24 kHz with silence around it.
func tone(d time.Duration) []byte {
	pcm := append(make([]int16, 12000), audiotest.SineAt(24000, 440, d, 8000)...)
	pcm = append(pcm, make([]int16, 12000)...)
	var out []byte
	for _, s := range pcm {
		out = binary.LittleEndian.AppendUint16(out, uint16(s))
	}
	return out
}

type recorder struct {
	pcm   []int16
	heard chan struct{}
}

func (r *recorder) WriteFrame(f media.Frame) error {
	if r.heard != nil && r.pcm == nil {
		close(r.heard)
	}
	r.pcm = append(r.pcm, f.PCM...)
	return nil
}

func TestSpeaksAndSendsWhatTheServerNeeds(t *testing.T) {
	var got map[string]any
	var auth, path string
	s := server(t, openai.Options{Model: "kokoro", Key: "secret"}, func(w http.ResponseWriter, r *http.Request) {
		auth, path = r.Header.Get("Authorization"), r.URL.Path
		_ = json.NewDecoder(r.Body).Decode(&got)
		_, _ = w.Write(tone(time.Second))
	})
	var r recorder
	require.NoError(t, s.Speak(context.Background(), tts.Utterance{Text: "Guten Tag.", Language: "de", Rate: 0.8}, &r))
	require.Equal(t, "Bearer secret", auth)
	require.Equal(t, "/v1/audio/speech", path)
	require.Equal(t, map[string]any{"model": "kokoro", "input": "Guten Tag.", "voice": "alloy", "response_format": "pcm", "speed": 0.8}, got)
	require.InDelta(t, 1.06, float64(len(r.pcm))/media.SampleRate, 0.05, "silence around it is trimmed")
	require.InDelta(t, 440, audiotest.Peak(r.pcm, media.SampleRate, 300, 600), 10)
	require.NotContains(t, s.Name(), "secret")
}

func TestFramesLeaveWhileTheServerStillSends(t *testing.T) {
	heard := make(chan struct{})
	s := server(t, openai.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(tone(time.Second)[:40_001]) // a sample is cut in two
		w.(http.Flusher).Flush()
		<-heard
		_, _ = w.Write(tone(time.Second)[40_001:])
	})
	r := recorder{heard: heard}
	require.NoError(t, s.Speak(context.Background(), tts.Utterance{Text: "Hallo", Language: "de"}, &r))
	require.InDelta(t, 1.06, float64(len(r.pcm))/media.SampleRate, 0.05)
}

func TestBargeInStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	s := server(t, openai.Options{}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(tone(time.Second)[:60_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	err := s.Speak(ctx, tts.Utterance{Text: "Hallo", Language: "de"}, media.SinkFunc(func(media.Frame) error { stop(); return nil }))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSilentServers(t *testing.T) {
	wait := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	s := server(t, openai.Options{Start: 20 * time.Millisecond}, wait)
	err := s.Speak(context.Background(), tts.Utterance{Text: "Hallo"}, &recorder{})
	require.ErrorIs(t, err, openai.ErrServer)
	require.ErrorContains(t, err, "no answer after 20ms")

	s = server(t, openai.Options{Whole: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		wait(w, r)
	})
	err = s.Speak(context.Background(), tts.Utterance{Text: "Hallo"}, &recorder{})
	require.ErrorIs(t, err, openai.ErrServer)
	require.ErrorContains(t, err, "no end of the speech after 50ms")
}

func TestServerErrorsAreOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"json":  {401, `{"error":{"message":"invalid key"}}`, "401 Unauthorized: invalid key"},
		"html":  {502, "<html>\n<body>Bad\nGateway", "502 Bad Gateway: <html> <body>Bad Gateway"},
		"long":  {500, strings.Repeat("x", 10_000), "..."},
		"empty": {200, "", "no audio"},
		"odd":   {200, "abc", "no 16-bit audio"},
	} {
		s := server(t, openai.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		err := s.Speak(context.Background(), tts.Utterance{Text: "Hallo"}, &recorder{})
		require.ErrorIs(t, err, openai.ErrServer, name)
		require.ErrorContains(t, err, c.want, name)
		require.NotContains(t, err.Error(), "\n", name)
		require.Less(t, len(err.Error()), 400, name)
	}
	s, err := openai.New(openai.Options{URL: "http://127.0.0.1:1/v1"})
	require.NoError(t, err)
	require.ErrorIs(t, s.Speak(context.Background(), tts.Utterance{Text: "Hallo"}, &recorder{}), openai.ErrServer)
}

func TestWrongUse(t *testing.T) {
	for _, address := range []string{"", "server", "ftp://server", "http://", "::"} {
		_, err := openai.New(openai.Options{URL: address})
		require.ErrorContains(t, err, "full address", address)
	}
	s, err := openai.New(openai.Options{URL: "https://example.org"})
	require.NoError(t, err)
	require.NoError(t, s.Speak(context.Background(), tts.Utterance{Text: "  "}, &recorder{}))
	require.ErrorContains(t, s.Speak(context.Background(), tts.Utterance{Text: strings.Repeat("a", 5000)}, &recorder{}), "at most 4096")
	require.Contains(t, s.Languages(), "de")
}

func TestToneIsNotClippedByTheLevel(t *testing.T) {
	s := server(t, openai.Options{GainDB: 20}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(tone(time.Second)) })
	var r recorder
	require.NoError(t, s.Speak(context.Background(), tts.Utterance{Text: "Hallo"}, &r))
	for _, v := range r.pcm {
		require.Less(t, math.Abs(float64(v)), 32700.0)
	}
}
