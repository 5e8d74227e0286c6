package ladder

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/caller"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/pico"
)

func TestMain(m *testing.M) { servicetest.Main(m) }

// service is a running amtsleitung.
type service struct{ *servicetest.Service }

// start runs the service with this configuration until the test ends.
func start(t *testing.T, config string) *service {
	t.Helper()
	return &service{servicetest.Start(t, servicetest.Options{Config: config})}
}

// heard is one call as the caller heard it, and as the service tells it.
type heard struct {
	events []caller.Event
	lines  []string // what the bot said, in order
	reason string   // why the service ended the call
}

// latencies are the times from the end of each act to the next sound.
func (h heard) latencies() []time.Duration {
	var out []time.Duration
	var played int64 = -1
	for _, e := range h.events {
		switch {
		case e.Event == caller.Played:
			played = e.At
		case e.Event == caller.HeardStart && played >= 0:
			out = append(out, time.Duration(e.At-played)*time.Millisecond)
			played = -1
		}
	}
	return out
}

// act is what the caller, or fate, does.
type act func(ctx context.Context, l *sip.Leg, to media.Sink) error

// call does one act after the other, each when the bot has finished.
func (s *service) call(t *testing.T, acts ...act) heard {
	t.Helper()
	phone, err := sip.NewServer(sip.Options{Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}, RTP: sip.RTP{Low: 40000, High: 44999}}, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	running := make(chan error, 1)
	go func() { running <- phone.Run(ctx) }()
	defer func() { cancel(); <-running }()
	<-phone.Ready()
	l, err := phone.Dial(ctx, "sip:115@"+s.SIP, sip.DialOptions{Codecs: []string{"PCMA"}})
	require.NoError(t, err)
	var h heard
	clips := make([]caller.Clip, 0, len(acts))
	for _, do := range acts {
		clips = append(clips, caller.Clip{Name: "act", Write: func(ctx context.Context, to media.Sink) error { return do(ctx, l, to) }})
	}
	c := caller.Caller{Leg: l, Clips: clips, Patience: 20 * time.Second, Notify: func(e caller.Event) { h.events = append(h.events, e) }}
	require.NoError(t, c.Run(ctx), "%v\n%s", h.events, s.Log())
	s.tell(t, &h)
	return h
}

// tell adds what the service says of its last call.
func (s *service) tell(t *testing.T, h *heard) {
	t.Helper()
	var body struct{ Calls []journal.Call }
	require.Eventually(t, func() bool {
		return s.Read("/api/v1/calls", &body) == nil && len(body.Calls) > 0 && body.Calls[0].Reason != ""
	}, 20*time.Second, 100*time.Millisecond)
	h.reason = body.Calls[0].Reason
	for _, l := range body.Calls[0].Lines {
		if l.Segment.Leg == "bot" {
			h.lines = append(h.lines, l.Segment.Text)
		}
	}
	t.Logf("ended by %s, latencies %v\n  %s", h.reason, h.latencies(), strings.Join(h.lines, "\n  "))
}

// speech says something in a real voice; what is understood is the engine's.
func speech(t *testing.T) act {
	t.Helper()
	s, err := pico.Open(pico.Options{Dir: filepath.Dir(audiotest.Model(t, "pico/de-DE_ta.bin"))})
	require.NoError(t, err)
	defer s.Close()
	var pcm []int16
	require.NoError(t, s.Speak(t.Context(), tts.Utterance{Text: "Was kostet die Hundesteuer?", Language: "de"}, media.SinkFunc(func(f media.Frame) error {
		pcm = append(pcm, f.PCM...)
		return nil
	})))
	return func(_ context.Context, _ *sip.Leg, to media.Sink) error {
		for _, f := range audiotest.Frames(pcm) {
			if err := to.WriteFrame(f); err != nil {
				return err
			}
		}
		return nil
	}
}

// key presses one.
func key(digit rune) act {
	return func(_ context.Context, l *sip.Leg, _ media.Sink) error { return l.SendDigit(digit) }
}

// after does something to an engine before the act.
func after(f func(), then act) act {
	return func(ctx context.Context, l *sip.Leg, to media.Sink) error {
		f()
		return then(ctx, l, to)
	}
}
