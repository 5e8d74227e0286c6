package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrNoRequest says that there is no request with a reference.
var ErrNoRequest = errors.New("no such request")

// ErrMoved says that somebody else changed a request in the meantime.
var ErrMoved = errors.New("the request was changed in the meantime")

// Request is what a caller asked to be done. Concern and Slots are personal data.
type Request struct {
	Reference  string
	Call       string
	Created    time.Time
	Form       string
	Department string
	Language   string
	Concern    string
	Slots      []RequestSlot
	Due        time.Time
	Status     string // new, in_work, done, rejected
	Changed    time.Time
}

// RequestSlot is one value of a request.
type RequestSlot struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Value  string `json:"value"`
	Spoken string `json:"spoken"`
	Listed bool   `json:"listed"` // false: a street that the city's list does not know
}

// RequestEvent is a line in the history of a request.
type RequestEvent struct {
	At     time.Time
	Who    string // "" is the service itself
	What   string // created, status, redeliver, delivered, dead
	Detail string
}

// RequestFilter says which requests are wanted; the zero value means all.
type RequestFilter struct {
	Form, Department, Status, Call string
	// OverdueAt leaves only those that are open and were due before.
	OverdueAt time.Time
}

// AddRequest writes a request and what is to be delivered to whom, both or
// neither. A reference is used once.
func (s *Store) AddRequest(ctx context.Context, r Request, deliveries []Delivery) error {
	slots, err := json.Marshal(r.Slots)
	if err != nil {
		return fmt.Errorf("store request %s: %w", r.Reference, err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO requests (reference, call, created, form, department, language, concern, slots, due, status, changed)
			VALUES (?,?,?,?,?,?,?,?,?,?,?)`, r.Reference, r.Call, stampOf(r.Created), r.Form, r.Department, r.Language, r.Concern, slots,
			stampOf(r.Due), r.Status, stampOf(r.Created))
		if err != nil {
			return err
		}
		if err := addRequestEvent(ctx, tx, r.Reference, RequestEvent{At: r.Created, What: "created"}); err != nil {
			return err
		}
		for _, d := range deliveries {
			if err := addDelivery(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store request %s of call %s: %w", r.Reference, r.Call, err)
	}
	return nil
}

func (s *Store) inTx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}

func addRequestEvent(ctx context.Context, tx *sql.Tx, reference string, e RequestEvent) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO request_events (reference, at, who, what, detail) VALUES (?,?,?,?,?)`,
		reference, stampOf(e.At), e.Who, e.What, e.Detail)
	return err
}

// Request finds one by its reference.
func (s *Store) Request(ctx context.Context, reference string) (Request, error) {
	var found Request
	err := s.requests(ctx, `WHERE reference = ?`, []any{reference}, func(r Request) { found = r })
	if err == nil && found.Reference == "" {
		err = ErrNoRequest
	}
	if err != nil {
		return Request{}, fmt.Errorf("request %s: %w", reference, err)
	}
	return found, nil
}

// Requests are those that the filter leaves, newest first.
func (s *Store) Requests(ctx context.Context, f RequestFilter) ([]Request, error) {
	var out []Request
	err := s.requests(ctx, `WHERE (?1 = '' OR form = ?1) AND (?2 = '' OR department = ?2) AND (?3 = '' OR status = ?3) AND (?4 = '' OR call = ?4)
		ORDER BY created DESC, reference DESC`, []any{f.Form, f.Department, f.Status, f.Call},
		func(r Request) {
			if f.OverdueAt.IsZero() || r.Overdue(f.OverdueAt) {
				out = append(out, r)
			}
		})
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	return out, nil
}

// Overdue says that nobody finished the request in time.
func (r Request) Overdue(now time.Time) bool {
	open := r.Status == "new" || r.Status == "in_work"
	return open && !r.Due.IsZero() && r.Due.Before(now)
}

func (s *Store) requests(ctx context.Context, where string, args []any, yield func(Request)) error {
	rows, err := s.db.QueryContext(ctx, `SELECT reference, call, created, form, department, language, concern, slots, due, status, changed FROM requests `+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r Request
		var created, due, changed string
		var slots []byte
		if err := rows.Scan(&r.Reference, &r.Call, &created, &r.Form, &r.Department, &r.Language, &r.Concern, &slots, &due, &r.Status, &changed); err != nil {
			return err
		}
		err := errors.Join(parseStamp(created, &r.Created), parseStamp(due, &r.Due), parseStamp(changed, &r.Changed), json.Unmarshal(slots, &r.Slots))
		if err != nil {
			return fmt.Errorf("request %s: %w", r.Reference, err)
		}
		yield(r)
	}
	return rows.Err()
}

// MoveRequest changes the status of a request that still has the status from.
func (s *Store) MoveRequest(ctx context.Context, reference, from, to, who, note string) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		res, err := tx.ExecContext(ctx, `UPDATE requests SET status = ?, changed = ? WHERE reference = ? AND status = ?`, to, stampOf(now), reference, from)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrMoved)
		}
		detail := to
		if note != "" {
			detail += ": " + note
		}
		return addRequestEvent(ctx, tx, reference, RequestEvent{now, who, "status", detail})
	})
	if err != nil {
		return fmt.Errorf("change request %s: %w", reference, err)
	}
	return nil
}

// SetRequestDue writes when a request is due, where that was not known.
func (s *Store) SetRequestDue(ctx context.Context, reference string, due time.Time) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE requests SET due = ? WHERE reference = ?`, stampOf(due), reference); err != nil {
		return fmt.Errorf("change request %s: %w", reference, err)
	}
	return nil
}

// RequestEvents are the history of a request, oldest first.
func (s *Store) RequestEvents(ctx context.Context, reference string) ([]RequestEvent, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT at, who, what, detail FROM request_events WHERE reference = ? ORDER BY id`, reference)
	if err != nil {
		return nil, fmt.Errorf("history of request %s: %w", reference, err)
	}
	defer rows.Close()
	var out []RequestEvent
	for rows.Next() {
		var e RequestEvent
		var at string
		if err := errors.Join(rows.Scan(&at, &e.Who, &e.What, &e.Detail), parseStamp(at, &e.At)); err != nil {
			return nil, fmt.Errorf("history of request %s: %w", reference, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// NoteRequest adds a line to the history of a request.
func (s *Store) NoteRequest(ctx context.Context, reference, who, what, detail string) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		return addRequestEvent(ctx, tx, reference, RequestEvent{s.now(), who, what, detail})
	})
	if err != nil {
		return fmt.Errorf("note on request %s: %w", reference, err)
	}
	return nil
}
