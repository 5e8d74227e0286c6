// Package rtpio is the RTP session of one leg: packets flow in from the
// socket, through the jitter buffer and decoder, to a sink as 20 ms frames;
// frames flow out of a playout queue, through the encoder, to the socket. One
// media loop at absolute 20 ms deadlines drives both ways.
package rtpio

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/dtmf"
	"github.com/amtsleitung/amtsleitung/media/jitter"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// maxDigits is how many digits may wait, in either direction.
const maxDigits = 32

// Session is one RTP session. Its methods are safe for concurrent use; Run is called once.
type Session struct {
	options   Options
	rtp, rtcp conn
	playout   *playout.Queue
	digits    chan rune
	ssrc      uint32
	epoch     time.Time

	mu      sync.Mutex
	params  Params
	version int // counts Updates; 0: nothing negotiated yet
	sink    media.Sink
	secure  *secure

	sinkVersion int // counts Receives
	eager       bool

	latch     latch
	buffer    *jitter.Buffer
	reception reception
	events    dtmf.Receiver
	usesEvent bool // the other side has sent telephone-events
	pressed   []rune
	heard     time.Duration // last sign of life
	control   control

	sent      uint64
	octets    uint32
	strange   uint64
	concealed time.Duration
	pace      pacing
	stamp     uint32 // RTP time of the last packet sent
	stampAt   time.Duration
}

// New makes a session; it starts nothing.
func New(o Options) *Session {
	s := &Session{
		options: o,
		rtp:     asConn(o.RTP),
		rtcp:    asConn(o.RTCP),
		playout: playout.New(),
		digits:  make(chan rune, maxDigits),
		ssrc:    rand.Uint32(),
		epoch:   time.Now(),
		buffer:  jitter.New(jitter.Options{ClockRate: clockRate}),
		pressed: make([]rune, 0, maxDigits),
	}
	if s.options.CNAME == "" {
		s.options.CNAME = fmt.Sprintf("%016x", rand.Uint64())
	}
	return s
}

// Update applies the result of an offer/answer: the first and each later one.
// The media loop takes it over within 20 ms; on an error nothing changes.
func (s *Session) Update(p Params) error {
	if err := p.check(); err != nil {
		return err
	}
	sealed, err := newSecure(p.Crypto)
	if err != nil {
		return err
	}
	p.Receive = append([]Codec(nil), p.Receive...)
	p.Remote, p.RemoteRTCP = plain(p.Remote), plain(p.RemoteRTCP)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.secure.same(p.Crypto) {
		s.secure = sealed
	}
	s.latch.aim(p.Remote)
	s.params = p
	s.version++
	s.heard = s.now()
	return nil
}

// Receive directs decoded audio to the sink; nil discards. A sink that fails
// is dropped. A media.Eager one gets all that comes, when it comes.
func (s *Session) Receive(to media.Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink = to
	s.sinkVersion++
	s.eager = media.IsEager(to)
	s.buffer.Eager(s.eager)
}

// dropSink forgets a sink that failed, unless it was replaced meanwhile.
func (s *Session) dropSink(version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sinkVersion == version {
		s.sink, s.eager = nil, false
		s.buffer.Eager(false)
	}
}

// Playout is the queue towards the other side; Run closes it at its end.
func (s *Session) Playout() *playout.Queue { return s.playout }

// SendDigit queues one DTMF digit, sent by RFC 4733 or as a tone where that was not negotiated.
func (s *Session) SendDigit(digit rune) error {
	if _, err := dtmf.Code(digit); err != nil {
		return err
	}
	select {
	case s.digits <- digit:
		return nil
	default:
		return ErrDigits
	}
}

// Stats may be called at any time, also after the end.
func (s *Session) Stats() leg.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buffer.Stats()
	stats := leg.Stats{
		Codec:       s.params.Send.Name,
		Received:    b.Received,
		Sent:        s.sent,
		Lost:        b.Lost,
		Late:        b.Late,
		Duplicate:   b.Duplicate,
		Strange:     s.strange,
		Concealed:   s.concealed,
		Jitter:      s.reception.duration(),
		RoundTrip:   s.control.roundTrip,
		PacingError: s.pace.worst,
	}
	if b.Received > 0 {
		loss := float64(b.Lost) / float64(b.Received+b.Lost)
		stats.MOS = opinion(loss, s.control.roundTrip/2+s.buffer.Delay())
	}
	return stats
}

// Pacing is how late the share q (0..1) of the frames was sent, in steps of 0.25 ms.
func (s *Session) Pacing(q float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pace.quantile(q)
}

func (s *Session) now() time.Duration { return time.Since(s.epoch) }

func (p Params) check() error {
	if err := checkCodec(p.Send); err != nil {
		return err
	}
	for _, c := range p.Receive {
		if err := checkCodec(c); err != nil {
			return err
		}
	}
	return nil
}
