package people

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/servicetest"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/wav"
)

// baresip is a real telephone that speaks from a file and keeps what it hears.
type baresip struct {
	dir string
	low int // its RTP ports
}

// baresip starts a telephone; its account is at the exchange. It runs until
// the test ends.
func (x *exchange) baresip(t *testing.T, account string, says []int16, args ...string) *baresip {
	t.Helper()
	program, err := exec.LookPath("baresip")
	if err != nil {
		t.Skip("baresip is missing: apt-get install baresip")
	}
	const modules = "/usr/lib/baresip/modules"
	if _, err := os.Stat(filepath.Join(modules, "sndfile.so")); err != nil {
		t.Skip("baresip's modules are missing: apt-get install baresip")
	}
	b := &baresip{dir: t.TempDir(), low: 49100 + int(ports.Add(1)%30)*20}
	said := filepath.Join(b.dir, "says.wav")
	w, err := wav.Create(said, media.SampleRate)
	require.NoError(t, err)
	require.NoError(t, w.Write(says))
	require.NoError(t, w.Close())
	config := fmt.Sprintf(`poll_method epoll
sip_listen 127.0.0.1:0
call_local_timeout 30
call_max_calls 4
audio_player aubridge,nil
audio_source aufile,%s
audio_alert aubridge,nil
rtp_bandwidth 512-1024
rtp_timeout 20
rtp_ports %d-%d
jitter_buffer_delay 2-6
snd_path %s
module_path %s
module g722.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
`, said, b.low, b.low+19, b.dir, modules)
	for name, text := range map[string]string{"config": config, "accounts": account + "\n", "contacts": ""} {
		require.NoError(t, os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	command := exec.CommandContext(ctx, program, append([]string{"-4", "-f", b.dir}, args...)...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	var out servicetest.Output
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // it exits with a status of its own choice
		if t.Failed() {
			t.Log("baresip:", out.Tail())
		}
	})
	return b
}

// hears waits until a recording of what was received has the tone in it.
func (b *baresip) hears(t *testing.T, hz float64) {
	t.Helper()
	require.Eventually(t, func() bool {
		files, err := filepath.Glob(filepath.Join(b.dir, "dump-*-dec.wav"))
		return err == nil && slices.ContainsFunc(files, func(name string) bool { return hasTone(name, hz) })
	}, within, 200*time.Millisecond, "baresip does not hear %v Hz", hz)
}

// hasTone looks for 200 ms of a tone. A file that is still being written has
// no length yet.
func hasTone(name string, hz float64) bool {
	pcm, _ := audiofile.ReadAll(name, time.Minute)
	const window = media.SampleRate / 5
	for at := 0; at+window <= len(pcm); at += window {
		if isTone(pcm[at:at+window], media.SampleRate, hz) {
			return true
		}
	}
	return false
}

// tone is a minute and a half of it.
func tone(hz float64) []int16 { return audiotest.Sine(hz, 90*time.Second, 8000) }

func silence(d time.Duration) []int16 { return make([]int16, int(d.Seconds()*media.SampleRate)) }
