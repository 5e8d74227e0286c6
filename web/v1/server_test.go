package v1

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/tts"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/memory.New.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

// loud takes everything that is not silence for speech.
type loud struct{}

func (loud) Probability(window []int16) (float32, error) {
	for _, s := range window {
		if s > 1000 {
			return 0.95, nil
		}
	}
	return 0.01, nil
}

// hearer answers each window.
type hearer struct {
	mu      sync.Mutex
	windows []stt.Window
	answer  func(ctx context.Context, n int) (stt.Hypothesis, error)
}

func (h *hearer) Name() string { return "whisper test" }

func (h *hearer) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	h.mu.Lock()
	h.windows = append(h.windows, w)
	n := len(h.windows)
	h.mu.Unlock()
	if h.answer != nil {
		return h.answer(ctx, n)
	}
	text := []string{"Guten Tag.", "Wo ist das Amt?", "Danke."}[(n-1)%3]
	return hypothesis(text), nil
}

func (h *hearer) seen() []stt.Window {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.windows
}

func hypothesis(text string) stt.Hypothesis {
	s := stt.Segment{Text: " " + text, Start: 200 * time.Millisecond, End: time.Second}
	for i, w := range strings.Fields(text) {
		at := time.Duration(200+100*i) * time.Millisecond
		s.Words = append(s.Words, transcript.Word{Text: w, Start: at, End: at + 90*time.Millisecond, Probability: 0.9})
	}
	return stt.Hypothesis{Language: "de", LanguageProbability: 0.9, LogProbability: -0.2, NoSpeech: 0.01, Segments: []stt.Segment{s}}
}

// talker makes a tone as long as the text.
type talker struct {
	mu   sync.Mutex
	said []string // language, rate and text
	fail error
	// perLetter is 20 ms of sound for so many letters.
	after func(frame int) error
}

func (s *talker) Speak(ctx context.Context, text, language string, rate float64, to media.Sink) ([]tts.Spoken, error) {
	s.mu.Lock()
	s.said = append(s.said, language+" "+text)
	s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	pcm := make([]int16, media.FrameSamples)
	for i := range int(float64(3*len([]rune(text))) / rate) {
		for k := range pcm {
			pcm[k] = int16(8000 * math.Sin(2*math.Pi*200*float64(i*media.FrameSamples+k)/media.SampleRate))
		}
		if s.after != nil {
			if err := s.after(i); err != nil {
				return nil, err
			}
		}
		if err := to.WriteFrame(media.Frame{PCM: pcm, At: time.Duration(i) * media.FrameDuration}); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, nil
}

// server is the API on a loopback port.
type server struct {
	url      string
	api      *API
	hearer   *hearer
	talker   *talker
	stopping chan struct{}
	key      string
}

const secret = "geheim-123"

// start serves with one key; change may take that away.
func start(t *testing.T, change func(*Options)) *server {
	t.Helper()
	s := &server{hearer: &hearer{}, talker: &talker{}, stopping: make(chan struct{}), key: secret}
	k, err := HashKey("bauamt", secret)
	require.NoError(t, err)
	k.Requests, k.Concurrent = 1000, 10
	o := Options{
		Recognizer: s.hearer, Voice: func() (live.Voice, func(), error) { return loud{}, func() {}, nil },
		Speaker: s.talker, Voices: map[string]Speaker{"pico": s.talker}, Keys: []Key{k},
	}
	if change != nil {
		change(&o)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadTimeout: 15 * time.Second, BodyLimit: 1 << 20})
	app.Use(recover.New())
	s.api = New(o, s.stopping)
	s.api.Mount(app)
	app.Post("/other", func(c *fiber.Ctx) error { return c.SendStatus(204) })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.url = "http://" + ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, app.ShutdownWithTimeout(5*time.Second))
		require.NoError(t, <-served)
	})
	return s
}

// answer is a response with its body read.
type answer struct {
	code int
	body []byte
	head http.Header
	err  error // of the body
}

// problem is the error object; it must be whole.
func (a answer) problem(t *testing.T) problem {
	t.Helper()
	var body struct{ Error *problem }
	require.NoError(t, json.Unmarshal(a.body, &body), "%s", a.body)
	require.NotNil(t, body.Error, "%s", a.body)
	require.NotEmpty(t, body.Error.Message)
	require.NotEmpty(t, body.Error.Type)
	require.NotNil(t, body.Error.Code)
	return *body.Error
}

func (s *server) do(t *testing.T, r *http.Request) answer {
	t.Helper()
	if s.key != "" && r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", "Bearer "+s.key)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, body, resp.Header, err}
}

// upload sends a form: pairs of field and value.
func (s *server) upload(t *testing.T, path, name string, file []byte, pairs ...string) answer {
	t.Helper()
	return s.do(t, s.form(t.Context(), t, path, name, file, pairs...))
}

func (s *server) form(ctx context.Context, t *testing.T, path, name string, file []byte, pairs ...string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		require.NoError(t, w.WriteField(pairs[i], pairs[i+1]))
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		require.NoError(t, err)
		_, err = part.Write(file)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, &b)
	require.NoError(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func (s *server) say(t *testing.T, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/audio/speech", strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return s.do(t, r)
}

// seeker is a file in memory.
type seeker struct {
	b  []byte
	at int64
}

func (s *seeker) Write(p []byte) (int, error) {
	s.b = append(s.b[:s.at], append(bytes.Clone(p), s.b[min(int64(len(s.b)), s.at+int64(len(p))):]...)...)
	s.at += int64(len(p))
	return len(p), nil
}

func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		s.at = offset
	case io.SeekCurrent:
		s.at += offset
	case io.SeekEnd:
		s.at = int64(len(s.b)) + offset
	}
	return s.at, nil
}

// spokenFile is a WAV with so many utterances of 1 s, each followed by 2 s of silence.
func spokenFile(t *testing.T, utterances int) []byte { return recorded(t, utterances, time.Second) }

// recorded makes a file of utterances of a length, with 2 s of silence after each.
func recorded(t *testing.T, utterances int, length time.Duration) []byte {
	t.Helper()
	out := &seeker{}
	w, err := wav.NewWriter(out, media.SampleRate)
	require.NoError(t, err)
	for range utterances {
		pcm := make([]int16, media.Samples(length)+2*media.SampleRate)
		for i := range media.Samples(length) {
			pcm[i] = int16(8000 * math.Sin(float64(i)/5))
		}
		require.NoError(t, w.Write(pcm))
	}
	require.NoError(t, w.Close())
	return out.b
}
