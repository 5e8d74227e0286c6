package call

import (
	"context"
	"slices"
	"sync"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/media"
)

// salon is the bridge as one interpreter has it: who leaves the interpreter
// out has the room as it was before, at once and for good, whatever the
// interpreter is about to do.
type salon struct {
	bridge *bridge.Bridge

	mu     sync.Mutex
	closed bool
	gains  map[between]struct{}
	speech []*bridge.Speech          // the last ones
	first  map[string]*bridge.Speech // to a party alone: it introduces
}

// mostVoices is how many things an interpreter says at a time, and more.
const mostVoices = 16

type between struct{ from, to string }

func newSalon(b *bridge.Bridge) *salon {
	return &salon{bridge: b, gains: map[between]struct{}{}, first: map[string]*bridge.Speech{}}
}

// Between implements interpreter.Room.
func (s *salon) Between(from, to string, gain float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.gains[between{from, to}] = struct{}{}
	s.bridge.Between(from, to, gain)
}

// Voice implements interpreter.Room.
func (s *salon) Voice(to ...string) *bridge.Speech {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.bridge.Voice(to...)
	if s.closed {
		v.Close()
		return v
	}
	if len(to) == 1 && s.first[to[0]] == nil {
		s.first[to[0]] = v
	}
	if len(s.speech) == mostVoices {
		s.speech = slices.Delete(s.speech, 0, 1)
	}
	s.speech = append(s.speech, v)
	return v
}

// Play implements interpreter.Room.
func (s *salon) Play(ctx context.Context, to []string, src media.Source, gain float64) (stop func(), done <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		over := make(chan struct{})
		close(over)
		return func() {}, over
	}
	return s.bridge.Play(ctx, to, src, gain)
}

// over says whether a party has heard the first words to it to their end.
func (s *salon) over(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.first[name]
	return v != nil && v.Buffered() == 0
}

// close lets everybody hear each other in full and ends what is being said.
func (s *salon) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for g := range s.gains {
		s.bridge.Between(g.from, g.to, 1)
	}
	for _, v := range s.speech {
		v.Close()
	}
}
