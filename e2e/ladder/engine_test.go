// Package ladder calls the real service while its engines are killed, hang
// and come back: the built binary answers, engines are servers of the test
// that speak OpenAI's protocols.
package ladder

import (
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// engine is a server that can be killed, made to hang, and brought back.
type engine struct {
	t       *testing.T
	address string
	handler http.Handler
	hangs   atomic.Bool
	asked   atomic.Int64

	mu     sync.Mutex
	server *http.Server
	done   chan struct{}
}

func newEngine(t *testing.T, h http.HandlerFunc) *engine {
	t.Helper()
	e := &engine{t: t, address: "127.0.0.1:0", handler: h}
	e.start()
	t.Cleanup(e.kill)
	return e
}

func (e *engine) url() string { return "http://" + e.address }

// start listens, after the first time at the same address.
func (e *engine) start() {
	l, err := net.Listen("tcp", e.address)
	require.NoError(e.t, err)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.address = l.Addr().String()
	server, done := &http.Server{Handler: http.HandlerFunc(e.serve)}, make(chan struct{})
	e.server, e.done = server, done
	go func() { defer close(done); _ = server.Serve(l) }()
}

func (e *engine) serve(w http.ResponseWriter, r *http.Request) {
	e.asked.Add(1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if e.hangs.Load() {
		<-r.Context().Done() // until the service gives up
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	e.handler.ServeHTTP(w, r)
}

// kill cuts connections, as a process that dies does.
func (e *engine) kill() {
	e.mu.Lock()
	server, done := e.server, e.done
	e.mu.Unlock()
	_ = server.Close()
	<-done
}

// ears understand one sentence, whatever is said.
func ears(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"text": text, "language": "german",
			"segments": []map[string]any{{"text": text, "start": 0, "end": 1.5, "avg_logprob": -0.1, "no_speech_prob": 0.01}},
		})
	}
}

// mouth speaks a tone, 20 ms for each letter, as 24 kHz PCM.
func mouth(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Input string }
	if json.NewDecoder(r.Body).Decode(&ask) != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	n := len(ask.Input) * 24 * 20
	pcm := make([]byte, 0, 2*n)
	for i := range n {
		v := int16(6000 * math.Sin(2*math.Pi*440*float64(i)/24000))
		pcm = append(pcm, byte(v), byte(uint16(v)>>8))
	}
	_, _ = w.Write(pcm)
}
