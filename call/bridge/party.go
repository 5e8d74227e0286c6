package bridge

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/mixer"
)

// Limits of a leg's playout while it is in the bridge.
const (
	playoutLimit = 100 * time.Millisecond // beyond that nothing is written
	playoutSpare = 40 * time.Millisecond  // so much may always lie ready
)

// party is somebody in the bridge: an ear, and a mix on the way out.
type party struct {
	Party
	ear     *ear
	voice   *voice
	strands []*strand
	inputs  []mixer.Input
	mixer   *mixer.Mixer
	out     [media.FrameSamples]int16
	last    [media.FrameSamples]int16 // written before
	cut     bool                      // the frame before was not written
	least   time.Duration             // fewest audio that lay ready in this window
	window  int
	skipped atomic.Uint64

	gone atomic.Bool
	leg  sync.Mutex // held while the leg is used, so that Leave is final
}

func newParty(p Party, now func() time.Time) *party {
	in := &party{Party: p, ear: newEar(p.Tap, now), mixer: mixer.New()}
	in.voice = &voice{name: p.Name, party: in, source: in.ear, lasting: true}
	return in
}

// attach directs the leg's audio here. One frame of silence goes ahead, so
// that the leg need not read in the very moment the bridge writes.
func (p *party) attach() {
	p.leg.Lock()
	defer p.leg.Unlock()
	if p.gone.Load() {
		return
	}
	out := p.Leg.Playout()
	if out.Buffered() == 0 {
		_ = out.WriteFrame(media.Frame{PCM: silence[:]}) // a leg that has ended hears nothing
	}
	p.Leg.Receive(p.ear)
}

// detach lets go of the leg for good. The first flush frees a send that waits.
func (p *party) detach() {
	p.gone.Store(true)
	p.Leg.Playout().Flush()
	p.leg.Lock()
	defer p.leg.Unlock()
	p.Leg.Receive(nil)
	p.Leg.Playout().Flush()
}

func (p *party) strandTo(v *voice) *strand {
	for _, s := range p.strands {
		if s.from == v {
			return s
		}
	}
	return &strand{from: v}
}

// grow makes room, so that mixing allocates nothing.
func (p *party) grow(strands int) {
	if cap(p.inputs) < strands {
		p.inputs = make([]mixer.Input, 0, strands)
	}
}

// mix adds what the party may hear in this tick.
func (p *party) mix() {
	p.inputs = p.inputs[:0]
	for _, s := range p.strands {
		if s.audible() {
			p.inputs = append(p.inputs, mixer.Input{Source: s})
		}
	}
	p.mixer.Set(p.inputs...)
	p.mixer.ReadFrame(p.out[:])
}

// send writes the mix unless too much waits already. It never blocks: the
// bridge is the only writer.
func (p *party) send() {
	p.leg.Lock()
	defer p.leg.Unlock()
	if p.gone.Load() {
		return
	}
	out := p.Leg.Playout()
	if p.full(out.Buffered()) {
		p.skipped.Add(1)
		p.cut = true
		return
	}
	if p.cut {
		splice(p.out[:], p.last[:])
		p.cut = false
	}
	copy(p.last[:], p.out[:])
	_ = out.WriteFrame(media.Frame{PCM: p.out[:]}) // a leg that has ended hears nothing
}

// full says whether this frame is left out: because the leg is slow, or to get
// rid of a delay that has stayed for half a second.
func (p *party) full(waits time.Duration) bool {
	if waits > playoutLimit {
		return true
	}
	if p.window == 0 {
		p.least = waits
	}
	p.least = min(p.least, waits)
	if p.window++; p.window < trimAfter {
		return false
	}
	p.window = 0
	return p.least > playoutSpare
}
