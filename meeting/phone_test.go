package meeting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// conference is the other side of a call that was answered.
type conference struct {
	queue *playout.Queue
	done  chan struct{}
	once  sync.Once
	began time.Time

	mu    sync.Mutex
	typed []string
	cause leg.Cause
	deaf  error // of sending digits
}

func newConference() *conference {
	return &conference{queue: playout.New(), done: make(chan struct{}), began: time.Now()}
}

func (c *conference) Info() leg.Info               { return leg.Info{Leg: "bridge"} }
func (c *conference) Answer(context.Context) error { return nil }
func (c *conference) Receive(media.Sink)           {}
func (c *conference) Playout() leg.Playout         { return c.queue }
func (c *conference) Events() <-chan leg.Event     { return nil }
func (c *conference) Done() <-chan struct{}        { return c.done }
func (c *conference) Stats() leg.Stats             { return leg.Stats{} }

func (c *conference) Hangup(_ context.Context, cause leg.Cause) error {
	c.mu.Lock()
	c.cause = cause
	c.mu.Unlock()
	c.end()
	return nil
}

func (c *conference) end() { c.once.Do(func() { close(c.done) }) }

// keypad is one that takes digits.
type keypad struct{ *conference }

func (k keypad) SendDigit(d rune) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.typed = append(k.typed, fmt.Sprintf("%c %v", d, time.Since(k.began)))
	return k.deaf
}

func (c *conference) keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.typed
}

// run sends what is played.
func (c *conference) run() {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	defer c.queue.Close()
	pcm := make([]int16, media.FrameSamples)
	for {
		select {
		case <-tick.C:
			c.queue.ReadFrame(pcm)
		case <-c.done:
			return
		}
	}
}

func (c *conference) ended() leg.Cause {
	<-c.done
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// trunk dials by a function.
type trunk func(ctx context.Context, to leg.Callee) (leg.Leg, error)

func (d trunk) Dial(ctx context.Context, to leg.Callee) (leg.Leg, error) { return d(ctx, to) }

type silence struct{}

func (silence) Name() string { return "silence" }
func (silence) Recognize(context.Context, stt.Window) (stt.Hypothesis, error) {
	return stt.Hypothesis{Rejected: "silence"}, nil
}
func (silence) Probability([]int16) (float32, error) { return 0, nil }

// calling is a hall that can call out.
func calling(dial trunk, said func(string)) HallOptions {
	return HallOptions{
		Dial: dial,
		Permit: func(n string) (leg.Callee, error) {
			if strings.HasPrefix(n, "0900") {
				return leg.Callee{}, errors.New("is a number with extra charges")
			}
			return leg.Callee{Address: "sip:" + n + "@bridge"}, nil
		},
		Booth: booth.Options{
			Live: live.Options{Recognizer: silence{}, Voice: func() (live.Voice, func(), error) { return silence{}, func() {}, nil }},
			Speak: func(ctx context.Context, text, language string, _ float64, to media.Sink) error {
				said(language + ": " + text)
				for range 100 {
					if err := to.WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)}); err != nil || ctx.Err() != nil {
						return context.Canceled
					}
				}
				return nil
			},
		},
	}
}

// inConference has a meeting that has begun, and a bridge that answers.
func inConference(t *testing.T, f func(t *testing.T, m *Meeting, c keypad, said func() string)) {
	t.Helper()
	var c keypad
	var mu sync.Mutex
	var said []string
	dial := func(_ context.Context, to leg.Callee) (leg.Leg, error) {
		if to.Address != "sip:030 1234@bridge" || to.Leg != "bridge" {
			return nil, leg.ErrNotFound
		}
		return c, nil
	}
	o := calling(dial, func(s string) { mu.Lock(); defer mu.Unlock(); said = append(said, s) })
	inHall(t, o, func(t *testing.T, h *Hall) {
		c, said = keypad{newConference()}, nil
		var line sync.WaitGroup
		line.Go(c.run)
		defer line.Wait()
		defer c.end()
		m := h.must(t, New{Title: "Rat"})
		f(t, m, c, func() string { mu.Lock(); defer mu.Unlock(); return strings.Join(said, "\n") })
	})
}

func inputs(t *testing.T, m *Meeting) []rooms.Input {
	t.Helper()
	synctest.Wait()
	status, err := m.Room.Status(t.Context())
	require.NoError(t, err)
	return status.Inputs
}

