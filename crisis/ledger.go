package crisis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Event is a line of the ledger: who did what, and when. Nothing is ever taken
// out of it, so that it is the audit trail and the state at once.
type Event struct {
	At           time.Time     `json:"at"`
	What         What          `json:"what"`
	Who          string        `json:"who"`
	Via          string        `json:"via"` // page, api, command line
	ID           string        `json:"id"`  // of the announcement
	Reason       string        `json:"reason,omitempty"`
	Announcement *Announcement `json:"announcement,omitempty"`
}

// What happened.
type What string

// All that can happen. Expiry is no event: it is part of the announcement.
const (
	Proposed  What = "proposed"  // written, waits for a second person
	Approved  What = "approved"  // by that person; it holds from its time on
	Immediate What = "immediate" // by an administrator who gave a reason
	Rejected  What = "rejected"  // a proposal
	Off       What = "off"
)

// ledger is an append-only file of JSON lines that several processes share.
type ledger struct{ path string }

const ledgerFile = "crisis.jsonl"

// Path of the ledger below a data folder.
func Path(data string) string { return filepath.Join(data, ledgerFile) }

// mark tells whether the file has changed since.
type mark struct {
	size    int64
	changed time.Time
}

func (l ledger) mark() (mark, error) {
	info, err := os.Stat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return mark{}, nil
	case err != nil:
		return mark{}, fmt.Errorf("crisis ledger: %w", err)
	}
	return mark{info.Size(), info.ModTime()}, nil
}

// read returns all events, and how many lines could not be read: a line that
// a crash cut off was never confirmed to anybody.
func (l ledger) read() (events []Event, damaged int, err error) {
	data, err := os.ReadFile(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("crisis ledger: %w", err)
	}
	events, damaged = parseEvents(data)
	return events, damaged, nil
}

func parseEvents(data []byte) (events []Event, damaged int) {
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e Event
		if err := json.Unmarshal(line, &e); err != nil || e.What == "" || line[len(line)-1] != '\n' {
			damaged++
			continue
		}
		events = append(events, e)
	}
	return events, damaged
}

// change appends the events that decide makes of the present ones; nobody else
// changes the ledger meanwhile. What it returns is on disk.
func (l ledger) change(decide func([]Event) ([]Event, error)) (err error) {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return fmt.Errorf("crisis ledger: %w", err)
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("crisis ledger: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil { // ends with Close
		return fmt.Errorf("crisis ledger: lock: %w", err)
	}
	events, _, err := l.read()
	if err != nil {
		return err
	}
	fresh, err := decide(events)
	if err != nil || len(fresh) == 0 {
		return err
	}
	lines := []byte("\n") // ends a line that a crash cut off
	for _, e := range fresh {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("crisis ledger: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	if _, err := f.Write(lines); err != nil {
		return fmt.Errorf("crisis ledger: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("crisis ledger: %w", err)
	}
	return nil
}
