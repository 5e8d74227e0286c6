package editing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
)

// Entry is an article as lists show it.
type Entry struct {
	ID        string
	Title     string // in the main language
	Newest    Version
	Spoken    int       // number of the version that is spoken now, 0: none
	Scheduled time.Time // when the newest will be spoken, zero unless later
	Until     time.Time // end of validity of what is spoken; zero: open
	Expired   bool
	Languages []string // of the newest version
	Machine   []string // among them, drafted by a machine and not reviewed
	Up, Down  int      // thumbs of agents
}

// State is one word for lists: spoken, scheduled, expired, withdrawn, review or
// draft; changes to a spoken article count more than that it is spoken.
func (e Entry) State() string {
	switch {
	case e.Newest.State != Approved:
		return e.Newest.State
	case !e.Scheduled.IsZero():
		return "scheduled"
	case !e.Newest.EndedAt.IsZero():
		return "withdrawn"
	case e.Expired:
		return "expired"
	}
	return "spoken"
}

// List returns all articles by title.
func (l *Library) List(ctx context.Context) ([]Entry, error) {
	all, err := l.store.ArticleVersions(ctx, "")
	if err != nil {
		return nil, err
	}
	thumbs, err := l.store.Thumbs(ctx, "", 10_000)
	if err != nil {
		return nil, err
	}
	now := l.now()
	spoken := map[string]Version{}
	for _, v := range published(all, now) {
		spoken[v.Article] = v
	}
	var out []Entry
	for i, v := range all {
		if i+1 == len(all) || all[i+1].Article != v.Article {
			out = append(out, entry(v, spoken[v.Article], now))
		}
	}
	for _, t := range thumbs {
		if i := slices.IndexFunc(out, func(e Entry) bool { return e.ID == t.Article }); i >= 0 {
			if t.Up {
				out[i].Up++
			} else {
				out[i].Down++
			}
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)) })
	return out, nil
}

func entry(newest, spoken Version, now time.Time) Entry {
	e := Entry{ID: newest.Article, Title: newest.Article, Newest: newest, Spoken: spoken.Number}
	if newest.State == Approved && newest.PublishAt.After(now) && newest.EndedAt.IsZero() {
		e.Scheduled = newest.PublishAt
	}
	d, err := text(newest)
	if err != nil {
		return e
	}
	e.Languages, e.Machine = d.Languages(), d.Machine
	if v := d.Variants["de"]; v.Title != "" {
		e.Title = v.Title
	} else if len(e.Languages) > 0 && d.Variants[e.Languages[0]].Title != "" {
		e.Title = d.Variants[e.Languages[0]].Title
	}
	if spoken.Number > 0 {
		if s, err := text(spoken); err == nil {
			if last, err := time.Parse(time.DateOnly, s.ValidTo); err == nil { // the last day counts in full
				e.Until = last
				e.Expired = !now.Before(last.AddDate(0, 0, 1))
			}
		}
	}
	return e
}

// Dossier is everything about one article.
type Dossier struct {
	Entry
	Versions []Version // oldest first
	Events   []store.ArticleEvent
	Thumbs   []store.Thumb
}

// Article returns everything about one.
func (l *Library) Article(ctx context.Context, id string) (Dossier, error) {
	all, err := l.store.ArticleVersions(ctx, id)
	if err != nil {
		return Dossier{}, err
	}
	if id == "" || len(all) == 0 {
		return Dossier{}, ErrNotFound
	}
	d := Dossier{Versions: all}
	spoken := Version{}
	if p := published(all, l.now()); len(p) > 0 {
		spoken = p[0]
	}
	d.Entry = entry(all[len(all)-1], spoken, l.now())
	if d.Events, err = l.store.ArticleEvents(ctx, id, 200); err != nil {
		return d, err
	}
	d.Thumbs, err = l.store.Thumbs(ctx, id, 50)
	return d, err
}

// Version returns one version.
func (d Dossier) Version(number int) (Version, error) {
	for _, v := range d.Versions {
		if v.Number == number {
			return v, nil
		}
	}
	return Version{}, ErrNotFound
}

// Text of a version, for editors.
func Text(v Version) (imports.Draft, error) { return text(v) }

// Published are the versions that are spoken now, by article.
func (l *Library) Published(ctx context.Context) ([]Version, error) {
	all, err := l.store.ArticleVersions(ctx, "")
	return published(all, l.now()), err
}

// Newest are the newest versions, drafts included, by article.
func (l *Library) Newest(ctx context.Context) ([]Version, error) {
	all, err := l.store.ArticleVersions(ctx, "")
	var out []Version
	for i, v := range all {
		if i+1 == len(all) || all[i+1].Article != v.Article {
			out = append(out, v)
		}
	}
	return out, err
}

// Thumb keeps what an agent thinks of an answer.
func (l *Library) Thumb(ctx context.Context, t store.Thumb) error {
	t.Note = Mask(t.Note)
	return l.store.AddThumb(ctx, t)
}

// Runs are the newest looks at the sources that articles are kept equal to.
func (l *Library) Runs(ctx context.Context, limit int) ([]store.SyncRun, error) {
	return l.store.SyncRuns(ctx, limit)
}
