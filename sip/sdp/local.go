package sdp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
)

// Security says what is asked of a stream.
type Security string

// Securities; the zero value is SecurityOff.
const (
	SecurityOff      Security = "off"
	SecurityOptional Security = "optional"
	SecurityRequired Security = "required"
)

// defaultPtime is 20 ms, what every phone speaks.
const defaultPtime = 20 * time.Millisecond

// eventType is the payload type we offer for telephone-event (RFC 4733).
const eventType = 101

// Local is our side of one leg's audio; it lasts as long as the leg.
type Local struct {
	Address  netip.Addr // for c=; must be valid
	Port     int        // RTP; RTCP is the next one
	ID       uint64     // of o=
	Codecs   []string   // "G722", "PCMA", "PCMU" in order of preference
	Security Security
	Crypto   []Crypto // our keys, from NewCrypto; needed unless SecurityOff
	// Current is the codec in use: kept in a new negotiation if it is still there.
	Current string

	version uint64
	last    string
}

// Agreed is the outcome of an offer and its answer, seen from our side.
type Agreed struct {
	Remote     netip.AddrPort // invalid address: nothing may be sent
	RemoteRTCP netip.AddrPort
	Send       Codec
	Receive    []Codec
	EventType  uint8 // payload type of telephone-event, 0 for none
	Ptime      time.Duration
	Direction  Direction // ours
	Mux        bool
	Suite      string // of SRTP, "" for plain RTP
	LocalKey   []byte
	RemoteKey  []byte
}

// Offer describes what we can do in the direction.
func (l *Local) Offer(d Direction) []byte {
	m := l.stream("RTP/AVP")
	if l.offersSRTP() {
		m.MediaName.Protos = []string{"RTP", "SAVP"}
		for _, c := range l.Crypto {
			m.WithValueAttribute("crypto", c.String())
		}
	}
	for _, name := range l.Codecs {
		if c, ok := offered(name); ok {
			addCodec(m, c)
		}
	}
	addEvents(m, eventType)
	l.finish(m, defaultPtime, d)
	return l.marshal([]*sdp.MediaDescription{m})
}

func (l *Local) offersSRTP() bool { return l.Security == SecurityRequired }

func offered(name string) (Codec, bool) {
	for _, pt := range []uint8{0, 8, 9} {
		if c, _ := static(pt); c.Name == strings.ToUpper(name) {
			return c, true
		}
	}
	return Codec{}, false
}

// Answer agrees on an offer and describes the answer. Streams other than the
// chosen audio are refused with port 0 (RFC 3264 section 6).
func (l *Local) Answer(offer *Session) ([]byte, Agreed, error) {
	st := &offer.streams[offer.audio]
	a, err := l.agree(st, l.choose)
	if err != nil {
		return nil, Agreed{}, err
	}
	a.Direction = st.direction.mirror()
	if st.blackhole() && a.Direction != Inactive {
		a.Direction = RecvOnly
	}
	var media []*sdp.MediaDescription
	for i := range offer.streams {
		if i == offer.audio {
			media = append(media, l.answerStream(st, a))
		} else {
			media = append(media, refused(&offer.streams[i]))
		}
	}
	return l.marshal(media), a, nil
}

func (l *Local) answerStream(st *stream, a Agreed) *sdp.MediaDescription {
	m := l.stream(strings.Join(st.protos, "/"))
	addCodec(m, a.Send)
	if a.EventType != 0 {
		addEvents(m, a.EventType)
	}
	if a.Suite != "" {
		for _, c := range st.crypto {
			if c.Suite == a.Suite {
				m.WithValueAttribute("crypto", Crypto{Tag: c.Tag, Suite: a.Suite, Key: a.LocalKey}.String())
				break
			}
		}
	}
	if a.Mux {
		m.WithPropertyAttribute("rtcp-mux")
	}
	l.finish(m, a.Ptime, a.Direction)
	return m
}

// Accept reads the answer to our offer.
func (l *Local) Accept(answer *Session) (Agreed, error) {
	st := &answer.streams[answer.audio]
	a, err := l.agree(st, l.first)
	if err != nil {
		return Agreed{}, err
	}
	if st.secure() != l.offersSRTP() {
		return Agreed{}, fmt.Errorf("%w: answered another profile than offered", ErrNotAcceptable)
	}
	a.Direction = st.direction.mirror()
	if st.blackhole() && a.Direction != Inactive {
		a.Direction = RecvOnly
	}
	// The answerer sends by its own list and may use any codec in it.
	for _, c := range st.codecs {
		if l.speaks(c) && c.PayloadType != a.Send.PayloadType {
			a.Receive = append(a.Receive, c)
		}
	}
	a.Mux = false // never offered
	return a, nil
}

