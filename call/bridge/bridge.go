// Package bridge lets legs hear each other: one frame per party flows in each
// 20 ms, and out flows to each party the mix of what it may hear. Music, tones
// and the bot's voice flow into the same mix. A bridge owns no leg and never
// hangs up.
package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// maxBehind is how far the bridge catches up after a stall of the machine;
// beyond that, time is skipped.
const maxBehind = 200 * time.Millisecond

// Errors of Join.
var (
	ErrEnded = errors.New("the bridge has ended")
	ErrTaken = errors.New("a party of this name is in the bridge already")
)

// Options of a Bridge; the zero value works.
type Options struct {
	Log *slog.Logger
	// Now is the clock that latency is measured by; nil is time.Now.
	Now func() time.Time
}

// Party is somebody in the bridge. The bridge is the only writer of the leg's
// playout as long as the party is in it.
type Party struct {
	Name string
	Leg  leg.Leg
	// Tap gets the party's own audio as it came in, from the leg's media
	// goroutine: it must not block. While the party is muted it gets silence.
	Tap media.Sink
}

// Controls of a party; the zero value is somebody who hears and is heard.
type Controls struct {
	Muted bool    // nobody hears it, and its tap neither
	Deaf  bool    // it hears nothing of the other parties, only what is played to it
	Gain  float64 // of what it says to the others; 0 counts as 1
}

// Bridge is the room. All methods may be called at any time from any goroutine.
type Bridge struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	ended   bool
	parties []*party
	voices  []*voice // of parties and of what is played
	sets    map[string]Controls
	between map[pair]float64

	out   []*party // snapshot for one tick; belongs to Run
	stats pace
}

type pair struct{ from, to string }

// New makes an empty bridge; it starts nothing.
func New(o Options) *Bridge {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Bridge{log: o.Log, now: o.Now, sets: map[string]Controls{}, between: map[pair]float64{}}
}

// Run moves audio at absolute deadlines 20 ms apart until ctx ends, which is
// no error; it then lets go of all legs and ends what is played.
func (b *Bridge) Run(ctx context.Context) error {
	defer b.end()
	deadline := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		late := time.Since(deadline)
		if late > maxBehind {
			deadline = deadline.Add(late.Truncate(media.FrameDuration))
		}
		b.tick(late)
		deadline = deadline.Add(media.FrameDuration)
		timer.Reset(time.Until(deadline))
	}
}

// Join lets a party hear and be heard at once. Set and Between may be called
// before, so that not one frame is heard that shall not be.
func (b *Bridge) Join(p Party) error {
	if p.Name == "" || p.Leg == nil {
		return errors.New("a party of a bridge needs a name and a leg")
	}
	b.mu.Lock()
	if b.ended {
		b.mu.Unlock()
		return ErrEnded
	}
	if b.party(p.Name) != nil {
		b.mu.Unlock()
		return fmt.Errorf("join %s: %w", p.Name, ErrTaken)
	}
	in := newParty(p, b.now)
	b.parties = append(b.parties, in)
	b.voices = append(b.voices, in.voice)
	b.weave()
	b.mu.Unlock()
	in.attach()
	return nil
}

// Leave lets go of the party's leg: it is heard no more, its playout is
// flushed and nothing is written to it after Leave has returned. Its controls
// are forgotten.
func (b *Bridge) Leave(name string) {
	b.mu.Lock()
	p := b.party(name)
	if p == nil {
		b.mu.Unlock()
		return
	}
	b.remove(p)
	p.voice.ending = true
	delete(b.sets, name)
	for key := range b.between {
		if key.from == name || key.to == name {
			delete(b.between, key)
		}
	}
	b.aim()
	b.mu.Unlock()
	p.detach()
	b.report(p)
}

// Set changes what a party may do, over 10 ms.
func (b *Bridge) Set(name string, c Controls) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sets[name] = c
	b.aim()
}

// Between says how loud one party hears another, on top of Controls: 1 is the
// default, 0 not at all, 0.2 quietly underneath.
func (b *Bridge) Between(from, to string, gain float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.between[pair{from, to}] = gain
	b.aim()
}

// Parties are the names of who is in the bridge, in the order they came.
func (b *Bridge) Parties() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := make([]string, len(b.parties))
	for i, p := range b.parties {
		names[i] = p.Name
	}
	return names
}

// tick mixes under the lock and writes to the legs without it.
func (b *Bridge) tick(late time.Duration) {
	b.mu.Lock()
	b.stats.add(late)
	changed := false
	for _, v := range b.voices {
		changed = v.read() || changed
	}
	if changed {
		b.aim()
	}
	b.out = append(b.out[:0], b.parties...)
	for _, p := range b.out {
		p.mix()
	}
	b.sweep()
	b.mu.Unlock()
	for _, p := range b.out {
		p.send()
	}
	clear(b.out)
}

// end lets go of everything.
func (b *Bridge) end() {
	b.mu.Lock()
	b.ended = true
	parties, voices := b.parties, b.voices
	b.parties, b.voices = nil, nil
	b.mu.Unlock()
	for _, v := range voices {
		v.finish()
	}
	for _, p := range parties {
		p.detach()
		b.report(p)
	}
}

// report is the one line that is logged of a party's time in the bridge.
func (b *Bridge) report(p *party) {
	s := p.ear.stats()
	b.log.Info("left the bridge", "party", p.Name, "frames", s.Frames, "latency", s.Latency, "worst", s.Worst,
		"gaps", s.Gaps, "dropped", s.Dropped, "skipped", p.skipped.Load())
}

// party is called with mu held, as are all below.
func (b *Bridge) party(name string) *party {
	for _, p := range b.parties {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func (b *Bridge) remove(p *party) {
	for i := range b.parties {
		if b.parties[i] == p {
			b.parties = append(b.parties[:i:i], b.parties[i+1:]...)
			return
		}
	}
}
