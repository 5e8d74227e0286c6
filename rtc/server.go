// Package rtc is the browser side: session descriptions and texts flow in from
// web pages and media from their peer connections, legs flow out to a handler,
// as in package sip. A leg may be without audio: its party then writes and reads.
package rtc

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/pion/webrtc/v4"
)

// Keys of log attributes, the same in the whole service.
const (
	keyCall = "call"
	keyLeg  = "leg"
)

// Errors of new legs.
var (
	// ErrFull tells that no more legs are taken at present.
	ErrFull = errors.New("all lines for browsers are in use")
	// ErrSource tells that one address has too many legs.
	ErrSource = errors.New("too many calls from one address at once")
	// ErrClosed tells that the server does not run.
	ErrClosed = errors.New("browser calls are not taken now")
)

// Handler serves one leg to its end. It answers, talks and hangs up; the leg
// ends when it returns. ctx ends with the leg.
type Handler func(ctx context.Context, l leg.Leg)

// Counters are totals since the start.
type Counters struct {
	Opened  uint64
	Refused uint64 // by limits or for their session description
	Panics  uint64
	Active  int
}

// Server takes calls of browsers.
type Server struct {
	options Options
	handler Handler
	log     *slog.Logger
	ready   chan struct{}

	api     *webrtc.API
	sockets *sockets
	stop    chan struct{} // closed when all legs shall end
	calls   sync.WaitGroup

	mu     sync.Mutex
	state  serverState
	legs   map[string]*Leg // by call and leg
	counts map[string]int  // legs by source
	empty  chan struct{}   // closed when no leg is left while draining

	opened, refused, panics atomic.Uint64
}

type serverState int

const (
	stateNew serverState = iota
	stateServing
	stateDraining
)

// NewServer checks the options; it opens and starts nothing.
func NewServer(o Options, h Handler) (*Server, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	return &Server{
		options: o, handler: h, log: o.Log,
		ready: make(chan struct{}), stop: make(chan struct{}), empty: make(chan struct{}),
		legs: map[string]*Leg{}, counts: map[string]int{},
	}, nil
}

// Ready is closed once legs are taken.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Run takes legs until ctx ends, then lets those in progress go on for
// Grace.Drain, ends the rest and returns when everything has ended. A server
// runs once.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.state != stateNew {
		s.mu.Unlock()
		return errors.New("rtc server runs once: make a new one")
	}
	s.mu.Unlock()
	if err := s.open(); err != nil {
		return err
	}
	defer s.sockets.close()
	s.mu.Lock()
	s.state = stateServing
	s.mu.Unlock()
	close(s.ready)
	<-ctx.Done()
	s.drain()
	close(s.stop)
	s.calls.Wait()
	return nil
}

func (s *Server) open() (err error) {
	if s.sockets, err = s.options.listen(s.log); err != nil {
		return err
	}
	if s.api, err = s.options.newAPI(s.sockets, s.log); err != nil {
		s.sockets.close()
	}
	return err
}

// drain waits for legs in progress, but not for standing lines, which carry a
// call only now and then and would never end, nor for senders, who have no end either.
func (s *Server) drain() {
	s.mu.Lock()
	s.state = stateDraining
	s.checkEmpty()
	s.mu.Unlock()
	patience, cancel := context.WithTimeout(context.Background(), s.options.Grace.Drain)
	defer cancel()
	select {
	case <-s.empty:
	case <-patience.Done():
	}
}

// checkEmpty is called with mu held.
func (s *Server) checkEmpty() {
	for _, l := range s.legs {
		if !l.standing && !l.ingest {
			return
		}
	}
	if s.state == stateDraining && !isClosed(s.empty) {
		close(s.empty)
	}
}

// Open begins a call and starts its handler. With a session description it is
// answered first, and the leg has audio as soon as that is connected; without
// one the party writes, and may offer audio later. source is the address the
// page came from, for Limits.PerSource; "" is not counted.
func (s *Server) Open(ctx context.Context, info leg.Info, source, sdp string) (l *Leg, answer string, err error) {
	return s.begin(ctx, s.newLeg(s.fill(info, "caller"), source), sdp, s.handler)
}

// Answer begins a standing line, e.g. that of a person of the desk, with a handler of its own.
func (s *Server) Answer(ctx context.Context, info leg.Info, sdp string, handler func(context.Context, leg.Leg)) (l *Leg, answer string, err error) {
	l = s.newLeg(s.fill(info, "agent"), "")
	l.standing, l.missed = true, true
	return s.begin(ctx, l, sdp, handler)
}

