// Package openai lets the official OpenAI clients for Python and Node use the
// interface below /v1, with the real recogniser and the real voice behind it.
package openai

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/v1"
)

const key = "test-key-of-the-building-office"

// engines are the real ones.
type engines struct {
	recognizer *whisper.Engine
	activity   *vad.Model
	speaker    *tts.Speaker
	scheduler  *inference.Scheduler
}

func open(t *testing.T) engines {
	t.Helper()
	e := engines{scheduler: inference.NewScheduler(inference.Options{})}
	var err error
	e.recognizer, err = whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin"), Scheduler: e.scheduler})
	require.NoError(t, err)
	t.Cleanup(e.recognizer.Close)
	rt, err := onnx.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	e.activity, err = vad.Load(rt, audiotest.Model(t, "silero_vad.onnx"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.activity.Close()) })
	p, err := pico.Open(pico.Options{Dir: audiotest.Model(t, "pico")})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	e.speaker = tts.NewSpeaker(p, tts.SpeakerOptions{})
	return e
}

func (e engines) voice() (live.Voice, func(), error) {
	s, err := e.activity.Stream()
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// serve runs the web server with the interface; it returns the base URL.
func serve(t *testing.T, e engines) string {
	t.Helper()
	k, err := v1.HashKey("bauamt", key)
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := ln.Addr().String()
	require.NoError(t, ln.Close())
	s, err := web.NewServer(web.Options{
		Listen: addr, City: "Musterstadt", Journal: journal.New(1), Log: slog.New(slog.DiscardHandler),
		Status: func() web.Status { return web.Status{} },
		V1:     &v1.Options{Recognizer: e.recognizer, Voice: e.voice, Speaker: e.speaker, Keys: []v1.Key{k}},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-served)
	})
	require.Eventually(t, func() bool {
		resp, err := http.Get("http://" + addr + "/healthz")
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	return "http://" + addr + "/v1"
}

// clients is where the official clients are installed.
func clients(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(audiotest.Root(t), "e2e/openai/clients/install.sh")).Output()
	if err != nil {
		t.Skipf("the official OpenAI clients cannot be installed: %v (e2e/openai/clients/install.sh)", err)
	}
	return strings.TrimSpace(string(out))
}

// recordings are the files that the clients send.
func recordings(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, from := range map[string]string{"english.flac": "en/whisper-jfk.flac", "long.flac": "en/osr-us-000-0034-8k.flac", "german.flac": "de/picovoice-cheetah-test_de_norm.flac"} {
		data, err := os.ReadFile(audiotest.Shared(t, "speech/"+from))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
		if name == "english.flac" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.flac"), data[:len(data)/3], 0o600))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "large.wav"), make([]byte, 40<<20), 0o600))
	return dir
}
