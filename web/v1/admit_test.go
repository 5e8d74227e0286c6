package v1

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/amtsleitung/amtsleitung/stt"
)

func (s *server) get(t *testing.T, path string, pairs ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	require.NoError(t, err)
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
		if pairs[i] == "Host" {
			r.Host = pairs[i+1]
		}
	}
	return s.do(t, r)
}

func TestModels(t *testing.T) {
	s := start(t, nil)
	got := s.get(t, "/v1/models")
	require.Equal(t, 200, got.code)
	for _, id := range []string{"whisper-test", "whisper-1", "tts-1", "amtsleitung-speech"} {
		require.Contains(t, string(got.body), fmt.Sprintf(`{"id":%q,"object":"model","created":0,"owned_by":"amtsleitung"}`, id))
		require.Equal(t, 200, s.get(t, "/v1/models/"+id).code)
	}
	got = s.get(t, "/v1/models/gpt-9")
	require.Equal(t, 404, got.code)
	require.Equal(t, "model_not_found", *got.problem(t).Code)
	got = s.get(t, "/v1/chat/completions")
	require.Equal(t, 404, got.code)
	require.Contains(t, got.problem(t).Message, "/v1/audio/speech")
}

func TestNotOffered(t *testing.T) {
	s := start(t, func(o *Options) { o.Recognizer, o.Speaker = nil, nil })
	require.JSONEq(t, `{"object":"list","data":[]}`, string(s.get(t, "/v1/models").body))
	require.Equal(t, 501, s.upload(t, hear, "a.wav", []byte("x")).code)
	require.Equal(t, 501, s.say(t, `{"input":"Tag"}`).code)
}

