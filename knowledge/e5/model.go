// Package e5 turns text into sentence embeddings with multilingual-e5-small
// (4 bit) in the process itself: texts flow in, unit vectors flow out.
package e5

// #cgo CFLAGS: -I${SRCDIR}/../../.native/include
// #cgo LDFLAGS: -L${SRCDIR}/../../.native/lib -le5 -lm
// #include <stdlib.h>
// #include "e5.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// maxText bounds one text in bytes: the model reads 512 tokens at a time, and
// a single call must stay short because the C code cannot be cancelled.
const maxText = 4096

// minSize is below any real model file: the C parser trusts its input, so a
// truncated download must be refused before it.
const minSize = 1 << 20

// magic opens the packed model file.
const magic = "E5S1"

// Model is a loaded embedding model. It is safe for concurrent use: the C
// engine keeps all scratch memory per call.
type Model struct {
	mu  sync.RWMutex // held for reading while C code runs
	c   *C.e5_model
	dim int
}

// Open maps the model file into memory. Its checksum is the business of the
// models package; Open refuses only what is plainly not a model.
func Open(path string) (*Model, error) {
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	c := C.e5_load(name)
	if c == nil {
		return nil, fmt.Errorf("embedding model %s cannot be loaded (amtsleitung models verify checks it)", path)
	}
	return &Model{c: c, dim: int(C.e5_dim(c))}, nil
}

// checkHeader refuses what would let the C parser read beyond the file.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open embedding model: %w (amtsleitung models fetch gets it)", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open embedding model: %w", err)
	}
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic || info.Size() < minSize {
		return fmt.Errorf("embedding model %s is damaged or not a model (amtsleitung models fetch repairs it)", path)
	}
	return nil
}

// Name tells the model, as part of cache keys and logs.
func (m *Model) Name() string { return "multilingual-e5-small q4" }

// Close releases the model after running calls have returned.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.c != nil {
		C.e5_free(m.c)
		m.c = nil
	}
	return nil
}

// Embed returns one unit vector per text. Questions are queries, article texts
// are passages (the engine adds the prefixes that E5 was trained with). It
// looks at ctx between texts.
func (m *Model) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := m.embed(text, query)
		if err != nil {
			return nil, err
		}
		vectors[i] = v
	}
	return vectors, nil
}

func (m *Model) embed(text string, query bool) ([]float32, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.c == nil {
		return nil, errors.New("embedding model is closed")
	}
	c := C.CString(clean(text))
	defer C.free(unsafe.Pointer(c))
	kind := C.int(0)
	if query {
		kind = 1
	}
	v := make([]float32, m.dim)
	if C.e5_embed(m.c, c, kind, (*C.float)(unsafe.Pointer(&v[0]))) != 0 {
		return nil, fmt.Errorf("embedding of %d bytes failed", len(text))
	}
	return v, nil
}

// clean makes text safe for C: valid UTF-8, no NUL, bounded.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, " "), "\x00", " ")
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
