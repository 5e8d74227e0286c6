package rtpio

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
)

// Errors of a session.
var (
	// ErrDeadMedia ends Run when no RTP came for Options.DeadAfter.
	ErrDeadMedia = errors.New("no RTP from the other side: media is dead")
	// ErrNoPort is returned by Ports when the range is used up.
	ErrNoPort = errors.New("no free RTP port pair in the range: widen it or take fewer calls")
	// ErrDigits is returned by SendDigit when too many digits wait.
	ErrDigits = errors.New("too many DTMF digits wait to be sent")
)

// Direction is which way media flows, from our view (RFC 3264).
type Direction int

// Directions.
const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

func (d Direction) sends() bool    { return d == SendRecv || d == SendOnly }
func (d Direction) receives() bool { return d == SendRecv || d == RecvOnly }

// Codec is one payload format as negotiated. G.722 has a ClockRate of 8000
// though it samples at 16000 (RFC 3551 section 4.5.2).
type Codec struct {
	Name        string // "PCMA", "PCMU", "G722", "opus"
	PayloadType uint8
	ClockRate   int // of RTP timestamps as Options.RTP carries them; 0 means 8000, nothing else is supported
	SampleRate  int // of audio; 0 means the codec's own
}

// Crypto is SRTP with keys from SDES (RFC 4568): each key is master key || salt.
type Crypto struct {
	Profile   string // "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"
	LocalKey  []byte
	RemoteKey []byte
}

// Params are what one offer/answer settled.
type Params struct {
	Remote     netip.AddrPort // zero: unknown, wait for the first packet
	RemoteRTCP netip.AddrPort // zero: Remote's port + 1, or Remote with Mux
	Send       Codec
	Receive    []Codec
	EventPT    uint8 // payload type of telephone-event (RFC 4733); 0: none
	Ptime      time.Duration
	Direction  Direction
	Crypto     *Crypto // nil: plain RTP
	Mux        bool    // RTCP on the RTP port (RFC 5761)
}

// Options of a Session. RTP is required; everything else may be zero. The
// connections belong to the caller, who closes them after Run has returned.
type Options struct {
	RTP, RTCP net.PacketConn
	// DeadAfter ends Run with ErrDeadMedia; 0 never does.
	DeadAfter time.Duration
	// InbandDTMF listens for tones in the audio as well; they are ignored once
	// the other side has used RFC 4733.
	InbandDTMF bool
	// OnEvent is told of digits, from the media goroutine; it must not block.
	OnEvent func(leg.Event)
	// CNAME names us in RTCP (RFC 3550 section 6.5.1); "" makes a random one.
	CNAME string
}
