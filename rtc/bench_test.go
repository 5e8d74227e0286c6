package rtc

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

// BenchmarkConnect is how long it takes from a browser's offer until audio
// flows both ways, without the browser's own devices.
func BenchmarkConnect(b *testing.B) {
	for b.Loop() {
		x := open(b, Options{})
		require.NoError(b, x.leg.Leave(b.Context()))
	}
}

// BenchmarkCall lets one call with sound both ways go on for 5 s and says what
// one end of it costs and how late its frames are sent.
func BenchmarkCall(b *testing.B) {
	x := open(b, Options{})
	play(b, x.leg, 600)
	play(b, x.browser, 1000)
	hears(b, x.received, 600)
	const length = 5 * time.Second
	for b.Loop() {
		before := cpu()
		x.received.forget()
		require.Eventually(b, func() bool { return x.received.length() >= media.Samples(length) }, 2*length, 50*time.Millisecond)
		b.ReportMetric(float64(cpu()-before)/float64(length)*100/2, "%core/leg")
	}
	b.ReportMetric(float64(x.leg.Pacing(0.5))/1e6, "ms-late-p50")
	b.ReportMetric(float64(x.leg.Pacing(0.99))/1e6, "ms-late-p99")
}

// cpu is what this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (r *recording) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pcm = nil
}

func (r *recording) length() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pcm)
}

// BenchmarkIngest lets one sender of stereo at 96 kbit/s, as OBS sends it, speak
// for 5 s. The share is of both ends: the sender's packets are made beforehand.
func BenchmarkIngest(b *testing.B) {
	s := newServer(b, Options{}, stay)
	from := newSender(b, webrtc.RTPTransceiverDirectionSendonly, kinds("audio video")...)
	_, heard := ingest(b, s, from)
	from.send(b, stereoPackets(b))
	hears(b, heard, 600)
	const length = 5 * time.Second
	for b.Loop() {
		before := cpu()
		heard.forget()
		require.Eventually(b, func() bool { return heard.length() >= media.Samples(length) }, 2*length, 50*time.Millisecond)
		b.ReportMetric(float64(cpu()-before)/float64(length)*100, "%core")
	}
}

// stereoPackets are a tone, see package opus.
func stereoPackets(b *testing.B) (out [][]byte) {
	b.Helper()
	data, err := os.ReadFile("../media/opus/testdata/turned-96k.opus-packets")
	require.NoError(b, err)
	for len(data) > 2 {
		n := int(data[0])<<8 | int(data[1])
		out = append(out, data[2:2+n])
		data = data[2+n:]
	}
	return out
}
