package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// ArticleVersion is one text of an article in all its languages.
type ArticleVersion struct {
	Article   string
	Number    int
	Folder    string
	State     string // draft, review, approved
	Origin    string
	Authors   []string
	Reviewer  string
	Created   time.Time
	Changed   time.Time
	PublishAt time.Time // zero until approved
	EndedAt   time.Time // zero unless withdrawn
	Files     map[string]string
	Machine   []string
	Note      string
}

// ArticleEvent is a line of the audit trail: who did what, and when.
type ArticleEvent struct {
	Article string
	Number  int
	At      time.Time
	Who     string
	What    string
	Detail  string
}

// ArticleChange is a transaction on articles; all of it lasts, or nothing.
type ArticleChange struct {
	ctx context.Context
	tx  *sql.Tx
	now time.Time
}

// ChangeArticles runs f in a transaction, which must use nothing but its argument.
func (s *Store) ChangeArticles(ctx context.Context, f func(*ArticleChange) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("change articles: %w", err)
	}
	if err := f(&ArticleChange{ctx, tx, s.now()}); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("change articles: %w", err)
	}
	return nil
}

// Put writes a version, new or changed.
func (c *ArticleChange) Put(v ArticleVersion) error {
	files, err1 := json.Marshal(v.Files)
	authors, err2 := json.Marshal(v.Authors)
	machine, err3 := json.Marshal(v.Machine)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return fmt.Errorf("store article %s: %w", v.Article, err)
		}
	}
	_, err := c.tx.ExecContext(c.ctx, `INSERT OR REPLACE INTO article_versions
		(article, number, folder, state, origin, authors, reviewer, created, changed, publish_at, ended_at, files, machine, note)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		v.Article, v.Number, v.Folder, v.State, v.Origin, authors, v.Reviewer, stampOf(v.Created), stampOf(v.Changed),
		stampOf(v.PublishAt), stampOf(v.EndedAt), files, machine, v.Note)
	if err != nil {
		return fmt.Errorf("store article %s version %d: %w", v.Article, v.Number, err)
	}
	return nil
}

// Event adds a line to the audit trail; nothing is ever taken out of it.
func (c *ArticleChange) Event(e ArticleEvent) error {
	_, err := c.tx.ExecContext(c.ctx, `INSERT INTO article_events (article, number, at, who, what, detail) VALUES (?,?,?,?,?,?)`,
		e.Article, e.Number, stampOf(c.now), e.Who, e.What, e.Detail)
	if err != nil {
		return fmt.Errorf("audit trail of article %s: %w", e.Article, err)
	}
	return nil
}

// Versions of one article, oldest first; of all articles when id is "".
func (c *ArticleChange) Versions(id string) ([]ArticleVersion, error) {
	return articleVersions(c.ctx, c.tx, id)
}

// ArticleVersions are those of one article, oldest first; of all articles when
// id is "".
func (s *Store) ArticleVersions(ctx context.Context, id string) ([]ArticleVersion, error) {
	return articleVersions(ctx, s.db, id)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func articleVersions(ctx context.Context, db querier, id string) ([]ArticleVersion, error) {
	rows, err := db.QueryContext(ctx, `SELECT article, number, folder, state, origin, authors, reviewer, created, changed, publish_at, ended_at, files, machine, note
		FROM article_versions WHERE ?1 = '' OR article = ?1 ORDER BY article, number`, id)
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	defer rows.Close()
	var out []ArticleVersion
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, fmt.Errorf("read articles: %w", err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func scanVersion(rows *sql.Rows) (ArticleVersion, error) {
	var v ArticleVersion
	var authors, files, machine []byte
	times := make([]string, 4)
	if err := rows.Scan(&v.Article, &v.Number, &v.Folder, &v.State, &v.Origin, &authors, &v.Reviewer,
		&times[0], &times[1], &times[2], &times[3], &files, &machine, &v.Note); err != nil {
		return v, err
	}
	for i, to := range []*time.Time{&v.Created, &v.Changed, &v.PublishAt, &v.EndedAt} {
		if err := parseStamp(times[i], to); err != nil {
			return v, err
		}
	}
	for _, field := range []struct {
		data []byte
		to   any
	}{{authors, &v.Authors}, {files, &v.Files}, {machine, &v.Machine}} {
		if err := json.Unmarshal(field.data, field.to); err != nil {
			return v, fmt.Errorf("article %s version %d: %w", v.Article, v.Number, err)
		}
	}
	return v, nil
}

// ArticleEvents are the newest lines of the audit trail, of one article or of all.
func (s *Store) ArticleEvents(ctx context.Context, id string, limit int) ([]ArticleEvent, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT article, number, at, who, what, detail FROM article_events
		WHERE ?1 = '' OR article = ?1 ORDER BY id DESC LIMIT ?2`, id, limit)
	if err != nil {
		return nil, fmt.Errorf("read audit trail: %w", err)
	}
	defer rows.Close()
	var out []ArticleEvent
	for rows.Next() {
		var e ArticleEvent
		var at string
		if err := rows.Scan(&e.Article, &e.Number, &at, &e.Who, &e.What, &e.Detail); err != nil {
			return nil, fmt.Errorf("read audit trail: %w", err)
		}
		if err := parseStamp(at, &e.At); err != nil {
			return nil, fmt.Errorf("read audit trail: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// stampOf writes a time; the zero time is "".
func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func parseStamp(text string, to *time.Time) error {
	if text == "" {
		*to = time.Time{}
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	*to = t
	return err
}
