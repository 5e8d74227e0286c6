// Package kernel computes Whisper's encoder and decoder with 8-bit weights on
// AVX-512 VNNI or AVX2: the samples of a window and the tokens asked flow in, the
// logits of the next token flow out. It reads the f16 model and quantises
// while loading: weights with one scale per output, activations with one
// scale per position.
package kernel

// #cgo CFLAGS: -O3 -std=gnu11
// #cgo LDFLAGS: -lm -lpthread
// #include "kernel.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"unsafe"

	"github.com/amtsleitung/amtsleitung/models/ggml"
)

// Errors of this package.
var (
	// ErrModel says that the model is not one that these kernels compute.
	ErrModel = errors.New("not a Whisper model with f16 weights")
	// ErrQuantised says that the weights have lost their precision already.
	ErrQuantised = errors.New("weights are quantised already")
	// ErrStopped says that Stop ended the work.
	ErrStopped = errors.New("stopped")
)

// Beams is how many texts can be decoded at once.
const Beams = C.AK_BEAMS

// Top is how many of the most probable tokens are told at most.
const Top = 2 * Beams

// Token is an entry of the model's vocabulary.
type Token = int32

// Model is the weights with the memory for one window. Only Stop may be
// called beside another method.
type Model struct {
	c      *C.ak_model
	header ggml.Header
	stop   *C.int32_t // C memory: written by Stop while C reads it
	logits [Beams][]float32

	logProbability C.float // of the best token: here, because a local would be allocated
	top            [Top]Token
	topLogs        [Top]float32
}

// Processor is what kernels are written for.
type Processor C.enum_ak_processor

// Kinds of processors; each runs the kernels of those before it, too.
const (
	Other Processor = C.AK_OTHER // there are no kernels for it
	AVX2  Processor = C.AK_WITH_AVX2
	// AVX512 means AVX-512 with VNNI.
	AVX512 Processor = C.AK_WITH_AVX512
)

// Supported is the best of this processor.
func Supported() Processor { return Processor(C.ak_supported()) }

// Load reads a model in ggml format.
func Load(r io.Reader, threads int) (*Model, error) { return loadFor(Supported(), r, threads) }

