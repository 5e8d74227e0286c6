package rtc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/dtmf"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/pion/webrtc/v4"
)

// maxText is how many characters one may write at once.
const maxText = 4000

// Errors of what a page asks for.
var (
	// ErrEnded is returned for legs that are over.
	ErrEnded = errors.New("the call has ended")
	// ErrText tells that what was written cannot be taken.
	ErrText = fmt.Errorf("write between 1 and %d characters", maxText)
	// ErrDigit tells that a key is none of a telephone's.
	ErrDigit = errors.New("a key is one of 0-9, *, # and A-D")
)

// Leg is one browser's connection to a call. It lives on without audio as long
// as a page listens, and its audio may move from one peer connection to another.
type Leg struct {
	server   *Server
	info     leg.Info
	source   string
	log      *slog.Logger
	token    string
	began    time.Time
	standing bool // a line without an end of its own, see Server.Answer and Server.Join
	missed   bool // somebody has to know soon that its audio is gone
	ingest   bool // it only speaks, see Server.Ingest
	events   *leg.Queue
	wire     *wire
	session  *rtpio.Session
	speaker  *speaker

	offering chan struct{} // taken while an offer is being answered
	kick     chan struct{} // something has changed: run looks
	done     chan struct{}
	tasks    sync.WaitGroup
	sounding bool // the session runs; belongs to run

	mu        sync.Mutex
	link      *link // in use; nil: none
	next      *link // takes over once it is connected
	old       []*link
	flowing   bool          // audio flows right now
	voice     bool          // audio flows or is expected back
	broken    time.Time     // since when it does not flow
	watchers  int           // pages that listen to events
	alone     time.Time     // since when there are none
	connected chan struct{} // closed when the first audio flows, or will not come
	first     bool          // connected is closed
	ended     string
	stats     leg.Stats
}

func (s *Server) newLeg(info leg.Info, source string) *Leg {
	l := &Leg{
		server: s, info: info, source: source, token: newToken(), began: time.Now(),
		log:      s.log.With(keyCall, info.Call, keyLeg, info.Leg),
		events:   leg.NewQueue(),
		wire:     newWire(),
		offering: make(chan struct{}, 1),
		kick:     make(chan struct{}, 1), done: make(chan struct{}), connected: make(chan struct{}),
		alone: time.Now(),
	}
	l.session = rtpio.New(rtpio.Options{RTP: l.wire, OnEvent: l.digit})
	l.speaker = &speaker{queue: l.session.Playout()}
	return l
}

// digit is pressed on the party's telephone; a sender has none.
func (l *Leg) digit(e leg.Event) {
	if !l.ingest {
		l.events.Put(e)
	}
}

// Info says who is connected.
func (l *Leg) Info() leg.Info { return l.info }

// Token authorises the page that opened the leg.
func (l *Leg) Token() string { return l.token }

// Done is closed when the leg has ended.
func (l *Leg) Done() <-chan struct{} { return l.done }

// Events delivers digits, texts and the coming and going of audio; closed after the end.
func (l *Leg) Events() <-chan leg.Event { return l.events.C() }

// Receive directs the party's audio to the sink, while there is any.
func (l *Leg) Receive(to media.Sink) {
	if to == nil {
		l.session.Receive(nil)
		return
	}
	l.session.Receive(flowing{l, to})
}

// flowing is a sink of the party's audio while there is any.
type flowing struct {
	leg *Leg
	to  media.Sink
}

func (s flowing) WriteFrame(f media.Frame) error {
	if !s.leg.Voice() {
		return nil
	}
	return s.to.WriteFrame(f)
}

// Eager implements media.Eager.
func (s flowing) Eager() bool { return media.IsEager(s.to) }

// Playout is where audio for the party goes; without audio it swallows.
func (l *Leg) Playout() leg.Playout { return l.speaker }

// Voice says whether audio flows; for a moment of a broken network it does.
func (l *Leg) Voice() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.voice
}

// Stats may be called at any time.
func (l *Leg) Stats() leg.Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	if isClosed(l.done) {
		return l.stats
	}
	return l.session.Stats()
}

