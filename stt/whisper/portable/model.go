// Package portable computes Whisper's encoder and decoder with whisper.cpp,
// for processors without the instructions that the faster kernels need and
// for quantised model files: the samples of a window and the tokens asked
// flow in, the logits of the next token flow out.
package portable

// #cgo CFLAGS: -O3 -I${SRCDIR}/../../../.native/include
// #cgo LDFLAGS: -L${SRCDIR}/../../../.native/lib -lwhisper -lstdc++ -lm -lpthread
// #include <whisper.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"
)

// Errors of this package.
var (
	// ErrModel says that whisper.cpp refuses the data.
	ErrModel = errors.New("whisper.cpp cannot load the model")
	// ErrStopped says that Stop ended the work.
	ErrStopped = errors.New("stopped")
)

// Token is an entry of the model's vocabulary.
type Token = int32

// Model is the weights with the memory for one window. Only Stop may be
// called beside another method.
type Model struct {
	c       C.amt_whisper
	threads int
	logits  []float32
	samples []float32
	stop    atomic.Bool
}

// Load takes a whole model file.
func Load(data []byte, threads int) (*Model, error) {
	m := &Model{threads: max(1, threads)}
	if len(data) == 0 {
		return nil, ErrModel
	}
	if rc := C.amt_open(&m.c, unsafe.Pointer(&data[0]), C.size_t(len(data))); rc != 0 {
		return nil, fmt.Errorf("%w (step %d)", ErrModel, int(rc))
	}
	return m, nil
}

// Close frees the model.
func (m *Model) Close() { C.amt_close(&m.c) }

// Encode listens to a window: 16 kHz samples, seen through the given number
// of positions of 20 ms, at most 1500.
func (m *Model) Encode(pcm []int16, positions int) error {
	if len(pcm) < 320 || positions < 1 || positions > 1500 {
		return fmt.Errorf("cannot encode %d samples in %d positions", len(pcm), positions)
	}
	m.stop.Store(false)
	m.samples = m.samples[:0]
	for _, s := range pcm {
		m.samples = append(m.samples, float32(s)/32768)
	}
	rc := C.amt_encode(&m.c, (*C.float)(&m.samples[0]), C.int(len(pcm)), C.int(positions), C.int(m.threads))
	return m.result(rc)
}

// Decode puts tokens behind the first past ones.
func (m *Model) Decode(tokens []Token, past int) error {
	if len(tokens) == 0 || past < 0 || past+len(tokens) > 448 {
		return fmt.Errorf("cannot decode %d tokens behind %d", len(tokens), past)
	}
	var logits *C.float
	rc := C.amt_decode(&m.c, (*C.int32_t)(&tokens[0]), C.int(len(tokens)), C.int(past), C.int(m.threads), &logits)
	if rc == 0 {
		m.logits = unsafe.Slice((*float32)(logits), int(C.whisper_n_vocab(m.c.context)))
	}
	return m.result(rc)
}

func (m *Model) result(rc C.int) error {
	if m.stop.Load() {
		return ErrStopped
	}
	if rc != 0 {
		return fmt.Errorf("whisper.cpp failed with code %d", int(rc))
	}
	return nil
}

// Stop fails the running Encode or Decode when it is done, and every Decode
// until the next Encode: whisper.cpp cannot be interrupted within a pass.
func (m *Model) Stop() { m.stop.Store(true) }

// Logits of the token behind the last one decoded; they may be changed, and
// are valid until the next Decode. There is one text, 0.
func (m *Model) Logits(_ int) []float32 { return m.logits }

// Best is the most probable next token with its natural log probability.
func (m *Model) Best(text int) (Token, float64) {
	best := C.amt_best((*C.float)(&m.logits[0]), C.int(len(m.logits)))
	return Token(best), float64(m.logits[best]) - m.LogSum(text, 0, len(m.logits))
}

// LogSum is the logarithm of the sum of the exponentials of logits[from:to].
func (m *Model) LogSum(_, from, to int) float64 {
	return float64(C.amt_log_sum((*C.float)(&m.logits[from]), C.int(to-from)))
}

// AppendAttention appends nothing: whisper.cpp does not show it here.
func (m *Model) AppendAttention(_ int, dst []float32, _ int) []float32 { return dst }