func TestABridgeIsCalledAndToldAndHeard(t *testing.T) {
	inConference(t, func(t *testing.T, m *Meeting, c keypad, said func() string) {
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, m.Start(ctx))
		require.NoError(t, m.Phone(ctx, Outcall{Number: " 030 1234 ", PIN: "12,, 3#", Language: "DE"}))
		cancel() // the request is over, the call is not
		require.Empty(t, inputs(t, m), "not before the PIN and the announcement")
		time.Sleep(20 * time.Second)
		require.Equal(t, []string{"1 1s", "2 1.25s", "3 3.5s", "# 3.75s"}, c.keys())
		require.Equal(t, "de: "+Announcement("de", false), said())
		in := inputs(t, m)
		require.Len(t, in, 1)
		require.Equal(t, rooms.Source{Name: "Konferenz", Kind: rooms.Bridge}, in[0].Source)
		require.True(t, in[0].Told)
		require.NoError(t, m.Room.Announce(t.Context(), "Ab jetzt wird aufbewahrt.", true))
		time.Sleep(5 * time.Second)
		require.True(t, strings.HasSuffix(said(), "de: Ab jetzt wird aufbewahrt."), said())
		require.True(t, inputs(t, m)[0].Told)
		require.NoError(t, m.Room.Refuse(t.Context(), in[0].ID))
		require.NoError(t, m.Room.Announce(t.Context(), "Nun doch nicht.", false))
		time.Sleep(5 * time.Second)
		require.True(t, strings.HasSuffix(said(), "de: Nun doch nicht."), said())
		require.True(t, inputs(t, m)[0].Refused, "who refused stays connected")
		c.end() // the bridge hangs up
		time.Sleep(5 * time.Second)
		require.Empty(t, inputs(t, m))
	})
}

func TestABridgeThatWasCalledBeforeTheMeetingIsToldOnce(t *testing.T) {
	inConference(t, func(t *testing.T, m *Meeting, _ keypad, said func() string) {
		require.NoError(t, m.Phone(t.Context(), Outcall{Number: "030 1234"}))
		time.Sleep(10 * time.Second)
		require.False(t, inputs(t, m)[0].Told, "the room was told nothing yet")
		require.NoError(t, m.Start(t.Context()))
		time.Sleep(5 * time.Second)
		require.True(t, inputs(t, m)[0].Told)
		require.Equal(t, "de: "+Announcement("de", false), said())
	})
}

func TestABridgeIsHungUpWhateverHappens(t *testing.T) {
	for name, happens := range map[string]func(t *testing.T, m *Meeting, c keypad){
		"removed": func(t *testing.T, m *Meeting, _ keypad) {
			time.Sleep(20 * time.Second)
			require.NoError(t, m.Booth.Remove(t.Context(), inputs(t, m)[0].ID))
		},
		"stopped": func(t *testing.T, m *Meeting, _ keypad) {
			time.Sleep(20 * time.Second)
			require.NoError(t, m.Stop(t.Context()))
		},
		"stopped at the PIN": func(t *testing.T, m *Meeting, _ keypad) { require.NoError(t, m.Stop(t.Context())) },
		"closed": func(t *testing.T, m *Meeting, _ keypad) {
			time.Sleep(20 * time.Second)
			require.NoError(t, m.Close(t.Context()))
		},
		"closed at the PIN": func(t *testing.T, m *Meeting, _ keypad) { require.NoError(t, m.Close(t.Context())) },
		"closed at the announcement": func(t *testing.T, m *Meeting, _ keypad) {
			time.Sleep(5 * time.Second)
			require.NoError(t, m.Close(t.Context()))
		},
		"no digits go": func(_ *testing.T, _ *Meeting, c keypad) { c.mu.Lock(); c.deaf = errors.New("deaf"); c.mu.Unlock() },
	} {
		t.Run(name, func(t *testing.T) {
			inConference(t, func(t *testing.T, m *Meeting, c keypad, _ func() string) {
				require.NoError(t, m.Start(t.Context()))
				require.NoError(t, m.Phone(t.Context(), Outcall{Number: "030 1234", PIN: "123#"}))
				happens(t, m, c)
				require.NotEmpty(t, c.ended())
			})
		})
	}
	for step := range 24 { // the bridge hangs up
		inConference(t, func(t *testing.T, m *Meeting, c keypad, _ func() string) {
			require.NoError(t, m.Phone(t.Context(), Outcall{Number: "030 1234", PIN: "123#"}))
			time.Sleep(time.Duration(step) * 250 * time.Millisecond)
			c.end()
			time.Sleep(5 * time.Second)
			require.Empty(t, inputs(t, m))
		})
	}
}

