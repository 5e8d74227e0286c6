package rtpio

import (
	"net/netip"
	"time"

	"github.com/amtsleitung/amtsleitung/media/jitter"
)

// comfortNoise is the static payload type of RFC 3389.
const comfortNoise = 13

// incoming takes one packet from the RTP port.
func (s *Session) incoming(packet []byte, from netip.AddrPort) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version == 0 {
		return
	}
	if s.params.Mux && isControl(packet) {
		s.controlPacket(packet, from, now)
		return
	}
	if !s.packet(packet, from, now) {
		s.strange++
	}
}

// packet checks and files one RTP packet. Called with mu held.
func (s *Session) packet(packet []byte, from netip.AddrPort, now time.Duration) bool {
	if s.secure != nil {
		var err error
		if packet, err = s.secure.open(packet); err != nil {
			return false
		}
	}
	h, payload, err := parse(packet)
	if err != nil {
		return false
	}
	codec, kind, ok := s.kindOf(h.typ)
	if !ok || !s.latch.accept(source{from, h.ssrc, h.seq}, s.secure != nil, now) {
		return false
	}
	s.heard = now
	if !s.params.Direction.receives() {
		return true
	}
	if s.reception.started && s.reception.ssrc != h.ssrc {
		s.events.Reset()
	}
	s.reception.packet(h, kind == jitter.Audio, now)
	s.file(h, codec, kind, payload, now)
	return true
}

func (s *Session) file(h header, codec Codec, kind jitter.Kind, payload []byte, now time.Duration) {
	p := jitter.Packet{Kind: kind, Type: h.typ, SSRC: h.ssrc, Seq: h.seq, Timestamp: h.timestamp, Payload: payload}
	switch {
	case kind == jitter.Audio:
		if p.Ticks = codec.ticksOf(payload); p.Ticks == 0 {
			p.Kind, p.Payload = jitter.Noise, nil // an empty keep-alive, or no audio at all
		}
	case kind == jitter.Event:
		p.Payload = nil
		if digit, pressed := s.events.Push(payload, h.timestamp, h.marker); pressed {
			s.usesEvent = true
			s.press(digit)
		}
	default:
		p.Payload = nil
	}
	s.buffer.Push(p, now)
}

// press queues a digit for the media loop; what nobody could have typed is dropped.
func (s *Session) press(digit rune) {
	if len(s.pressed) < maxDigits {
		s.pressed = append(s.pressed, digit)
	}
}

func (s *Session) kindOf(typ uint8) (Codec, jitter.Kind, bool) {
	if typ == s.params.EventPT && typ != 0 {
		return Codec{}, jitter.Event, true
	}
	for _, c := range s.params.Receive {
		if c.PayloadType == typ {
			return c, jitter.Audio, true
		}
	}
	return Codec{}, jitter.Noise, typ == comfortNoise
}
