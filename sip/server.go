// Package sip is the telephone side: SIP requests and RTP flow in from trunks,
// legs flow out to a handler, one blocking handler for each inbound call; and
// Dial makes legs towards other parties.
package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/sip/listen"
	"github.com/emiago/sipgo/sip"
)

// Keys of log attributes, the same in the whole service.
const (
	keyCall = "call"
	keyLeg  = "leg"
)

// Handler serves one inbound call from its INVITE to its end. It answers,
// talks and hangs up; the leg ends when it returns. ctx ends with the leg.
type Handler func(ctx context.Context, l leg.Leg)

// Counters are totals since the start.
type Counters struct {
	Invites  uint64 // new calls that were asked for
	Answered uint64
	Refused  uint64 // by limits, trunks, SDP or the handler
	Panics   uint64 // in handlers and request handling
	Active   int
	Sockets  listen.Counts // what was turned away before it became a request
}

// Server answers and makes calls.
type Server struct {
	options Options
	handler Handler
	log     *slog.Logger
	trunks  []*trunk
	ports   *rtpio.Ports
	ready   chan struct{}
	secret  [16]byte // of our tags

	transport    *sip.TransportLayer
	transactions *sip.TransactionLayer
	sockets      []*socket
	policy       *listen.Policy
	outTCP       *listen.Outbound
	outTLS       *listen.Outbound

	base    context.Context // of all calls; ends when the drain time is over
	endBase context.CancelFunc
	calls   sync.WaitGroup // handlers and owners of legs

	mu       sync.Mutex
	legs     map[dialogKey]*Leg
	added    chan struct{}       // closed, and another one made, with each leg
	awaited  map[dialogKey]int   // CANCELs that came before their leg
	merged   map[string]struct{} // initial INVITEs in progress, RFC 3261 section 8.2.2.2
	inflight int                 // requests being handled
	idle     chan struct{}       // closed when closing and inflight is 0
	state    serverState
	busy     int                // inbound calls admitted
	peers    map[netip.Addr]int // whom we are calling

	invites, answered, refused, panics atomic.Uint64
}

type serverState int

const (
	stateNew serverState = iota
	stateServing
	stateDraining // no new calls
	stateClosed   // no requests at all
)

// NewServer checks the options; it opens and starts nothing. A nil handler
// refuses inbound calls with 480: for servers that only dial.
func NewServer(o Options, h Handler) (*Server, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	ports, err := rtpio.NewPorts(o.RTP.IP, o.RTP.Low, o.RTP.High)
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: o, handler: h, log: o.Log, ports: ports,
		ready: make(chan struct{}), idle: make(chan struct{}),
		legs: map[dialogKey]*Leg{}, added: make(chan struct{}), awaited: map[dialogKey]int{}, merged: map[string]struct{}{}, peers: map[netip.Addr]int{},
	}
	_, _ = rand.Read(s.secret[:]) // never fails, see crypto/rand
	s.policy = s.newPolicy()
	s.outTCP, s.outTLS = listen.NewOutbound(s.policy), listen.NewOutbound(s.policy)
	for _, t := range o.Trunks {
		if t, err = t.complete(); err != nil {
			return nil, err
		}
		s.trunks = append(s.trunks, &trunk{Trunk: t})
	}
	return s, nil
}

// Run listens until ctx ends, then lets calls in progress go on for
// Limits.Drain, hangs up the rest and returns. It returns early when a socket
// cannot be opened or fails. A server runs once.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.state != stateNew {
		s.mu.Unlock()
		return errors.New("sip server runs once: make a new one")
	}
	s.state = stateServing
	s.mu.Unlock()
	s.base, s.endBase = context.WithCancel(context.WithoutCancel(ctx))
	defer s.endBase()
	s.newLayers()
	if err := s.listen(); err != nil {
		s.closeSockets()
		return err
	}
	// Order of the stop: registrations leave first so that no new calls come,
	// calls drain, then transactions, then sockets.
	serving, stop := context.WithCancel(ctx)
	defer stop()
	var sockets, registrations sync.WaitGroup
	failed := make(chan error, len(s.sockets)+2)
	for _, k := range s.sockets {
		sockets.Go(func() { failed <- k.serve(s.transport) })
		k.serving()
	}
	sockets.Go(func() { failed <- s.transport.ServeTCP(s.outTCP) })
	sockets.Go(func() { failed <- s.transport.ServeTLS(s.outTLS) })
	for _, t := range s.trunks {
		if t.Register != nil {
			registrations.Go(func() { s.keepRegistered(serving, t) })
		}
	}
	close(s.ready)
	err := waitFor(ctx, failed)
	stop()
	s.setState(stateDraining)
	registrations.Wait()
	s.drain()
	s.policy.Shut()
	s.setState(stateClosed)
	<-s.idle
	// sipgo handles each message in a goroutine that nobody can wait for. One
	// that is late finds no socket any more and would open a new one.
	<-time.After(graceTime)
	s.transactions.Close()
	s.closeSockets()
	sockets.Wait()
	_ = s.transport.Close() // closing what is closed already is no failure
	return err
}

// graceTime lets the last messages that were read be handled.
const graceTime = 50 * time.Millisecond

func waitFor(ctx context.Context, failed <-chan error) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("sip socket failed: %w", err)
	}
}

// drain waits for calls, then hangs up those that are left.
func (s *Server) drain() {
	done := make(chan struct{})
	var waiter sync.WaitGroup
	waiter.Go(func() { s.calls.Wait(); close(done) })
	timer := time.NewTimer(s.options.Limits.Drain)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		for _, l := range s.snapshot() {
			l.do(func() { l.hangup(leg.CauseNormal, "shutdown") })
		}
		s.endBase()
	}
	waiter.Wait()
	s.endBase() // for what goes on apart from calls
}

// Ready is closed once all sockets are open.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Addr is the address of the first socket of the network ("udp", "tcp",
// "tls"); it is valid once Ready is closed.
func (s *Server) Addr(network string) netip.AddrPort {
	if !isClosed(s.ready) {
		return netip.AddrPort{}
	}
	for _, k := range s.sockets {
		if k.network == network {
			return k.addr
		}
	}
	return netip.AddrPort{}
}

// Trunks tells the state of each trunk, in the order of the options.
func (s *Server) Trunks() []TrunkStatus {
	out := make([]TrunkStatus, 0, len(s.trunks))
	for _, t := range s.trunks {
		out = append(out, t.status())
	}
	return out
}

// Counters may be read at any time.
func (s *Server) Counters() Counters {
	s.mu.Lock()
	active := len(s.legs)
	s.mu.Unlock()
	return Counters{
		Invites: s.invites.Load(), Answered: s.answered.Load(), Refused: s.refused.Load(),
		Panics: s.panics.Load(), Active: active, Sockets: s.policy.Counts(),
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (s *Server) snapshot() []*Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*Leg, 0, len(s.legs))
	for _, l := range s.legs {
		out = append(out, l)
	}
	return out
}

// guard is deferred at the root of every goroutine that serves one call or
// request: a panic ends there, is counted and logged, and touches nothing else.
func (s *Server) guard(log *slog.Logger, what string, then func()) {
	if r := recover(); r != nil {
		s.panics.Add(1)
		log.Error("panic", "in", what, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		if then != nil {
			then()
		}
	}
}
