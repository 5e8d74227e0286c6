package store

import (
	"context"
	"fmt"
	"time"
)

// Unanswered is a question that no article answered, masked.
type Unanswered struct {
	ID       int64
	At       time.Time
	Language string
	Text     string
}

// maxUnanswered is how many open questions are kept; the oldest go first.
const maxUnanswered = 5000

// AddUnanswered keeps a question until somebody has dealt with it.
func (s *Store) AddUnanswered(ctx context.Context, language, text string) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO unanswered (at, language, text, done) VALUES (?, ?, ?, '')`, s.stamp(), language, text)
	if err == nil {
		_, err = s.db.ExecContext(ctx, `DELETE FROM unanswered WHERE id <= (SELECT max(id) FROM unanswered) - ?`, maxUnanswered)
	}
	if err != nil {
		return fmt.Errorf("store unanswered question: %w", err)
	}
	return nil
}

// Unanswered lists the open questions, newest first.
func (s *Store) Unanswered(ctx context.Context, limit int) ([]Unanswered, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, at, language, text FROM unanswered WHERE done = '' ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("list unanswered questions: %w", err)
	}
	defer rows.Close()
	var out []Unanswered
	for rows.Next() {
		var u Unanswered
		var at string
		if err := rows.Scan(&u.ID, &at, &u.Language, &u.Text); err != nil {
			return nil, fmt.Errorf("list unanswered questions: %w", err)
		}
		if err := parseStamp(at, &u.At); err != nil {
			return nil, fmt.Errorf("list unanswered questions: %w", err)
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

// CloseUnanswered takes questions off the list: their words are deleted.
func (s *Store) CloseUnanswered(ctx context.Context, who string, ids []int64) error {
	for _, id := range ids {
		if _, err := s.db.ExecContext(ctx, `UPDATE unanswered SET done = ?, text = '' WHERE id = ?`, who, id); err != nil {
			return fmt.Errorf("close unanswered question: %w", err)
		}
	}
	return nil
}

// Thumb is what an agent thinks of an answer.
type Thumb struct {
	At      time.Time
	Article string
	Number  int
	Who     string
	Up      bool
	Note    string
}

// AddThumb writes one.
func (s *Store) AddThumb(ctx context.Context, t Thumb) error {
	if _, err := s.db.ExecContext(ctx, `INSERT INTO thumbs (at, article, number, who, up, note) VALUES (?,?,?,?,?,?)`,
		s.stamp(), t.Article, t.Number, t.Who, t.Up, t.Note); err != nil {
		return fmt.Errorf("store thumb for %s: %w", t.Article, err)
	}
	return nil
}

// Thumbs are the newest, of one article or of all.
func (s *Store) Thumbs(ctx context.Context, article string, limit int) ([]Thumb, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT at, article, number, who, up, note FROM thumbs WHERE ?1 = '' OR article = ?1 ORDER BY id DESC LIMIT ?2`, article, limit)
	if err != nil {
		return nil, fmt.Errorf("list thumbs: %w", err)
	}
	defer rows.Close()
	var out []Thumb
	for rows.Next() {
		var t Thumb
		var at string
		if err := rows.Scan(&at, &t.Article, &t.Number, &t.Who, &t.Up, &t.Note); err != nil {
			return nil, fmt.Errorf("list thumbs: %w", err)
		}
		if err := parseStamp(at, &t.At); err != nil {
			return nil, fmt.Errorf("list thumbs: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
