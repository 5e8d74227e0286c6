package sip

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// Leg is one call's connection to one party. All its state below inbox
// belongs to the goroutine of run; everybody else goes through do.
type Leg struct {
	server *Server
	info   leg.Info
	log    *slog.Logger
	media  *rtpio.Session
	ports  *rtpio.Pair
	events *leg.Queue
	began  time.Time
	inbox  chan func()
	// results come from the leg's own tasks, which finish waits for: it is
	// buffered for all of them, so that a task never waits for the leg.
	results chan func()
	done    chan struct{}

	phase     phase
	dialog    dialog
	sdp       *sdp.Local
	agreed    sdp.Agreed
	onHold    bool
	answered  bool
	ended     string
	mediaCtx  context.Context
	stopMedia context.CancelFunc
	mediaEnd  chan error
	tasks     sync.WaitGroup

	invite   *invite // the INVITE being served: the first or a re-INVITE
	offering bool    // our own offer waits for its answer: others get 491
	reliable reliable
	session  sessionTimer

	resend  *time.Timer // of a 2xx
	ring    *time.Timer // until the handler must have answered
	tail    *time.Timer // last audio after a BYE
	stats   leg.Stats   // final, once done is closed
	pending chan error  // of the caller of Answer

	// Of an outbound leg: the INVITE's transaction, where repeated 200s get their
	// ACK, and whom it went to.
	inviteTx *sip.ClientTx
	peer     netip.AddrPort

	user, password string  // answer challenges
	remote         sip.Uri // the other side's host
	referral       *referral
	stale          bool        // the one before may still be reported on
	silence        *time.Timer // no report of it
	parting        *time.Timer // the party was transferred and should hang up
	byed           bool        // they hung up
}

type phase int

const (
	ringing phase = iota
	up            // 2xx was sent or received
	leaving       // BYE was sent or received
	over
)

// tailTime lets the jitter buffer play out what was on its way when the BYE came.
const tailTime = 300 * time.Millisecond

// Info says who is connected.
func (l *Leg) Info() leg.Info { return l.info }

// Done is closed when the leg has ended.
func (l *Leg) Done() <-chan struct{} { return l.done }

// Events delivers digits, hold and resume; closed after the end.
func (l *Leg) Events() <-chan leg.Event { return l.events.C() }

// Receive directs the party's audio to the sink.
func (l *Leg) Receive(to media.Sink) { l.media.Receive(to) }

// Playout is where audio for the party goes.
func (l *Leg) Playout() leg.Playout { return l.media.Playout() }

// SendDigit sends one DTMF digit.
func (l *Leg) SendDigit(digit rune) error { return l.media.SendDigit(digit) }

// Stats may be called at any time.
func (l *Leg) Stats() leg.Stats {
	select {
	case <-l.done:
		return l.stats
	default:
		return l.media.Stats()
	}
}

// Answer accepts an inbound leg and waits for the ACK.
func (l *Leg) Answer(ctx context.Context) error {
	result := make(chan error, 1)
	if !l.do(func() { l.answer(result) }) {
		return ErrEnded
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Hangup ends the leg and waits until it has ended or ctx has.
func (l *Leg) Hangup(ctx context.Context, cause leg.Cause) error {
	l.do(func() { l.hangup(cause, "us") })
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// do runs f in the leg's goroutine and waits for it; false when the leg has ended.
func (l *Leg) do(f func()) bool {
	ran := make(chan struct{})
	select {
	case l.inbox <- func() { defer close(ran); f() }:
		<-ran
		return true
	case <-l.done:
		return false
	}
}

func newLeg(s *Server, info leg.Info) *Leg {
	l := &Leg{
		server: s, info: info, began: time.Now(),
		log:      s.log.With(keyCall, info.Call, keyLeg, info.Leg),
		events:   leg.NewQueue(),
		inbox:    make(chan func()),
		results:  make(chan func(), 16),
		done:     make(chan struct{}),
		mediaEnd: make(chan error, 1),
		resend:   stopped(), ring: stopped(), tail: stopped(),
		silence: stopped(), parting: stopped(),
	}
	l.reliable.timer = stopped()
	l.session.refresh, l.session.expire = stopped(), stopped()
	l.mediaCtx, l.stopMedia = context.WithCancel(context.WithoutCancel(s.base))
	return l
}

func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// run owns the leg until it is over.
func (l *Leg) run() {
	defer l.finish()
	defer l.server.guard(l.log, "leg", func() { l.end(leg.CauseError, "panic") })
	shutdown := l.server.base.Done()
	for l.phase != over {
		select {
		case f := <-l.inbox:
			f()
		case f := <-l.results:
			f()
		case <-shutdown:
			shutdown = nil
			l.leave()
		case <-l.resend.C:
			l.resend2xx()
		case <-l.reliable.timer.C:
			l.resendReliable()
		case <-l.ring.C:
			l.hangup(leg.CauseBusy, "handler did not answer")
		case <-l.session.refresh.C:
			l.refreshSession()
		case <-l.session.expire.C:
			l.hangup(leg.CauseNormal, "session expired")
		case err := <-l.mediaEnd:
			l.onMediaEnd(err)
		case <-l.silence.C:
			l.reported(ErrNoReport)
		case <-l.parting.C:
			l.hangup(leg.CauseNormal, "us after the transfer")
		case <-l.tail.C:
			l.phase = over
		}
	}
}

// end notes why the leg is over; the first reason stands.
func (l *Leg) end(cause leg.Cause, by string) {
	if l.ended == "" {
		l.ended = string(cause) + " by " + by
	}
	l.phase = over
}

// finish runs once, in the leg's goroutine, when the leg is over.
func (l *Leg) finish() {
	for _, t := range []*time.Timer{l.resend, l.ring, l.tail, l.reliable.timer, l.session.refresh, l.session.expire, l.silence, l.parting} {
		t.Stop()
	}
	l.stopMedia()
	l.tasks.Wait()
	l.letGo()
	l.media.Playout().Close()
	_ = l.ports.Close() // nothing to be done about a socket that does not close
	l.stats = l.media.Stats()
	l.stats.Ended = l.ended
	l.server.remove(l)
	if l.pending != nil {
		l.pending <- ErrEnded
	}
	l.reported(ErrEnded)
	close(l.done)
	l.events.Close()
	l.logEnd()
}

func (l *Leg) logEnd() {
	l.log.Info("call ended", "ended", l.ended, "trunk", l.info.Trunk, "answered", l.answered,
		"duration", time.Since(l.began).Round(time.Millisecond), "codec", l.stats.Codec,
		"received", l.stats.Received, "sent", l.stats.Sent, "lost", l.stats.Lost, "late", l.stats.Late,
		"jitter", l.stats.Jitter, "rtt", l.stats.RoundTrip, "mos", l.stats.MOS)
}
