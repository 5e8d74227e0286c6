package store

import (
	"context"
	"fmt"
	"time"
)

// ExpireCalls erases the records of calls that started before a time, and
// what people did then; it says how many records.
func (s *Store) ExpireCalls(ctx context.Context, before time.Time) (int, error) {
	var n int64
	for _, sql := range []string{`DELETE FROM presence_log WHERE at < ?`, `DELETE FROM callback_places WHERE since < ?`, `DELETE FROM call_records WHERE started < ?`} {
		res, err := s.db.ExecContext(ctx, sql, stampOf(before))
		if err == nil {
			n, err = res.RowsAffected()
		}
		if err != nil {
			return 0, fmt.Errorf("erase expired calls: %w", err)
		}
	}
	if n == 0 {
		return 0, nil
	}
	return int(n), s.forget(ctx)
}

// ForgetNumbers erases the callers' numbers of calls that started before a time.
func (s *Store) ForgetNumbers(ctx context.Context, before time.Time) (int, error) {
	res, err := s.db.ExecContext(ctx, `UPDATE call_records SET caller = '' WHERE started < ? AND caller <> ''`, stampOf(before))
	if err != nil {
		return 0, fmt.Errorf("erase numbers of calls: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, err
	}
	return int(n), s.forget(ctx)
}

// PresenceChange is a line of the log of presences.
type PresenceChange struct {
	Agent  string
	At     time.Time
	State  string
	Reason string
}

// AddPresence writes one.
func (s *Store) AddPresence(ctx context.Context, p PresenceChange) error {
	if _, err := s.db.ExecContext(ctx, `INSERT INTO presence_log (agent, at, state, reason) VALUES (?,?,?,?)`, p.Agent, stampOf(p.At), p.State, p.Reason); err != nil {
		return fmt.Errorf("store presence of %s: %w", p.Agent, err)
	}
	return nil
}

// Presences since a time, oldest first.
func (s *Store) Presences(ctx context.Context, since time.Time) ([]PresenceChange, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT agent, at, state, reason FROM presence_log WHERE at >= ? ORDER BY at, id`, stampOf(since))
	if err != nil {
		return nil, fmt.Errorf("list presences: %w", err)
	}
	defer rows.Close()
	var out []PresenceChange
	for rows.Next() {
		var p PresenceChange
		var at string
		err := rows.Scan(&p.Agent, &at, &p.State, &p.Reason)
		if err == nil {
			err = parseStamp(at, &p.At)
		}
		if err != nil {
			return nil, fmt.Errorf("list presences: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// CallbackPlace is the place in the queue of somebody who chose a callback.
type CallbackPlace struct {
	Call       string
	Department string
	Language   string
	Since      time.Time
}

// KeepPlace writes one; it lasts when KeepPlace returns.
func (s *Store) KeepPlace(ctx context.Context, p CallbackPlace) error {
	if _, err := s.db.ExecContext(ctx, `INSERT OR REPLACE INTO callback_places (call, department, language, since) VALUES (?,?,?,?)`,
		p.Call, p.Department, p.Language, stampOf(p.Since)); err != nil {
		return fmt.Errorf("keep the place of call %s: %w", p.Call, err)
	}
	return nil
}

// DropPlace gives a place up.
func (s *Store) DropPlace(ctx context.Context, call string) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM callback_places WHERE call = ?`, call); err != nil {
		return fmt.Errorf("give up the place of call %s: %w", call, err)
	}
	return nil
}

// Places are those that are kept, oldest first.
func (s *Store) Places(ctx context.Context) ([]CallbackPlace, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT call, department, language, since FROM callback_places ORDER BY since`)
	if err != nil {
		return nil, fmt.Errorf("list kept places: %w", err)
	}
	defer rows.Close()
	var out []CallbackPlace
	for rows.Next() {
		var p CallbackPlace
		var since string
		err := rows.Scan(&p.Call, &p.Department, &p.Language, &since)
		if err == nil {
			err = parseStamp(since, &p.Since)
		}
		if err != nil {
			return nil, fmt.Errorf("list kept places: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
