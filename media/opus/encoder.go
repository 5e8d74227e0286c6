package opus

/*
#include <stdlib.h>
#include <string.h>
#include <opus.h>

// Peaks louder than the sound that went in are errors of the encoder: SILK's
// noise shaping may start to ring on sounds as periodic as those of a formant
// synthesiser (libopus 1.3.1: some 4 ms at full scale in each minute of such a
// voice). It then rings in every decoder, so each packet is decoded here.
enum { quiet = 3000, twice = 2, samples = 16000 * 120 / 1000 };

typedef struct {
	OpusEncoder *encoder;
	OpusDecoder *decoder; // as the other side's, all packets having come
	char *encoderWas, *decoderWas; // before the packet
	int encoderSize, decoderSize;
	int complexity;
	int loud; // the last packet's sound, which the decoder still plays: it is behind by 7 to 12 ms
	int calmed;
	opus_int16 out[samples];
} checked;

static int peak(const opus_int16 *pcm, int n) {
	int m = 0;
	for (int i = 0; i < n; i++) {
		int a = pcm[i] < 0 ? -pcm[i] : pcm[i];
		if (a > m) m = a;
	}
	return m;
}

static void checked_free(checked *c) {
	if (!c) return;
	if (c->encoder) opus_encoder_destroy(c->encoder);
	if (c->decoder) opus_decoder_destroy(c->decoder);
	free(c->encoderWas);
	free(c->decoderWas);
	free(c);
}

// tune is in C because the control calls take variable arguments.
static int tune(OpusEncoder *e, int bitrate, int loss, int complexity) {
	int err = opus_encoder_ctl(e, OPUS_SET_BITRATE(bitrate));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_VBR(1));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_DTX(0));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(1));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(loss));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(complexity));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
	return err;
}

static checked *checked_create(int rate, int bitrate, int loss, int complexity, int *err) {
	checked *c = calloc(1, sizeof *c);
	if (!c) {
		*err = OPUS_ALLOC_FAIL;
		return NULL;
	}
	c->complexity = complexity;
	c->encoder = opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, err);
	if (*err == OPUS_OK) c->decoder = opus_decoder_create(rate, 1, err);
	if (*err == OPUS_OK) *err = tune(c->encoder, bitrate, loss, complexity);
	c->encoderSize = opus_encoder_get_size(1);
	c->decoderSize = opus_decoder_get_size(1);
	c->encoderWas = malloc(c->encoderSize);
	c->decoderWas = malloc(c->decoderSize);
	if (*err == OPUS_OK && (!c->encoderWas || !c->decoderWas)) *err = OPUS_ALLOC_FAIL;
	if (*err == OPUS_OK) return c;
	checked_free(c);
	return NULL;
}

// wild encodes one packet and says whether it rings.
static int wild(checked *c, const opus_int16 *pcm, int n, int loud, unsigned char *packet, int room, int *len) {
	*len = opus_encode(c->encoder, pcm, n, packet, room);
	if (*len < 0) return 0;
	int got = opus_decode(c->decoder, packet, *len, c->out, samples, 0);
	int heard = got > 0 ? peak(c->out, got) : 0;
	return heard > quiet && heard > twice * loud;
}

static void again(checked *c) {
	memcpy(c->encoder, c->encoderWas, c->encoderSize); // one chunk each, without pointers (opus.h)
	memcpy(c->decoder, c->decoderWas, c->decoderSize);
	c->calmed++;
}

static int checked_encode(checked *c, const opus_int16 *pcm, int n, unsigned char *packet, int room) {
	memcpy(c->encoderWas, c->encoder, c->encoderSize);
	memcpy(c->decoderWas, c->decoder, c->decoderSize);
	int now = peak(pcm, n), loud = now > c->loud ? now : c->loud, len;
	c->loud = now;
	if (!wild(c, pcm, n, loud, packet, room, &len)) return len;
	again(c); // a simpler search rounds otherwise, and does not ring
	opus_encoder_ctl(c->encoder, OPUS_SET_COMPLEXITY(0));
	if (wild(c, pcm, n, loud, packet, room, &len)) {
		again(c); // nothing of the past is left that could ring
		opus_encoder_ctl(c->encoder, OPUS_RESET_STATE);
		wild(c, pcm, n, loud, packet, room, &len);
	}
	opus_encoder_ctl(c->encoder, OPUS_SET_COMPLEXITY(c->complexity));
	return len;
}

#cgo noescape checked_encode
#cgo nocallback checked_encode
*/
import "C"

import "fmt"

const (
	bitRate    = 28000 // bit/s
	lossTuning = 10    // percent, what FEC prepares for
	complexity = 5     // of 0..10: half of the time of 10, hardly told apart in speech
)

// Encoder is one direction's state. Close frees it.
type Encoder struct{ state *C.checked }

// NewEncoder makes an encoder for speech.
func NewEncoder() (*Encoder, error) {
	var code C.int
	state := C.checked_create(SampleRate, bitRate, lossTuning, complexity, &code)
	if state == nil {
		return nil, fmt.Errorf("opus encoder: %s", reason(code))
	}
	return &Encoder{state: state}, nil
}

// Encode appends one packet for pcm, which is 2.5, 5, 10, 20, 40 or 60 ms long.
func (e *Encoder) Encode(dst []byte, pcm []int16) ([]byte, error) {
	if len(pcm) == 0 {
		return dst, nil
	}
	dst, out := grow(dst, maxPacket)
	n := C.checked_encode(e.state, (*C.opus_int16)(&pcm[0]), C.int(len(pcm)), (*C.uchar)(&out[0]), maxPacket)
	if n < 0 {
		return dst[:len(dst)-maxPacket], fmt.Errorf("opus: encode %d samples: %s", len(pcm), reason(n))
	}
	return dst[:len(dst)-maxPacket+int(n)], nil
}

// calmed is how many packets had to be made again.
func (e *Encoder) calmed() int { return int(e.state.calmed) }

// Close frees the encoder.
func (e *Encoder) Close() {
	C.checked_free(e.state)
	e.state = nil
}
