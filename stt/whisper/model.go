package whisper

// #cgo CFLAGS: -O3 -I${SRCDIR}/../../.native/include
// #cgo LDFLAGS: -L${SRCDIR}/../../.native/lib -lwhisper -lstdc++ -lm -lpthread
// #include <stdlib.h>
// #include <whisper.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// token is an entry of the model's vocabulary.
type token = int32

// model is one loaded model with the memory for one window. It is not safe for concurrent use.
type model struct {
	c       C.amt_whisper
	threads int
	vocab   int
	special special
	// logits of the token after the last one decoded; owned by the library and valid until the next decode.
	logits []float32
}

// special are the tokens that steer the decoder.
type special struct {
	end, start, previous, noSpeech, noTimestamps, firstTimestamp token
	transcribe, translate                                        token
}

func openModel(path string, threads int) (*model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open Whisper model: %w; fetch it with: amtsleitung models fetch", err)
	}
	m := &model{threads: threads}
	if len(data) == 0 {
		return nil, fmt.Errorf("Whisper model %s is empty; repair it with: amtsleitung models fetch", path)
	}
	if rc := C.amt_open(&m.c, unsafe.Pointer(&data[0]), C.size_t(len(data)), nil, 0); rc != 0 {
		return nil, fmt.Errorf("Whisper model %s is damaged or not in ggml format (step %d); repair it with: amtsleitung models fetch", path, int(rc))
	}
	ctx := m.c.decoder
	m.vocab = int(C.whisper_n_vocab(ctx))
	m.special = special{
		end:            token(C.whisper_token_eot(ctx)),
		start:          token(C.whisper_token_sot(ctx)),
		previous:       token(C.whisper_token_prev(ctx)),
		noSpeech:       token(C.whisper_token_nosp(ctx)),
		noTimestamps:   token(C.whisper_token_not(ctx)),
		firstTimestamp: token(C.whisper_token_beg(ctx)),
		transcribe:     token(C.whisper_token_transcribe(ctx)),
		translate:      token(C.whisper_token_translate(ctx)),
	}
	if C.whisper_is_multilingual(ctx) == 0 {
		m.close()
		return nil, fmt.Errorf("Whisper model %s knows English only; take a multilingual one", path)
	}
	return m, nil
}

func (m *model) close() { C.amt_close(&m.c) }

// encode computes what the decoder listens to; samples are 16 kHz in -1..1.
func (m *model) encode(samples []float32, positions int) error {
	rc := C.amt_encode(&m.c, (*C.float)(&samples[0]), C.int(len(samples)), C.int(positions), C.int(m.threads))
	if rc != 0 {
		return fmt.Errorf("whisper encoder failed with code %d", int(rc))
	}
	return nil
}

// decode appends tokens to the first past ones and sets logits.
func (m *model) decode(tokens []token, past int) error {
	var logits *C.float
	rc := C.amt_decode(&m.c, (*C.int32_t)(&tokens[0]), C.int(len(tokens)), C.int(past), C.int(m.threads), &logits)
	if rc != 0 {
		return fmt.Errorf("whisper decoder failed with code %d", int(rc))
	}
	m.logits = unsafe.Slice((*float32)(logits), m.vocab)
	return nil
}

// best is the most probable next token with its natural log probability.
func (m *model) best() (token, float64) {
	var lp C.float
	id := C.amt_best((*C.float)(&m.logits[0]), C.int(m.vocab), &lp)
	return token(id), float64(lp)
}

// text of a token: a piece of UTF-8, possibly cut inside a character.
func (m *model) text(t token) string {
	return C.GoString(C.whisper_token_to_str(m.c.decoder, C.whisper_token(t)))
}

// tokenize splits text into at most limit tokens.
func (m *model) tokenize(text string, limit int) ([]token, error) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	tokens := make([]token, len(text)+1)
	n := int(C.whisper_tokenize(m.c.decoder, c, (*C.whisper_token)(&tokens[0]), C.int(len(tokens))))
	if n < 0 {
		return nil, errors.New("the prompt cannot be split into tokens")
	}
	return tokens[:min(n, limit)], nil
}

// languages are the codes the model can tell apart, by the position of their token behind special.start.
func languages() []string {
	codes := make([]string, int(C.whisper_lang_max_id())+1)
	for i := range codes {
		codes[i] = C.GoString(C.whisper_lang_str(C.int(i)))
	}
	return codes
}
