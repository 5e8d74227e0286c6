package rtpio

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/pion/rtcp"
)

// controlInterval is the mean time between reports (RFC 3550 section 6.2);
// each is drawn between half and one and a half of it.
const controlInterval = 5 * time.Second

// control is what RTCP knows of the other side.
type control struct {
	due       time.Duration
	learned   netip.AddrPort // where its RTCP comes from
	lastSR    uint32         // middle 32 bits of its last report's NTP time
	lastSRAt  time.Duration
	roundTrip time.Duration
}

// controlDue says whether a report is due. Called with mu held.
func (s *Session) controlDue(now time.Duration) bool {
	if s.rtcp == nil && !s.params.Mux {
		return false
	}
	c := &s.control
	first := c.due == 0
	if now < c.due {
		return false
	}
	c.due = now + controlInterval/2 + rand.N(controlInterval)
	return !first
}

// fromControl takes one packet from the RTCP port.
func (s *Session) fromControl(packet []byte, from netip.AddrPort) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version > 0 && !s.params.Mux {
		s.controlPacket(packet, from, now)
	}
}

// controlPacket is called with mu held.
func (s *Session) controlPacket(packet []byte, from netip.AddrPort, now time.Duration) {
	ip := from.Addr()
	if ip != s.latch.target().Addr() && ip != s.params.RemoteRTCP.Addr() {
		s.strange++
		return
	}
	if s.secure != nil {
		var err error
		if packet, err = s.secure.openControl(packet); err != nil {
			s.strange++
			return
		}
	}
	reports, err := rtcp.Unmarshal(packet)
	if err != nil {
		s.strange++
		return
	}
	s.heard = now
	s.control.learned = from
	for _, r := range reports {
		s.report(r, now)
	}
}

func (s *Session) report(r rtcp.Packet, now time.Duration) {
	switch r := r.(type) {
	case *rtcp.SenderReport:
		s.control.lastSR, s.control.lastSRAt = uint32(r.NTPTime>>16), now
		s.echoes(r.Reports)
	case *rtcp.ReceiverReport:
		s.echoes(r.Reports)
	}
}

// echoes computes the round trip from reports about us (RFC 3550 section 6.4.1).
func (s *Session) echoes(reports []rtcp.ReceptionReport) {
	for _, r := range reports {
		if r.SSRC != s.ssrc || r.LastSenderReport == 0 {
			continue
		}
		ticks := int32(uint32(ntp(time.Now())>>16) - r.LastSenderReport - r.Delay)
		if ticks >= 0 && ticks < 10<<16 {
			s.control.roundTrip = time.Duration(ticks) * time.Second >> 16
		}
	}
}

// compound makes a report, with BYE at the end of the session. Called with mu held.
func (s *Session) compound(now time.Duration, bye bool) ([]byte, error) {
	var reports []rtcp.ReceptionReport
	if s.reception.started {
		reports = append(reports, s.receptionReport(now))
	}
	packets := []rtcp.Packet{&rtcp.ReceiverReport{SSRC: s.ssrc, Reports: reports}}
	if s.sent > 0 {
		elapsed := uint32((now - s.stampAt) * clockRate / time.Second)
		packets[0] = &rtcp.SenderReport{
			SSRC: s.ssrc, NTPTime: ntp(time.Now()), RTPTime: s.stamp + elapsed,
			PacketCount: uint32(s.sent), OctetCount: s.octets, Reports: reports,
		}
	}
	packets = append(packets, rtcp.NewCNAMESourceDescription(s.ssrc, s.options.CNAME))
	if bye {
		packets = append(packets, &rtcp.Goodbye{Sources: []uint32{s.ssrc}})
	}
	return rtcp.Marshal(packets)
}

func (s *Session) receptionReport(now time.Duration) rtcp.ReceptionReport {
	r := &s.reception
	report := rtcp.ReceptionReport{
		SSRC: r.ssrc, FractionLost: r.fraction(), TotalLost: uint32(r.lost()) & 0xFFFFFF,
		LastSequenceNumber: r.high, Jitter: uint32(r.jitter),
	}
	if s.control.lastSR != 0 {
		report.LastSenderReport = s.control.lastSR
		report.Delay = uint32((now - s.control.lastSRAt) << 16 / time.Second)
	}
	return report
}

// controlTarget is where our reports go. Called with mu held.
func (s *Session) controlTarget() netip.AddrPort {
	remote := s.latch.target()
	switch {
	case s.params.Mux || !remote.IsValid():
		return remote
	case s.control.learned.Addr() == remote.Addr():
		return s.control.learned
	case s.params.RemoteRTCP.IsValid() && s.params.RemoteRTCP.Addr() == remote.Addr():
		return s.params.RemoteRTCP
	case remote.Port() == 65535:
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(remote.Addr(), remote.Port()+1)
}

// ntp is the 64-bit time of RFC 3550 section 4: seconds since 1900, 32.32 fixed point.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
