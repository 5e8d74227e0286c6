// Package onnx is the one place that loads ONNX Runtime: model files and
// tensors flow in, tensors flow out. Sessions run in the caller's thread and
// never spin, so that several models in one process do not fight for cores.
package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// LibraryName is the file looked for by Find.
const LibraryName = "libonnxruntime.so"

// Errors of the runtime.
var (
	ErrOpen   = errors.New("ONNX Runtime is already open in this process: open it once and pass it on")
	ErrClosed = errors.New("ONNX Runtime is closed")
)

// Runtime is the loaded library. The library is one per process, so there is
// one Runtime at a time. Methods are safe for concurrent use.
type Runtime struct {
	path string

	mu       sync.Mutex
	closed   bool
	sessions int
}

// Open loads the shared library; an empty path means Find. It must not be
// called from two goroutines at once (the library below has no lock).
func Open(libPath string) (*Runtime, error) {
	if ort.IsInitialized() {
		return nil, ErrOpen
	}
	if libPath == "" {
		found, err := Find()
		if err != nil {
			return nil, err
		}
		libPath = found
	}
	if _, err := os.Stat(libPath); err != nil {
		return nil, fmt.Errorf("open ONNX Runtime library: %w (build it with `make native` or name it in the configuration)", err)
	}
	ort.SetSharedLibraryPath(libPath)
	// Warnings of the graph optimiser would end up on the operator's terminal.
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return nil, fmt.Errorf("load ONNX Runtime from %s: %w", libPath, err)
	}
	return &Runtime{path: libPath}, nil
}

// Find looks for the library in $AMTSLEITUNG_NATIVE (with and without lib/),
// next to the binary, and in .native/lib of the working directory and the
// directories above it.
func Find() (string, error) {
	var dirs []string
	if env := os.Getenv("AMTSLEITUNG_NATIVE"); env != "" {
		dirs = append(dirs, filepath.Join(env, "lib"), env)
	}
	if exe, err := os.Executable(); err == nil {
		dir := filepath.Dir(exe)
		dirs = append(dirs, dir, filepath.Join(dir, "lib"), filepath.Join(dir, "..", "lib"), filepath.Join(dir, "..", ".native", "lib"))
	}
	if wd, err := os.Getwd(); err == nil {
		for dir := wd; ; dir = filepath.Dir(dir) {
			dirs = append(dirs, filepath.Join(dir, ".native", "lib"))
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, LibraryName)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s not found next to the binary or in .native/lib: build it with `make native` or set AMTSLEITUNG_NATIVE to the folder that holds lib/%s", LibraryName, LibraryName)
}

// Version is the library's own, "1.24.4".
func (rt *Runtime) Version() string { return ort.GetVersion() }

func (rt *Runtime) String() string {
	return fmt.Sprintf("ONNX Runtime %s from %s", rt.Version(), rt.path)
}

// Close unloads the library. Sessions must be closed before.
func (rt *Runtime) Close() error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return nil
	}
	if rt.sessions > 0 {
		return fmt.Errorf("close ONNX Runtime: %d sessions are still open", rt.sessions)
	}
	rt.closed = true
	if err := ort.DestroyEnvironment(); err != nil {
		return fmt.Errorf("close ONNX Runtime: %w", err)
	}
	return nil
}

// hold counts a session that is about to be made.
func (rt *Runtime) hold() error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return ErrClosed
	}
	rt.sessions++
	return nil
}

func (rt *Runtime) letGo() {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.sessions--
}
