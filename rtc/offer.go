package rtc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/pion/sdp/v3"
)

// Bounds of an offer; a browser's has some 2 KB and fewer than ten candidates.
const (
	maxOffer      = 64 << 10
	maxCandidates = 40
)

// ErrOffer tells that an offer cannot be answered; the text around it says why.
var ErrOffer = errors.New("this session description cannot be answered")

// offer is what has to be known of a description before it is given to pion.
type offer struct {
	text string
	// peer tells the browser's peer connections apart: a new one has another
	// session id and another certificate.
	peer string
	// Of a sender with more than audio: all its sections, where audio is among
	// them, and the one whose transport the bundle uses, if any.
	sections []*sdp.MediaDescription
	audio    int
	tagged   *sdp.MediaDescription
}

func refuse(format string, args ...any) (offer, error) {
	return offer{}, fmt.Errorf("%w: %s", ErrOffer, fmt.Sprintf(format, args...))
}

// readOffer checks a description for what a call needs: one audio section with
// ICE and DTLS, and nothing else (RFC 8829 section 5.3).
func readOffer(text string) (offer, error) {
	d, err := parse(text)
	if err != nil {
		return offer{}, err
	}
	audio, err := audioOf(d)
	if err != nil {
		return offer{}, err
	}
	print := attribute(d, audio, "fingerprint")
	switch {
	case attribute(d, audio, "ice-ufrag") == "" || attribute(d, audio, "ice-pwd") == "":
		return refuse("it has no ICE credentials")
	case print == "":
		return refuse("it has no certificate fingerprint, and without encryption there is no call")
	}
	return offer{text: text, peer: strconv.FormatUint(d.Origin.SessionID, 10) + " " + print}, nil
}

func audioOf(d *sdp.SessionDescription) (*sdp.MediaDescription, error) {
	var audio *sdp.MediaDescription
	candidates := 0
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media != "audio" || audio != nil {
			return nil, fmt.Errorf("%w: it has %q besides one audio section", ErrOffer, m.MediaName.Media)
		}
		audio = m
		for _, a := range m.Attributes {
			if a.Key == "candidate" {
				candidates++
			}
		}
	}
	if audio == nil {
		return nil, fmt.Errorf("%w: it has no audio", ErrOffer)
	}
	if candidates > maxCandidates {
		return nil, fmt.Errorf("%w: it has more than %d candidates", ErrOffer, maxCandidates)
	}
	return audio, nil
}

// attribute is a value of the section, else of the session.
func attribute(d *sdp.SessionDescription, m *sdp.MediaDescription, key string) string {
	if v, ok := m.Attribute(key); ok {
		return strings.TrimSpace(v)
	}
	v, _ := d.Attribute(key)
	return strings.TrimSpace(v)
}

// speaks says whether an answer of ours accepts a codec.
func speaks(answer string) bool {
	var d sdp.SessionDescription
	if d.UnmarshalString(answer) != nil || len(d.MediaDescriptions) != 1 {
		return false
	}
	m := d.MediaDescriptions[0]
	if m.MediaName.Port.Value == 0 {
		return false
	}
	for _, a := range m.Attributes {
		_, format, _ := strings.Cut(a.Value, " ")
		name, _, _ := strings.Cut(format, "/")
		if a.Key == "rtpmap" && rtpio.Supported(rtpio.Codec{Name: name}) {
			return true
		}
	}
	return false
}
