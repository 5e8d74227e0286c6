package web

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web/session"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/memory.New.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

func newServer(t *testing.T, change func(*Options)) *Server {
	t.Helper()
	o := Options{
		Listen: "127.0.0.1:0", City: "Musterstadt", Journal: journal.New(5),
		Status: func() Status { return Status{City: "Musterstadt", Articles: 24} },
		Log:    slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	s, err := NewServer(o)
	require.NoError(t, err)
	return s
}

func get(t *testing.T, s *Server, path string, header ...string) (int, string, http.Header) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := s.app.Test(r, 5000)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body), resp.Header
}

func TestPageSpeaksTheReadersLanguage(t *testing.T) {
	s := newServer(t, nil)
	for name, tc := range map[string]struct {
		path, header, value, want string
	}{
		"default":      {"/", "", "", `<html lang="de">`},
		"browser":      {"/", "Accept-Language", "fr;q=0.9, en-GB;q=0.8", `<html lang="en">`},
		"address":      {"/?lang=en", "Accept-Language", "de", `<html lang="en">`},
		"remembered":   {"/", "Cookie", "lang=en", `<html lang="en">`},
		"unknown":      {"/?lang=xx", "", "", `<html lang="de">`},
		"not a markup": {"/?lang=%3Cscript%3E", "", "", `<html lang="de">`},
	} {
		t.Run(name, func(t *testing.T) {
			code, body, _ := get(t, s, tc.path, tc.header, tc.value)
			require.Equal(t, 200, code)
			require.Contains(t, body, tc.want)
		})
	}
}

func TestNoticeIsInTheReadersLanguage(t *testing.T) {
	s := newServer(t, func(o *Options) {
		o.Notice = map[string]string{"de": "Erfunden.", "en": "Made up.", "nl": "Verzonnen."}
	})
	_, body, _ := get(t, s, "/?lang=en")
	require.Contains(t, body, `lang="en">Made up.`)
	_, body, _ = get(t, s, "/")
	require.Contains(t, body, `lang="de">Erfunden.`)
	s = newServer(t, func(o *Options) { o.Notice = map[string]string{"nl": "Verzonnen."} })
	_, body, _ = get(t, s, "/?lang=en")
	require.Contains(t, body, `lang="nl">Verzonnen.`)
}

func TestEveryTextExistsInEachLanguage(t *testing.T) {
	keys := map[string]map[string]string{}
	for _, lang := range pageLanguages {
		data, err := textFiles.ReadFile("texts/" + lang + ".yaml")
		require.NoError(t, err)
		m := map[string]string{}
		require.NoError(t, yaml.Unmarshal(data, &m))
		keys[lang] = m
	}
	for k, v := range keys["de"] {
		require.NotEmpty(t, v, k)
		require.NotEmpty(t, keys["en"][k], "en lacks %s", k)
	}
	require.Len(t, keys["en"], len(keys["de"]))
}

// An unquoted " #" begins a comment and cuts a sentence.
func TestTextsAreNotCutByComments(t *testing.T) {
	for _, files := range []embed.FS{textFiles, adminFiles} {
		require.NoError(t, fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".yaml") {
				return err
			}
			data, err := files.ReadFile(path)
			require.NoError(t, err)
			for line := range strings.Lines(string(data)) {
				key, text, found := strings.Cut(line, ": ")
				if quoted := strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "'"); found && !quoted && !strings.HasPrefix(line, "#") {
					require.NotContains(t, text, " #", "%s: %s", path, key)
				}
			}
			return nil
		}))
	}
}

func TestReadyNamesWhatIsMissing(t *testing.T) {
	s := newServer(t, func(o *Options) { o.Ready = func() error { return errors.New("SIP is not listening yet") } })
	code, body, _ := get(t, s, "/readyz")
	require.Equal(t, 503, code)
	require.Equal(t, "SIP is not listening yet\n", body)
}

func TestErrorsHaveTheClientsForm(t *testing.T) {
	s := newServer(t, nil)
	code, body, _ := get(t, s, "/api/v1/nothing")
	require.Equal(t, 404, code)
	require.JSONEq(t, `{"error":"Not Found"}`, body)
	code, body, _ = get(t, s, "/nothing")
	require.Equal(t, 404, code)
	require.Contains(t, body, "Diese Seite gibt es nicht</h1>")
}

