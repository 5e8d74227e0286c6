package rtc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// maxSections bounds an ingest offer; OBS and browsers have two or three.
const maxSections = 16

// readIngest takes the one audio section out of a sender's offer: pion sees
// nothing else, so that video costs nothing. complete puts the others back,
// declined, into the answer.
func readIngest(text string) (offer, error) {
	d, err := parse(text)
	if err != nil {
		return offer{}, err
	}
	if len(d.MediaDescriptions) > maxSections {
		return refuse("it has more than %d media sections", maxSections)
	}
	at := -1
	for i, m := range d.MediaDescriptions {
		switch {
		case m.MediaName.Media != "audio":
		case at >= 0:
			return refuse("it has more than one audio section: send one, and use another session for the other")
		default:
			at = i
		}
	}
	if at < 0 {
		return refuse("it has no audio")
	}
	sections := d.MediaDescriptions
	audio := sections[at]
	if direction(d, audio) == "recvonly" || direction(d, audio) == "inactive" {
		return refuse("its audio is to be received only, and nothing is sent here: offer sendonly")
	}
	tagged := taggedSection(d)
	unbundle(audio, tagged)
	d.MediaDescriptions = []*sdp.MediaDescription{audio}
	narrowBundle(d, mid(audio))
	only, err := d.Marshal()
	if err != nil {
		return refuse("it is no SDP (%v)", err)
	}
	o, err := readOffer(string(only))
	if err != nil {
		return offer{}, err
	}
	o.sections, o.audio, o.tagged = sections, at, tagged
	return o, nil
}

func parse(text string) (*sdp.SessionDescription, error) {
	if len(text) > maxOffer {
		return nil, fmt.Errorf("%w: it has more than %d KiB", ErrOffer, maxOffer>>10)
	}
	d := &sdp.SessionDescription{}
	if err := d.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("%w: it is no SDP (%w)", ErrOffer, err)
	}
	return d, nil
}

// taggedSection is the one whose transport all of a bundle use: the first of
// the group (RFC 9143 section 7.2); nil without a bundle.
func taggedSection(d *sdp.SessionDescription) *sdp.MediaDescription {
	first, ok := "", false
	for _, a := range d.Attributes {
		if rest, is := strings.CutPrefix(a.Value, "BUNDLE "); is && a.Key == "group" && !ok {
			first, _, _ = strings.Cut(strings.TrimSpace(rest), " ")
			ok = true
		}
	}
	for _, m := range d.MediaDescriptions {
		if ok && mid(m) == first {
			return m
		}
	}
	return nil
}

// transport are the attributes that a section with a=bundle-only leaves to the
// tagged one (RFC 9143 section 6 and 7.1.2).
var transport = [...]string{"ice-ufrag", "ice-pwd", "fingerprint", "setup", "ice-options"}

// unbundle makes the audio section stand alone.
func unbundle(audio, tagged *sdp.MediaDescription) {
	if _, bundled := audio.Attribute("bundle-only"); bundled {
		audio.Attributes = slices.DeleteFunc(audio.Attributes, func(a sdp.Attribute) bool { return a.Key == "bundle-only" })
		audio.MediaName.Port.Value = 9
	}
	if tagged == nil || tagged == audio {
		return
	}
	for _, key := range transport {
		if _, own := audio.Attribute(key); own {
			continue
		}
		if v, ok := tagged.Attribute(key); ok {
			audio.Attributes = append(audio.Attributes, sdp.Attribute{Key: key, Value: v})
		}
	}
	if _, own := audio.Attribute("candidate"); own {
		return
	}
	for _, a := range tagged.Attributes {
		if a.Key == "candidate" || a.Key == "end-of-candidates" {
			audio.Attributes = append(audio.Attributes, a)
		}
	}
}

// narrowBundle leaves one section in the group.
func narrowBundle(d *sdp.SessionDescription, mid string) {
	for i, a := range d.Attributes {
		if a.Key == "group" && strings.HasPrefix(a.Value, "BUNDLE") {
			d.Attributes[i].Value = "BUNDLE " + mid
		}
	}
}

