package rtpio

import (
	"fmt"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/media/g722"
	"github.com/amtsleitung/amtsleitung/media/opus"
	"github.com/amtsleitung/amtsleitung/media/resample"
)

// clockRate is that of all codecs here. Opus has 48000 on the wire (RFC 7587
// section 4.1): a connection that carries it converts the timestamps. All
// others have 8 bytes and 8 ticks a millisecond.
const (
	clockRate  = 8000
	frameTicks = clockRate / 50
)

// Supported says whether the codec can be used.
func Supported(c Codec) bool {
	switch strings.ToUpper(c.Name) {
	case "PCMA", "PCMU", "G722", "OPUS":
		return c.ClockRate == 0 || c.ClockRate == clockRate
	}
	return false
}

// encoder turns inner frames into payload.
type encoder struct {
	codec  Codec
	encode media.Encoder
	whole  bool                // each frame is a packet of a size of its own
	down   *resample.Resampler // nil for wideband
	narrow []int16
}

func newEncoder(c Codec) (*encoder, error) {
	e := &encoder{codec: c}
	switch strings.ToUpper(c.Name) {
	case "PCMA":
		e.encode = g711.ALaw{}
	case "PCMU":
		e.encode = g711.MuLaw{}
	case "G722":
		g, err := g722.NewEncoder()
		e.encode = g
		return e, err
	case "OPUS":
		o, err := opus.NewEncoder()
		e.encode, e.whole = o, true
		return e, err
	default:
		return nil, fmt.Errorf("codec %q is not supported: use PCMA, PCMU, G722 or opus", c.Name)
	}
	var err error
	e.down, err = resample.New(media.SampleRate, clockRate, resample.Phone)
	return e, err
}

func (e *encoder) append(dst []byte, pcm []int16) []byte {
	if e.down != nil {
		e.narrow = e.down.Append(e.narrow[:0], pcm)
		pcm = e.narrow
	}
	// None of these encoders can fail once it exists.
	dst, _ = e.encode.Encode(dst, pcm)
	return dst
}

func (e *encoder) close() {
	if e.down != nil {
		e.down.Close()
	}
	if g, ok := e.encode.(interface{ Close() }); ok {
		g.Close()
	}
}

// decoder turns payload into inner samples.
type decoder struct {
	typ    uint8
	decode media.Decoder
	mend   *opus.Decoder       // nil: the codec knows no concealment of its own
	up     *resample.Resampler // nil for wideband
	narrow []int16
}

func newDecoder(c Codec) (*decoder, error) {
	d := &decoder{typ: c.PayloadType}
	switch strings.ToUpper(c.Name) {
	case "PCMA":
		d.decode = g711.ALaw{}
	case "PCMU":
		d.decode = g711.MuLaw{}
	case "G722":
		g, err := g722.NewDecoder()
		d.decode = g
		return d, err
	case "OPUS":
		o, err := opus.NewDecoder()
		d.decode, d.mend = o, o
		return d, err
	default:
		return nil, fmt.Errorf("codec %q is not supported: use PCMA, PCMU, G722 or opus", c.Name)
	}
	var err error
	d.up, err = resample.New(clockRate, media.SampleRate, resample.Phone)
	return d, err
}

func (d *decoder) append(dst []int16, payload []byte) []int16 {
	if d.up == nil {
		dst, _ = d.decode.Decode(dst, payload)
		return dst
	}
	d.narrow, _ = d.decode.Decode(d.narrow[:0], payload)
	return d.up.Append(dst, d.narrow)
}

func (d *decoder) close() {
	if d.up != nil {
		d.up.Close()
	}
	if g, ok := d.decode.(interface{ Close() }); ok {
		g.Close()
	}
}

// ticksOf is how long the audio of a payload is; 0 for none.
func (c Codec) ticksOf(payload []byte) int {
	if strings.EqualFold(c.Name, "opus") {
		return int(opus.Duration(payload) * clockRate / time.Second)
	}
	return len(payload)
}
