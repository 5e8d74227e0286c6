// Package desk_test kills the process that takes and delivers requests in its
// worst moments: a child of the test does the work, a real web server receives.
package desk_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/delivery"
	"github.com/amtsleitung/amtsleitung/store"
)

// Variables that make the test binary the child.
const (
	childData = "DESK_CHILD_DATA"
	childURL  = "DESK_CHILD_URL"
	childTake = "DESK_CHILD_TAKE"
	childCall = "DESK_CHILD_CALLBACKS"
)

const secret = "geheim"

func TestMain(m *testing.M) {
	if os.Getenv(childData) != "" {
		if err := child(); err != nil {
			_, _ = io.WriteString(os.Stderr, err.Error()+"\n")
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// child takes a request, says so, and delivers until it is killed.
func child() error {
	ctx := context.Background()
	s, err := store.Open(ctx, os.Getenv(childData), time.Now)
	if err != nil {
		return err
	}
	o := delivery.New(delivery.Options{Store: s, Targets: []delivery.Target{&delivery.Webhook{Title: "hook", URL: os.Getenv(childURL), Secret: secret}}})
	d := desk.New(desk.Options{Store: s, Route: func(string, string) []string { return []string{"hook"} }, Wake: o.Wake})
	if os.Getenv(childCall) != "" {
		return takeCallbacks(ctx, s, d)
	}
	for _, reference := range strings.Fields(os.Getenv(childTake)) {
		if err := d.Take(ctx, store.Request{Reference: reference, Call: "01J", Form: "defect", Department: "tiefbauamt"}); err != nil {
			return err
		}
		_, _ = io.WriteString(os.Stdout, "taken "+reference+"\n") // as the bot says the number
	}
	return o.Run(ctx)
}

// process is a child that runs.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out *os.File
}

func start(t *testing.T, data, url, take string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	p := &process{t: t, cmd: exec.CommandContext(t.Context(), self), out: r}
	p.cmd.Env = append(os.Environ(), childData+"="+data, childURL+"="+url, childTake+"="+take)
	p.cmd.Stdout, p.cmd.Stderr = w, os.Stderr
	require.NoError(t, p.cmd.Start())
	require.NoError(t, w.Close())
	t.Cleanup(p.kill)
	return p
}

// kill is SIGKILL: nothing is said goodbye to.
func (p *process) kill() {
	if p.cmd.ProcessState != nil {
		return
	}
	require.NoError(p.t, p.cmd.Process.Kill())
	_ = p.cmd.Wait() // "signal: killed"
	require.NoError(p.t, p.out.Close())
}

// said waits for words of the child.
func (p *process) said(want string) {
	p.t.Helper()
	var got strings.Builder
	b := make([]byte, 256)
	for !strings.Contains(got.String(), want) {
		n, err := p.out.Read(b)
		got.Write(b[:n])
		require.NoError(p.t, err, "the child said %q", got.String())
	}
}

// receiver is the city's system: it knows a repetition by the key.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []string          // keys in the order they came
	cases  map[string]string // reference by key
	hold   chan struct{}     // closed: answer at once
	signal chan string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{cases: map[string]string{}, hold: make(chan struct{}), signal: make(chan string, 99)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		var posted delivery.Posted
		if err != nil || json.Unmarshal(body, &posted) != nil || req.Header.Get(delivery.SignatureHeader) != delivery.Sign(secret, req.Header.Get(delivery.TimestampHeader), body) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		key := req.Header.Get(delivery.KeyHeader)
		r.posts = append(r.posts, key)
		r.cases[key] = posted.Request.Reference
		hold := r.hold
		r.mu.Unlock()
		r.signal <- posted.Request.Reference
		select {
		case <-hold:
		case <-req.Context().Done():
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// TestKilledBeforeDelivery kills right after the number could be spoken.
func TestKilledBeforeDelivery(t *testing.T) {
	data, r := t.TempDir(), newReceiver(t)
	p := start(t, data, "http://127.0.0.1:1/nobody", "327-00001")
	p.said("taken 327-00001")
	p.kill()

	close(r.hold)
	s, err := store.Open(t.Context(), data, time.Now)
	require.NoError(t, err)
	list, err := s.Deliveries(t.Context(), "327-00001")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, store.Waiting, list[0].State)
	if list[0].Attempts > 0 { // it tried before it was killed: do not wait for its pause
		list[0].Next = time.Now()
		require.NoError(t, s.SettleDelivery(t.Context(), list[0]))
	}
	require.NoError(t, s.Close())

	start(t, data, r.URL, "")
	require.Equal(t, "327-00001", <-r.signal)
	delivered(t, data, "327-00001")
	require.Len(t, r.posts, 1)
}

// TestKilledBetween kills while the receiver has the request and has not
// answered: the repetition has the same key, so that there is one case.
func TestKilledBetween(t *testing.T) {
	data, r := t.TempDir(), newReceiver(t)
	p := start(t, data, r.URL, "327-00001 327-00002")
	require.Equal(t, "327-00001", <-r.signal)
	p.said("taken 327-00002")
	p.kill()

	close(r.hold)
	start(t, data, r.URL, "")
	require.ElementsMatch(t, []string{"327-00001", "327-00002"}, []string{<-r.signal, <-r.signal})
	delivered(t, data, "327-00001")
	delivered(t, data, "327-00002")
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Len(t, r.posts, 3)
	require.Equal(t, r.posts[0], r.posts[1], "the key of the first attempt")
	require.Len(t, r.cases, 2)
}

// delivered waits until the child has written that it delivered.
func delivered(t *testing.T, data, reference string) {
	t.Helper()
	s, err := store.Open(t.Context(), data, time.Now)
	require.NoError(t, err)
	defer s.Close()
	require.Eventually(t, func() bool {
		list, err := s.Deliveries(t.Context(), reference)
		return err == nil && len(list) == 1 && list[0].State == store.Delivered
	}, 20*time.Second, 20*time.Millisecond)
}
