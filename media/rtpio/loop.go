package rtpio

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/jitter"
)

// maxBehind is how far the loop catches up after a stall of the machine;
// beyond that, time is skipped.
const maxBehind = 200 * time.Millisecond

// loop is the state of the media loop's goroutine.
type loop struct {
	session *Session
	in      *receiver
	out     *sender
	send    func(packet []byte)

	version int
	// Taken from the session under its lock, once per tick.
	params      Params
	secure      *secure
	target      netip.AddrPort
	sink        media.Sink
	sinkVersion int
	eager       bool // the sink is
	digits      []rune
	report      []byte
	sent        uint64
	octets      uint32
}

// Run sends and receives until ctx ends (nil) or media is dead
// (ErrDeadMedia). At the end the audio still in the jitter buffer is
// delivered, RTCP BYE is sent and the playout closed. A sign of life is RTP
// from the latched source, or RTCP: silence suppression is not death.
func (s *Session) Run(ctx context.Context) error {
	l, err := s.newLoop()
	if err != nil {
		return err
	}
	defer l.close()
	panics := make(chan any, 2)
	stop := s.startReaders(panics)
	defer stop()
	err = l.run(ctx, panics)
	stop()
	l.drain()
	l.bye()
	return err
}

func (s *Session) newLoop() (*loop, error) {
	l := &loop{session: s, in: &receiver{}, out: newSender(s.playout, s.ssrc)}
	l.send = l.transmit
	l.in.next = func(dst []byte) jitter.Item {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.buffer.Next(dst)
	}
	l.in.take = func(dst []byte) (jitter.Item, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.eager { // another sink hears from now on
			return jitter.Item{Payload: dst}, false
		}
		return s.buffer.Take(dst)
	}
	l.in.adjust = func(quiet bool) jitter.Adjustment {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.buffer.Adjust(quiet)
	}
	if s.options.InbandDTMF {
		var err error
		if l.in.tones, err = newToneListener(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *loop) run(ctx context.Context, panics <-chan any) error {
	deadline := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-panics:
			panic(p)
		case <-timer.C:
		}
		late := time.Since(deadline)
		if late > maxBehind {
			skipped := late / media.FrameDuration
			l.skip(int(skipped))
			deadline = deadline.Add(skipped * media.FrameDuration)
		}
		if err := l.tick(late); err != nil {
			return err
		}
		deadline = deadline.Add(media.FrameDuration)
		timer.Reset(time.Until(deadline))
	}
}

// tick moves 20 ms out, then 20 ms in: what is sent must be on time.
func (l *loop) tick(late time.Duration) error {
	if err := l.take(late); err != nil {
		return err
	}
	if l.version == 0 {
		return nil
	}
	if err := l.outward(); err != nil {
		return err
	}
	l.inward()
	l.control()
	return nil
}

// take looks at what the session has for the loop.
func (l *loop) take(late time.Duration) error {
	s := l.session
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version == 0 {
		return nil
	}
	s.pace.add(late)
	s.concealed = l.in.concealed
	s.sent, s.octets = l.sent, l.octets
	s.stamp, s.stampAt = l.out.stamp, now
	l.secure, l.target, l.sink = s.secure, s.latch.target(), s.sink
	l.sinkVersion, l.eager = s.sinkVersion, s.eager
	l.digits = append(l.digits[:0], s.pressed...)
	s.pressed = s.pressed[:0]
	l.report = nil
	if s.controlDue(now) {
		l.report, _ = s.compound(now, false)
	}
	if dead := s.options.DeadAfter; dead > 0 && s.params.Direction.receives() && now-s.heard > dead {
		return fmt.Errorf("%w (for %s)", ErrDeadMedia, dead)
	}
	if l.version == s.version {
		return nil
	}
	l.version, l.params = s.version, s.params
	if err := l.in.use(l.params.Receive); err != nil {
		return err
	}
	return l.out.use(l.params)
}

func (l *loop) outward() error {
	if !l.params.Direction.sends() || !l.target.IsValid() {
		l.out.skip()
		return nil
	}
	return l.out.tick(l.session.digits, l.send)
}

// transmit seals and sends one packet. An unreachable network loses packets;
// dead media is found by what does not come.
func (l *loop) transmit(packet []byte) {
	octets := len(packet) - headerSize
	if l.secure != nil {
		var err error
		if packet, err = l.secure.seal(packet); err != nil {
			return
		}
	}
	if _, err := l.session.rtp.WriteToUDPAddrPort(packet, l.target); err != nil {
		return
	}
	l.sent++
	l.octets += uint32(octets)
}

func (l *loop) inward() {
	l.deliver()
	for _, d := range l.digits {
		l.event(d, "rfc4733")
	}
	if t := l.in.tones; t != nil {
		for _, d := range t.digits {
			if !l.usesEvent() {
				l.event(d, "inband")
			}
		}
		t.digits = t.digits[:0]
	}
}

// mostAtOnce is how many frames an eager sink gets in 20 ms, so that a burst
// keeps nothing else waiting: 1 s.
const mostAtOnce = 50

// deliver gives the sink one frame, or what there is; a sink that fails gets no more.
func (l *loop) deliver() {
	if !l.eager {
		l.give(l.in.frame())
		return
	}
	for range mostAtOnce {
		f, ok := l.in.ready()
		if !ok {
			return
		}
		l.give(f)
	}
}

func (l *loop) give(f media.Frame) {
	if l.sink == nil {
		return
	}
	if err := l.sink.WriteFrame(f); err != nil {
		l.session.dropSink(l.sinkVersion)
		l.sink = nil
	}
}

func (l *loop) event(digit rune, how string) {
	if f := l.session.options.OnEvent; f != nil {
		f(leg.Event{Kind: leg.Digit, Digit: digit, How: how})
	}
}

func (l *loop) usesEvent() bool {
	l.session.mu.Lock()
	defer l.session.mu.Unlock()
	return l.session.usesEvent
}

func (l *loop) control() {
	if l.report != nil {
		l.sendControl(l.report)
	}
}

func (l *loop) sendControl(packet []byte) {
	s := l.session
	s.mu.Lock()
	to := s.controlTarget()
	s.mu.Unlock()
	c := s.rtcp
	if l.params.Mux {
		c = s.rtp
	}
	if c == nil || !to.IsValid() {
		return
	}
	if l.secure != nil {
		var err error
		if packet, err = l.secure.sealControl(packet); err != nil {
			return
		}
	}
	// Reports may get lost like any datagram.
	_, _ = c.WriteToUDPAddrPort(packet, to)
}

// skip lets the media time of frames pass that the machine was too busy for.
func (l *loop) skip(frames int) {
	for range frames {
		l.out.skip()
	}
	if !l.eager { // nothing is skipped for it
		l.in.at += time.Duration(frames) * media.FrameDuration
	}
}

func (l *loop) close() {
	l.session.playout.Close()
	l.in.close()
	l.out.close()
}
