package sync_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	gosync "sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/sync"
	"github.com/amtsleitung/amtsleitung/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a city's website.
type site struct {
	*httptest.Server
	mu      gosync.Mutex
	pages   map[string]string // path -> HTML
	listed  []string          // paths in the sitemap
	asked   []string          // requests, with "304" where nothing was sent
	robots  string
	api     string
	failing bool
}

func newSite(t *testing.T) *site {
	s := &site{pages: map[string]string{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *site) set(path, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = "<html lang=de><title>T</title><main><h1>" + text + "</h1><p>Die Seite sagt: " + text + " ist in der Stadt. Mehr steht hier auch noch.</p></main>"
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path)
	text, there := s.pages[r.URL.Path]
	switch {
	case s.failing:
		http.Error(w, "kaputt", http.StatusInternalServerError)
		return
	case r.URL.Path == "/robots.txt" && s.robots != "":
		fmt.Fprint(w, s.robots)
		return
	case r.URL.Path == "/sitemap.xml":
		fmt.Fprint(w, "<?xml version='1.0'?><urlset>")
		for _, p := range s.listed {
			fmt.Fprintf(w, "<url><loc>%s%s</loc></url>", s.URL, p)
		}
		fmt.Fprint(w, "<url><loc>https://anderswo.example/x</loc></url></urlset>")
		return
	case r.URL.Path == "/index.xml":
		fmt.Fprintf(w, "<sitemapindex><sitemap><loc>%s/sitemap.xml</loc></sitemap></sitemapindex>", s.URL)
		return
	case r.URL.Path == "/api":
		text, there = s.api, true
	case r.URL.Path == "/weg":
		http.Redirect(w, r, "http://anderswo.example/geheim", http.StatusFound)
		return
	}
	if !there {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf("%q", fmt.Sprint(len(text), text[len(text)/2:min(len(text), len(text)/2+9)]))
	tag = strings.ReplaceAll(tag, "<", "")
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		s.asked[len(s.asked)-1] += " 304"
		w.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprint(w, text)
}

func (s *site) requests() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := strings.Join(s.asked, " ")
	s.asked = nil
	return out
}

type bench struct {
	*sync.Syncer
	t       *testing.T
	library *editing.Library
	now     time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { b.now = b.now.Add(time.Millisecond); return b.now }
	db, err := store.Open(t.Context(), t.TempDir(), now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	b.library, err = editing.Open(t.Context(), editing.Options{Store: db, Now: now, Log: slog.New(slog.DiscardHandler), City: fstest.MapFS{
		"city.yaml": {Data: []byte("name: x\nphone: '1'\nlanguages: [de]\ndepartments: {amt: {name: {de: Amt}}}\n")},
	}})
	require.NoError(t, err)
	b.Syncer = sync.New(sync.Options{
		Store: db, Library: b.library, Now: now, Pause: time.Nanosecond, Log: slog.New(slog.DiscardHandler), Transport: &http.Transport{DisableKeepAlives: true},
	})
	return b
}

func (b *bench) once(s sync.Source) store.SyncRun {
	b.t.Helper()
	r, err := b.Once(b.t.Context(), s)
	require.NoError(b.t, err)
	return r
}

func (b *bench) article(id string) editing.Dossier {
	b.t.Helper()
	d, err := b.library.Article(b.t.Context(), id)
	require.NoError(b.t, err)
	return d
}

// publish lets two people finish the newest draft.
func (b *bench) publish(id string) {
	b.t.Helper()
	d := b.article(id)
	text, err := editing.Text(d.Newest)
	require.NoError(b.t, err)
	text.HandOver = "amt"
	n, err := b.library.Save(b.t.Context(), "erika", text, d.Newest.Changed)
	require.NoError(b.t, err)
	require.NoError(b.t, b.library.Submit(b.t.Context(), "erika", id, n))
	require.NoError(b.t, b.library.Approve(b.t.Context(), "paul", id, n, time.Time{}))
}

func TestChangedPagesBecomeDraftsAndGoneOnesExpire(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.set("/bad", "Das Bad")
	web.set("/amt", "Das Amt")
	web.listed = []string{"/bad", "/amt"}
	source := sync.Source{Name: "stadt", Sitemap: web.URL + "/index.xml"}

	r := b.once(source)
	require.Equal(t, []int{2, 2, 0}, []int{r.Pages, r.Changed, r.Gone})
	require.Equal(t, editing.Draft, b.article("das-bad").State())
	b.publish("das-bad")
	require.Equal(t, "spoken", b.article("das-bad").State())

	web.requests()
	r = b.once(source)
	require.Equal(t, []int{2, 0, 0}, []int{r.Pages, r.Changed, r.Gone})
	require.Contains(t, web.requests(), "/bad 304")

	web.set("/bad", "Das neue Bad")
	r = b.once(source)
	require.Equal(t, 1, r.Changed)
	d := b.article("das-bad")
	require.Equal(t, editing.Draft, d.State())
	require.NotZero(t, d.Spoken, "what was published stays so")
	diff := editing.Diff(d.Versions[len(d.Versions)-2], d.Newest)
	require.Contains(t, fmt.Sprint(diff), "Das neue Bad")
	text, err := editing.Text(d.Newest)
	require.NoError(t, err)
	require.Equal(t, "amt", text.HandOver, "what the editors added stays")

	web.listed = []string{"/amt"}
	r = b.once(source)
	require.Zero(t, r.Gone)
	require.Contains(t, strings.Join(r.Notes, "\n"), "/bad is gone; if it is gone the next time")
	require.NotZero(t, b.article("das-bad").Spoken)
	r = b.once(source)
	require.Equal(t, 1, r.Gone)
	require.Zero(t, b.article("das-bad").Spoken)
}

func TestAPageThatComesBackIsNotGone(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.set("/a", "Eins")
	web.set("/b", "Zwei")
	web.listed = []string{"/a", "/b"}
	source := sync.Source{Name: "stadt", Sitemap: web.URL + "/sitemap.xml"}
	b.once(source)
	web.listed = []string{"/a"}
	b.once(source)
	web.listed = []string{"/a", "/b"}
	b.once(source)
	web.listed = []string{"/a"}
	require.Zero(t, b.once(source).Gone)
}

func TestASourceThatFailsTakesNothingAway(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.set("/a", "Eins")
	web.listed = []string{"/a"}
	source := sync.Source{Name: "stadt", Sitemap: web.URL + "/sitemap.xml"}
	b.once(source)
	b.publish("eins")
	web.failing = true
	for range 3 {
		_, err := b.Once(t.Context(), source)
		require.ErrorContains(t, err, "500")
	}
	require.NotZero(t, b.article("eins").Spoken)
	runs, err := b.library.Runs(t.Context(), 10)
	require.NoError(t, err)
	require.Contains(t, runs[0].Notes[0], "500", "the page of the editors says so")
}

func TestADraftOfAnEditorIsNotOverwritten(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.set("/a", "Eins")
	web.listed = []string{"/a"}
	source := sync.Source{Name: "stadt", Sitemap: web.URL + "/sitemap.xml"}
	b.once(source)
	d := b.article("eins")
	text, err := editing.Text(d.Newest)
	require.NoError(t, err)
	v := text.Variants["de"]
	v.Answer = "Von Hand geschrieben."
	text.Variants["de"] = v
	n, err := b.library.Save(t.Context(), "erika", text, d.Newest.Changed)
	require.NoError(t, err)
	web.set("/a", "Anders")
	b.once(source)
	d = b.article("eins")
	require.Greater(t, d.Newest.Number, n)
	mine, err := d.Version(n)
	require.NoError(t, err)
	require.Contains(t, mine.Files["de.md"], "Von Hand geschrieben.")
}

func TestOnlyConfiguredHostsAndWhatRobotsAllow(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.set("/a", "Eins")
	web.set("/intern/x", "Geheim")
	web.robots = "User-agent: *\nDisallow: /intern\n"
	web.listed = []string{"/a", "/intern/x", "/weg"}
	r := b.once(sync.Source{Name: "stadt", Sitemap: web.URL + "/sitemap.xml"})
	require.Equal(t, 1, r.Pages)
	notes := strings.Join(r.Notes, "\n")
	require.Contains(t, notes, "robots.txt forbids it")
	require.Contains(t, notes, "anderswo.example/geheim is on no configured host")
	require.NotContains(t, web.requests(), "/intern/x")

	r = b.once(sync.Source{Name: "unten", Sitemap: web.URL + "/sitemap.xml", Below: "/a"})
	require.Equal(t, 1, r.Pages)
	require.Empty(t, r.Notes)
}

func TestAPI(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.api = `{"items":[{"id":"parken","frage":"Wo parke ich?","antwort":"Am Markt."},{"id":"bad","frage":"Bad?","antwort":"Am Park."}]}`
	source := sync.Source{Name: "bot", API: web.URL + "/api", Token: "geheim"}
	r := b.once(source)
	require.Equal(t, []int{2, 2}, []int{r.Pages, r.Changed})
	require.Zero(t, b.once(source).Changed)
	web.api = `[{"id":"parken","frage":"Wo parke ich?","antwort":"Im Parkhaus."}]`
	require.Equal(t, 1, b.once(source).Changed)
	web.api = `[{"id":"parken","frage":"Wo parke ich?","antwort":"Im Parkhaus am Markt."}]`
	require.Equal(t, 1, b.once(source).Gone)
	web.api = `[{"id":"parken"`
	_, err := b.Once(t.Context(), source)
	require.ErrorContains(t, err, "is no JSON list")
}

func TestRunEnds(t *testing.T) {
	web, b := newSite(t), newBench(t)
	web.set("/a", "Eins")
	web.listed = []string{"/a"}
	b.Sources = []sync.Source{{Name: "stadt", Sitemap: web.URL + "/sitemap.xml", Every: time.Hour}}
	ctx, stop := context.WithCancel(t.Context())
	var running gosync.WaitGroup
	running.Go(func() { require.NoError(t, b.Run(ctx)) })
	require.Eventually(t, func() bool {
		runs, err := b.library.Runs(t.Context(), 1)
		return err == nil && len(runs) == 1
	}, 10*time.Second, 10*time.Millisecond)
	stop()
	running.Wait()
}
