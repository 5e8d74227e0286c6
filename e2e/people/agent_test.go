package people

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
)

// agent is a person at the desk, as their page talks to the service.
type agent struct {
	*town
	name   string
	client *http.Client
	token  string
}

var tokenIn = regexp.MustCompile(`"token":"([^"]+)"`)

// signIn fills the form in and opens the desk's page, which is then closed.
func (w *town) signIn(t *testing.T, name string) *agent {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	a := &agent{town: w, name: name, client: &http.Client{Jar: jar}}
	resp, err := a.client.PostForm(w.URL("/anmelden"), url.Values{"name": {name}, "password": {password}, "next": {"/desk"}})
	require.NoError(t, err)
	page, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "/desk", resp.Request.URL.Path, "signed in")
	found := tokenIn.FindSubmatch(page)
	require.NotNil(t, found, "the page has no token")
	a.token = string(found[1])
	return a
}

// open reads the desk's events, as an open page does, until the test ends.
func (a *agent) open(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL("/api/v1/desk/events"), nil)
	require.NoError(t, err)
	resp, err := a.client.Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(io.Discard, resp.Body) })
	t.Cleanup(func() {
		cancel()
		resp.Body.Close()
		reading.Wait()
	})
}

// post gives the status of an order and the error's line.
func (a *agent) post(t *testing.T, path string, body any) (int, string) {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL("/api/v1/desk"+path), bytes.NewReader(b))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Token", a.token)
	resp, err := a.client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var answer struct{ Error string }
	_ = json.NewDecoder(resp.Body).Decode(&answer) // none where all is well
	return resp.StatusCode, answer.Error
}

// does has an order carried out.
func (a *agent) does(t *testing.T, path string, body any) {
	t.Helper()
	code, line := a.post(t, path, body)
	require.Equal(t, http.StatusNoContent, code, "%s %s: %s", a.name, path, line)
}

type wish map[string]any

func (a *agent) get(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := a.client.Get(a.URL(path))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode, path)
	require.NoError(t, json.NewDecoder(resp.Body).Decode(into))
}

func (a *agent) sees(t *testing.T) floor.Snapshot {
	t.Helper()
	var s floor.Snapshot
	a.get(t, "/api/v1/desk", &s)
	return s
}

// until waits for what somebody sees.
func (a *agent) until(t *testing.T, what string, holds func(floor.Snapshot) bool) floor.Snapshot {
	t.Helper()
	var s floor.Snapshot
	ok := func() bool {
		s = a.sees(t)
		return holds(s)
	}
	if !eventually(t, ok) {
		b, _ := json.Marshal(s)
		t.Fatalf("%s never sees %s: %s", a.name, what, b)
	}
	return s
}

// atPhone takes calls by telephone, first with a pause, the page open.
func (a *agent) atPhone(t *testing.T) {
	t.Helper()
	a.open(t)
	a.does(t, "/device", wish{"kind": "phone"})
	a.does(t, "/presence", wish{"state": "paused", "reason": "break"})
}

func (a *agent) ready(t *testing.T) { a.does(t, "/presence", wish{"state": "ready"}) }

// waits waits until a number is in the queue, and gives its call.
func (a *agent) waits(t *testing.T, number string) floor.Waiting {
	t.Helper()
	var found floor.Waiting
	a.until(t, number+" waiting", func(s floor.Snapshot) bool {
		id := a.call(t, number).ID
		for _, q := range s.Queue {
			if id != "" && q.Call == id {
				found = q
			}
		}
		return found.Call != ""
	})
	return found
}

// finishes hangs up and notes down what was.
func (a *agent) finishes(t *testing.T, call, note string) {
	t.Helper()
	a.does(t, "/calls/"+call+"/finish", nil)
	a.wraps(t, call, note)
}

func (a *agent) wraps(t *testing.T, call, note string) {
	t.Helper()
	a.until(t, "the wrap-up", func(s floor.Snapshot) bool { return s.Me.State == floor.Wrapup })
	a.does(t, "/calls/"+call+"/wrapup", wish{"topic": "Schwimmbad", "resolution": "solved", "bot": "missing", "note": note})
}

// fits says whether an error's line says why.
func fits(line string) bool { return len(line) > 5 && !strings.Contains(line, "\n") }

func ofCall(id, order string) string { return fmt.Sprintf("/calls/%s/%s", id, order) }
