// Package resample changes the sampling rate of a mono stream: samples at one
// rate flow in, samples at the other flow out, with a few milliseconds of delay.
package resample

/*
#cgo LDFLAGS: -lspeexdsp
#include <stdint.h>
#include <speex/speex_resampler.h>

// feed returns input samples used in the upper half and output samples made in
// the lower half, so that no Go memory has to escape for the two counters.
static uint64_t feed(SpeexResamplerState *s, const int16_t *in, uint32_t nin, int16_t *out, uint32_t nout) {
	spx_uint32_t i = nin, o = nout;
	speex_resampler_process_int(s, 0, in, &i, out, &o);
	return (uint64_t)i << 32 | o;
}
#cgo noescape feed
#cgo nocallback feed
*/
import "C"

import "fmt"

// Quality trades processor time and delay against the steepness of the filter.
type Quality int

// Qualities: Phone delays by about 2.5 ms at 8 kHz and is meant for calls,
// File is steeper and meant for recordings.
const (
	Phone Quality = 4
	File  Quality = 8
)

const (
	minRate = 1000
	maxRate = 768000
	// A filter of the reduced ratio's size is kept; odd ratios are rounded by
	// the library, so only absurd rates are refused.
	chunk = 1 << 14
)

// Resampler is the state of one stream. Close frees it.
type Resampler struct {
	state    *C.SpeexResamplerState
	from, to int
}

// New makes a resampler between two rates in Hz.
func New(from, to int, q Quality) (*Resampler, error) {
	if from < minRate || to < minRate || from > maxRate || to > maxRate {
		return nil, fmt.Errorf("resample %d Hz to %d Hz: rates must be %d to %d Hz", from, to, minRate, maxRate)
	}
	var code C.int
	s := C.speex_resampler_init(1, C.spx_uint32_t(from), C.spx_uint32_t(to), C.int(q), &code)
	if s == nil {
		return nil, fmt.Errorf("resample %d Hz to %d Hz: %s", from, to, C.GoString(C.speex_resampler_strerror(code)))
	}
	return &Resampler{state: s, from: from, to: to}, nil
}

// Append converts all of in and appends the result to dst. How many samples
// come out varies by one where the ratio is not whole.
func (r *Resampler) Append(dst, in []int16) []int16 {
	for len(in) > 0 {
		part := in[:min(len(in), chunk)]
		want := len(part)*r.to/r.from + 8
		var out []int16
		dst, out = grow(dst, want)
		counts := uint64(C.feed(r.state, (*C.int16_t)(&part[0]), C.uint32_t(len(part)), (*C.int16_t)(&out[0]), C.uint32_t(want)))
		dst = dst[:len(dst)-want+int(counts&0xFFFFFFFF)]
		in = in[counts>>32:]
	}
	return dst
}

// Delay is the filter's latency in samples at the output rate.
func (r *Resampler) Delay() int {
	return int(C.speex_resampler_get_output_latency(r.state))
}

// SkipDelay drops the leading silence of the filter, so that a file keeps its
// times. Call it before the first Append; flush the end with Delay's worth of zeros.
func (r *Resampler) SkipDelay() { C.speex_resampler_skip_zeros(r.state) }

// Reset forgets the past of the stream.
func (r *Resampler) Reset() { C.speex_resampler_reset_mem(r.state) }

// Close frees the state; the resampler must not be used afterwards.
func (r *Resampler) Close() {
	C.speex_resampler_destroy(r.state)
	r.state = nil
}

// grow lengthens dst by n and also returns the new part.
func grow(dst []int16, n int) (all, added []int16) {
	if cap(dst)-len(dst) < n {
		dst = append(dst, make([]int16, n)...)[:len(dst)]
	}
	all = dst[:len(dst)+n]
	return all, all[len(dst):]
}
