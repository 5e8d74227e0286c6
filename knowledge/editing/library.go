// Package editing keeps articles with their versions in a database: drafts of
// editors and imports flow in; what a second person has approved flows out as
// the files that knowledge.Base reads.
package editing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/store"
)

// Version is one text of an article in all its languages.
type Version = store.ArticleVersion

// States of a version. What is approved is spoken from its date on, until a
// later one is or it is withdrawn.
const (
	Draft    = "draft"
	Review   = "review"
	Approved = "approved"
)

// Errors that the pages say in their own words.
var (
	ErrNotFound  = errors.New("there is no such article or version")
	ErrConflict  = errors.New("somebody else has changed the article meanwhile")
	ErrOwn       = errors.New("an author cannot review the text; a second person must")
	ErrState     = errors.New("the version is not in a state for that")
	ErrNotSpoken = errors.New("the article is not published")
)

// Options of a Library. Store and City are needed.
type Options struct {
	Store *store.Store
	City  fs.FS // the city's folder: everything that is no article, and the first articles
	Now   func() time.Time
	Log   *slog.Logger
}

// Library holds the articles. It is safe for concurrent use.
type Library struct {
	store *store.Store
	city  fs.FS
	now   func() time.Time
	log   *slog.Logger
	files *files

	mu      sync.Mutex // one publication at a time
	changed func(context.Context) error
	shown   string // what is published now, as a fingerprint
	wake    chan struct{}
}

// Open takes the articles of the city's folder over that nobody has edited
// here, and prepares what is published.
func Open(ctx context.Context, o Options) (*Library, error) {
	l := &Library{store: o.Store, city: o.City, now: o.Now, log: o.Log, files: &files{city: o.City}, wake: make(chan struct{}, 1)}
	if l.now == nil {
		l.now = time.Now
	}
	if l.log == nil {
		l.log = slog.Default()
	}
	if err := l.adopt(ctx); err != nil {
		return nil, err
	}
	return l, l.Refresh(ctx)
}

// FS are the files of the city with the published articles, for knowledge.Base.
func (l *Library) FS() fs.FS { return l.files }

// OnChange is called when what is published has changed; usually it is the
// Reload of a knowledge.Base. Its error keeps the former articles.
func (l *Library) OnChange(f func(context.Context) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed = f
}

// City returns what the articles share.
func (l *Library) City() (knowledge.City, error) {
	city, problems := knowledge.LoadCity(l.city)
	if len(problems) > 0 {
		return city, problems[0]
	}
	return city, nil
}

// Refresh publishes what is due now.
func (l *Library) Refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	all, err := l.store.ArticleVersions(ctx, "")
	if err != nil {
		return err
	}
	due := published(all, l.now())
	print := fingerprint(due)
	if print == l.shown {
		return nil
	}
	before := l.files.articles.Load()
	if err := l.files.show(due); err != nil {
		return err
	}
	if l.changed != nil {
		if err := l.changed(ctx); err != nil {
			l.files.articles.Store(before)
			return fmt.Errorf("the published articles stay as they were: %w", err)
		}
	}
	l.shown = print
	return nil
}

// refreshEvery is how often changes of other processes are looked for.
const refreshEvery = 30 * time.Second

// Run publishes at the dates that were set, until ctx ends.
func (l *Library) Run(ctx context.Context) error {
	for {
		timer := time.NewTimer(l.pause(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		case <-l.wake:
			timer.Stop()
		}
		if err := l.Refresh(ctx); err != nil && ctx.Err() == nil {
			l.log.Error("articles not published", "err", err)
		}
	}
}

// pause is the time until something is to be published.
func (l *Library) pause(ctx context.Context) time.Duration {
	wait := refreshEvery
	all, err := l.store.ArticleVersions(ctx, "")
	if err != nil {
		return wait // Refresh will say it
	}
	now := l.now()
	for _, v := range all {
		if d := v.PublishAt.Sub(now); v.State == Approved && v.EndedAt.IsZero() && d > 0 && d < wait {
			wait = d
		}
	}
	return wait
}

// published are the versions that are spoken at a time, by article.
func published(all []Version, now time.Time) []Version {
	var out []Version
	for _, v := range all {
		if v.State != Approved || v.PublishAt.After(now) || !v.EndedAt.IsZero() {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Article == v.Article {
			if !v.PublishAt.Before(out[n-1].PublishAt) {
				out[n-1] = v
			}
			continue
		}
		out = append(out, v)
	}
	return out
}

func fingerprint(versions []Version) string {
	s := "v"
	for _, v := range versions {
		s += fmt.Sprintf("|%s %d %d", v.Article, v.Number, v.Changed.UnixNano())
	}
	return s
}
