// Package leg is the contract for one party's connection to a call: audio
// flows in to a sink and out of a playout, digits and hang-up come as events.
// SIP, WebRTC and tests implement it; calls are built on it.
package leg

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Leg is one party. Methods are safe for use from several goroutines.
type Leg interface {
	// Info does not change during the life of the leg.
	Info() Info
	// Answer accepts an inbound leg; it returns once media flows or ctx ends.
	Answer(ctx context.Context) error
	// Receive directs the party's audio to the sink, one frame each 20 ms in
	// real time (concealed or silent frames fill gaps), called from the leg's
	// media goroutine; it must not block. nil discards.
	Receive(to media.Sink)
	// Playout is where audio for the party goes.
	Playout() Playout
	// Events delivers digits, hold and resume; closed after the leg has ended.
	Events() <-chan Event
	// Done is closed when the leg has ended, by either side.
	Done() <-chan struct{}
	// Hangup ends the leg: BYE, CANCEL or a final response, as its state asks.
	Hangup(ctx context.Context, cause Cause) error
	// Stats may be called at any time, also after the end.
	Stats() Stats
}

// Playout is a paced queue of frames towards the party. Frames written are
// sent at 20 ms each; WriteFrame blocks while more than about 400 ms wait.
type Playout interface {
	media.Sink
	// Flush drops what waits and returns how much audio had been sent since the last Flush.
	Flush() time.Duration
	// Pause holds the queue (comfort silence is sent); Resume goes on, stepping
	// back to the last quiet place so that no word starts in its middle.
	Pause()
	Resume()
	// Played is how much queued audio has been sent since the last Flush.
	Played() time.Duration
	// Buffered is how much still waits.
	Buffered() time.Duration
	// Drain waits until everything written has been sent.
	Drain(ctx context.Context) error
}

// Info says who is connected and how.
type Info struct {
	Call      string // ULID, the same in SIP logs, store, metrics and pages
	Leg       string // "caller" unless there are several
	From      string // user part or number of the remote party, "" if withheld
	To        string // number dialled
	Trunk     string // name of the trunk, or of the page: "anruf", "kiosk", "chat"
	Transport string // "udp", "tcp", "tls", "webrtc"
	Language  string // hint from the number dialled or the page, may be ""
	Inbound   bool
}

// EventKind tells what happened on a leg.
type EventKind int

// Kinds of events.
const (
	Digit EventKind = iota + 1
	Hold
	Resumed
	Text  // the party wrote something
	Voice // audio has begun or ended, see Written
)

func (k EventKind) String() string {
	switch k {
	case Digit:
		return "digit"
	case Hold:
		return "hold"
	case Resumed:
		return "resumed"
	case Text:
		return "text"
	case Voice:
		return "voice"
	}
	return "unknown"
}

// Event is something other than audio.
type Event struct {
	Kind  EventKind
	Digit rune   // 0-9 * # A-D
	How   string // "rfc4733", "info", "inband", "page"
	Text  string // of Text
}

// ErrEnded is the cause of the handler's context once the leg has ended, as
// against the end of the service (context.Cause).
var ErrEnded = errors.New("the leg has ended")

// Cause is why a leg ends; it picks the SIP reason.
type Cause string

// Causes of hang-up.
const (
	CauseNormal    Cause = "normal"     // BYE, or 486 before answer
	CauseBusy      Cause = "busy"       // 486
	CauseDeclined  Cause = "declined"   // 603
	CauseOverload  Cause = "overload"   // 503
	CauseError     Cause = "error"      // BYE, or 500 before answer
	CauseDeadMedia Cause = "dead-media" // no RTP for too long
)

// Stats are the counters of a leg's media.
type Stats struct {
	Codec       string
	Received    uint64 // packets taken into the jitter buffer
	Sent        uint64
	Lost        uint64 // never came
	Late        uint64 // came after their turn
	Duplicate   uint64
	Strange     uint64        // from a source other than the latched one, or of a wrong payload type
	Concealed   time.Duration // audio made up
	Jitter      time.Duration // RFC 3550 section 6.4.1
	RoundTrip   time.Duration // RFC 3550 section 6.4.1, from RTCP
	MOS         float64       // estimate by the E-model, ITU-T G.107, simplified
	Ended       string        // cause and who ended, once ended
	PacingError time.Duration // largest lateness of a sent frame
}
