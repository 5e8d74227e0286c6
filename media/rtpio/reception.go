package rtpio

import "time"

// reception keeps what a receiver report needs (RFC 3550 appendix A.3 and A.8).
type reception struct {
	started  bool
	ssrc     uint32
	base     uint32 // first extended sequence number
	high     uint32 // highest extended sequence number
	received uint32

	expectedPrior uint32
	receivedPrior uint32

	transit int64
	jitter  float64 // in ticks
}

// packet counts one packet; only audio tells about jitter, as the packets of
// an event share a timestamp.
func (r *reception) packet(h header, audio bool, arrival time.Duration) {
	if !r.started || h.ssrc != r.ssrc {
		*r = reception{started: true, ssrc: h.ssrc, base: uint32(h.seq), high: uint32(h.seq), jitter: r.jitter}
		r.transit = transitOf(h, arrival)
		r.received = 1
		return
	}
	r.received++
	step := h.seq - uint16(r.high)
	if step == 0 || step >= 1<<15 {
		return
	}
	r.high += uint32(step)
	if !audio {
		return
	}
	transit := transitOf(h, arrival)
	d := int64(int32(transit - r.transit))
	r.transit = transit
	if d = max(d, -d); d < clockRate*2 {
		r.jitter += (float64(d) - r.jitter) / 16
	}
}

func transitOf(h header, arrival time.Duration) int64 {
	return int64(uint32(int64(arrival)*clockRate/int64(time.Second)) - h.timestamp)
}

func (r *reception) expected() uint32 { return r.high - r.base + 1 }

// lost is the cumulative number, held to 24 bits signed.
func (r *reception) lost() int32 {
	return max(-0x800000, min(0x7FFFFF, int32(r.expected()-r.received)))
}

// fraction is the share lost since the last report, in 1/256.
func (r *reception) fraction() uint8 {
	expected, received := r.expected()-r.expectedPrior, r.received-r.receivedPrior
	r.expectedPrior, r.receivedPrior = r.expected(), r.received
	if expected == 0 || received >= expected {
		return 0
	}
	return uint8(min(255, (expected-received)*256/expected))
}

func (r *reception) duration() time.Duration {
	return time.Duration(r.jitter * float64(time.Second) / clockRate)
}
