// Package sdp negotiates audio by offer and answer (RFC 3264): session
// descriptions flow in from the other party, our own descriptions and what
// was agreed (addresses, codecs, direction, keys) flow out.
package sdp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
)

// Errors of negotiation. ErrMalformed is answered with 400, ErrNotAcceptable
// with 488 (RFC 3261 section 21.4.26).
var (
	ErrMalformed     = errors.New("malformed SDP")
	ErrNotAcceptable = errors.New("no acceptable media in SDP")
)

// maxSize bounds what is parsed; real descriptions have under 4,000 bytes.
const maxSize = 32 << 10

// Direction is which way audio flows, from the view of who says it.
type Direction string

// Directions, RFC 3264 section 5.1.
const (
	SendRecv Direction = "sendrecv"
	SendOnly Direction = "sendonly"
	RecvOnly Direction = "recvonly"
	Inactive Direction = "inactive"
)

// mirror is the answerer's view of an offered direction (RFC 3264 section 6.1).
func (d Direction) mirror() Direction {
	switch d {
	case SendOnly:
		return RecvOnly
	case RecvOnly:
		return SendOnly
	}
	return d
}

// Codec is one payload format of an audio stream.
type Codec struct {
	Name        string // upper case: "PCMA", "PCMU", "G722", "TELEPHONE-EVENT"
	PayloadType uint8
	ClockRate   int
}

// Session is a party's description, reduced to its first usable audio stream.
type Session struct {
	streams []stream // every m= line, in order: an answer mirrors them
	audio   int      // index of the audio stream
}

type stream struct {
	media     string // "audio", "video", ...
	port      int
	protos    []string
	formats   []string
	address   netip.Addr // invalid for names and other networks
	rtcp      int
	codecs    []Codec
	ptime     time.Duration
	direction Direction
	crypto    []Crypto
	mux       bool
}

// Events says whether keys may come as telephone-event (RFC 4733).
func (s *Session) Events() bool {
	return slices.ContainsFunc(s.streams[s.audio].codecs, func(c Codec) bool { return c.Name == "TELEPHONE-EVENT" })
}

// Parse reads a description. It returns ErrMalformed for what is not SDP and
// ErrNotAcceptable when no m= line is an audio stream over RTP.
func Parse(body []byte) (*Session, error) {
	if len(body) > maxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(body))
	}
	var d sdp.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	s := &Session{audio: -1}
	for _, m := range d.MediaDescriptions {
		st, err := parseStream(&d, m)
		if err != nil {
			return nil, err
		}
		s.streams = append(s.streams, st)
		if s.audio < 0 && st.usable() {
			s.audio = len(s.streams) - 1
		}
	}
	if s.audio < 0 {
		return nil, fmt.Errorf("%w: no audio stream over RTP", ErrNotAcceptable)
	}
	return s, nil
}

func (st *stream) usable() bool {
	if st.media != "audio" || st.port == 0 || !st.address.IsValid() {
		return false
	}
	switch strings.Join(st.protos, "/") {
	case "RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF":
		return true
	}
	return false
}

func (st *stream) secure() bool { return len(st.protos) == 2 && strings.HasPrefix(st.protos[1], "S") }

// on hold without a direction attribute: RFC 2543 appendix B.5.
func (st *stream) blackhole() bool { return st.address.IsUnspecified() }

func parseStream(d *sdp.SessionDescription, m *sdp.MediaDescription) (stream, error) {
	st := stream{
		media:     m.MediaName.Media,
		port:      m.MediaName.Port.Value,
		protos:    m.MediaName.Protos,
		formats:   m.MediaName.Formats,
		direction: directionOf(d.Attributes, SendRecv),
	}
	if st.port < 0 || st.port > 65535 {
		return st, fmt.Errorf("%w: port %d", ErrMalformed, st.port)
	}
	st.direction = directionOf(m.Attributes, st.direction)
	switch {
	case m.ConnectionInformation != nil:
		st.address = address(m.ConnectionInformation)
	case d.ConnectionInformation != nil:
		st.address = address(d.ConnectionInformation)
	}
	if st.media != "audio" {
		return st, nil
	}
	st.ptime = ptimeOf(m)
	st.codecs = codecsOf(m)
	st.crypto = cryptoOf(m)
	_, st.mux = m.Attribute("rtcp-mux")
	if v, ok := m.Attribute("rtcp"); ok { // RFC 3605: port, then perhaps an address
		port, _, _ := strings.Cut(v, " ")
		if n, err := strconv.Atoi(port); err == nil && n > 0 && n < 65536 {
			st.rtcp = n
		}
	}
	return st, nil
}

func address(c *sdp.ConnectionInformation) netip.Addr {
	if c.Address == nil || c.NetworkType != "IN" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(c.Address.Address)
	if err != nil || a.IsMulticast() || a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

func directionOf(attributes []sdp.Attribute, otherwise Direction) Direction {
	for _, a := range attributes {
		switch d := Direction(a.Key); d {
		case SendRecv, SendOnly, RecvOnly, Inactive:
			return d
		}
	}
	return otherwise
}

// ptimeOf is the packet length the other side wants, 0 when it does not say.
func ptimeOf(m *sdp.MediaDescription) time.Duration {
	v, ok := m.Attribute("ptime")
	if !ok {
		return 0
	}
	ms, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || ms < 10 || ms > 200 {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// static payload types of RFC 3551 that we know.
func static(pt uint8) (Codec, bool) {
	switch pt {
	case 0:
		return Codec{"PCMU", 0, 8000}, true
	case 8:
		return Codec{"PCMA", 8, 8000}, true
	case 9:
		return Codec{"G722", 9, 8000}, true
	}
	return Codec{}, false
}

func codecsOf(m *sdp.MediaDescription) []Codec {
	named := map[uint8]Codec{}
	for _, a := range m.Attributes {
		if a.Key == "rtpmap" {
			if c, ok := rtpmap(a.Value); ok {
				named[c.PayloadType] = c
			}
		}
	}
	var out []Codec
	for _, f := range m.MediaName.Formats {
		pt, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			continue
		}
		if c, ok := named[uint8(pt)]; ok {
			out = append(out, c)
		} else if c, ok := static(uint8(pt)); ok {
			out = append(out, c)
		}
	}
	return out
}

// rtpmap parses "96 opus/48000/2"; more than one channel is not for a phone.
func rtpmap(v string) (Codec, bool) {
	number, format, ok := strings.Cut(strings.TrimSpace(v), " ")
	if !ok {
		return Codec{}, false
	}
	pt, err := strconv.ParseUint(number, 10, 7)
	if err != nil {
		return Codec{}, false
	}
	parts := strings.Split(strings.TrimSpace(format), "/")
	if len(parts) < 2 || len(parts) == 3 && parts[2] != "1" {
		return Codec{}, false
	}
	rate, err := strconv.Atoi(parts[1])
	if err != nil || rate <= 0 {
		return Codec{}, false
	}
	return Codec{Name: strings.ToUpper(parts[0]), PayloadType: uint8(pt), ClockRate: rate}, true
}