func mid(m *sdp.MediaDescription) string {
	v, _ := m.Attribute("mid")
	return strings.TrimSpace(v)
}

// direction of a section; sendrecv unless it says another (RFC 8866 section 6.7).
func direction(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	for _, list := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range list {
			switch a.Key {
			case "sendrecv", "sendonly", "recvonly", "inactive":
				return a.Key
			}
		}
	}
	return "sendrecv"
}

// complete makes pion's answer to the audio section one to the whole offer:
// other sections are declined with port 0, save the one that the bundle hangs
// on, which must not be (RFC 9143 section 7.3.4): that one is inactive.
func (o offer) complete(answer string) (string, error) {
	if len(o.sections) == 0 {
		return answer, nil
	}
	d, err := parse(answer)
	if err != nil || len(d.MediaDescriptions) != 1 {
		return "", fmt.Errorf("our own answer: %w", ErrOffer)
	}
	audio := d.MediaDescriptions[0]
	udpFirst(audio)
	d.MediaDescriptions = nil
	for i, m := range o.sections {
		switch {
		case i == o.audio:
			d.MediaDescriptions = append(d.MediaDescriptions, audio)
		case m == o.tagged:
			d.MediaDescriptions = append(d.MediaDescriptions, inactive(m, audio))
			for k, a := range d.Attributes {
				if a.Key == "group" {
					d.Attributes[k].Value = "BUNDLE " + mid(m) + " " + mid(audio)
				}
			}
		default:
			d.MediaDescriptions = append(d.MediaDescriptions, declined(m))
		}
	}
	text, err := d.Marshal()
	return string(text), err
}

// declined is the answer to a section that is not wanted. Its formats are
// explained all the same, as some senders look them up (pion among them).
func declined(m *sdp.MediaDescription) *sdp.MediaDescription {
	out := &sdp.MediaDescription{
		MediaName: sdp.MediaName{Media: m.MediaName.Media, Protos: m.MediaName.Protos, Formats: m.MediaName.Formats},
		// Firefox wants it in each section.
		ConnectionInformation: &sdp.ConnectionInformation{NetworkType: "IN", AddressType: "IP4", Address: &sdp.Address{Address: "0.0.0.0"}},
	}
	out.Attributes = append(out.Attributes, sdp.Attribute{Key: "inactive"})
	if id := mid(m); id != "" {
		out.Attributes = append(out.Attributes, sdp.Attribute{Key: "mid", Value: id})
	}
	for _, a := range m.Attributes {
		switch a.Key {
		case "rtpmap", "fmtp", "sctp-port", "max-message-size":
			out.Attributes = append(out.Attributes, a)
		}
	}
	return out
}

// inactive accepts a section for its transport's sake, with nothing flowing.
func inactive(m, audio *sdp.MediaDescription) *sdp.MediaDescription {
	out := declined(m)
	out.MediaName.Port.Value = 9
	for _, a := range audio.Attributes {
		switch a.Key {
		case "ice-ufrag", "ice-pwd", "fingerprint", "setup", "rtcp-mux", "candidate", "end-of-candidates":
			out.Attributes = append(out.Attributes, a)
		}
	}
	return out
}

// udpFirst puts candidates of UDP before those of TCP, as ffmpeg takes the first
// and gives up where that is TCP, and leaves those of a second component out:
// RTCP comes on the same (RFC 8858).
func udpFirst(m *sdp.MediaDescription) {
	m.Attributes = slices.DeleteFunc(m.Attributes, func(a sdp.Attribute) bool {
		fields := strings.Fields(a.Value)
		return a.Key == "candidate" && len(fields) > 1 && fields[1] != "1"
	})
	slices.SortStableFunc(m.Attributes, func(a, b sdp.Attribute) int { return rank(a) - rank(b) })
}

// rank keeps all but TCP's candidates and what follows them where they are.
func rank(a sdp.Attribute) int {
	switch {
	case a.Key == "end-of-candidates":
		return 2
	case a.Key == "candidate" && strings.Contains(strings.ToLower(a.Value), " tcp "):
		return 1
	}
	return 0
}
