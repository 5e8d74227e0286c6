package booth

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// telephone is a leg whose party says a tale; its packets may stop, and then
// its frames are silence.
type telephone struct {
	leg.Leg
	tale     tale
	hung     chan struct{}
	received atomic.Uint64
	deaf     atomic.Bool

	mu sync.Mutex
	to media.Sink
}

func (p *telephone) Done() <-chan struct{} { return p.hung }
func (p *telephone) Stats() leg.Stats      { return leg.Stats{Received: p.received.Load()} }

func (p *telephone) Receive(to media.Sink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to = to
}

func (p *telephone) talk() {
	for at := time.Duration(0); at < p.tale.length()+time.Second; at += media.FrameDuration {
		time.Sleep(media.FrameDuration)
		f := p.tale.frame(at)
		if p.deaf.Load() {
			clear(f.PCM)
		} else {
			p.received.Add(1)
		}
		p.mu.Lock()
		if p.to != nil {
			_ = p.to.WriteFrame(f)
		}
		p.mu.Unlock()
	}
}

func TestATelephoneIsAnInput(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
	source := Source{Source: rooms.Source{Name: "Telefon", Kind: rooms.Telephone}, Language: "de"}
	ends := map[string]func(h *hall, p *telephone, cancel context.CancelFunc){
		"it hangs up":   func(_ *hall, p *telephone, _ context.CancelFunc) { close(p.hung) },
		"it is removed": func(h *hall, _ *telephone, _ context.CancelFunc) { _ = h.Remove(h.ctx, "i1") },
		"its call ends": func(_ *hall, _ *telephone, cancel context.CancelFunc) { cancel() },
		"all end":       func(h *hall, _ *telephone, _ context.CancelFunc) { _ = h.Settle(h.ctx) },
	}
	for name, end := range ends {
		meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
			p := &telephone{tale: r.tale, hung: make(chan struct{})}
			ctx, cancel := context.WithCancel(h.ctx)
			defer cancel()
			served := make(chan error, 1)
			go func() { served <- h.Serve(ctx, p, source) }()
			synctest.Wait()
			p.talk()
			end(h, p, cancel)
			require.NoError(t, <-served, name)
			require.Equal(t, council, h.texts(rooms.Original), name)
			synctest.Wait()
			require.Nil(t, p.to, "nothing of the leg is heard any more")
			select {
			case <-p.hung:
				require.Equal(t, "it hangs up", name)
			default:
			}
		})
	}
}

// A leg makes silence of packets that do not come; the organiser is warned all
// the same.
func TestATelephoneWithoutPackets(t *testing.T) {
	r := &reader{tale: tell("de", 40*time.Second, council...), took: 100 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		p := &telephone{tale: r.tale, hung: make(chan struct{})}
		in, err := h.Connect(h.ctx, p, Source{})
		require.NoError(t, err)
		go p.talk()
		time.Sleep(10 * time.Second)
		require.Empty(t, h.input(in.ID()).Warnings, "silence with packets is not a loss")
		p.deaf.Store(true)
		time.Sleep(10 * time.Second)
		require.Equal(t, []rooms.Warning{rooms.Lost}, h.input(in.ID()).Warnings)
		p.deaf.Store(false)
		time.Sleep(time.Second)
		require.NotContains(t, h.input(in.ID()).Warnings, rooms.Lost)
		time.Sleep(3 * time.Minute)
		lines := h.lines(rooms.Original)
		require.Len(t, lines, 4)
		require.InDelta(t, 40*time.Second, lines[0].Cues[0].Start, float64(100*ms))
	})
}

// slowly is a telephone that is set to hear us while everything else goes on.
type slowly struct{ *telephone }

func (p slowly) Receive(to media.Sink) {
	if to != nil {
		synctest.Wait()
	}
	p.telephone.Receive(to)
}

func TestATelephoneThatHasHungUpIsNotHeld(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		p := slowly{&telephone{hung: make(chan struct{})}}
		close(p.hung)
		in, err := h.Connect(h.ctx, p, Source{})
		require.NoError(t, err)
		<-in.Done()
		synctest.Wait()
		require.Nil(t, p.to)
	})
}