func TestKeys(t *testing.T) {
	s := start(t, nil)
	s.key = ""
	got := s.get(t, "/v1/models")
	require.Equal(t, 401, got.code)
	require.Equal(t, "missing_api_key", *got.problem(t).Code)
	require.Equal(t, "Bearer", got.head.Get("WWW-Authenticate"))
	for _, wrong := range []string{"Bearer ", "Bearer geheim-12", "Bearer geheim-1234", "Basic geheim-123", "geheim-123", "Bearer " + strings.Repeat("x", 3000)} {
		got := s.get(t, "/v1/models", "Authorization", wrong)
		require.Equal(t, 401, got.code, wrong)
		require.Equal(t, "invalid_api_key", *got.problem(t).Code)
		require.NotContains(t, string(got.body), "geheim")
	}
	require.Equal(t, 200, s.get(t, "/v1/models", "Authorization", "bearer "+secret).code)

	k, err := NewKey("a", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824") // of "hello"
	require.NoError(t, err)
	require.NotNil(t, newClients([]Key{k}, false, time.Now).find("Bearer hello"))
	_, err = NewKey("a", "2cf2")
	require.ErrorContains(t, err, "64 hexadecimal")
	_, err = HashKey("a", "")
	require.ErrorContains(t, err, "empty")
}

func TestLoopbackWithoutKeys(t *testing.T) {
	s := start(t, func(o *Options) { o.Keys = nil })
	s.key = ""
	require.Equal(t, 401, s.get(t, "/v1/models").code)

	s = start(t, func(o *Options) { o.Keys, o.Loopback = nil, true })
	s.key = ""
	require.Equal(t, 200, s.get(t, "/v1/models").code)
	require.Equal(t, 200, s.get(t, "/v1/models", "Authorization", "Bearer anything", "Host", "localhost:8080").code)
	for _, pairs := range [][]string{
		{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1"}, {"Origin", "https://evil.example"},
		{"Sec-Fetch-Site", "cross-site"}, {"Host", "evil.example"},
	} {
		require.Equal(t, 401, s.get(t, "/v1/models", pairs...).code, pairs)
	}
	require.Equal(t, 200, s.upload(t, hear, "a.wav", spokenFile(t, 40)).code, "over 1 MB")

	s = start(t, func(o *Options) { o.Loopback = true })
	s.key = ""
	require.Equal(t, 401, s.get(t, "/v1/models").code, "keys count everywhere once there are some")
}

// clock is a hand-driven time.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) forward(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func newClock() *clock { return &clock{at: time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)} }

func TestRequestsPerMinute(t *testing.T) {
	c := newClock()
	s := start(t, func(o *Options) { o.Now = c.now; o.Keys[0].Requests = 3 })
	for left := 2; left >= 0; left-- {
		got := s.get(t, "/v1/models")
		require.Equal(t, 200, got.code)
		require.Equal(t, "3", got.head.Get("X-Ratelimit-Limit-Requests"))
		require.Equal(t, fmt.Sprint(left), got.head.Get("X-Ratelimit-Remaining-Requests"))
	}
	got := s.get(t, "/v1/models")
	require.Equal(t, 429, got.code)
	require.Equal(t, "20", got.head.Get("Retry-After"))
	require.Equal(t, "rate_limit_exceeded", *got.problem(t).Code)
	require.Equal(t, "1m0s", got.head.Get("X-Ratelimit-Reset-Requests"))
	c.forward(20 * time.Second)
	require.Equal(t, 200, s.get(t, "/v1/models").code)
	require.Equal(t, 429, s.get(t, "/v1/models").code)
}

func TestAudioPerDay(t *testing.T) {
	c := newClock()
	s := start(t, func(o *Options) { o.Now = c.now; o.Keys[0].AudioMinutes = 1 })
	for range 3 { // 18 s each
		require.Equal(t, 200, s.upload(t, hear, "a.wav", spokenFile(t, 6)).code)
	}
	got := s.get(t, "/v1/models")
	require.Equal(t, "6", got.head.Get("X-Ratelimit-Remaining-Audio-Seconds"))
	got = s.say(t, fmt.Sprintf(`{"input":%q}`, strings.Repeat("Wort ", 40)))
	require.Equal(t, 429, got.code, "too long for what is left")
	got = s.upload(t, hear, "a.wav", spokenFile(t, 6))
	require.Equal(t, 429, got.code)
	require.Equal(t, "insufficient_quota", *got.problem(t).Code)
	require.Equal(t, "1800", got.head.Get("Retry-After"), "until midnight")
	c.forward(31 * time.Minute)
	require.Equal(t, 200, s.upload(t, hear, "a.wav", spokenFile(t, 1)).code)
}

func TestConcurrency(t *testing.T) {
	s := start(t, func(o *Options) { o.Keys[0].Concurrent = 1 })
	begun, goOn := make(chan struct{}), make(chan struct{})
	s.hearer.answer = func(context.Context, int) (stt.Hypothesis, error) {
		close(begun)
		<-goOn
		return hypothesis("Tag."), nil
	}
	first := s.form(t.Context(), t, hear, "a.wav", spokenFile(t, 1))
	first.Header.Set("Authorization", "Bearer "+secret)
	done := make(chan int, 1)
	go func() {
		resp, err := http.DefaultClient.Do(first)
		if err != nil {
			done <- 0
			return
		}
		resp.Body.Close()
		done <- resp.StatusCode
	}()
	<-begun
	got := s.say(t, `{"input":"Tag"}`)
	require.Equal(t, 429, got.code)
	require.Equal(t, "concurrency_limit_exceeded", *got.problem(t).Code)
	require.Equal(t, "1", got.head.Get("Retry-After"))
	close(goOn)
	require.Equal(t, 200, <-done)
	require.Equal(t, 200, s.say(t, `{"input":"Tag"}`).code)
}

// A body that is too large is refused with an answer that the client can read,
// and only /v1 takes large ones.
func TestLargeBodies(t *testing.T) {
	s := start(t, func(o *Options) { o.MaxUpload = 3 << 20 })
	got := s.upload(t, hear, "a.wav", make([]byte, 12<<20))
	require.Equal(t, 413, got.code)
	require.Contains(t, got.problem(t).Message, "3 MB")
	require.Equal(t, 400, s.upload(t, hear, "a.txt", make([]byte, 2<<20)).code, "it is read")

	chunked := s.form(t.Context(), t, hear, "a.wav", make([]byte, 12<<20))
	chunked.ContentLength, chunked.GetBody, chunked.Body = -1, nil, io.NopCloser(struct{ io.Reader }{chunked.Body})
	got = s.do(t, chunked)
	require.Equal(t, 413, got.code, "a body of unknown length")
	got.problem(t)

	s.key = "another"
	got = s.upload(t, hear, "a.wav", make([]byte, 12<<20))
	require.Equal(t, 401, got.code, "the key comes first")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/other", bytes.NewReader(make([]byte, 1<<20)))
	require.NoError(t, err)
	require.Equal(t, 204, s.do(t, r).code)
	r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/other", io.LimitReader(zeros{}, 2<<20))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	if err == nil { // or its connection is closed while it still writes
		resp.Body.Close()
		require.Equal(t, 413, resp.StatusCode)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestMemoryOfAllUploads(t *testing.T) {
	c := newClock()
	u := newUploads(10, 25, c.now)
	a, b, d := &fasthttp.RequestHeader{}, &fasthttp.RequestHeader{}, &fasthttp.RequestHeader{}
	require.True(t, u.begin(a, 10))
	require.True(t, u.begin(b, -1), "of unknown length")
	require.False(t, u.begin(d, 6))
	crowded, known := u.refused(d)
	require.True(t, crowded && known)
	crowded, known = u.refused(d)
	require.False(t, crowded || known)
	require.True(t, u.begin(d, 5))
	u.arrived(a)
	c.forward(uploadTime + time.Second) // b and d broke off on their way
	require.True(t, u.begin(&fasthttp.RequestHeader{}, 10))
	require.False(t, u.begin(&fasthttp.RequestHeader{}, 10), "a is still worked on")
	u.end(a)
	u.end(a)
	require.True(t, u.begin(&fasthttp.RequestHeader{}, 10))

	s := start(t, func(o *Options) { o.MaxUpload, o.MaxMemory = 8<<20, 1<<20 })
	got := s.upload(t, hear, "a.wav", make([]byte, 4<<20))
	require.Equal(t, 503, got.code)
	require.Equal(t, "10", got.head.Get("Retry-After"))
	for range 20 { // nothing stays counted
		require.Equal(t, 200, s.upload(t, hear, "a.wav", spokenFile(t, 2)).code)
	}
	require.Zero(t, s.api.uploads.sum)
}