func TestAStopIsAStop(t *testing.T) {
	o := calling(nil, func(string) {})
	recognizer := &slow{}
	o.Booth.Live.Recognizer = recognizer
	o.Booth.Live.Voice = func() (live.Voice, func(), error) { return speech{}, func() {}, nil }
	inHall(t, o, func(t *testing.T, h *Hall) {
		recognizer.hears, recognizer.let = make(chan struct{}, 1), make(chan struct{})
		m := h.must(t, New{})
		require.NoError(t, m.Start(t.Context()))
		in, err := m.Booth.Open(t.Context(), booth.Source{Language: "de"})
		require.NoError(t, err)
		synctest.Wait()
		for range 100 {
			_ = in.WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)})
			time.Sleep(media.FrameDuration)
		}
		<-recognizer.hears
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, m.Stop(ctx), "whoever asked has gone")
		synctest.Wait()
		state, _ := m.State()
		require.True(t, state.Over())
		require.Equal(t, rooms.Stopping, state.Life, "last words are still taken")
		close(recognizer.let)
		<-m.Done()
	})
}

// slow is a recogniser that takes as long as the test wants.
type slow struct{ hears, let chan struct{} }

func (*slow) Name() string { return "slow" }
func (s *slow) Recognize(ctx context.Context, _ stt.Window) (stt.Hypothesis, error) {
	select {
	case s.hears <- struct{}{}:
	default:
	}
	select {
	case <-s.let:
	case <-ctx.Done():
	}
	return stt.Hypothesis{Rejected: "silence"}, ctx.Err()
}

type speech struct{}

func (speech) Probability([]int16) (float32, error) { return 0.9, nil }

func TestWhyABridgeWasNotReached(t *testing.T) {
	dial := func(ctx context.Context, to leg.Callee) (leg.Leg, error) {
		switch to.Address {
		case "sip:1@bridge":
			return nil, fmt.Errorf("dial: %w", leg.ErrBusy)
		case "sip:2@bridge":
			return nil, leg.ErrDeclined
		case "sip:3@bridge":
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return newConference(), nil // takes no digits
	}
	inHall(t, calling(dial, func(string) {}), func(t *testing.T, h *Hall) {
		ctx := t.Context()
		m := h.must(t, New{})
		for number, want := range map[string]error{"1": leg.ErrBusy, "2": leg.ErrDeclined, "3": leg.ErrNoAnswer, "0900 1": leg.ErrForbidden, "4": ErrOutcall, "": ErrOutcall} {
			require.ErrorIs(t, m.Phone(ctx, Outcall{Number: number, PIN: "1"}), want, number)
		}
		for field, o := range map[string]Outcall{
			"pin: only": {Number: "1", PIN: "12a"}, "pin: it has": {Number: "1", PIN: strings.Repeat("1", 41)}, "name": {Number: "1", Name: "a\nb"},
			"speaker": {Number: "1", Speaker: strings.Repeat("x", 101)}, "klingon": {Number: "1", Language: "klingonisch"},
		} {
			err := m.Phone(ctx, o)
			require.ErrorIs(t, err, ErrOutcall)
			require.ErrorContains(t, err, field)
		}
		waiting, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		require.ErrorIs(t, m.Phone(waiting, Outcall{Number: "3"}), leg.ErrNoAnswer)
		var ringing sync.WaitGroup
		ringing.Go(func() {
			if err := m.Phone(ctx, Outcall{Number: "3"}); !errors.Is(err, rooms.ErrClosed) {
				t.Error(err)
			}
		})
		time.Sleep(time.Second)
		require.NoError(t, m.Close(ctx))
		ringing.Wait()
		require.ErrorIs(t, m.Phone(ctx, Outcall{Number: "1"}), rooms.ErrState)
	})
	inHall(t, HallOptions{}, func(t *testing.T, h *Hall) {
		err := h.must(t, New{}).Phone(t.Context(), Outcall{Number: "1"})
		require.ErrorIs(t, err, leg.ErrForbidden, "a service without a trunk calls nobody")
	})
}
