package bridge

import (
	"context"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// phone is a leg whose party sings one tone and notes all that it hears.
type phone struct {
	queue *playout.Queue
	tone  float64 // Hz, 0 is silent
	from  int     // first frame that is sung
	late  func(n int) time.Duration

	mu    sync.Mutex
	sink  media.Sink
	heard []int16
	done  chan struct{}
}

func newPhone(tone float64) *phone {
	return &phone{queue: playout.New(), tone: tone, done: make(chan struct{})}
}

func (p *phone) Info() leg.Info                          { return leg.Info{} }
func (p *phone) Answer(context.Context) error            { return nil }
func (p *phone) Playout() leg.Playout                    { return p.queue }
func (p *phone) Events() <-chan leg.Event                { return nil }
func (p *phone) Done() <-chan struct{}                   { return p.done }
func (p *phone) Hangup(context.Context, leg.Cause) error { return nil }
func (p *phone) Stats() leg.Stats                        { return leg.Stats{} }

func (p *phone) Receive(to media.Sink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sink = to
}

// run is the media loop: it begins after the phase and may be late as scripted.
func (p *phone) run(ctx context.Context, phase time.Duration) {
	deadline := time.Now().Add(phase)
	frame := make([]int16, media.FrameSamples)
	for n := 0; ; n++ {
		wait := time.Until(deadline)
		if p.late != nil {
			wait += p.late(n)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			p.queue.Close()
			return
		}
		deadline = deadline.Add(media.FrameDuration)
		p.queue.ReadFrame(frame)
		p.mu.Lock()
		p.heard = append(p.heard, frame...)
		to := p.sink
		p.mu.Unlock()
		clear(frame)
		for i := range frame {
			if n < p.from {
				break
			}
			at := float64(n*media.FrameSamples+i) / media.SampleRate
			frame[i] = int16(6000 * math.Sin(2*math.Pi*p.tone*at))
		}
		if to != nil {
			_ = to.WriteFrame(media.Frame{PCM: frame, At: time.Duration(n) * media.FrameDuration})
		}
	}
}

// hears is the amplitude of a tone within the last stretch of what was heard.
func (p *phone) hears(tone float64, last time.Duration) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(media.Samples(last), len(p.heard))
	return audiotest.Goertzel(p.heard[len(p.heard)-n:], media.SampleRate, tone)
}

func (p *phone) all() []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int16(nil), p.heard...)
}

// room runs a bridge and phones on the fake clock.
type room struct {
	*Bridge
	t      *testing.T
	tasks  sync.WaitGroup
	cancel context.CancelFunc
	ctx    context.Context
	phones map[string]*phone
}

func newRoom(t *testing.T) *room {
	r := &room{Bridge: New(Options{}), t: t, phones: map[string]*phone{}}
	r.ctx, r.cancel = context.WithCancel(t.Context())
	return r
}

func (r *room) open() *room {
	r.tasks.Go(func() { require.NoError(r.t, r.Run(r.ctx)) })
	return r
}

func (r *room) phone(name string, tone float64) *phone {
	p := newPhone(tone)
	phase := time.Duration(len(r.phones)*7%20) * time.Millisecond
	r.phones[name] = p
	r.tasks.Go(func() { p.run(r.ctx, phase) })
	return p
}

func (r *room) join(name string, tone float64) *phone {
	p := r.phone(name, tone)
	require.NoError(r.t, r.Join(Party{Name: name, Leg: p}))
	return p
}

func (r *room) close() {
	r.cancel()
	r.tasks.Wait()
}

// matrix says who hears whose tone now, each tone 0, 1 (as sung) or between.
func (r *room) hears(who string, tone, want float64) {
	r.t.Helper()
	require.InDelta(r.t, want*6000, r.phones[who].hears(tone, 200*time.Millisecond), 120, "%s hears %v Hz", who, tone)
}

func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

const (
	caller = 450.0
	agent  = 800.0
	third  = 1250.0
)

func TestEachHearsTheOthersAndNotThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t).open()
		defer r.close()
		r.join("caller", caller)
		r.join("agent", agent)
		r.join("third", third)
		wait(time.Second)
		tones := map[string]float64{"caller": caller, "agent": agent, "third": third}
		for who := range tones {
			for whom, tone := range tones {
				if who == whom {
					r.hears(who, tone, 0)
				} else {
					r.hears(who, tone, 1)
				}
			}
		}
	})
}
