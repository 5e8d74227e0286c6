package dtmf

/*
#cgo LDFLAGS: -lspandsp
#include <stdint.h>
#include <spandsp.h>
#cgo noescape dtmf_rx
#cgo nocallback dtmf_rx
#cgo noescape dtmf_rx_get
#cgo nocallback dtmf_rx_get
#cgo noescape dtmf_tx
#cgo nocallback dtmf_tx
*/
import "C"

import "errors"

// ToneRate is the sampling rate of Detector and Generator in Hz.
const ToneRate = 8000

var errInit = errors.New("DTMF: out of memory in libspandsp")

// Detector listens for tones in 8 kHz audio. Close frees it.
type Detector struct {
	state *C.dtmf_rx_state_t
	found [32]C.char
}

// NewDetector makes a detector with spandsp's limits (Q.24: 40 ms of tone, twist 8 dB and 4 dB).
func NewDetector() (*Detector, error) {
	s := C.dtmf_rx_init(nil, nil, nil)
	if s == nil {
		return nil, errInit
	}
	return &Detector{state: s}, nil
}

// Listen takes samples and appends the digits that became certain to dst.
func (d *Detector) Listen(dst []rune, pcm []int16) []rune {
	if len(pcm) == 0 {
		return dst
	}
	C.dtmf_rx(d.state, (*C.int16_t)(&pcm[0]), C.int(len(pcm)))
	n := C.dtmf_rx_get(d.state, &d.found[0], C.int(len(d.found)-1))
	for _, c := range d.found[:n] {
		dst = append(dst, rune(c))
	}
	return dst
}

// Close frees the state; the detector must not be used afterwards.
func (d *Detector) Close() {
	C.dtmf_rx_free(d.state)
	d.state = nil
}

// Generator makes tones at 8 kHz. Close frees it.
type Generator struct{ state *C.dtmf_tx_state_t }

// Timing of generated tones in ms, well above the 40 ms that receivers must hear.
const (
	toneOn  = 100
	toneOff = 80
)

// NewGenerator makes a generator at -10 dBm0 per tone.
func NewGenerator() (*Generator, error) {
	s := C.dtmf_tx_init(nil)
	if s == nil {
		return nil, errInit
	}
	C.dtmf_tx_set_timing(s, toneOn, toneOff)
	return &Generator{state: s}, nil
}

// Put queues one digit.
func (g *Generator) Put(digit rune) error {
	code, err := Code(digit)
	if err != nil {
		return err
	}
	c := C.char(digits[code])
	if C.dtmf_tx_put(g.state, &c, 1) != 0 {
		return errors.New("DTMF: too many digits wait to be played")
	}
	return nil
}

// Read fills pcm and returns how many samples belong to digits; the rest is silence.
func (g *Generator) Read(pcm []int16) int {
	if len(pcm) == 0 {
		return 0
	}
	n := int(C.dtmf_tx(g.state, (*C.int16_t)(&pcm[0]), C.int(len(pcm))))
	clear(pcm[n:])
	return n
}

// Close frees the state; the generator must not be used afterwards.
func (g *Generator) Close() {
	C.dtmf_tx_free(g.state)
	g.state = nil
}
