package rtc

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
)

func TestBadOptionsAreNamed(t *testing.T) {
	for want, o := range map[string]Options{
		"need a range":         {Low: 30000, High: 20000},
		"needs a URL":          {Relays: []Relay{{}}},
		"write it like turn:":  {Relays: []Relay{{URLs: []string{"turn.example.org"}}}},
		"none of stun":         {Relays: []Relay{{URLs: []string{"http://turn.example.org"}}}},
		"a user name and a pa": {Relays: []Relay{{URLs: []string{"turn:turn.example.org"}}}},
	} {
		_, err := NewServer(o, stay)
		require.ErrorContains(t, err, want)
	}
	s, err := NewServer(Options{UDP: netip.MustParseAddrPort("0.0.0.0:0")}, stay)
	require.NoError(t, err)
	require.ErrorContains(t, s.Run(t.Context()), "needs a port")
}

func TestLimits(t *testing.T) {
	s := newServer(t, Options{Limits: Limits{Legs: 3, PerSource: 2}}, stay)
	open := func(source string) (*Leg, error) {
		l, _, err := s.Open(context.Background(), leg.Info{}, source, "")
		return l, err
	}
	a, err := open("192.0.2.1")
	require.NoError(t, err)
	_, err = open("192.0.2.1")
	require.NoError(t, err)
	_, err = open("192.0.2.1")
	require.ErrorIs(t, err, ErrSource)
	_, err = open("192.0.2.2")
	require.NoError(t, err)
	_, err = open("192.0.2.3")
	require.ErrorIs(t, err, ErrFull)
	require.NoError(t, a.Leave(context.Background()))
	_, err = open("192.0.2.1")
	require.NoError(t, err)
	require.Equal(t, Counters{Opened: 4, Refused: 2, Active: 3}, s.Counters())
	_, _, err = s.Answer(context.Background(), leg.Info{Call: "desk", Leg: "agent"}, "", stay)
	require.ErrorIs(t, err, ErrFull)
}

func TestCallInWriting(t *testing.T) {
	s := newServer(t, Options{}, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) != nil {
			return
		}
		for e := range l.Events() {
			if e.Kind == leg.Digit {
				return // which ends the leg
			}
		}
	})
	l, answer, err := s.Open(context.Background(), leg.Info{Trunk: "chat", Language: "tr"}, "", "")
	require.NoError(t, err)
	require.Empty(t, answer)
	require.Len(t, l.Token(), 22)
	require.Equal(t, "tr", l.Info().Language)
	require.Equal(t, "webrtc", l.Info().Transport)
	require.Same(t, l, s.Find(l.Info().Call))
	require.False(t, l.Voice())
	require.ErrorIs(t, l.Write(" "), ErrText)
	require.ErrorIs(t, l.Write(strings.Repeat("x", maxText+1)), ErrText)
	require.ErrorIs(t, l.Press('x'), ErrDigit)
	require.NoError(t, l.Write("Guten Tag"))
	require.NoError(t, l.Press('1'))
	<-l.Done()
	require.ErrorIs(t, l.Write("noch da?"), ErrEnded)
	require.Nil(t, s.Find(l.Info().Call))
	require.Equal(t, "normal by us", l.Stats().Ended)
}

func TestHandlersContextTellsWhyItEnds(t *testing.T) {
	why := make(chan error, 1)
	s := newServer(t, Options{}, func(ctx context.Context, _ leg.Leg) {
		<-ctx.Done()
		why <- context.Cause(ctx)
	})
	l, _, err := s.Open(context.Background(), leg.Info{}, "", "")
	require.NoError(t, err)
	require.NoError(t, l.Leave(context.Background()))
	require.ErrorIs(t, <-why, leg.ErrEnded)
}

func TestPanicEndsOneLegOnly(t *testing.T) {
	var calls atomic.Int32
	s := newServer(t, Options{}, func(ctx context.Context, l leg.Leg) {
		if calls.Add(1) == 1 {
			panic("in a test")
		}
		stay(ctx, l)
	})
	first, _, err := s.Open(context.Background(), leg.Info{}, "", "")
	require.NoError(t, err)
	<-first.Done()
	require.Equal(t, "error by us", first.Stats().Ended)
	second, _, err := s.Open(context.Background(), leg.Info{}, "", "")
	require.NoError(t, err)
	require.NoError(t, second.Write("ich lebe"))
	require.EqualValues(t, 1, s.Counters().Panics)
}

