// Package store keeps what must last: which answers were given and which
// requests were taken. Evidence flows in and is on disk when the call
// returns; queries flow out. What callers said is not kept here.
package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is a SQLite database in the data folder.
type Store struct {
	db  *sql.DB
	now func() time.Time
}

// Open creates or migrates DIR/amtsleitung.db. Every commit is synced, since
// evidence must survive a power cut.
func Open(ctx context.Context, dir string, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	path := filepath.Join(dir, "amtsleitung.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // SQLite has one writer; a queue in Go is fairer than its busy loop
	if err := migrate(ctx, db); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &Store{db: db, now: now}, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Answer is the evidence of one answer.
type Answer struct {
	Call       string
	At         time.Time
	Article    string
	Version    int
	Source     string
	Confidence float64
	Model      string // what recognised and searched
}

// AddAnswer writes one answer.
func (s *Store) AddAnswer(ctx context.Context, a Answer) error {
	_, err := s.db.ExecContext(ctx,
		`INSERT INTO answers (call, at, article, version, source, confidence, model) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.Call, s.stamp(), a.Article, a.Version, a.Source, a.Confidence, a.Model)
	if err != nil {
		return fmt.Errorf("store answer of call %s: %w", a.Call, err)
	}
	return nil
}

// Answers lists the answers of one call in order.
func (s *Store) Answers(ctx context.Context, call string) ([]Answer, error) {
	rows, err := s.db.QueryContext(ctx,
		`SELECT call, at, article, version, source, confidence, model FROM answers WHERE call = ? ORDER BY id`, call)
	if err != nil {
		return nil, fmt.Errorf("list answers of call %s: %w", call, err)
	}
	defer rows.Close()
	var out []Answer
	for rows.Next() {
		var a Answer
		var at string
		if err := rows.Scan(&a.Call, &at, &a.Article, &a.Version, &a.Source, &a.Confidence, &a.Model); err != nil {
			return nil, fmt.Errorf("list answers of call %s: %w", call, err)
		}
		if a.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return nil, fmt.Errorf("answer of call %s: %w", call, err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

func (s *Store) stamp() string { return s.now().UTC().Format(time.RFC3339Nano) }
