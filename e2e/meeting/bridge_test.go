package meeting

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/phonetest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// bridge is somebody else's conference: it lets in who types its PIN.
type bridge struct {
	pin   string
	typed chan string
	in    chan *phonetest.Phone
}

// serve takes a call, reads the PIN and lets the caller in.
func (b *bridge) serve(t *testing.T) sip.Handler {
	return func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) != nil {
			return
		}
		typed := ""
		for e := range l.Events() {
			if e.Kind != leg.Digit {
				continue
			}
			if e.Digit != '#' {
				typed += string(e.Digit)
				continue
			}
			b.typed <- typed
			if typed != b.pin {
				_ = l.Hangup(ctx, leg.CauseNormal)
				return
			}
			p := phonetest.Talk(t, l.(*sip.Leg))
			b.in <- p
			break
		}
		<-l.Done()
	}
}

// TestBridgeAndListener: the service dials into a conference with its PIN, and
// what is said there is heard in Portuguese by somebody on the telephone.
func TestBridgeAndListener(t *testing.T) {
	b := &bridge{pin: "4711", typed: make(chan string, 4), in: make(chan *phonetest.Phone, 4)}
	_, address := phonetest.Exchange(t, b.serve(t))
	h := open(t, address)
	said := voicetest.Speech(t, "en", "Good evening everybody. The library will be closed on Monday.")
	r := h.hold(t, map[string]any{"title": "Ortsbeirat", "languages": []string{"en", "pt"}})
	r.Do("/start", nil)

	r.Ask(http.MethodPost, r.Path("/inputs/call"), r.Keys.Secret, map[string]any{"number": "0900123456", "pin": "1#"}, http.StatusForbidden, nil)
	r.Do("/inputs/call", map[string]any{"number": "701", "pin": ",4711#", "name": "Telefonkonferenz", "language": "en"})
	require.Equal(t, "4711", receive(t, b.typed))
	conference := receive(t, b.in)
	require.Eventually(t, func() bool { return len(r.Status().Inputs) == 1 }, within, step, "the bridge is an input")
	require.Eventually(t, func() bool { return loud(conference.Heard()) > time.Second }, within, step, "the bridge is told that a machine writes along")
	require.Eventually(t, func() bool { return audiotest.RMS(tail(conference.Heard())) < 50 }, within, step, "the announcement is over")

	listener := h.dial(t)
	listener.Keys(t, r.Keys.PIN)
	listener.Keys(t, "4") // 1 speaks, 2 is the original, 3 English, 4 Portuguese
	require.Eventually(t, func() bool { s := listener.Heard(); return len(s) > 5*media.SampleRate && audiotest.RMS(tail(s)) < 50 }, within, step, "the listener waits for words")
	before := len(listener.Heard())
	conference.Say(said)
	require.Eventually(t, func() bool { return strings.Contains(r.Text("pt"), "biblioteca") }, within, step, "it is translated")
	require.Eventually(t, func() bool { return loud(listener.Heard()[before:]) > time.Second }, within, step, "the listener hears it")

	r.Do("/stop", nil)
	for _, p := range []*phonetest.Phone{conference, listener} {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		select {
		case <-p.Done():
		case <-ctx.Done():
			t.Error("a call outlasts the meeting")
		}
		cancel()
	}
}

// receive waits for something.
func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	select {
	case v := <-from:
		return v
	case <-ctx.Done():
		t.Fatal("nothing comes")
		panic("unreachable")
	}
}

// tail is the last second.
func tail(pcm []int16) []int16 { return pcm[max(0, len(pcm)-media.SampleRate):] }

// loud is how long there was sound.
func loud(pcm []int16) time.Duration {
	var d time.Duration
	for len(pcm) >= media.FrameSamples {
		if audiotest.RMS(pcm[:media.FrameSamples]) > 300 {
			d += media.FrameDuration
		}
		pcm = pcm[media.FrameSamples:]
	}
	return d
}