// idle is a leg without audio in a bubble of synctest, served until ctx ends.
func idle(t *testing.T, g Grace) (l *Leg, stop func()) {
	t.Helper()
	s, err := NewServer(Options{Grace: g}, stay)
	require.NoError(t, err)
	l = s.newLeg(leg.Info{}, "")
	s.calls.Go(func() { l.run(s.stop) })
	return l, func() { close(s.stop); s.calls.Wait() }
}

func TestLegWithoutASignOfLifeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := idle(t, Grace{})
		defer stop()
		time.Sleep(50 * time.Second)
		gone := l.Seen()
		time.Sleep(time.Hour)
		require.False(t, l.over(), "a page listens")
		gone()
		gone() // twice is once
		time.Sleep(59 * time.Second)
		synctest.Wait()
		require.False(t, l.over())
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, "dead-media by page gone", l.Stats().Ended)
	})
}

// lose is audio that breaks off.
func lose(l *Leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.voice, l.flowing, l.broken = true, false, time.Now()
	l.wake()
}

func TestLostAudioEndsOrGoesOnWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := idle(t, Grace{})
		defer stop()
		defer l.Seen()()
		lose(l)
		time.Sleep(14 * time.Second)
		require.True(t, l.Voice())
		time.Sleep(2 * time.Second)
		require.False(t, l.Voice(), "it goes on written")
		require.Equal(t, leg.Event{Kind: leg.Voice}, <-l.Events())
		require.False(t, l.over())
	})
	synctest.Test(t, func(t *testing.T) {
		l, stop := idle(t, Grace{})
		defer stop()
		lose(l)
		time.Sleep(14 * time.Second)
		require.False(t, l.over())
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, "dead-media by audio lost", l.Stats().Ended)
	})
}

func TestDrainWaitsForCallsNotForLines(t *testing.T) {
	s, err := NewServer(Options{Grace: Grace{Drain: time.Minute}}, stay)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- s.Run(ctx) }()
	<-s.Ready()
	call, _, err := s.Open(ctx, leg.Info{}, "", "")
	require.NoError(t, err)
	line, _, err := s.Answer(ctx, leg.Info{Call: "desk"}, "", stay)
	require.NoError(t, err)
	cancel()
	require.Eventually(t, func() bool {
		l, _, err := s.Open(context.Background(), leg.Info{}, "", "")
		if err == nil {
			require.NoError(t, l.Leave(context.Background()))
		}
		return errors.Is(err, ErrClosed)
	}, 10*time.Second, time.Millisecond)
	require.Empty(t, over)
	require.NoError(t, call.Leave(context.Background()))
	require.NoError(t, <-over)
	require.Equal(t, "normal by shutdown", line.Stats().Ended)
	require.ErrorContains(t, s.Run(context.Background()), "runs once")
}

func TestStandingLineHasItsOwnHandler(t *testing.T) {
	s := newServer(t, Options{}, func(context.Context, leg.Leg) { t.Error("the callers' handler") })
	b := newBrowser(t)
	served := make(chan leg.Leg, 1)
	var l *Leg
	connect(t, b, func(offer string) string {
		var answer string
		var err error
		l, answer, err = s.Answer(context.Background(), leg.Info{Call: "line-7"}, offer, func(ctx context.Context, l leg.Leg) {
			served <- l
			stay(ctx, l)
		})
		require.NoError(t, err)
		return answer
	})
	require.Equal(t, leg.Leg(l), <-served)
	require.NoError(t, l.Answer(context.Background()))
	require.True(t, l.Voice())
	require.Equal(t, "agent", l.Info().Leg)
	require.Nil(t, s.Find("line-7"), "pages of callers do not find it")
}

// Who is waited for at the desk is missed at once; a phone in a meeting that
// changes its network has as long to come back as a caller.
func TestALineOfAMeetingHasTimeToComeBack(t *testing.T) {
	type opens func(context.Context, leg.Info, string, func(context.Context, leg.Leg)) (*Leg, string, error)
	for name, c := range map[string]struct {
		open  func(*Server) opens
		stays time.Duration
	}{
		"desk":    {func(s *Server) opens { return s.Answer }, time.Second},
		"meeting": {func(s *Server) opens { return s.Join }, 14 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := NewServer(Options{}, stay)
				require.NoError(t, err)
				s.state = stateServing // without sockets
				defer func() { close(s.stop); s.calls.Wait() }()
				l, _, err := c.open(s)(t.Context(), leg.Info{}, "", stay)
				require.NoError(t, err)
				lose(l)
				time.Sleep(c.stays)
				synctest.Wait()
				require.False(t, l.over())
				time.Sleep(2 * time.Second)
				synctest.Wait()
				require.Equal(t, "dead-media by audio lost", l.Stats().Ended)
			})
		})
	}
}
