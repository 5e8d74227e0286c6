package espeak

/*
#cgo LDFLAGS: -lespeak-ng
#include <stdlib.h>
#include "bridge.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unsafe"
)

// ErrOpen is returned when the process has an engine already.
var ErrOpen = errors.New("espeak-ng is open in this process already: open it once and pass it on")

// engine is the one espeak-ng of the process. It is held only while it
// computes, never while audio is played.
type engine struct {
	rate int // of its audio, Hz

	mu     sync.Mutex
	voice  string // the one that is set
	closed bool
}

func openEngine(data string) (*engine, error) {
	var path *C.char
	if data != "" {
		if _, err := os.Stat(filepath.Join(data, "espeak-ng-data", "phontab")); err != nil {
			return nil, fmt.Errorf("espeak-ng data: %w; install the package espeak-ng-data or name its folder in the configuration", err)
		}
		path = C.CString(data)
		defer C.free(unsafe.Pointer(path))
	}
	switch rate := int(C.bridge_open(path)); rate {
	case -2:
		return nil, ErrOpen
	case -1:
		return nil, errors.New("espeak-ng cannot start: its data is missing or damaged; install the package espeak-ng-data")
	default:
		return &engine{rate: rate}, nil
	}
}

func (e *engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.closed = true
		C.bridge_close()
	}
}

// enter takes the engine and sets the voice; the caller calls leave.
func (e *engine) enter(voice string) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return errors.New("espeak-ng is closed")
	}
	if e.voice == voice {
		return nil
	}
	name := C.CString(voice)
	defer C.free(unsafe.Pointer(name))
	if C.bridge_voice(name) != 0 {
		e.voice = ""
		e.mu.Unlock()
		return fmt.Errorf("espeak-ng has no voice %q", voice)
	}
	e.voice = voice
	return nil
}

func (e *engine) leave() { e.mu.Unlock() }

// longestAudio of one piece of text; more means that something is wrong.
const longestAudio = 120 // s

// say computes the audio of one piece of text.
func (e *engine) say(ctx context.Context, voice, text string, words int, notation bool) ([]int16, error) {
	if err := e.enter(voice); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	audio := (*C.bridge_audio)(C.calloc(1, C.sizeof_bridge_audio))
	defer C.free(unsafe.Pointer(audio))
	defer func() { C.free(unsafe.Pointer(audio.pcm)) }()
	audio.max = C.int(longestAudio * e.rate)
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		C.bridge_cancel(audio)
	})
	flag := C.int(0)
	if notation {
		flag = 1
	}
	rc := C.bridge_say(c, C.int(words), flag, audio)
	if !stop() {
		<-stopped
		return nil, ctx.Err()
	}
	if rc != 0 {
		return nil, fmt.Errorf("espeak-ng failed to speak %d bytes with voice %s", len(text), voice)
	}
	pcm := make([]int16, int(audio.count))
	copy(pcm, unsafe.Slice((*int16)(unsafe.Pointer(audio.pcm)), int(audio.count)))
	return pcm, nil
}

// phonemes of a text without punctuation, in IPA.
func (e *engine) phonemes(voice, text string) (string, error) {
	if err := e.enter(voice); err != nil {
		return "", err
	}
	defer e.leave()
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	// The pointer to the pointer must be C memory: espeak-ng moves it on.
	at := (**C.char)(C.malloc(C.size_t(unsafe.Sizeof(uintptr(0)))))
	defer C.free(unsafe.Pointer(at))
	*at = c
	var parts []string
	for *at != nil && len(parts) <= len(text) {
		if said := strings.TrimSpace(C.GoString(C.bridge_phonemes(at))); said != "" {
			parts = append(parts, said)
		}
	}
	return strings.Join(parts, " "), nil
}

// languages of all voices, as espeak-ng lists them.
func (e *engine) languages() []string {
	const size = 1 << 14
	buffer := (*C.char)(C.malloc(size))
	defer C.free(unsafe.Pointer(buffer))
	e.mu.Lock()
	defer e.mu.Unlock()
	n := C.bridge_languages(buffer, size)
	return strings.Fields(C.GoStringN(buffer, n))
}
