package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Erasure is a line about what was erased.
type Erasure struct {
	ID        int64
	At        time.Time
	Who       string
	Call      string // "" unless a whole call was erased
	Reference string // "" unless it was a request
	Why       string
}

// Erased counts what was erased.
type Erased struct {
	Requests, Answers, Records int64
}

// DeleteRequest erases a request with its history and deliveries; that it was
// erased stays known.
func (s *Store) DeleteRequest(ctx context.Context, reference, who, why string) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error { return s.deleteRequest(ctx, tx, reference, who, why) })
	if err != nil {
		return fmt.Errorf("erase request %s: %w", reference, err)
	}
	return s.forget(ctx)
}

func (s *Store) deleteRequest(ctx context.Context, tx *sql.Tx, reference, who, why string) error {
	res, err := tx.ExecContext(ctx, `DELETE FROM requests WHERE reference = ?`, reference)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNoRequest)
	}
	return s.addErasure(ctx, tx, Erasure{Who: who, Reference: reference, Why: why})
}

func (s *Store) addErasure(ctx context.Context, tx *sql.Tx, e Erasure) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO erasures (at, who, call, reference, why) VALUES (?,?,?,?,?)`, s.stamp(), e.Who, e.Call, e.Reference, e.Why)
	return err
}

// ExpireRequests erases what was finished before a time and says how many.
func (s *Store) ExpireRequests(ctx context.Context, before time.Time) (int, error) {
	var old []string
	err := s.requests(ctx, `WHERE status IN ('done', 'rejected')`, nil, func(r Request) {
		if r.Changed.Before(before) {
			old = append(old, r.Reference)
		}
	})
	if err == nil && len(old) > 0 {
		err = s.inTx(ctx, func(tx *sql.Tx) error {
			for _, reference := range old {
				if err := s.deleteRequest(ctx, tx, reference, "", "expired"); err != nil {
					return err
				}
			}
			return nil
		})
		err = errors.Join(err, s.forget(ctx))
	}
	if err != nil {
		return 0, fmt.Errorf("erase expired requests: %w", err)
	}
	return len(old), nil
}

// EraseCall erases the requests, answers and records of a call.
func (s *Store) EraseCall(ctx context.Context, call, who string) (Erased, error) {
	var out Erased
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, table := range []struct {
			sql   string
			count *int64
		}{{`DELETE FROM requests WHERE call = ?`, &out.Requests}, {`DELETE FROM answers WHERE call = ?`, &out.Answers},
			{`DELETE FROM call_records WHERE call = ?`, &out.Records}, {`DELETE FROM callback_places WHERE call = ?`, new(int64)}} {
			res, err := tx.ExecContext(ctx, table.sql, call)
			if err != nil {
				return err
			}
			if *table.count, err = res.RowsAffected(); err != nil {
				return err
			}
		}
		return s.addErasure(ctx, tx, Erasure{Who: who, Call: call, Why: "erase --call"})
	})
	if err != nil {
		return Erased{}, fmt.Errorf("erase call %s: %w", call, err)
	}
	return out, s.forget(ctx)
}

// forget overwrites what was deleted: the pages of the file are zeroed at once
// (secure_delete), and the log of changes, which still holds them, is emptied.
func (s *Store) forget(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return fmt.Errorf("erase for good: %w", err)
	}
	return nil
}

// Erasures are those after the one with an id, oldest first.
func (s *Store) Erasures(ctx context.Context, after int64) ([]Erasure, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, at, who, call, reference, why FROM erasures WHERE id > ? ORDER BY id`, after)
	if err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	defer rows.Close()
	var out []Erasure
	for rows.Next() {
		var e Erasure
		var at string
		if err := errors.Join(rows.Scan(&e.ID, &at, &e.Who, &e.Call, &e.Reference, &e.Why), parseStamp(at, &e.At)); err != nil {
			return nil, fmt.Errorf("list erasures: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