// Join begins a standing line that nobody waits for, e.g. of who speaks or
// listens in a meeting: its audio has Grace.Reconnect to come back, as that of a caller.
func (s *Server) Join(ctx context.Context, info leg.Info, sdp string, handler func(context.Context, leg.Leg)) (l *Leg, answer string, err error) {
	l = s.newLeg(s.fill(info, "participant"), "")
	l.standing = true
	return s.begin(ctx, l, sdp, handler)
}

func (s *Server) fill(info leg.Info, name string) leg.Info {
	if info.Call == "" {
		info.Call = s.options.NewID()
	}
	if info.Leg == "" {
		info.Leg = name
	}
	info.Transport, info.Inbound = "webrtc", true
	return info
}

func (s *Server) begin(ctx context.Context, l *Leg, sdp string, handler Handler) (_ *Leg, answer string, err error) {
	if err := s.admit(l); err != nil {
		s.refused.Add(1)
		s.log.Info("browser call refused", "why", err)
		return nil, "", err
	}
	s.calls.Go(func() { l.run(s.stop) })
	if sdp == "" {
		l.mu.Lock()
		l.settle()
		l.mu.Unlock()
	} else if answer, err = s.first(ctx, l, sdp); err != nil {
		s.refused.Add(1)
		s.calls.Done()
		_ = l.Hangup(context.WithoutCancel(ctx), leg.CauseError) // ends at once: nothing is connected
		return nil, "", err
	}
	s.opened.Add(1)
	l.log.Info("call", "trunk", l.info.Trunk, "transport", l.info.Transport, "audio", sdp != "")
	s.calls.Go(func() { s.serve(l, handler) })
	s.calls.Done()
	return l, answer, nil
}

// first answers the offer that a leg begins with. A browser sends it again when
// the connection to our pages broke before the answer had come; the leg that was
// begun for nobody then ends, since two peer connections with one counterpart
// would take each other's packets.
func (s *Server) first(ctx context.Context, l *Leg, sdp string) (string, error) {
	if o, err := l.read(sdp); err == nil {
		for _, other := range s.others(l) {
			if other.sameLink(o.peer) != nil {
				other.log.Info("a browser sent its offer again")
				if err := other.Hangup(ctx, leg.CauseNormal); err != nil {
					return "", err
				}
			}
		}
	}
	return l.Offer(ctx, sdp)
}

func (s *Server) others(than *Leg) []*Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Leg
	for _, l := range s.legs {
		if l != than {
			out = append(out, l)
		}
	}
	return out
}

// admit counts a leg against the limits, and holds the server open until
// begin has started its goroutines.
func (s *Server) admit(l *Leg) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := legKey(l.info.Call, l.info.Leg)
	switch {
	case s.state != stateServing:
		return ErrClosed
	case s.legs[key] != nil:
		return fmt.Errorf("call %s has a leg %q already", l.info.Call, l.info.Leg)
	case len(s.legs) >= s.options.Limits.Legs:
		return ErrFull
	case l.source != "" && s.counts[l.source] >= s.options.Limits.PerSource:
		return ErrSource
	}
	s.legs[key] = l
	s.counts[l.source]++
	s.calls.Add(1)
	return nil
}

func (s *Server) remove(l *Leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.legs, legKey(l.info.Call, l.info.Leg))
	if s.counts[l.source]--; s.counts[l.source] == 0 {
		delete(s.counts, l.source)
	}
	s.checkEmpty()
}

func legKey(call, name string) string { return call + " " + name }

// serve runs the handler; the leg ends when it returns.
func (s *Server) serve(l *Leg, handler Handler) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	s.calls.Go(func() {
		select {
		case <-l.done:
			cancel(leg.ErrEnded)
		case <-s.stop:
			cancel(nil)
		case <-ctx.Done():
		}
	})
	defer s.guard(l.log, "handler", func() { _ = l.Hangup(context.WithoutCancel(ctx), leg.CauseError) })
	handler(ctx, l)
	_ = l.Hangup(context.WithoutCancel(ctx), leg.CauseNormal)
}

// guard keeps a panic in one leg from the others. It is deferred.
func (s *Server) guard(log *slog.Logger, where string, after func()) {
	if p := recover(); p != nil {
		s.panics.Add(1)
		log.Error("panic", "where", where, "panic", p, "stack", string(debug.Stack()))
		after()
	}
}

// Find is the caller's leg of a call that goes on, nil for none.
func (s *Server) Find(call string) *Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.legs[legKey(call, "caller")]
}

// Counters are totals since the start.
func (s *Server) Counters() Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counters{Opened: s.opened.Load(), Refused: s.refused.Load(), Panics: s.panics.Load(), Active: len(s.legs)}
}

// newToken is 128 bits that nobody guesses.
func newToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}