func TestHeadersForbidForeignContent(t *testing.T) {
	_, _, h := get(t, newServer(t, nil), "/")
	require.Contains(t, h.Get("Content-Security-Policy"), "script-src 'self'")
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
}

func TestOpenAPIListsEveryRoute(t *testing.T) {
	s := newServer(t, nil)
	var doc struct{ Paths map[string]any }
	require.NoError(t, json.Unmarshal(openapi, &doc))
	for _, r := range s.app.GetRoutes(true) {
		if r.Method == http.MethodGet && strings.HasPrefix(r.Path, "/api/v1") {
			require.Contains(t, doc.Paths, r.Path)
		}
	}
}

func TestEventsSendASnapshotThenChanges(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := ln.Addr().String()
	require.NoError(t, ln.Close())
	s := newServer(t, func(o *Options) { o.Listen = addr })
	j := s.options.Journal
	j.Begin(journal.Call{ID: "01A", State: "speaking"})

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	body := openEvents(ctx, t, "http://"+addr+"/api/v1/calls/events")
	events := bufio.NewScanner(body)
	require.Contains(t, next(t, events, "event: snapshot"), `"id":"01A"`)
	j.Add("01A", journal.Line{Segment: transcript.Segment{Leg: "caller", Text: "<b>Guten Tag</b>"}})
	require.Contains(t, next(t, events, "event: entry"), `\u003cb\u003eGuten Tag`)
	cancel()
	require.NoError(t, <-done)
	body.Close()
	http.DefaultClient.CloseIdleConnections()
}

// openEvents retries until the server listens.
func openEvents(ctx context.Context, t *testing.T, url string) io.ReadCloser {
	t.Helper()
	var body io.ReadCloser
	require.Eventually(t, func() bool {
		r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, url, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return false
		}
		body = resp.Body
		return true
	}, 5*time.Second, 10*time.Millisecond)
	return body
}

// next returns the data line of the next event with the given head.
func next(t *testing.T, s *bufio.Scanner, head string) string {
	t.Helper()
	for s.Scan() {
		if s.Text() == head {
			require.True(t, s.Scan())
			return s.Text()
		}
	}
	t.Fatal("the stream ended")
	return ""
}

// A service whose other parts fail at the start ends the server before it has
// begun to serve.
func TestStopAtTheVeryStart(t *testing.T) {
	for range 50 {
		s := newServer(t, nil)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = s.Run(ctx) // an ended ctx may be told as an error
		}()
		cancel()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatal("the server goes on serving")
		}
	}
}

// Browsers open connections ahead on which they never ask for anything.
func TestStopsWithAConnectionNobodyUsed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	s := newServer(t, func(o *Options) { o.Listen = ln.Addr().String() })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	require.Eventually(t, func() bool {
		resp, err := http.Get("http://" + ln.Addr().String() + "/healthz")
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 10*time.Millisecond)
	http.DefaultClient.CloseIdleConnections()
	ahead, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer ahead.Close()
	require.Eventually(t, func() bool { return s.app.Server().GetOpenConnectionsCount() == 1 }, 10*time.Second, 10*time.Millisecond)
	cancel()
	require.NoError(t, <-done) // an error is that it took all the time there is for an end
}

func TestCallsAreForThoseWhoMaySeeThem(t *testing.T) {
	token, hash := session.NewToken()
	keeper, err := session.New(session.Options{Machines: []session.Machine{{Name: "operator", Role: session.Admin, Hash: hash}}})
	require.NoError(t, err)
	s := newServer(t, func(o *Options) { o.CallsNeed, o.Sessions, o.Citizens = session.Agent, keeper, &Citizens{} })
	for _, path := range []string{"/api/v1/calls", "/api/v1/calls/events"} {
		code, _, _ := get(t, s, path)
		require.Equal(t, 401, code, path)
	}
	code, _, header := get(t, s, "/")
	require.Equal(t, 303, code)
	require.Equal(t, "/anruf", header.Get("Location"), "whoever is not of the city is a citizen")
	code, _, _ = get(t, s, "/api/v1/calls", "Authorization", "Bearer "+token)
	require.Equal(t, 200, code)

	s = newServer(t, func(o *Options) { o.CallsNeed = session.Agent })
	code, _, _ = get(t, s, "/api/v1/calls")
	require.Equal(t, 403, code, "nobody can sign in")
}
