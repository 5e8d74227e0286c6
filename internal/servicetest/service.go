// Package servicetest runs the real program for tests: it is built once, gets
// free loopback ports, an empty data folder and a configuration, and must stop
// in good order when the test ends.
package servicetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// Service is a running amtsleitung.
type Service struct {
	SIP, HTTP string // host:port
	Data      string
	PID       int
	// Stop ends it as an operator does; the end of the test does, too.
	Stop func() error

	log *Output
}

// Options of a Service.
type Options struct {
	// Config is YAML; "" is the demo.
	Config string
	// Whisper says that the local recogniser is used, so that its model must be there.
	Whisper bool
	Env     []string // NAME=value, besides the test's own
}

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "amtsleitung-e2e-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "amtsleitung")
	out, err := exec.Command("go", "build", "-o", bin, "github.com/amtsleitung/amtsleitung/cmd/amtsleitung").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return bin, nil
})

// Main is for TestMain: it runs the tests and removes what was built.
func Main(m *testing.M) {
	code := m.Run()
	if bin, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// Binary is the program, built once.
func Binary(t *testing.T) string {
	t.Helper()
	bin, err := build()
	require.NoError(t, err)
	return bin
}

// Start runs the service until the test ends.
func Start(t *testing.T, o Options) *Service {
	t.Helper()
	for _, m := range []string{"silero_vad.onnx", "smart-turn-v3.2-cpu.onnx", "e5-small-q4.bin", "pico/de-DE_ta.bin"} {
		audiotest.Model(t, m)
	}
	if o.Whisper {
		audiotest.Model(t, "ggml-base.bin")
	}
	s := &Service{SIP: FreeAddress(t), HTTP: FreeAddress(t), Data: t.TempDir(), log: &Output{}}
	args := []string{"serve", "--sip-listen", s.SIP, "--http-listen", s.HTTP, "--data", s.Data}
	if o.Config == "" {
		args = append(args, "--demo")
	} else {
		file := filepath.Join(s.Data, "stadt.yaml")
		require.NoError(t, os.WriteFile(file, []byte(o.Config), 0o600))
		args = append(args, "--config", file)
	}
	cmd := exec.Command(Binary(t), args...)
	cmd.Dir, cmd.Stderr, cmd.Env = audiotest.Root(t), s.log, append(os.Environ(), o.Env...)
	require.NoError(t, cmd.Start())
	s.PID = cmd.Process.Pid
	s.Stop = sync.OnceValue(func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		return cmd.Wait()
	})
	t.Cleanup(func() {
		require.NoError(t, s.Stop(), "the service did not stop in good order:\n%s", s.log)
		require.NotContains(t, s.Log(), "panic")
	})
	s.awaitReady(t)
	return s
}

// awaitReady allows for the first start, which embeds all articles.
func (s *Service) awaitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := http.Get(s.URL("/readyz"))
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the service is not ready:\n%s", s.log)
		case <-tick.C:
		}
	}
}

// URL is a page's address.
func (s *Service) URL(path string) string { return "http://" + s.HTTP + path }

// Log is what the service logged so far.
func (s *Service) Log() string { return s.log.String() }

// Calls is the number of calls in progress.
func (s *Service) Calls(t *testing.T) int {
	t.Helper()
	var status struct{ Calls int }
	s.Get(t, "/api/v1/status", &status)
	return status.Calls
}

// Get reads JSON.
func (s *Service) Get(t *testing.T, path string, into any) {
	t.Helper()
	require.NoError(t, s.Read(path, into))
}

// Read reads JSON as commands on the same machine do, by the token in the data
// folder where there is one.
func (s *Service) Read(path string, into any) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.URL(path), nil)
	if err != nil {
		return err
	}
	if token, err := os.ReadFile(filepath.Join(s.Data, "operator.token")); err == nil {
		req.Header.Set("Authorization", "Bearer "+string(token))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// FreeAddress is a loopback address that nobody uses by UDP or TCP.
func FreeAddress(t *testing.T) string {
	t.Helper()
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		p, err := net.ListenPacket("udp", l.Addr().String())
		l.Close()
		if err == nil {
			p.Close()
			return p.LocalAddr().String()
		}
	}
	t.Fatal("no free port")
	return ""
}

// Output is what a program has said so far.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Tail is the end of it, for the log of a test that has failed.
func (o *Output) Tail() string {
	text := o.String()
	return text[max(0, len(text)-4000):]
}
