package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// SyncPage is what is known of a page that articles are kept equal to.
type SyncPage struct {
	URL      string
	Article  string
	ETag     string
	Modified string
	Hash     string
	Missing  int
}

// SyncRun is one look at a source.
type SyncRun struct {
	Source       string
	Began, Ended time.Time
	Pages        int
	Changed      int
	Gone         int
	Notes        []string
}

// SyncPages are the known pages of a source by address.
func (s *Store) SyncPages(ctx context.Context, source string) (map[string]SyncPage, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT url, article, etag, modified, hash, missing FROM sync_pages WHERE source = ?`, source)
	if err != nil {
		return nil, fmt.Errorf("read pages of %s: %w", source, err)
	}
	defer rows.Close()
	out := map[string]SyncPage{}
	for rows.Next() {
		var p SyncPage
		if err := rows.Scan(&p.URL, &p.Article, &p.ETag, &p.Modified, &p.Hash, &p.Missing); err != nil {
			return nil, fmt.Errorf("read pages of %s: %w", source, err)
		}
		out[p.URL] = p
	}
	return out, rows.Err()
}

// PutSyncPage writes what is known of a page now.
func (s *Store) PutSyncPage(ctx context.Context, source string, p SyncPage) error {
	if _, err := s.db.ExecContext(ctx, `INSERT OR REPLACE INTO sync_pages (source, url, article, etag, modified, hash, missing) VALUES (?,?,?,?,?,?,?)`,
		source, p.URL, p.Article, p.ETag, p.Modified, p.Hash, p.Missing); err != nil {
		return fmt.Errorf("store page %s: %w", p.URL, err)
	}
	return nil
}

// DropSyncPage forgets a page.
func (s *Store) DropSyncPage(ctx context.Context, source, url string) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM sync_pages WHERE source = ? AND url = ?`, source, url); err != nil {
		return fmt.Errorf("forget page %s: %w", url, err)
	}
	return nil
}

// AddSyncRun keeps the report of a run.
func (s *Store) AddSyncRun(ctx context.Context, r SyncRun) error {
	if _, err := s.db.ExecContext(ctx, `INSERT INTO sync_runs (source, began, ended, pages, changed, gone, notes) VALUES (?,?,?,?,?,?,?)`,
		r.Source, stampOf(r.Began), stampOf(r.Ended), r.Pages, r.Changed, r.Gone, strings.Join(r.Notes, "\n")); err != nil {
		return fmt.Errorf("store run of %s: %w", r.Source, err)
	}
	return nil
}

// SyncRuns are the newest runs of all sources.
func (s *Store) SyncRuns(ctx context.Context, limit int) ([]SyncRun, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT source, began, ended, pages, changed, gone, notes FROM sync_runs ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	defer rows.Close()
	var out []SyncRun
	for rows.Next() {
		var r SyncRun
		var began, ended, notes string
		if err := rows.Scan(&r.Source, &began, &ended, &r.Pages, &r.Changed, &r.Gone, &notes); err != nil {
			return nil, fmt.Errorf("list runs: %w", err)
		}
		if err := parseStamp(began, &r.Began); err != nil {
			return nil, fmt.Errorf("list runs: %w", err)
		}
		if err := parseStamp(ended, &r.Ended); err != nil {
			return nil, fmt.Errorf("list runs: %w", err)
		}
		if notes != "" {
			r.Notes = strings.Split(notes, "\n")
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
