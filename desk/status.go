package desk

import (
	"errors"
	"fmt"
	"slices"
)

// Status of a request.
type Status string

// Statuses. A person who rejects a request says why.
const (
	Fresh    Status = "new"
	InWork   Status = "in_work"
	Done     Status = "done"
	Rejected Status = "rejected"
)

// Statuses lists all of them in the order of work.
func Statuses() []Status { return []Status{Fresh, InWork, Done, Rejected} }

// Errors of Move.
var (
	ErrStatus = errors.New("this change of status is not possible")
	ErrNote   = errors.New("a rejected request needs a note that says why")
)

// Open says that something is still to be done.
func (s Status) Open() bool { return s == Fresh || s == InWork }

// Next are the statuses that may follow.
func (s Status) Next() []Status {
	switch s {
	case Fresh:
		return []Status{InWork, Done, Rejected}
	case InWork:
		return []Status{Done, Rejected, Fresh}
	case Done, Rejected:
		return []Status{InWork} // taken up again
	}
	return nil
}

func (s Status) check(to Status, note string) error {
	if !slices.Contains(s.Next(), to) {
		return fmt.Errorf("%s after %s: %w", to, s, ErrStatus)
	}
	if to == Rejected && note == "" {
		return ErrNote
	}
	return nil
}
