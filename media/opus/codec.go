// Package opus converts between 16 kHz linear PCM and Opus packets (RFC 6716)
// by libopus: 20 ms frames flow in and packets flow out, and back. The RTP
// clock is 48000 Hz whatever the sampling rate (RFC 7587 section 4.1), so
// 20 ms are 320 samples and 960 ticks.
//
// Choices: one channel, 28 kbit/s variable for speech (wideband needs 16-28,
// beyond 32 nobody hears a difference on a telephone call), in-band FEC on for
// 10 % of loss (RFC 7587 section 3.3; libopus spends the bits only when the
// rate allows), and no DTX: packets that come without a pause keep the other
// side's jitter buffer and both sides' loss figures true, and a silent packet
// of the variable rate has some 10 bytes only.
package opus

/*
#cgo CFLAGS: -I/usr/include/opus
#cgo LDFLAGS: -lopus
#include <opus.h>

#cgo noescape opus_decode
#cgo nocallback opus_decode
*/
import "C"

import (
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

const (
	// SampleRate of the audio side.
	SampleRate = media.SampleRate
	// ClockRate of RTP timestamps.
	ClockRate = 48000

	maxPacket  = 1275 // bytes of one frame (RFC 6716 section 3.4)
	maxSamples = SampleRate * 120 / 1000
)

// Decoder is one direction's state. Close frees it.
type Decoder struct {
	state  *C.OpusDecoder
	stereo *stereo // nil until the first packet in stereo
}

// NewDecoder makes a decoder; what comes in stereo is mixed to one channel so
// that nothing is lost, see package downmix.
func NewDecoder() (*Decoder, error) {
	state, err := newState(1)
	if err != nil {
		return nil, err
	}
	return &Decoder{state: state}, nil
}

func newState(channels C.int) (*C.OpusDecoder, error) {
	var code C.int
	d := C.opus_decoder_create(SampleRate, channels, &code)
	if d == nil {
		return nil, fmt.Errorf("opus decoder: %s", reason(code))
	}
	return d, nil
}

// Decode appends the samples of one packet.
func (d *Decoder) Decode(dst []int16, payload []byte) ([]int16, error) {
	if len(payload) == 0 {
		return dst, nil
	}
	if d.stereo == nil && isStereo(payload) {
		if err := d.widen(); err != nil {
			return dst, err
		}
	}
	return d.decode(dst, payload, maxSamples, 0)
}

// Recover appends the last samples before payload, whose own packet was lost,
// out of the redundancy that payload carries (in-band FEC); where it carries
// none they are made up.
func (d *Decoder) Recover(dst []int16, payload []byte, samples int) ([]int16, error) {
	if len(payload) == 0 {
		return d.Conceal(dst, samples)
	}
	return d.decode(dst, payload, whole(samples), 1)
}

// Conceal appends samples that are made up for a lost packet, fading when more are lost.
func (d *Decoder) Conceal(dst []int16, samples int) ([]int16, error) {
	return d.decode(dst, nil, whole(samples), 0)
}

// whole rounds up to steps of 2.5 ms, which libopus wants for what was lost.
func whole(samples int) int {
	const step = SampleRate / 400
	return max(step, min(maxSamples, (samples+step-1)/step*step))
}

func (d *Decoder) decode(dst []int16, payload []byte, samples int, fec C.int) ([]int16, error) {
	if s := d.stereo; s != nil {
		n, err := decode(d.state, s.pcm, payload, samples, fec)
		return s.mix.Append(dst, s.pcm[:2*n]), err
	}
	dst, out := growPCM(dst, samples)
	n, err := decode(d.state, out, payload, samples, fec)
	return dst[:len(dst)-samples+n], err
}

// decode fills out and returns the samples of each channel.
func decode(state *C.OpusDecoder, out []int16, payload []byte, samples int, fec C.int) (int, error) {
	var first *C.uchar
	if len(payload) > 0 {
		first = (*C.uchar)(&payload[0])
	}
	n := C.opus_decode(state, first, C.opus_int32(len(payload)), (*C.opus_int16)(&out[0]), C.int(samples), fec)
	if n < 0 {
		return 0, fmt.Errorf("opus: packet of %d bytes: %s", len(payload), reason(n))
	}
	return int(n), nil
}

// Close frees the decoder.
func (d *Decoder) Close() {
	C.opus_decoder_destroy(d.state)
	d.state = nil
}

// Duration of a packet by its first bytes (RFC 6716 section 3.1 and 3.2), 0
// for what is no packet.
func Duration(payload []byte) time.Duration {
	if len(payload) == 0 {
		return 0
	}
	n := C.opus_packet_get_nb_samples((*C.uchar)(&payload[0]), C.opus_int32(len(payload)), ClockRate)
	if n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second / ClockRate
}

func reason(code C.int) string { return C.GoString(C.opus_strerror(code)) }

// grow lengthens dst by n and also returns the new part.
func grow(dst []byte, n int) (all, added []byte) {
	if cap(dst)-len(dst) < n {
		dst = append(dst, make([]byte, n)...)[:len(dst)]
	}
	all = dst[:len(dst)+n]
	return all, all[len(dst):]
}

func growPCM(dst []int16, n int) (all, added []int16) {
	if cap(dst)-len(dst) < n {
		dst = append(dst, make([]int16, n)...)[:len(dst)]
	}
	all = dst[:len(dst)+n]
	return all, all[len(dst):]
}
