package pico

/*
#cgo CFLAGS: -I${SRCDIR}/../../.native/include -O2
#cgo LDFLAGS: -L${SRCDIR}/../../.native/lib -lttspico -lm
#include <stdlib.h>
#include "engine.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"unsafe"
)

// samplesPerCall is one frame: a cancel is seen after at most this much.
const samplesPerCall = 320

// engine is one loaded voice for one utterance.
type engine struct {
	c    *C.pico_voice
	name string
	pcm  [samplesPerCall]int16
}

func openEngine(name string, f files) (*engine, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	ta, sg := C.CString(f.analysis), C.CString(f.signal)
	defer C.free(unsafe.Pointer(ta))
	defer C.free(unsafe.Pointer(sg))
	message := (*C.char)(C.calloc(1, 256))
	defer C.free(unsafe.Pointer(message))
	e := &engine{name: name}
	if rc := C.pico_voice_open(ta, sg, &e.c, message); rc != 0 {
		return nil, fmt.Errorf("load Pico voice %s from %s: %s (code %d); run `amtsleitung models fetch`",
			name, f.analysis, C.GoString(message), int(rc))
	}
	return e, nil
}

func (e *engine) close() {
	C.pico_voice_close(e.c)
	e.c = nil
}

// speak puts the whole text and hands out samples as they come.
func (e *engine) speak(ctx context.Context, text string, write func([]int16) error) error {
	c := C.CString(text) // ends with the 0 byte that flushes Pico's input
	defer C.free(unsafe.Pointer(c))
	rest, left := unsafe.Pointer(c), len(text)+1
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if left > 0 {
			n := int(C.pico_voice_put(e.c, (*C.char)(rest), C.int(left)))
			if n < 0 {
				return fmt.Errorf("give text to Pico voice %s: code %d", e.name, n)
			}
			rest, left = unsafe.Add(rest, n), left-n
		}
		more, err := e.step(write)
		if err != nil {
			return err
		}
		if !more && left == 0 {
			return nil
		}
	}
}

var errStep = errors.New("the Pico engine failed while speaking")

func (e *engine) step(write func([]int16) error) (more bool, err error) {
	var got C.int
	rc := C.pico_voice_get(e.c, (*C.int16_t)(unsafe.Pointer(&e.pcm[0])), samplesPerCall, &got)
	if got > 0 {
		if err := write(e.pcm[:int(got)]); err != nil {
			return false, err
		}
	}
	if rc < 0 {
		return false, fmt.Errorf("voice %s: %w", e.name, errStep)
	}
	return rc > 0, nil
}
