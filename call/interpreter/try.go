package interpreter

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Bounds of engines that do not keep their word.
const (
	// mostHung engine calls may hang at a time; then nothing more is asked of
	// the engines.
	mostHung = 8
	// grace is given to an engine beyond the end of its context.
	grace        = 300 * time.Millisecond
	lastPatience = 2 * time.Second
)

var (
	errHangs  = errors.New("the engine hangs")
	errClosed = errors.New("nobody listens any more")
)

// try calls an engine and comes back by the end of ctx and a grace, whatever
// the engine does. A panic is an error.
func (i *Interpreter) try(ctx context.Context, f func(context.Context) error) error {
	errand, ok := i.loose.begin()
	if !ok {
		return errHangs
	}
	done := make(chan error, 1)
	go func() { // i.loose waits for it
		defer i.loose.end(errand)
		done <- guard(func() error { return f(ctx) })
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case err := <-done:
		return err
	case <-t.C:
		i.loose.hang(errand)
		return errHangs
	}
}

// guard turns a panic into an error. Its value may quote what was said.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %T", p)
		}
	}()
	return f()
}
