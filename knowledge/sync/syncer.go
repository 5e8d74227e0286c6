// Package sync keeps drafts equal to what a city's website or chatbot says:
// the pages of a sitemap or the list of an API flow in on a schedule, drafts
// and withdrawals flow out. It publishes nothing.
package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
)

// Source is a website by its sitemap, or an API that lists articles.
type Source struct {
	Name     string
	Sitemap  string
	API      string
	Below    string   // only pages whose path begins so
	Hosts    []string // that may be asked besides the source's own
	Every    time.Duration
	Language string // of pages that do not say
	Token    string // sent to the API as a bearer token
}

// Options of a Syncer. Sources, Store and Library are needed.
type Options struct {
	Sources     []Source
	Store       *store.Store
	Library     *editing.Library
	Departments map[string]string // names as imports.Options has them
	Pause       time.Duration     // between two pages; 0 is half a second
	Now         func() time.Time
	Log         *slog.Logger
	Transport   http.RoundTripper // nil is the usual one
}

// Defaults of a source.
const (
	defaultEvery = 6 * time.Hour
	defaultPause = 500 * time.Millisecond
	// goneTwice is how often in a row a page must be missing to be withdrawn.
	goneTwice = 2
	maxNotes  = 100
)

// Syncer looks at the sources.
type Syncer struct {
	Options
	who string
}

// New prepares a Syncer; it asks nobody yet.
func New(o Options) *Syncer {
	if o.Pause == 0 {
		o.Pause = defaultPause
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Syncer{o, "sync"}
}

// Run looks at each source on its schedule until ctx ends. A source that fails
// is logged and tried again when it is due next.
func (s *Syncer) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, source := range s.Sources {
		all.Go(func() { s.follow(ctx, source) })
	}
	all.Wait()
	return nil
}

func (s *Syncer) follow(ctx context.Context, source Source) {
	every := source.Every
	if every == 0 {
		every = defaultEvery
	}
	wait := s.due(ctx, source, every)
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		run, err := s.Once(ctx, source)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.Log.Error("source not synchronised", "source", source.Name, "err", err)
		default:
			s.Log.Info("source synchronised", "source", source.Name, "pages", run.Pages, "changed", run.Changed, "gone", run.Gone)
		}
		wait = every
	}
}

// due is the time until a source is to be looked at: a restart asks nobody anew.
func (s *Syncer) due(ctx context.Context, source Source, every time.Duration) time.Duration {
	runs, err := s.Store.SyncRuns(ctx, 200)
	if err != nil {
		return 0 // the run will say it
	}
	for _, r := range runs {
		if r.Source == source.Name {
			return max(0, r.Ended.Add(every).Sub(s.Now()))
		}
	}
	return 0
}

// run is one look at one source.
type run struct {
	*Syncer
	source Source
	known  map[string]store.SyncPage
	seen   map[string]bool
	report store.SyncRun
}

// Once looks at a source now and keeps a report of it, also of a failure.
func (s *Syncer) Once(ctx context.Context, source Source) (store.SyncRun, error) {
	r := &run{Syncer: s, source: source, seen: map[string]bool{}, report: store.SyncRun{Source: source.Name, Began: s.Now()}}
	err := r.look(ctx)
	if ctx.Err() != nil {
		return r.report, ctx.Err()
	}
	if err != nil {
		r.note("%v", err)
	}
	r.report.Ended = s.Now()
	return r.report, errors.Join(err, s.Store.AddSyncRun(ctx, r.report))
}

func (r *run) note(format string, args ...any) {
	if len(r.report.Notes) < maxNotes {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, args...))
	}
}

func (r *run) look(ctx context.Context) (err error) {
	if r.known, err = r.Store.SyncPages(ctx, r.source.Name); err != nil {
		return err
	}
	web, err := newVisitor(r.Syncer, r.source)
	if err != nil {
		return err
	}
	if r.source.API != "" {
		err = r.list(ctx, web)
	} else {
		err = r.pages(ctx, web)
	}
	if err != nil {
		return err // what could not be asked for is not gone
	}
	return r.gone(ctx)
}

