// Package bot calls the real service: the built binary with the demo city
// answers, a phone with a synthetic voice asks, and what was heard is
// recognised again.
package bot

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

// service is a running amtsleitung.
type service struct {
	sip, http string
	data      string
	pid       int
	log       *logText
	stop      func() error
}

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "amtsleitung-e2e-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "amtsleitung")
	out, err := exec.Command("go", "build", "-o", bin, "../../cmd/amtsleitung").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// start runs the demo city on free ports until the test ends, and checks that
// it then stops in good order.
func start(t *testing.T, config string) *service {
	t.Helper()
	for _, m := range []string{"ggml-base.bin", "silero_vad.onnx", "smart-turn-v3.2-cpu.onnx", "e5-small-q4.bin", "pico/de-DE_ta.bin"} {
		audiotest.Model(t, m)
	}
	bin, err := build()
	require.NoError(t, err)
	s := &service{sip: freeAddress(t), http: freeAddress(t), data: t.TempDir(), log: &logText{}}
	args := []string{"serve", "--sip-listen", s.sip, "--http-listen", s.http, "--data", s.data}
	if config == "" {
		args = append(args, "--demo")
	} else {
		file := filepath.Join(s.data, "stadt.yaml")
		require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
		args = append(args, "--config", file)
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = audiotest.Root(t)
	cmd.Stderr = s.log
	require.NoError(t, cmd.Start())
	s.pid = cmd.Process.Pid
	s.stop = sync.OnceValue(func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		return cmd.Wait()
	})
	t.Cleanup(func() {
		require.NoError(t, s.stop(), "the service did not stop in good order:\n%s", s.log)
		require.NotContains(t, s.log.String(), "panic")
	})
	s.awaitReady(t)
	return s
}

// logText is what the service logged so far.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// awaitReady allows for the first start, which embeds all articles.
func (s *service) awaitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := http.Get("http://" + s.http + "/readyz")
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

// freeAddress is a loopback address that nobody uses by UDP or TCP.
func freeAddress(t *testing.T) string {
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

// Times of polling.
const (
	within = 10 * time.Second
	step   = 50 * time.Millisecond
)

// calls is the number of calls in progress.
func (s *service) calls(t *testing.T) int {
	t.Helper()
	resp, err := http.Get("http://" + s.http + "/api/v1/status")
	require.NoError(t, err)
	defer resp.Body.Close()
	var status struct{ Calls int }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&status))
	return status.Calls
}
