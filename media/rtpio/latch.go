package rtpio

import (
	"net/netip"
	"time"
)

// Rules of symmetric RTP, so that NAT works and a stranger cannot steal a call:
//
//   - A packet from the address in the SDP latches at once.
//   - Another source latches after three packets in sequence with one SSRC, if
//     none came from the SDP's address meanwhile. For the next 2 s the SDP's
//     address may still take over.
//   - Once latched, only that source counts. After 3 s without a packet from it
//     another one may take over after three packets in sequence: with the
//     same SSRC and a sequence number not behind (a NAT gave a new port), or
//     from the same IP address with any SSRC (the peer opened a new socket).
//   - With SRTP an authenticated packet needs no probation, but the same silence.
//   - Update with another remote address starts anew.
const (
	probation  = 3
	preferTime = 2 * time.Second
	silentTime = 3 * time.Second
	maxForward = 3000 // packets that a continuing source may be ahead, RFC 3550 A.1
)

// latch decides which source's packets count. It is pure.
type latch struct {
	wanted netip.AddrPort // from the SDP
	source source         // latched; zero: none
	since  time.Duration
	last   time.Duration

	candidate source
	passed    int
}

type source struct {
	addr netip.AddrPort
	ssrc uint32
	seq  uint16
}

// accept says whether a packet counts. proven packets were authenticated.
func (l *latch) accept(s source, proven bool, now time.Duration) bool {
	switch {
	case s.addr == l.source.addr:
		l.take(s, now)
		return true
	case l.source.addr.IsValid() && !l.mayReplace(s, now):
		return false
	case s.addr == l.wanted || proven || l.passes(s):
		l.since = now
		l.take(s, now)
		return true
	}
	return false
}

func (l *latch) take(s source, now time.Duration) {
	l.source, l.last, l.passed = s, now, 0
}

func (l *latch) mayReplace(s source, now time.Duration) bool {
	if s.addr == l.wanted && now-l.since < preferTime {
		return true
	}
	if now-l.last < silentTime {
		return false
	}
	return s.addr.Addr() == l.source.addr.Addr() ||
		s.ssrc == l.source.ssrc && s.seq-l.source.seq < maxForward
}

// passes counts packets in sequence of one candidate.
func (l *latch) passes(s source) bool {
	next := l.candidate
	next.seq++
	if s == next {
		l.passed++
	} else {
		l.passed = 1
	}
	l.candidate = s
	return l.passed >= probation
}

// aim takes the address of a new offer or answer; an unknown one is zero.
func (l *latch) aim(remote netip.AddrPort) {
	if !remote.IsValid() || remote.Addr().IsUnspecified() {
		remote = netip.AddrPort{}
	}
	if remote != l.wanted {
		*l = latch{wanted: remote}
	}
}

// target is where to send: to where packets come from, else to the SDP's address.
func (l *latch) target() netip.AddrPort {
	if l.source.addr.IsValid() {
		return l.source.addr
	}
	return l.wanted
}
