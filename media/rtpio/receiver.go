package rtpio

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/dtmf"
	"github.com/amtsleitung/amtsleitung/media/jitter"
	"github.com/amtsleitung/amtsleitung/media/resample"
)

// receiver is the media loop's half of the way in: items of the jitter buffer
// become frames. Only the loop's goroutine uses it.
type receiver struct {
	next     func(dst []byte) jitter.Item
	take     func(dst []byte) (jitter.Item, bool)
	adjust   func(quiet bool) jitter.Adjustment
	decoders []*decoder

	payload []byte
	fifo    []int16 // decoded, not yet delivered
	pcm     [media.FrameSamples]int16
	conceal jitter.Concealer
	last    *decoder // whose audio came last
	mended  int      // samples since then that it made up
	made    bool     // the newest samples were made up and sound
	loud    float64
	at      time.Duration

	concealed time.Duration

	tones *toneListener // nil unless in-band DTMF is wanted
}

// Frames below -50 dBFS, or 26 dB below the recent speech, are quiet enough to
// be left out or repeated unheard. As mean squares.
const (
	quietFloor = 100 * 100
	quietRatio = 0.0025
	loudDecay  = 0.99 // per frame: half in 1.4 s
)

const samplesPerTick = media.SampleRate / clockRate

// frame gives the next 20 ms. PCM stays valid until the next call.
func (r *receiver) frame() media.Frame {
	for {
		r.fill(media.FrameSamples)
		quiet := r.quiet(r.fifo[:media.FrameSamples])
		adjustment := r.adjust(quiet)
		if adjustment == jitter.Drop {
			r.cut(quiet)
			continue
		}
		copy(r.pcm[:], r.fifo)
		if adjustment != jitter.Repeat {
			r.pop()
		}
		return r.stamp()
	}
}

// ready gives the next 20 ms for an eager sink, if they have come.
func (r *receiver) ready() (media.Frame, bool) {
	for len(r.fifo) < media.FrameSamples {
		item, ok := r.take(r.payload[:0])
		if !ok {
			return media.Frame{}, false
		}
		r.append(item)
	}
	copy(r.pcm[:], r.fifo)
	r.pop()
	return r.stamp(), true
}

func (r *receiver) stamp() media.Frame {
	f := media.Frame{PCM: r.pcm[:], At: r.at, Concealed: r.made}
	if r.made {
		r.concealed += media.FrameDuration
	}
	r.at += media.FrameDuration
	return f
}

// fill brings the fifo to at least n samples.
func (r *receiver) fill(n int) {
	for len(r.fifo) < n {
		r.append(r.next(r.payload[:0]))
	}
}

// append makes an item sound.
func (r *receiver) append(item jitter.Item) {
	start := len(r.fifo)
	r.payload = item.Payload
	r.decode(item)
	if r.tones != nil && len(r.fifo) > start {
		r.tones.listen(r.fifo[start:])
	}
}

// pop takes one frame off the fifo.
func (r *receiver) pop() {
	r.fifo = r.fifo[:copy(r.fifo, r.fifo[media.FrameSamples:])]
}

func (r *receiver) decode(item jitter.Item) {
	start := len(r.fifo)
	switch item.Verdict {
	case jitter.Speech:
		if d := r.decoder(item.Type); d != nil {
			r.fifo = d.append(r.fifo, item.Payload)
			r.conceal.Good(r.fifo[start:])
			r.made, r.last, r.mended = false, d, 0
			return
		}
		r.silence(item.Ticks)
	case jitter.Lost:
		r.lost(item)
	case jitter.Silent:
		r.silence(item.Ticks)
	}
}

// mendLen is how long a codec's own concealment sounds; libopus fades further.
const mendLen = 120 * media.SampleRate / 1000

// lost makes up for a packet that did not come: the codec itself does where it
// can, out of the packet after it or its own state.
func (r *receiver) lost(item jitter.Item) {
	start := len(r.fifo)
	if r.last == nil || r.last.mend == nil {
		r.extend(item.Ticks)
		r.made = r.conceal.Fill(r.fifo[start:])
		return
	}
	samples := samplesPerTick * item.Ticks
	if len(item.Payload) > 0 && item.Type == r.last.typ {
		r.fifo, _ = r.last.mend.Recover(r.fifo, item.Payload, samples)
	} else {
		r.fifo, _ = r.last.mend.Conceal(r.fifo, samples)
	}
	for len(r.fifo) < start+samples {
		r.fifo = append(r.fifo, 0) // the state of a codec is never without an answer, but time must pass
	}
	r.fifo = r.fifo[:start+samples]
	r.conceal.Quiet(r.fifo[start:])
	r.mended += samples
	r.made = r.mended <= mendLen
}

func (r *receiver) silence(ticks int) {
	start := len(r.fifo)
	r.extend(ticks)
	r.conceal.Quiet(r.fifo[start:])
	r.made = false
}

// extend lengthens the fifo with zeros.
func (r *receiver) extend(ticks int) {
	for range samplesPerTick * ticks {
		r.fifo = append(r.fifo, 0)
	}
}

// cut leaves a frame out. Where it is not quiet the two ends are blended.
func (r *receiver) cut(quiet bool) {
	if quiet {
		r.pop()
		return
	}
	r.fill(2 * media.FrameSamples)
	old, next := r.fifo[:media.FrameSamples], r.fifo[media.FrameSamples:]
	for i := range old {
		w := int32(i)
		next[i] = int16((int32(old[i])*(media.FrameSamples-w) + int32(next[i])*w) / media.FrameSamples)
	}
	r.pop()
}

func (r *receiver) quiet(pcm []int16) bool {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	sum /= media.FrameSamples
	r.loud = max(r.loud*loudDecay, sum)
	return sum <= max(quietFloor, r.loud*quietRatio)
}

func (r *receiver) decoder(typ uint8) *decoder {
	for _, d := range r.decoders {
		if d.typ == typ {
			return d
		}
	}
	return nil
}

func (r *receiver) use(codecs []Codec) error {
	r.closeDecoders()
	for _, c := range codecs {
		d, err := newDecoder(c)
		if err != nil {
			return err
		}
		r.decoders = append(r.decoders, d)
	}
	return nil
}

func (r *receiver) closeDecoders() {
	for _, d := range r.decoders {
		d.close()
	}
	r.decoders, r.last = r.decoders[:0], nil
}

func (r *receiver) close() {
	r.closeDecoders()
	if r.tones != nil {
		r.tones.close()
	}
}

// toneListener finds in-band DTMF in inner audio.
type toneListener struct {
	detector *dtmf.Detector
	down     *resample.Resampler
	narrow   []int16
	digits   []rune
}

func newToneListener() (*toneListener, error) {
	d, err := dtmf.NewDetector()
	if err != nil {
		return nil, err
	}
	down, err := resample.New(media.SampleRate, dtmf.ToneRate, resample.Phone)
	if err != nil {
		d.Close()
		return nil, err
	}
	return &toneListener{detector: d, down: down}, nil
}

func (l *toneListener) listen(pcm []int16) {
	l.narrow = l.down.Append(l.narrow[:0], pcm)
	l.digits = l.detector.Listen(l.digits, l.narrow)
}

func (l *toneListener) close() {
	l.detector.Close()
	l.down.Close()
}
