package whip

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/rtc"
)

// said is what the senders send.
const said = "speech/de/picovoice-cheetah-test_de.flac"

// clients is where the senders are installed.
func clients(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(audiotest.Root(t), "e2e/whip/clients/install.sh"), "--where").Output()
	if err != nil {
		t.Skip("the senders are not installed: run e2e/whip/clients/install.sh")
	}
	return strings.TrimSpace(string(out))
}

// ffmpeg is one with the WHIP muxer, which has come with version 8.
func ffmpeg(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(clients(t), "python/imageio_ffmpeg/binaries/ffmpeg-*"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found[0]
}

// start runs a program until the test ends; what it writes is shown if the test fails.
func start(t *testing.T, name string, arguments ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, arguments...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, or waited for already
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(name), said.String())
		}
	})
	return cmd, bufio.NewReader(out)
}

// isSpeech checks that what was heard is what was sent: the loudness of each
// 20 ms goes up and down in the same way, at the best shift.
func isSpeech(t *testing.T, heard []int16) {
	t.Helper()
	best := alike(t, heard)
	t.Logf("likeness %.3f of %v", best, media.Duration(len(heard)))
	require.Greater(t, best, same)
}

// same is how alike what arrived is at least: it is above 0.97, also where
// pictures are encoded beside it and the sender stalls and catches up.
const same = 0.8

// alike compares what was heard with what was sent.
func alike(t *testing.T, heard []int16) float64 {
	t.Helper()
	sent, err := audiofile.ReadAll(audiotest.Shared(t, said), time.Minute)
	require.NoError(t, err)
	return audiotest.Likeness(sent, heard)
}

// TestOtherSpeechIsUnlike says what the bound is worth.
func TestOtherSpeechIsUnlike(t *testing.T) {
	for _, name := range []string{"speech/en/picovoice-leopard-test.flac", "speech/en/whisper-jfk.flac", "speech/en/speechbrain-spk1_snt1.flac"} {
		other, err := audiofile.ReadAll(audiotest.Shared(t, name), time.Minute)
		require.NoError(t, err)
		best := alike(t, other[:min(len(other), 4*media.SampleRate)])
		t.Logf("%s: %.3f", name, best)
		require.Less(t, best, same, name)
	}
}

// TestFFmpeg sends speech with a test picture, as people do that stream.
func TestFFmpeg(t *testing.T) {
	t.Parallel()
	program := ffmpeg(t)
	sound := []string{"-v", "warning", "-nostdin", "-re", "-i", audiotest.Shared(t, said)}
	opus := []string{"-c:a", "libopus", "-ar", "48000", "-ac", "2"}
	to := func(e *endpoint) []string {
		return []string{"-authorization", token, "-f", "whip", e.url("/whip")}
	}
	t.Run("sound", func(t *testing.T) {
		t.Parallel()
		e := newEndpoint(t, rtc.Options{})
		cmd, _ := start(t, program, join(sound, opus, to(e))...)
		l := e.leg()
		require.NoError(t, cmd.Wait())
		require.Equal(t, "normal by party", l.ended(t))
		require.Equal(t, "POST DELETE", e.methods())
		isSpeech(t, l.all())
	})
	t.Run("sound and pictures", func(t *testing.T) {
		t.Parallel()
		e := newEndpoint(t, rtc.Options{})
		pictures := []string{"-f", "lavfi", "-re", "-i", "testsrc=size=320x180:rate=15", "-map", "0:a", "-map", "1:v", "-shortest",
			"-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-g", "15", "-bf", "0"}
		cmd, _ := start(t, program, join(sound, pictures, opus, to(e))...)
		l := e.leg()
		require.NoError(t, cmd.Wait())
		require.Equal(t, "normal by party", l.ended(t))
		isSpeech(t, l.all())
		require.Zero(t, e.rtc.Counters().Panics)
	})
	t.Run("dies", func(t *testing.T) {
		t.Parallel()
		e := newEndpoint(t, rtc.Options{Grace: rtc.Grace{Reconnect: 4 * time.Second}})
		cmd, _ := start(t, program, join(sound, opus, to(e))...)
		l := e.leg()
		l.loud(t)
		require.NoError(t, cmd.Process.Kill())
		require.Equal(t, "dead-media by audio lost", l.ended(t))
		require.Equal(t, "POST", e.methods())
	})
	t.Run("wrong key", func(t *testing.T) {
		t.Parallel()
		e := newEndpoint(t, rtc.Options{})
		cmd, _ := start(t, program, join(sound, opus, []string{"-authorization", "another", "-f", "whip", e.url("/whip")})...)
		require.Error(t, cmd.Wait())
		require.Zero(t, e.rtc.Counters().Opened)
	})
}

func join(lists ...[]string) (out []string) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// TestLikeOBS sends as OBS does: its library, pictures that we decline.
func TestLikeOBS(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node")
	}
	program := ffmpeg(t)
	e := newEndpoint(t, rtc.Options{})
	_, out := start(t, node, script(t), e.url("/whip"), token, program, audiotest.Shared(t, said))
	l := e.leg()
	var line struct {
		Event  string
		Status int
		Sent   int
		Video  bool
	}
	for line.Event != "ended" {
		text, err := out.ReadBytes('\n')
		require.NoError(t, err)
		t.Logf("%s", bytes.TrimSpace(text))
		require.NoError(t, json.Unmarshal(text, &line))
	}
	require.Equal(t, 200, line.Status)
	require.Equal(t, "normal by party", l.ended(t))
	isSpeech(t, l.all())
	t.Logf("%+v", l.Stats())
	require.InDelta(t, line.Sent, l.Stats().Received, 3)
	require.Zero(t, e.rtc.Counters().Panics)
}

// script is the sender beside its packages: a module finds them from where it is.
func script(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(clients(t), "node_modules"), filepath.Join(dir, "node_modules")))
	text, err := os.ReadFile(filepath.Join(audiotest.Root(t), "e2e/whip/clients/obs.mjs"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "obs.mjs"), text, 0o600))
	return filepath.Join(dir, "obs.mjs")
}
