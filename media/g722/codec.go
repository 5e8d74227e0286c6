// Package g722 converts between 16 kHz linear PCM and the 64 kbit/s payload of
// ITU-T G.722. The RTP clock is 8000 Hz all the same (RFC 3551 section 4.5.2),
// so 20 ms are 320 samples, 160 bytes and 160 ticks.
package g722

/*
#cgo LDFLAGS: -lspandsp
#include <stdint.h>
#include <spandsp.h>
#cgo noescape g722_encode
#cgo nocallback g722_encode
#cgo noescape g722_decode
#cgo nocallback g722_decode
*/
import "C"

import "errors"

// SampleRate of the audio side.
const SampleRate = 16000

const bitRate = 64000

var errInit = errors.New("G.722: out of memory in libspandsp")

// Encoder is one direction's state. Close frees it.
type Encoder struct{ state *C.g722_encode_state_t }

// Decoder is one direction's state. Close frees it.
type Decoder struct{ state *C.g722_decode_state_t }

// NewEncoder makes an encoder.
func NewEncoder() (*Encoder, error) {
	s := C.g722_encode_init(nil, bitRate, 0)
	if s == nil {
		return nil, errInit
	}
	return &Encoder{state: s}, nil
}

// NewDecoder makes a decoder.
func NewDecoder() (*Decoder, error) {
	s := C.g722_decode_init(nil, bitRate, 0)
	if s == nil {
		return nil, errInit
	}
	return &Decoder{state: s}, nil
}

// Encode appends one byte for each two samples; an odd last sample is dropped.
func (e *Encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	pcm = pcm[:len(pcm)&^1]
	if len(pcm) == 0 {
		return dst, nil
	}
	dst, out := grow(dst, len(pcm)/2)
	n := C.g722_encode(e.state, (*C.uint8_t)(&out[0]), (*C.int16_t)(&pcm[0]), C.int(len(pcm)))
	return dst[:len(dst)-len(out)+int(n)], nil
}

// Decode appends two samples for each byte.
func (d *Decoder) Decode(dst []int16, payload []byte) ([]int16, error) {
	if len(payload) == 0 {
		return dst, nil
	}
	dst, out := grow(dst, 2*len(payload))
	n := C.g722_decode(d.state, (*C.int16_t)(&out[0]), (*C.uint8_t)(&payload[0]), C.int(len(payload)))
	return dst[:len(dst)-len(out)+int(n)], nil
}

// Close frees the state; the encoder must not be used afterwards.
func (e *Encoder) Close() {
	C.g722_encode_free(e.state)
	e.state = nil
}

// Close frees the state; the decoder must not be used afterwards.
func (d *Decoder) Close() {
	C.g722_decode_free(d.state)
	d.state = nil
}

// grow lengthens dst by n and also returns the new part.
func grow[T any](dst []T, n int) (all, added []T) {
	if cap(dst)-len(dst) < n {
		dst = append(dst, make([]T, n)...)[:len(dst)]
	}
	all = dst[:len(dst)+n]
	return all, all[len(dst):]
}
