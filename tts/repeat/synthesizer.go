// Package repeat keeps the speech of sentences that are said again and again:
// a sentence flows in, and what another synthesiser once made of it flows out.
// A crowd that hears the same announcement costs one synthesis.
package repeat

import (
	"container/list"
	"context"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Options of a Synthesizer; the zero value works.
type Options struct {
	Bytes int // of kept speech; default 32 MiB, about 17 minutes
}

const (
	// often is how many times a sentence must be said to be kept: what concerns
	// one caller only, such as a number that is read back, is not.
	often = 3
	// noted is of how many sentences the number of times is known.
	noted = 4096
)

// Synthesizer is another one with a memory. It is safe for concurrent use.
type Synthesizer struct {
	tts.Synthesizer
	limit int
	seed  maphash.Seed

	mu     sync.Mutex
	times  map[uint64]int    // how often each sentence was said
	kept   map[string]*entry // by utterance
	recent *list.List        // of *entry, the latest used in front
	size   int
}

// entry is one sentence, kept or being made.
type entry struct {
	key  string
	done chan struct{} // closed when pcm is complete or will never be
	pcm  []int16       // nil: could not be made
	at   *list.Element
}

// New makes a synthesiser with a memory; it starts nothing.
func New(s tts.Synthesizer, o Options) *Synthesizer {
	if o.Bytes <= 0 {
		o.Bytes = 32 << 20
	}
	return &Synthesizer{
		Synthesizer: s, limit: o.Bytes, seed: maphash.MakeSeed(),
		times: map[uint64]int{}, kept: map[string]*entry{}, recent: list.New(),
	}
}

// Speak repeats, or makes and perhaps keeps. Who comes while another makes the
// same sentence waits for it.
func (s *Synthesizer) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	e, mine := s.find(fmt.Sprintf("%#v", u))
	switch {
	case e == nil:
		return s.Synthesizer.Speak(ctx, u, to)
	case mine:
		return s.record(ctx, e, u, to)
	}
	select {
	case <-e.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if e.pcm == nil {
		return s.Synthesizer.Speak(ctx, u, to)
	}
	return play(ctx, e.pcm, to)
}

// find returns what is kept or being made, a new entry for the caller to make
// (mine), or nil for what is not worth keeping yet.
func (s *Synthesizer) find(key string) (e *entry, mine bool) {
	hash := maphash.String(s.seed, key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.kept[key]; e != nil {
		if e.at != nil {
			s.recent.MoveToFront(e.at)
		}
		return e, false
	}
	if len(s.times) >= noted {
		clear(s.times)
	}
	if s.times[hash]++; s.times[hash] < often {
		return nil, false
	}
	e = &entry{key: key, done: make(chan struct{})}
	s.kept[key] = e
	return e, true
}

// record speaks and listens; those who wait are freed whatever happens.
func (s *Synthesizer) record(ctx context.Context, e *entry, u tts.Utterance, to media.Sink) error {
	var pcm []int16
	whole := false
	defer func() { s.keep(e, pcm, whole) }() // also when the engine panics
	err := s.Synthesizer.Speak(ctx, u, media.SinkFunc(func(f media.Frame) error {
		pcm = append(pcm, f.PCM...)
		return to.WriteFrame(f)
	}))
	whole = err == nil
	return err
}

func (s *Synthesizer) keep(e *entry, pcm []int16, whole bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(e.done)
	bytes := 2 * len(pcm)
	if !whole || bytes == 0 || bytes > s.limit {
		delete(s.kept, e.key)
		return
	}
	e.pcm, e.at = pcm, s.recent.PushFront(e)
	for s.size += bytes; s.size > s.limit; {
		last := s.recent.Back()
		old := s.recent.Remove(last).(*entry)
		delete(s.kept, old.key)
		s.size -= 2 * len(old.pcm)
	}
}

// play writes what is kept; the sink must not change it, so it gets a copy of
// each frame.
func play(ctx context.Context, pcm []int16, to media.Sink) error {
	var frame [media.FrameSamples]int16
	for len(pcm) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := copy(frame[:], pcm)
		pcm = pcm[n:]
		if err := to.WriteFrame(media.Frame{PCM: frame[:n]}); err != nil {
			return err
		}
	}
	return nil
}
