package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// States of a delivery.
const (
	Waiting   = "waiting"
	Delivered = "delivered"
	Dead      = "dead" // given up
)

// Events that are delivered.
const (
	RequestTaken = "request.taken"
	CallbackDue  = "callback.due"
	CallEnded    = "call.ended"
)

// Delivery is an event of a request or a call on its way to a target.
type Delivery struct {
	Key       string // the receiver knows a repetition by it
	Event     string // "" is RequestTaken
	Reference string // "": not about a request
	Record    int64  // of a call; 0: not about one
	Target    string
	State     string
	Attempts  int
	Next      time.Time // not before
	Error     string    // of the last attempt, without personal data
	Created   time.Time
	Changed   time.Time
}

func addDelivery(ctx context.Context, tx *sql.Tx, d Delivery) error {
	if d.Event == "" {
		d.Event = RequestTaken
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO deliveries (key, event, reference, record, target, state, attempts, next, error, created, changed)
		VALUES (?,?,NULLIF(?,''),NULLIF(?,0),?,?,?,?,?,?,?)`,
		d.Key, d.Event, d.Reference, d.Record, d.Target, d.State, d.Attempts, stampOf(d.Next), d.Error, stampOf(d.Created), stampOf(d.Changed))
	return err
}

// Deliveries are those of one request, of all and of calls when reference is
// "", oldest first.
func (s *Store) Deliveries(ctx context.Context, reference string) ([]Delivery, error) {
	return s.deliveries(ctx, `WHERE ?1 = '' OR reference = ?1 ORDER BY created, key`, reference)
}

// WaitingDeliveries are the next ones for a target, the most urgent first.
func (s *Store) WaitingDeliveries(ctx context.Context, target string, limit int) ([]Delivery, error) {
	return s.deliveries(ctx, `WHERE state = 'waiting' AND target = ? ORDER BY next LIMIT ?`, target, limit)
}

// DeadDeliveries are those that were given up.
func (s *Store) DeadDeliveries(ctx context.Context) ([]Delivery, error) {
	return s.deliveries(ctx, `WHERE state = 'dead' ORDER BY changed DESC`)
}

func (s *Store) deliveries(ctx context.Context, where string, args ...any) ([]Delivery, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT key, event, coalesce(reference, ''), coalesce(record, 0), target, state, attempts, next, error, created, changed FROM deliveries `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	defer rows.Close()
	var out []Delivery
	for rows.Next() {
		var d Delivery
		var next, created, changed string
		err := rows.Scan(&d.Key, &d.Event, &d.Reference, &d.Record, &d.Target, &d.State, &d.Attempts, &next, &d.Error, &created, &changed)
		if err = errors.Join(err, parseStamp(next, &d.Next), parseStamp(created, &d.Created), parseStamp(changed, &d.Changed)); err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// SettleDelivery writes how an attempt ended. A delivery that was erased
// meanwhile is no error.
func (s *Store) SettleDelivery(ctx context.Context, d Delivery) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		res, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = ?, attempts = ?, next = ?, error = ?, changed = ? WHERE key = ? AND state = 'waiting'`,
			d.State, d.Attempts, stampOf(d.Next), d.Error, stampOf(now), d.Key)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || d.State == Waiting || d.Reference == "" {
			return err
		}
		detail := d.Target
		if d.Error != "" {
			detail += ": " + d.Error
		}
		return addRequestEvent(ctx, tx, d.Reference, RequestEvent{At: now, What: d.State, Detail: detail})
	})
	if err != nil {
		return fmt.Errorf("delivery %s to %s: %w", d.Key, d.Target, err)
	}
	return nil
}

// Redeliver puts deliveries of a request into the outbox by somebody's wish.
// Those that still wait for the same targets are taken out.
func (s *Store) Redeliver(ctx context.Context, reference, who string, deliveries []Delivery) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, d := range deliveries {
			if _, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE reference = ? AND target = ? AND event = ? AND state <> 'delivered'`, reference, d.Target, RequestTaken); err != nil {
				return err
			}
			if err := addDelivery(ctx, tx, d); err != nil {
				return err
			}
			if err := addRequestEvent(ctx, tx, reference, RequestEvent{s.now(), who, "redeliver", d.Target}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("deliver request %s again: %w", reference, err)
	}
	return nil
}

// Announce puts an event of a request into the outbox and notes it, both or neither.
func (s *Store) Announce(ctx context.Context, reference, what string, deliveries []Delivery) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := addRequestEvent(ctx, tx, reference, RequestEvent{At: s.now(), What: what}); err != nil {
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
		return fmt.Errorf("announce %s of request %s: %w", what, reference, err)
	}
	return nil
}
