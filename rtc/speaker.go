package rtc

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// speaker is the playout of a leg whose audio comes and goes. Without audio
// frames are swallowed at once, so that nobody waits for what nobody hears.
// While audio has broken off for a moment the queue stands still, and goes on
// at the last quiet place once it is back.
type speaker struct {
	queue *playout.Queue

	mu     sync.Mutex
	on     bool // audio flows, or is expected back at any moment
	closed bool
	held   bool // by who speaks
	broken bool // by the network
}

// WriteFrame queues a frame as playout.Queue does, or swallows it.
func (s *speaker) WriteFrame(f media.Frame) error {
	if on, closed := s.state(); closed {
		return playout.ErrClosed
	} else if !on {
		return nil
	}
	err := s.queue.WriteFrame(f)
	if errors.Is(err, playout.ErrFlushed) {
		if on, closed := s.state(); !on && !closed {
			return nil // audio ended while the frame waited
		}
	}
	return err
}

func (s *speaker) state() (on, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on, s.closed
}

// Flush drops what waits and ends a pause.
func (s *speaker) Flush() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = false
	played := s.queue.Flush()
	if s.broken {
		s.queue.Pause()
	}
	return played
}

// Pause holds the queue.
func (s *speaker) Pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = true
	s.queue.Pause()
}

// Resume goes on, unless the network is away.
func (s *speaker) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = false
	if !s.broken {
		s.queue.Resume()
	}
}

func (s *speaker) Played() time.Duration           { return s.queue.Played() }
func (s *speaker) Buffered() time.Duration         { return s.queue.Buffered() }
func (s *speaker) Drain(ctx context.Context) error { return s.queue.Drain(ctx) }

// flow says that audio flows.
func (s *speaker) flow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = true
	if s.broken = false; !s.held {
		s.queue.Resume()
	}
}

// hang says that audio has broken off and may come back.
func (s *speaker) hang() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = true
	s.queue.Pause()
}

// stop says that there is no audio any more.
func (s *speaker) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.broken, s.held = false, false, false
	s.queue.Flush()
}

func (s *speaker) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.queue.Close()
}
