package floor

import (
	"context"
	"time"
)

// Bounds of asking a language model: it must never be what the desk waits for.
const (
	improvers   = 2               // at once
	improveTime = 3 * time.Second // each
	unimproved  = 32              // callers whose turn has not come; the next ones go without
	noteTongue  = "de"            // of the notes: the desk's own language
)

// Machine is a summary that a language model has put into sentences. Pages
// mark it as such; it never replaces the lines made without one.
type Machine struct {
	Lines    []string `json:"lines"`
	Model    string   `json:"model"`
	Language string   `json:"language"`
}

// wish asks for a note on a caller who has joined the queue, if one can be had.
func (f *Floor) wish(v *visit) {
	if f.o.Improve == nil || v.h.Summary.Concern == "" && len(v.h.Summary.Answers) == 0 && len(v.h.Summary.Slots) == 0 {
		return
	}
	select {
	case f.wishes <- v.id:
	default:
		f.o.Log.Debug("no note by the language model: too many callers at once", "call", v.h.Call)
	}
}

// improve writes notes until ctx ends.
func (f *Floor) improve(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-f.wishes:
			f.guard("language model", func() { f.improveOne(ctx, id) })
		}
	}
}

func (f *Floor) improveOne(ctx context.Context, id string) {
	f.mu.Lock()
	v := f.visits[id]
	if v == nil || v.erased || !v.ended.IsZero() {
		f.mu.Unlock()
		return
	}
	call, sum := v.h.Call, v.h.Summary
	f.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, improveTime)
	defer cancel()
	note, err := f.o.Improve(ctx, sum, noteTongue)
	if err != nil {
		f.o.Log.Info("no note by the language model", "call", call, "err", err)
		return
	}
	_ = f.do(ctx, func(time.Time) error {
		if v := f.visits[id]; v != nil && v.h.Call == call && !v.erased {
			v.machine = &Machine{Lines: note.Lines, Model: note.Model, Language: noteTongue}
		}
		return nil
	})
}