func loadFor(p Processor, r io.Reader, threads int) (*Model, error) {
	if p == Other || p > Supported() {
		return nil, errors.New("this processor lacks what the kernels need")
	}
	h, err := ggml.ReadHeader(r)
	if err != nil {
		return nil, err
	}
	if err := check(h); err != nil {
		return nil, err
	}
	m := newModel(p, h, threads)
	if err := m.fill(r); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// check refuses sizes that the kernels' panels and buffers are not made for.
func check(h ggml.Header) error {
	const head = C.AK_HEAD
	switch {
	case h.AudioState != h.TextState, h.AudioState%head != 0, h.AudioState <= 0, h.AudioState > 2048:
		return fmt.Errorf("%w: width %d and %d", ErrModel, h.AudioState, h.TextState)
	case h.AudioHead != h.AudioState/head, h.TextHead != h.TextState/head:
		return fmt.Errorf("%w: %d and %d heads", ErrModel, h.AudioHead, h.TextHead)
	case h.AudioLayer <= 0, h.AudioLayer > 64, h.TextLayer <= 0, h.TextLayer > 64:
		return fmt.Errorf("%w: %d and %d layers", ErrModel, h.AudioLayer, h.TextLayer)
	case h.AudioCtx != 1500, h.TextCtx != 448:
		return fmt.Errorf("%w: contexts of %d and %d", ErrModel, h.AudioCtx, h.TextCtx)
	case h.Vocab < 51864, h.Vocab > 60000, int(h.Vocab) < len(h.Tokens):
		return fmt.Errorf("%w: vocabulary of %d", ErrModel, h.Vocab)
	case h.Mels != 80 && h.Mels != 128, int(h.Mels) != len(h.Filters), len(h.Filters[0]) != 201:
		return fmt.Errorf("%w: %d mel bands", ErrModel, h.Mels)
	}
	return nil
}

func newModel(p Processor, h ggml.Header, threads int) *Model {
	shape := C.ak_shape{
		processor: C.int(p), vocab: C.int(h.Vocab), audio_ctx: C.int(h.AudioCtx), state: C.int(h.AudioState),
		audio_layers: C.int(h.AudioLayer), text_ctx: C.int(h.TextCtx), text_layers: C.int(h.TextLayer),
		mels: C.int(h.Mels), threads: C.int(max(1, threads)),
	}
	m := &Model{c: C.ak_new(&shape), header: h, stop: C.ak_new_flag()}
	for i := range m.logits {
		m.logits[i] = unsafe.Slice((*float32)(C.ak_logits(m.c, C.int(i))), int(h.Vocab))
	}
	heads := alignmentHeads(h)
	C.ak_align(m.c, (*C.int32_t)(&heads[0]), C.int(len(heads)))
	return m
}

// Close frees the model.
func (m *Model) Close() {
	C.ak_free(m.c)
	C.ak_free_flag(m.stop)
	m.c, m.logits = nil, [Beams][]float32{}
}

// Encode listens to a window: 16 kHz samples, seen through the given number
// of positions of 20 ms, at most 1500.
func (m *Model) Encode(pcm []int16, positions int) error {
	if len(pcm) == 0 || positions < 1 || positions > int(m.header.AudioCtx) {
		return fmt.Errorf("cannot encode %d samples in %d positions", len(pcm), positions)
	}
	*m.stop = 0
	rc := C.ak_encode(m.c, (*C.int16_t)(&pcm[0]), C.int(len(pcm)), C.int(positions), m.stop)
	runtime.KeepAlive(pcm)
	return stopped(rc)
}

// Decode puts tokens behind the first past ones.
func (m *Model) Decode(tokens []Token, past int) error {
	if len(tokens) == 0 || past < 0 || past+len(tokens) > int(m.header.TextCtx) {
		return fmt.Errorf("cannot decode %d tokens behind %d", len(tokens), past)
	}
	if slices.Min(tokens) < 0 || int(slices.Max(tokens)) >= int(m.header.Vocab) {
		return errors.New("cannot decode a token outside the vocabulary")
	}
	return stopped(C.ak_decode(m.c, (*C.int32_t)(&tokens[0]), C.int(len(tokens)), C.int(past), m.stop))
}

// DecodeBeams goes on with as many texts as there are tokens: text i puts its
// token behind the first past ones of what was text from[i]. Behind a Decode
// there is one text, 0.
func (m *Model) DecodeBeams(tokens []Token, from []int32, past int) error {
	if len(tokens) == 0 || len(tokens) > Beams || len(from) != len(tokens) || past < 1 || past >= int(m.header.TextCtx) {
		return fmt.Errorf("cannot decode %d texts behind %d tokens", len(tokens), past)
	}
	if slices.Min(tokens) < 0 || int(slices.Max(tokens)) >= int(m.header.Vocab) {
		return errors.New("cannot decode a token outside the vocabulary")
	}
	if slices.Min(from) < 0 || slices.Max(from) >= Beams {
		return errors.New("cannot go on with a text that does not exist")
	}
	return stopped(C.ak_decode_beams(m.c, (*C.int32_t)(&tokens[0]), (*C.int32_t)(&from[0]), C.int(len(tokens)), C.int(past), m.stop))
}

// Stop ends the running Encode or Decode within one layer, and fails every
// Decode until the next Encode.
func (m *Model) Stop() { C.ak_set_flag(m.stop) }

func stopped(rc C.int) error {
	if rc != 0 {
		return ErrStopped
	}
	return nil
}

// Logits of the token behind the last one decoded of a text; they may be
// changed, and are valid until the next Decode.
func (m *Model) Logits(text int) []float32 { return m.logits[text] }

// Best is the most probable next token of a text with its natural log probability.
func (m *Model) Best(text int) (Token, float64) {
	l := m.logits[text]
	t := C.ak_best(m.c, (*C.float)(&l[0]), C.int(len(l)), &m.logProbability)
	return Token(t), float64(m.logProbability)
}

// Tops are the k most probable next tokens of a text, the best first, with
// their natural log probabilities; both are valid until the next call.
func (m *Model) Tops(text, k int) ([]Token, []float32) {
	l := m.logits[text]
	n := C.ak_top(m.c, (*C.float)(&l[0]), C.int(len(l)), C.int(min(k, Top)), (*C.int32_t)(&m.top[0]), (*C.float)(&m.topLogs[0]))
	return m.top[:n], m.topLogs[:n]
}

// LogSum is the logarithm of the sum of the exponentials of the logits[from:to] of a text.
func (m *Model) LogSum(text, from, to int) float64 {
	return float64(C.ak_log_sum(m.c, (*C.float)(&m.logits[text][from]), C.int(to-from)))
}

// AppendAttention appends what the last decoded token of a text listened to: a
// weight for each of the positions, averaged over the heads that follow the speech.
func (m *Model) AppendAttention(text int, dst []float32, positions int) []float32 {
	return append(dst, unsafe.Slice((*float32)(C.ak_attention(m.c, C.int(text))), positions)...)
}
