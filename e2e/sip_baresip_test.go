package e2e

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/go-audio/audio"
	"github.com/go-audio/wav"
	"github.com/stretchr/testify/require"
)

// baresip calls target for some seconds, sending 600 Hz.
func baresip(t *testing.T, target, account string, rate, seconds int) {
	t.Helper()
	startBaresip(t, "<sip:phone@127.0.0.1>;regint=0;"+account, rate, seconds, "-e", "/dial "+target)()
}

// startBaresip runs a phone with an account for some seconds; it sends 600 Hz
// while it talks. The function that it returns waits for its end.
func startBaresip(t *testing.T, account string, rate, seconds int, args ...string) (wait func()) {
	t.Helper()
	program, err := exec.LookPath("baresip")
	if err != nil {
		t.Skip("baresip is missing: apt-get install baresip")
	}
	modules := "/usr/lib/baresip/modules"
	if _, err := os.Stat(filepath.Join(modules, "aufile.so")); err != nil {
		t.Skip("baresip's module aufile is missing: apt-get install baresip")
	}
	dir := t.TempDir()
	tone := filepath.Join(dir, "tone.wav")
	writeWAV(t, tone, rate, seconds+1)
	config := fmt.Sprintf(`poll_method epoll
sip_listen 127.0.0.1:%d
call_local_timeout 20
call_max_calls 4
audio_player aubridge,nil
audio_source aufile,%s
audio_alert aubridge,nil
rtp_bandwidth 512-1024
rtp_timeout 20
jitter_buffer_delay 2-6
module_path %s
module g722.so
module g711.so
module aufile.so
module aubridge.so
module srtp.so
module_app account.so
module_app menu.so
`, freePorts(t, 1), tone, modules)
	low := freePorts(t, 20)
	config = fmt.Sprintf("%srtp_ports %d-%d\n", config, low, low+19)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "accounts"), []byte(account+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "contacts"), nil, 0o600))
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds+15)*time.Second)
	command := exec.CommandContext(ctx, program, append([]string{"-4", "-f", dir, "-t", fmt.Sprint(seconds)}, args...)...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Start())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }() // it exits with a status of its own choice
	t.Cleanup(func() {
		cancel()
		<-ended
		if t.Failed() {
			t.Log(tail(out.Bytes()))
		}
	})
	return func() {
		t.Helper()
		<-ended
		if ctx.Err() != nil {
			t.Fatalf("baresip did not end\n%s", tail(out.Bytes()))
		}
	}
}

// writeWAV writes 600 Hz.
func writeWAV(t *testing.T, name string, rate, seconds int) {
	t.Helper()
	f, err := os.Create(name)
	require.NoError(t, err)
	e := wav.NewEncoder(f, rate, 16, 1, 1)
	b := &audio.IntBuffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, SourceBitDepth: 16, Data: make([]int, rate*seconds)}
	for i := range b.Data {
		b.Data[i] = int(8000 * math.Sin(2*math.Pi*600*float64(i)/float64(rate)))
	}
	require.NoError(t, e.Write(b))
	require.NoError(t, e.Close())
	require.NoError(t, f.Close())
}

func TestBaresipCalls(t *testing.T) {
	for _, c := range []struct {
		name, codec, account string
		rate                 int
	}{
		{"G722", "G722", "audio_codecs=g722/16000/1", 16000},
		{"PCMU", "PCMU", "audio_codecs=pcmu", 8000},
		{"SRTP", "PCMA", "audio_codecs=pcma;mediaenc=srtp-mand", 8000},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b line
			s := sipServer(t, sip.Options{Trunks: []sip.Trunk{{
				Name: "phones", SRTP: sdp.SecurityOptional, Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			}}}, b.serve)
			baresip(t, "sip:115@"+s.Addr("udp").String(), c.account, c.rate, 4)
			end := b.over(t, 1)[0]
			require.NoError(t, b.errs[0])
			require.Equal(t, c.codec, end.Codec)
			require.Greater(t, b.heard.Load(), int64(50), "the phone's tone")
			require.Contains(t, end.Ended, "caller")
		})
	}
}
