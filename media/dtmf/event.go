// Package dtmf finds and makes DTMF digits, as tones in audio (ITU-T Q.23,
// Q.24) and as telephone-event payloads (RFC 4733): PCM or payloads flow in,
// digits flow out, and the other way round.
package dtmf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// digits in the order of their event codes (RFC 4733 section 3.2).
const digits = "0123456789*#ABCD"

// Event is one telephone-event payload (RFC 4733 section 2.3).
type Event struct {
	Code     uint8
	End      bool
	Volume   uint8  // power below 0 dBm0, 0..63
	Duration uint16 // in RTP ticks since the event's timestamp
}

// ErrEvent says that a payload is no telephone-event.
var ErrEvent = errors.New("telephone-event payload must have 4 bytes")

const eventSize = 4

// ParseEvent reads the first event of a payload.
func ParseEvent(payload []byte) (Event, error) {
	if len(payload) < eventSize {
		return Event{}, ErrEvent
	}
	return Event{
		Code:     payload[0],
		End:      payload[1]&0x80 != 0,
		Volume:   payload[1] & 0x3F,
		Duration: binary.BigEndian.Uint16(payload[2:]),
	}, nil
}

// Append appends the payload to dst.
func (e Event) Append(dst []byte) []byte {
	flags := e.Volume & 0x3F
	if e.End {
		flags |= 0x80
	}
	return binary.BigEndian.AppendUint16(append(dst, e.Code, flags), e.Duration)
}

// Digit is 0-9 * # A-D, or false for other events such as flash.
func (e Event) Digit() (rune, bool) {
	if int(e.Code) >= len(digits) {
		return 0, false
	}
	return rune(digits[e.Code]), true
}

// Code is the event code of a digit; a-d count as A-D.
func Code(digit rune) (uint8, error) {
	if digit < 128 {
		if i := strings.IndexByte(digits, strings.ToUpper(string(digit))[0]); i >= 0 {
			return uint8(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no DTMF digit: use 0-9 * # A-D", digit)
}