// Pacing is how late the share q (0..1) of the frames was sent.
func (l *Leg) Pacing(q float64) time.Duration { return l.session.Pacing(q) }

// Answer waits until the audio of the first offer flows, so that nobody speaks
// into the void. A leg that was opened without an offer, or whose audio does
// not come about, is answered all the same: its party reads. A leg that only
// speaks ends in that case.
func (l *Leg) Answer(ctx context.Context) error {
	wait := time.NewTimer(l.server.options.Grace.Connect)
	defer wait.Stop()
	if l.ingest {
		wait.Stop()
	}
	select {
	case <-l.connected:
		if l.ingest && l.over() {
			return ErrEnded
		}
		return nil
	case <-wait.C:
		l.log.Info("audio of a browser did not come about: the call goes on written")
		return nil
	case <-l.done:
		return ErrEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Write is what the party wrote.
func (l *Leg) Write(text string) error {
	text = strings.TrimSpace(text)
	if text == "" || len([]rune(text)) > maxText {
		return ErrText
	}
	if l.over() {
		return ErrEnded
	}
	l.events.Put(leg.Event{Kind: leg.Text, Text: text})
	return nil
}

// Press is a key on the page.
func (l *Leg) Press(key rune) error {
	if _, err := dtmf.Code(key); err != nil {
		return ErrDigit
	}
	if l.over() {
		return ErrEnded
	}
	l.events.Put(leg.Event{Kind: leg.Digit, Digit: key, How: "page"})
	return nil
}

// Seen says that a page listens to the call's events, until gone is called.
func (l *Leg) Seen() (gone func()) {
	l.watch(1)
	return sync.OnceFunc(func() { l.watch(-1) })
}

func (l *Leg) watch(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watchers += n; l.watchers == 0 {
		l.alone = time.Now()
	}
	l.wake()
}

// Hangup ends the leg from our side and waits until it has ended or ctx has.
func (l *Leg) Hangup(ctx context.Context, cause leg.Cause) error {
	l.end(string(cause) + " by us")
	return l.wait(ctx)
}

// Leave ends the leg from the party's side: the page hung up.
func (l *Leg) Leave(ctx context.Context) error {
	l.end(string(leg.CauseNormal) + " by party")
	return l.wait(ctx)
}

func (l *Leg) wait(ctx context.Context) error {
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Offer answers a session description of the browser: the first one, one after
// a change of its network on the same peer connection, or one of a new peer
// connection, which takes over once it is connected.
func (l *Leg) Offer(ctx context.Context, sdp string) (answer string, err error) {
	o, err := l.read(sdp)
	if err != nil {
		return "", err
	}
	select {
	case l.offering <- struct{}{}:
		defer func() { <-l.offering }()
	case <-l.done:
		return "", ErrEnded
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if k := l.sameLink(o.peer); k != nil {
		answer, err = k.answer(ctx, o)
		l.wake()
		return answer, err
	}
	k, err := l.newLink(o.peer)
	if err != nil {
		return "", err
	}
	if answer, err = k.answer(ctx, o); err != nil {
		k.close()
		return "", err
	}
	if !l.install(k) {
		k.close()
		return "", ErrEnded
	}
	return answer, nil
}

// sameLink finds the link of a peer connection that the browser goes on with.
func (l *Leg) sameLink(peer string) *link {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range []*link{l.next, l.link} {
		if k != nil && k.peer == peer && k.pc.ConnectionState() != webrtc.PeerConnectionStateClosed {
			return k
		}
	}
	return nil
}

// install makes a link the one that takes over; false when the leg has ended.
func (l *Leg) install(k *link) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended != "" {
		return false
	}
	if l.next != nil {
		l.old = append(l.old, l.next)
	}
	l.next = k
	l.wake()
	return true
}

func (l *Leg) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended != ""
}

// end notes why the leg is over; the first reason stands.
func (l *Leg) end(why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended == "" {
		l.ended = why
	}
	l.wake()
}

// wake lets run look at what has changed.
func (l *Leg) wake() {
	select {
	case l.kick <- struct{}{}:
	default:
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

var _ interface {
	leg.Leg
	leg.Written
} = (*Leg)(nil)

var _ leg.Playout = (*speaker)(nil)