// pages reads each page of the sitemap.
func (r *run) pages(ctx context.Context, web *visitor) error {
	addresses, err := web.sitemap(ctx, r.source.Sitemap)
	if err != nil {
		return err
	}
	for _, address := range addresses {
		if err := web.wait(ctx); err != nil {
			return err
		}
		before := r.known[address]
		page, err := web.get(ctx, address, before.ETag, before.Modified)
		switch {
		case errors.Is(err, errGone):
			continue // counted as missing
		case err != nil:
			r.note("%v", err)
			r.seen[address] = true // perhaps there, perhaps not
			continue
		}
		r.seen[address] = true
		r.report.Pages++
		if page.same {
			if err := r.found(ctx, before); err != nil {
				return err
			}
			continue
		}
		if err := r.read(ctx, before, page); err != nil {
			return err
		}
	}
	return nil
}

// found forgets that a page was missing.
func (r *run) found(ctx context.Context, page store.SyncPage) error {
	if page.Missing == 0 {
		return nil
	}
	page.Missing = 0
	return r.Store.PutSyncPage(ctx, r.source.Name, page)
}

// read makes a draft of a page that has changed.
func (r *run) read(ctx context.Context, before store.SyncPage, p page) error {
	read, err := imports.Read(ctx, p.address, p.body(), imports.Options{Format: "html", Language: r.source.Language, Departments: r.Departments, Source: p.address})
	if err != nil {
		return err
	}
	if read.Failed() || len(read.Drafts) == 0 {
		for _, n := range read.Notes {
			if n.Level == imports.Broken {
				r.note("%s", n)
			}
		}
		return nil
	}
	d := read.Drafts[0]
	d.Source = p.address
	known := before
	known.URL, known.ETag, known.Modified = p.address, p.etag, p.modified
	return r.take(ctx, known, d)
}

// take makes a draft unless the text is the one that was taken last.
func (r *run) take(ctx context.Context, known store.SyncPage, d imports.Draft) error {
	hash, err := hashOf(d)
	if err != nil {
		return err
	}
	known.Missing = 0
	if hash == known.Hash {
		return r.Store.PutSyncPage(ctx, r.source.Name, known)
	}
	if known.Article == "" {
		if known.Article, err = r.name(ctx, d); err != nil {
			return err
		}
	}
	d.ID, known.Hash = known.Article, hash
	done, err := r.Library.Import(ctx, r.who, "sync "+r.source.Name, []imports.Draft{d})
	if err != nil {
		return err
	}
	r.report.Changed += done.New + done.Changed
	return r.Store.PutSyncPage(ctx, r.source.Name, known)
}

// name finds the article that a page belongs to: the one that gives it as its
// source, or a new one.
func (r *run) name(ctx context.Context, d imports.Draft) (string, error) {
	newest, err := r.Library.Newest(ctx)
	if err != nil {
		return "", err
	}
	id, taken := d.ID, false
	for _, v := range newest {
		text, err := editing.Text(v)
		if err == nil && text.Source == d.Source && d.Source != "" {
			return v.Article, nil
		}
		taken = taken || v.Article == id
	}
	if taken {
		sum := sha256.Sum256([]byte(d.Source + d.ID))
		id += "-" + hex.EncodeToString(sum[:3])
	}
	return id, nil
}

func hashOf(d imports.Draft) (string, error) {
	files, err := d.Render()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s\x00%s\x00", name, files[name])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// gone withdraws what was missing twice in a row.
func (r *run) gone(ctx context.Context) error {
	for _, address := range slices.Sorted(maps.Keys(r.known)) {
		if r.seen[address] {
			continue
		}
		p := r.known[address]
		if p.Missing++; p.Missing < goneTwice {
			r.note("%s is gone; if it is gone the next time, too, article %s is withdrawn", address, p.Article)
			if err := r.Store.PutSyncPage(ctx, r.source.Name, p); err != nil {
				return err
			}
			continue
		}
		err := r.Library.Withdraw(ctx, r.who, p.Article, "gone from "+r.source.Name+": "+address)
		if err != nil && !errors.Is(err, editing.ErrNotSpoken) {
			return err
		}
		r.report.Gone++
		r.note("%s is gone for good; article %s is no longer spoken", address, p.Article)
		if err := r.Store.DropSyncPage(ctx, r.source.Name, address); err != nil {
			return err
		}
	}
	return nil
}
