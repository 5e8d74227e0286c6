// Package bergamot translates with Firefox Translations models on the
// processor: a sentence flows in, its translation flows out. The engine is
// the Rust library of native/rust.
package bergamot

/*
#cgo CFLAGS: -I${SRCDIR}/../../.native/include
#cgo LDFLAGS: -L${SRCDIR}/../../.native/lib -lamtsleitung_native -lstdc++ -lgcc_s -lm -ldl -lpthread
#include <stdlib.h>
#include "amtsleitung_native.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"
)

// ErrTooLong says that a text exceeds what the engine takes at once.
var ErrTooLong = errors.New("too long for one translation")

// model is one direction.
type model struct{ handle *C.amt_translator }

// files of one direction, as the model packages name them.
type files struct{ model, source, target, lex string }

// find looks for a direction's files in its folder.
func find(dir string) (files, error) {
	one := func(patterns ...string) string {
		for _, p := range patterns {
			if found, _ := filepath.Glob(filepath.Join(dir, p)); len(found) > 0 {
				return found[0]
			}
		}
		return ""
	}
	f := files{
		model: one("model.*.bin"), lex: one("lex.*.bin"),
		source: one("srcvocab.*.spm", "vocab.*.spm"), target: one("trgvocab.*.spm", "vocab.*.spm"),
	}
	if f.model == "" || f.source == "" || f.target == "" {
		return files{}, fmt.Errorf("translation model in %s is incomplete: model.*.bin and vocab.*.spm are needed; fetch it again with `amtsleitung models fetch`", dir)
	}
	return f, nil
}

// errorBytes is enough for one line of the engine.
const errorBytes = 512

// load reads a direction and tries it on the canary, a sentence of the source
// language: a wrong vocabulary gives empty text without any error.
func load(f files, canary string) (*model, error) {
	var owned []*C.char
	text := func(s string) *C.char {
		if s == "" {
			return nil
		}
		c := C.CString(s)
		owned = append(owned, c)
		return c
	}
	defer func() {
		for _, c := range owned {
			C.free(unsafe.Pointer(c))
		}
	}()
	var m model
	var message [errorBytes]C.char
	status := C.amt_translate_load(text(f.model), text(f.source), text(f.target), text(f.lex), text(canary), &m.handle, &message[0], errorBytes)
	if status != C.AMT_OK {
		return nil, fmt.Errorf("translation: %s", C.GoString(&message[0]))
	}
	return &m, nil
}

// translate cannot be cancelled; the engine bounds what it takes.
func (m *model) translate(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	var out *C.char
	var message [errorBytes]C.char
	in := unsafe.StringData(text)
	status := C.amt_translate(m.handle, (*C.char)(unsafe.Pointer(in)), C.size_t(len(text)), &out, &message[0], errorBytes)
	switch status {
	case C.AMT_OK:
		defer C.amt_string_free(out)
		return C.GoString(out), nil
	case C.AMT_TOO_LONG:
		return "", ErrTooLong
	}
	return "", fmt.Errorf("translation: %s", C.GoString(&message[0]))
}

func (m *model) close() {
	C.amt_translate_free(m.handle)
	m.handle = nil
}

// bytes is about what a loaded direction takes.
func (f files) bytes() int64 {
	var sum int64
	for _, name := range []string{f.model, f.source, f.target, f.lex} {
		if info, err := os.Stat(name); err == nil {
			sum += info.Size()
		}
	}
	return sum
}