// agree settles codec, events, packet length and keys for a stream.
func (l *Local) agree(st *stream, pick func([]Codec) (Codec, bool)) (Agreed, error) {
	if st.address.Is4() != l.Address.Is4() && !st.blackhole() {
		return Agreed{}, fmt.Errorf("%w: address family of %s", ErrNotAcceptable, st.address)
	}
	a := Agreed{Ptime: defaultPtime, Mux: st.mux}
	if st.ptime > 0 {
		a.Ptime = min(max(st.ptime/(10*time.Millisecond)*(10*time.Millisecond), 10*time.Millisecond), 60*time.Millisecond)
	}
	var ok bool
	if a.Send, ok = pick(st.codecs); !ok {
		return Agreed{}, fmt.Errorf("%w: none of %s", ErrNotAcceptable, strings.Join(l.Codecs, ", "))
	}
	a.Receive = []Codec{a.Send}
	for _, c := range st.codecs {
		if c.Name == "TELEPHONE-EVENT" && c.ClockRate == a.Send.ClockRate {
			a.EventType = c.PayloadType
			break
		}
	}
	if !st.blackhole() {
		a.Remote = netip.AddrPortFrom(st.address, uint16(st.port))
		if !st.mux && st.rtcp > 0 {
			a.RemoteRTCP = netip.AddrPortFrom(st.address, uint16(st.rtcp))
		}
	}
	return a, l.secure(st, &a)
}

func (l *Local) secure(st *stream, a *Agreed) error {
	if !st.secure() {
		if l.Security == SecurityRequired {
			return fmt.Errorf("%w: SRTP is required", ErrNotAcceptable)
		}
		return nil
	}
	if l.Security == SecurityOff || l.Security == "" {
		return fmt.Errorf("%w: SRTP is switched off", ErrNotAcceptable)
	}
	for _, theirs := range st.crypto {
		for _, ours := range l.Crypto {
			if ours.Suite == theirs.Suite {
				a.Suite, a.LocalKey, a.RemoteKey = ours.Suite, ours.Key, theirs.Key
				return nil
			}
		}
	}
	return fmt.Errorf("%w: no usable SRTP keys", ErrNotAcceptable)
}

// first is the answerer's favourite among those we speak.
func (l *Local) first(codecs []Codec) (Codec, bool) {
	for _, c := range codecs {
		if l.speaks(c) {
			return c, true
		}
	}
	return Codec{}, false
}

// choose takes our favourite, but keeps the codec in use while the other side
// still prefers it.
func (l *Local) choose(codecs []Codec) (Codec, bool) {
	if c, ok := l.first(codecs); ok && c.Name == l.Current {
		return c, true
	}
	for _, name := range l.Codecs {
		for _, c := range codecs {
			if c.Name == strings.ToUpper(name) && c.ClockRate == 8000 {
				return c, true
			}
		}
	}
	return Codec{}, false
}

func (l *Local) speaks(c Codec) bool {
	for _, name := range l.Codecs {
		if c.Name == strings.ToUpper(name) && c.ClockRate == 8000 {
			return true
		}
	}
	return false
}

func (l *Local) stream(proto string) *sdp.MediaDescription {
	return &sdp.MediaDescription{MediaName: sdp.MediaName{
		Media: "audio", Port: sdp.RangedPort{Value: l.Port}, Protos: strings.Split(proto, "/"),
	}}
}

func refused(st *stream) *sdp.MediaDescription {
	return &sdp.MediaDescription{MediaName: sdp.MediaName{
		Media: st.media, Protos: st.protos, Formats: st.formats,
	}}
}

func addCodec(m *sdp.MediaDescription, c Codec) {
	pt := strconv.Itoa(int(c.PayloadType))
	m.MediaName.Formats = append(m.MediaName.Formats, pt)
	m.WithValueAttribute("rtpmap", fmt.Sprintf("%s %s/%d", pt, c.Name, c.ClockRate))
}

func addEvents(m *sdp.MediaDescription, pt uint8) {
	n := strconv.Itoa(int(pt))
	m.MediaName.Formats = append(m.MediaName.Formats, n)
	m.WithValueAttribute("rtpmap", n+" telephone-event/8000")
	m.WithValueAttribute("fmtp", n+" 0-15")
}

func (l *Local) finish(m *sdp.MediaDescription, ptime time.Duration, d Direction) {
	m.WithValueAttribute("ptime", strconv.Itoa(int(ptime/time.Millisecond)))
	m.WithPropertyAttribute(string(d))
}

// marshal raises the version of o= whenever the description changed (RFC 3264 section 8).
func (l *Local) marshal(media []*sdp.MediaDescription) []byte {
	family := "IP4"
	if !l.Address.Is4() {
		family = "IP6"
	}
	d := sdp.SessionDescription{
		Origin: sdp.Origin{
			Username: "-", SessionID: l.ID, NetworkType: "IN", AddressType: family, UnicastAddress: l.Address.String(),
		},
		SessionName: "-",
		ConnectionInformation: &sdp.ConnectionInformation{
			NetworkType: "IN", AddressType: family, Address: &sdp.Address{Address: l.Address.String()},
		},
		TimeDescriptions:  []sdp.TimeDescription{{}},
		MediaDescriptions: media,
	}
	body, err := d.Marshal()
	if err != nil { // cannot be: Marshal has no way to fail on these fields
		return nil
	}
	if string(body) != l.last {
		l.version++
		l.last = string(body)
	}
	d.Origin.SessionVersion = l.version
	body, _ = d.Marshal()
	return body
}
