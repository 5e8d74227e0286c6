package opus

/*
#include <opus.h>
*/
import "C"

import "github.com/amtsleitung/amtsleitung/media/downmix"

// stereo mixes two channels down ourselves: a decoder of one channel takes the
// mean, or for speech the middle alone, and one side turned against the other
// would be silence.
type stereo struct {
	pcm []int16 // of both channels
	mix *downmix.Mixer
}

// isStereo reads a packet's first byte (RFC 6716 section 3.1).
func isStereo(payload []byte) bool { return len(payload) > 0 && payload[0]&0x04 != 0 }

// widen goes on with two channels. A decoder with two reads packets of one as
// well, so there is no way back. What came before is forgotten, as at the
// beginning of a stream, which is where it nearly always happens.
func (d *Decoder) widen() error {
	state, err := newState(2)
	if err != nil {
		return err
	}
	C.opus_decoder_destroy(d.state)
	d.state = state
	d.stereo = &stereo{pcm: make([]int16, 2*maxSamples), mix: downmix.New(2, SampleRate)}
	return nil
}
