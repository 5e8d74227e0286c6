package rtc

import (
	"strings"

	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/pion/webrtc/v4"
)

// innerRate is the RTP clock of rtpio; timestamps of other clocks are converted.
const innerRate = 8000

// formats are what we offer to speak, the best first; the browser's order counts.
func formats() (*webrtc.MediaEngine, error) {
	e := &webrtc.MediaEngine{}
	add := func(mime string, rate uint32, channels uint16, fmtp string, typ webrtc.PayloadType) error {
		return e.RegisterCodec(webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: rate, Channels: channels, SDPFmtpLine: fmtp},
			PayloadType:        typ,
		}, webrtc.RTPCodecTypeAudio)
	}
	const events = "audio/telephone-event"
	for _, err := range []error{
		add(webrtc.MimeTypeOpus, 48000, 2, "minptime=10;useinbandfec=1", 111),
		add(webrtc.MimeTypeG722, 8000, 0, "", 9),
		add(webrtc.MimeTypePCMA, 8000, 0, "", 8),
		add(webrtc.MimeTypePCMU, 8000, 0, "", 0),
		add(events, 48000, 0, "0-16", 110),
		add(events, 8000, 0, "0-16", 126),
	} {
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

// clocks is how many ticks of the wire are one inner tick, by payload type; 0
// for a type that was not negotiated.
type clocks [128]uint32

// agreed is what a negotiation settled.
type agreed struct {
	params rtpio.Params
	clocks clocks
	events clocks // payload types of telephone-events
}

// agree picks the first codec of the list to send with and all of them to receive.
func agree(codecs []webrtc.RTPCodecParameters) (agreed, bool) {
	a := agreed{params: rtpio.Params{Remote: farEnd, Mux: true}}
	for _, c := range codecs {
		scale := c.ClockRate / innerRate
		_, name, _ := strings.Cut(c.MimeType, "/")
		codec := rtpio.Codec{Name: name, PayloadType: uint8(c.PayloadType)}
		switch {
		case c.PayloadType > 127 || scale == 0:
		case strings.EqualFold(name, "telephone-event"):
			a.clocks[c.PayloadType], a.events[c.PayloadType] = scale, scale
			a.params.EventPT = codec.PayloadType
		case rtpio.Supported(codec):
			a.clocks[c.PayloadType] = scale
			a.params.Receive = append(a.params.Receive, codec)
			if a.params.Send.Name == "" {
				a.params.Send = codec
			}
		}
	}
	return a, a.params.Send.Name != ""
}
