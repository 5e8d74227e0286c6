package dtmf

// Receiver turns the packets of telephone-events into digits, each once: at
// its first packet that arrives, whichever that is. It needs no marker bit;
// packets of one event share their timestamp. Events longer than 65535 ticks
// come in segments with new timestamps (RFC 4733 section 2.5.1.3) and, as
// some senders move the timestamp with each packet, an event that goes on
// where an unended one of the same code stopped is the same press.
type Receiver struct {
	active bool // an event has been seen
	ended  bool
	last   Event
	stamp  uint32
}

const (
	// A continuation may start up to 40 ms after the last known duration, for lost packets.
	slack = 320
	// An older timestamp within a minute is a late packet; beyond that the sender has restarted.
	late = 60 * 8000
)

// Push takes one payload with the RTP timestamp and marker of its packet.
// pressed is true when a new digit begins.
func (r *Receiver) Push(payload []byte, timestamp uint32, marker bool) (digit rune, pressed bool) {
	e, err := ParseEvent(payload)
	if err != nil {
		return 0, false
	}
	if r.active {
		ahead := int32(timestamp - r.stamp)
		if ahead == 0 && e.Code == r.last.Code {
			r.ended = r.ended || e.End
			r.last.Duration = max(r.last.Duration, e.Duration)
			return 0, false
		}
		if ahead <= 0 && ahead > -late {
			return 0, false
		}
		if r.continues(e, ahead, marker) {
			r.stamp, r.last, r.ended = timestamp, e, e.End
			return 0, false
		}
	}
	r.active, r.ended, r.last, r.stamp = true, e.End, e, timestamp
	return e.Digit()
}

// Reset forgets the past, after a change of SSRC.
func (r *Receiver) Reset() { *r = Receiver{} }

func (r *Receiver) continues(e Event, ahead int32, marker bool) bool {
	return !marker && !r.ended && ahead > 0 && e.Code == r.last.Code && ahead <= int32(r.last.Duration)+slack
}
