package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/stretchr/testify/require"
)

// linphone is a real phone that knows Replaces. It plays and records files.
type linphone struct {
	t       *testing.T
	in      io.Writer
	address string
	file    string // what it has heard
	mu      sync.Mutex
	out     bytes.Buffer
}

const linphoneConfig = `[sip]
sip_port=%d
sip_tcp_port=-1
sip_tls_port=-1
bind_address=127.0.0.1
default_proxy=-1
[rtp]
audio_rtp_port=%d
bind_address=127.0.0.1
[video]
enabled=0
display=0
capture=0
`

// startLinphone runs a phone that plays 600 Hz in calls.
func startLinphone(t *testing.T, user string, args ...string) *linphone {
	t.Helper()
	program, err := exec.LookPath("linphonec")
	if err != nil {
		t.Skip("linphonec is missing: apt-get install linphone-cli")
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".local", "share", "linphone"), 0o700))
	config := filepath.Join(dir, "linphonerc")
	port := freePorts(t, 1)
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, linphoneConfig, port, freePorts(t, 2)), 0o600))
	l := &linphone{t: t, address: fmt.Sprintf("sip:%s@127.0.0.1:%d", user, port), file: filepath.Join(dir, "heard.wav")}
	command := exec.Command(program, append([]string{"-c", config, "-d", "0"}, args...)...)
	command.Dir = dir
	command.Env = append(os.Environ(), "HOME="+dir)
	write := writer(func(b []byte) { l.mu.Lock(); defer l.mu.Unlock(); l.out.Write(b) })
	command.Stdout, command.Stderr = write, write
	in, err := command.StdinPipe()
	require.NoError(t, err)
	l.in = in
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		l.do("quit")
		_ = in.Close()
		stuck := time.AfterFunc(5*time.Second, func() { _ = command.Process.Kill() })
		_ = command.Wait() // it exits with a status of its own choice
		stuck.Stop()
		if t.Failed() {
			t.Log(user, l.said())
		}
	})
	tone := filepath.Join(dir, "tone.wav")
	writeWAV(t, tone, 8000, 30)
	l.do("ipv6 disable")
	l.do("soundcard use files")
	l.do("play " + tone)
	l.do("record " + l.file)
	l.wait("record")
	return l
}

func (l *linphone) do(line string) {
	_, _ = io.WriteString(l.in, line+"\n") // who has ended says so elsewhere
}

func (l *linphone) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return tail(l.out.Bytes())
}

// wait until the phone has said all of it.
func (l *linphone) wait(words ...string) {
	l.t.Helper()
	require.Eventually(l.t, func() bool {
		said := l.said()
		for _, w := range words {
			if !strings.Contains(said, w) {
				return false
			}
		}
		return true
	}, 15*time.Second, 20*time.Millisecond, "%q", words)
}

// tones counts 20 ms pieces of the recording in which 600 Hz stands out, once
// the call has ended: only then its header is written.
func (l *linphone) tones() (n int) {
	b, err := os.ReadFile(l.file)
	if err != nil || len(b) < 44 {
		return 0
	}
	rate := binary.LittleEndian.Uint32(b[24:])
	pcm := make([]int16, rate/50)
	for b = b[44:]; len(pcm) > 0 && len(b) >= 2*len(pcm); b = b[2*len(pcm):] {
		for i := range pcm {
			pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
		if share(pcm, 600*media.SampleRate/float64(rate)) > 0.5 {
			n++
		}
	}
	return n
}

func TestLinphoneIsHandedOverToLinphone(t *testing.T) {
	for name, attended := range map[string]bool{"attended": true, "blind": false} {
		t.Run(name, func(t *testing.T) {
			x := newExchange(t, "udp")
			clerk := startLinphone(t, "4711", "-a")
			citizen := startLinphone(t, "4799")
			citizen.do("call " + x.address("115"))
			var l leg.Leg
			select {
			case l = <-x.calls:
			case <-time.After(20 * time.Second):
				t.Fatal("no call came")
			}
			out, err := x.bot.Outward(sip.OutwardOptions{})
			require.NoError(t, err)
			r := leg.Referral{Address: clerk.address, UserToUser: l.Info().Call}
			if attended {
				r.Replaces, err = out.Dial(soon(t), leg.Callee{Address: clerk.address, Leg: "clerk", Call: l.Info().Call})
				require.NoError(t, err)
			}
			require.NoError(t, l.(leg.Referrer).Refer(soon(t), r))
			<-l.Done()
			if attended {
				<-r.Replaces.Done()
			}
			require.Zero(t, x.bot.Counters().Active)
			for _, phone := range []*linphone{citizen, clerk} { // both are in one call, with each other
				require.Eventually(t, func() bool {
					phone.do("calls")
					return strings.Count(phone.states(), "StreamsRunning") == 1
				}, 10*time.Second, 200*time.Millisecond)
			}
			if attended { // Linphone records its first call only
				citizen.do("terminate")
				clerk.wait("ended")
				return
			}
			require.Eventually(t, func() bool { return clerk.recorded() > 32000 && citizen.recorded() > 32000 }, 10*time.Second, 50*time.Millisecond, "audio comes")
			citizen.do("terminate")
			clerk.wait("ended")
			require.Eventually(t, func() bool { return clerk.tones() > 40 }, 5*time.Second, 50*time.Millisecond, "the citizen's tone at the clerk's")
		})
	}
}

// recorded is the size of what the phone has heard, in bytes.
func (l *linphone) recorded() int64 {
	i, err := os.Stat(l.file)
	if err != nil {
		return 0
	}
	return i.Size()
}

// states is the newest list of calls that the phone has printed.
func (l *linphone) states() string {
	said := l.said()
	return said[max(0, strings.LastIndex(said, "Call states")):]
}
