package editing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a library with a knowledge base that speaks what it publishes.
type desk struct {
	*editing.Library
	t     *testing.T
	store *store.Store
	base  *knowledge.Base
	now   time.Time
}

// small is a city with two articles.
func small() fstest.MapFS {
	head := "version: 1\nsource: https://a.example/\nvalid_from: 2026-01-01\nvalid_to: 2027-12-31\nreviewer: R\nhand_over: amt\n"
	return fstest.MapFS{
		"city.yaml":                  {Data: []byte("name: x\nphone: '1'\nlanguages: [de, en]\ndepartments: {amt: {name: {de: Amt}}}\n")},
		"articles/hund/article.yaml": {Data: []byte(head)},
		"articles/hund/de.md":        {Data: []byte("---\ntitle: Hundesteuer\nquestions: [Was kostet ein Hund]\n---\nDie Hundesteuer kostet 96 Euro.\n")},
		"articles/bad/article.yaml":  {Data: []byte(head)},
		"articles/bad/de.md":         {Data: []byte("---\ntitle: Schwimmbad\nquestions: [Wann hat das Bad offen]\n---\nDas Bad ist offen.\n")},
	}
}

func newDesk(t *testing.T, city fs.FS) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	d.open(city, t.TempDir())
	return d
}

func (d *desk) open(city fs.FS, dir string) {
	d.t.Helper()
	now := func() time.Time { return d.now }
	var err error
	d.store, err = store.Open(d.t.Context(), dir, now)
	require.NoError(d.t, err)
	opened := d.store
	d.t.Cleanup(func() { opened.Close() })
	d.Library, err = editing.Open(d.t.Context(), editing.Options{Store: d.store, City: city, Now: now, Log: slog.New(slog.DiscardHandler)})
	require.NoError(d.t, err)
	d.base, err = knowledge.Open(d.t.Context(), knowledge.Options{FS: d.FS(), Now: now})
	require.NoError(d.t, err)
	d.OnChange(d.base.Reload)
}

func (d *desk) spoken(id string) string {
	a, ok := d.base.Article(id)
	if !ok {
		return ""
	}
	return a.Variants["de"].Answer
}

// edit saves a new answer as a draft and asks for its review.
func (d *desk) edit(who, id, answer string) int {
	d.t.Helper()
	a, err := d.Article(d.t.Context(), id)
	require.NoError(d.t, err)
	text, err := editing.Text(a.Newest)
	require.NoError(d.t, err)
	v := text.Variants["de"]
	v.Answer = answer
	text.Variants["de"] = v
	n, err := d.Save(d.t.Context(), who, text, a.Newest.Changed)
	require.NoError(d.t, err)
	d.now = d.now.Add(time.Second)
	require.NoError(d.t, d.Submit(d.t.Context(), who, id, n))
	d.now = d.now.Add(time.Second)
	return n
}

func TestOnlyWhatASecondPersonApprovedIsSpoken(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	n := d.edit("erika", "hund", "Die Hundesteuer kostet 100 Euro.")
	require.Equal(t, 2, n)
	require.Contains(t, d.spoken("hund"), "96 Euro", "a draft is never spoken")
	require.ErrorIs(t, d.Approve(ctx, "erika", "hund", n, time.Time{}), editing.ErrOwn)
	require.NoError(t, d.Approve(ctx, "paul", "hund", n, time.Time{}))
	require.Contains(t, d.spoken("hund"), "100 Euro", "without a restart")
	a, _ := d.base.Article("hund")
	require.Equal(t, 2, a.Version)
	require.Equal(t, "paul", a.Reviewer)

	back, err := d.Rollback(ctx, "paul", "hund", 1)
	require.NoError(t, err)
	require.Equal(t, 3, back)
	require.Contains(t, d.spoken("hund"), "96 Euro")
	a, _ = d.base.Article("hund")
	require.Equal(t, 3, a.Version, "evidence names the version that was spoken")

	require.NoError(t, d.Withdraw(ctx, "paul", "hund", "gibt es nicht mehr"))
	require.Empty(t, d.spoken("hund"))
	require.ErrorIs(t, d.Withdraw(ctx, "paul", "hund", ""), editing.ErrNotSpoken)

	dossier, err := d.Article(ctx, "hund")
	require.NoError(t, err)
	var trail []string
	for _, e := range dossier.Events {
		trail = append(trail, e.Who+" "+e.What)
	}
	require.Equal(t, []string{"paul withdrawn", "paul rolled back", "paul approved", "erika submitted", "erika saved", "folder adopted"}, trail)
	require.Equal(t, "withdrawn", dossier.State())
}

func TestTwoAuthorsCannotReviewEachOther(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	n := d.edit("erika", "hund", "Eins.")
	require.NoError(t, d.Return(ctx, "paul", "hund", n, "bitte länger"))
	require.Equal(t, n, d.edit("paul", "hund", "Zwei."), "a draft is changed in place")
	require.ErrorIs(t, d.Approve(ctx, "erika", "hund", n, time.Time{}), editing.ErrOwn)
	require.NoError(t, d.Approve(ctx, "olga", "hund", n, time.Time{}))
}

func TestTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	a, err := d.Article(ctx, "hund")
	require.NoError(t, err)
	text, err := editing.Text(a.Newest)
	require.NoError(t, err)
	seen := a.Newest.Changed
	d.now = d.now.Add(time.Second)
	_, err = d.Save(ctx, "erika", text, seen)
	require.NoError(t, err)
	_, err = d.Save(ctx, "paul", text, seen)
	require.ErrorIs(t, err, editing.ErrConflict)
}

func TestBrokenTextIsNotSubmitted(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	a, err := d.Article(ctx, "hund")
	require.NoError(t, err)
	text, err := editing.Text(a.Newest)
	require.NoError(t, err)
	v := text.Variants["de"]
	v.Answer = "Siehe https://a.example/seite."
	text.Variants["de"], text.HandOver = v, "gibtsnicht"
	n, err := d.Save(ctx, "erika", text, a.Newest.Changed)
	require.NoError(t, err, "a draft may be anything")
	err = d.Submit(ctx, "erika", "hund", n)
	require.ErrorContains(t, err, `hund/article.yaml:6: department "gibtsnicht" is not in city.yaml`)
	a, err = d.Article(ctx, "hund")
	require.NoError(t, err)
	require.Len(t, d.Problems(a.Newest), 2)
}

func TestExpiryEndsWithoutAnybodyDoingAnything(t *testing.T) {
	d := newDesk(t, small())
	d.now = time.Date(2027, 12, 31, 23, 59, 0, 0, time.UTC)
	require.NotEmpty(t, d.spoken("bad"))
	d.now = d.now.Add(time.Minute)
	require.Empty(t, d.spoken("bad"))
	list, err := d.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, "expired", list[0].State())
}

func TestPublishesAtItsDate(t *testing.T) {
	d := newDesk(t, small())
	n := d.edit("erika", "hund", "Ab morgen gilt das.")
	at := d.now.Add(24 * time.Hour)
	require.NoError(t, d.Approve(t.Context(), "paul", "hund", n, at))
	require.Contains(t, d.spoken("hund"), "96 Euro")
	list, err := d.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, "scheduled", list[0].State())
	d.now = at.Add(-time.Second)
	require.NoError(t, d.Refresh(t.Context()))
	require.Contains(t, d.spoken("hund"), "96 Euro")
	d.now = at
	require.NoError(t, d.Refresh(t.Context()))
	require.Contains(t, d.spoken("hund"), "Ab morgen")
}

// Run publishes by itself, and ends when it is told to.
func TestRunPublishes(t *testing.T) {
	d := newDesk(t, small())
	n := d.edit("erika", "hund", "Gleich gilt das.")
	at := d.now.Add(time.Hour)
	d.now = at.Add(-10 * time.Millisecond)
	require.NoError(t, d.Approve(t.Context(), "paul", "hund", n, at))
	published := make(chan struct{})
	d.OnChange(func(context.Context) error { close(published); return nil })
	d.now = at // Run's clock: what was planned is due
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { require.NoError(t, d.Run(ctx)) })
	<-published
	stop()
	running.Wait()
}

func TestAReloadThatFailsKeepsTheFormerArticles(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	n := d.edit("erika", "hund", "Neu.")
	d.OnChange(func(context.Context) error { return knowledge.ErrBroken })
	require.ErrorIs(t, d.Approve(ctx, "paul", "hund", n, time.Time{}), knowledge.ErrBroken)
	text, err := fs.ReadFile(d.FS(), "articles/hund/de.md")
	require.NoError(t, err)
	require.Contains(t, string(text), "96 Euro")
}

func TestImportIsAllOrNothingAndOnlyDrafts(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	read, err := imports.Read(ctx, "a.csv", strings.NewReader("titel;frage;antwort;id\nHund;Wo melde ich den Hund an?;Im Amt.;hund\nParken;Wo parke ich?;Am Markt.;\n"), imports.Options{})
	require.NoError(t, err)
	d.now = d.now.Add(time.Second)
	bad := append(read.Drafts, imports.Draft{ID: "bad", Files: map[string]string{"article.yaml": "version: 1\n", "de.md": "---\n---\nx\n"}}, imports.Draft{ID: "x", Variants: nil, Files: nil})
	_, err = d.Import(ctx, "erika", "import a.csv", bad)
	require.NoError(t, err)
	require.Contains(t, d.spoken("hund"), "96 Euro")
	require.Empty(t, d.spoken("parken"))
	a, err := d.Article(ctx, "hund")
	require.NoError(t, err)
	require.Equal(t, editing.Draft, a.Newest.State)
	text, err := editing.Text(a.Newest)
	require.NoError(t, err)
	require.Equal(t, "amt", text.HandOver, "what the import lacks stays")
	require.Equal(t, "Im Amt.", text.Variants["de"].Answer)
	n, err := d.Import(ctx, "erika", "import a.csv", read.Drafts)
	require.NoError(t, err)
	require.Equal(t, editing.Imported{Same: 2}, n, "a second time nothing changes")
}

func TestWhatWasExportedImportsToTheByte(t *testing.T) {
	d := newDesk(t, cities.Musterstadt())
	versions, err := d.Published(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(versions), 56)
	var out bytes.Buffer
	require.NoError(t, editing.ExportLines(&out, versions))
	lines := out.String()

	other := newDesk(t, small())
	read, err := imports.Read(t.Context(), "x.jsonl", strings.NewReader(lines), imports.Options{})
	require.NoError(t, err)
	require.False(t, read.Failed(), "%v", read.Notes)
	_, err = other.Import(t.Context(), "erika", "import x.jsonl", read.Drafts)
	require.NoError(t, err)
	newest, err := other.Newest(t.Context())
	require.NoError(t, err)
	fromSmall := map[string]bool{"hund": true, "bad": true}
	var again []editing.Version
	for _, v := range newest {
		if !fromSmall[v.Article] {
			again = append(again, v)
		}
	}
	out.Reset()
	require.NoError(t, editing.ExportLines(&out, again))
	require.Equal(t, lines, out.String())

	for _, v := range versions { // and equal to the folder they came from
		for name, text := range v.Files {
			data, err := fs.ReadFile(cities.Musterstadt(), path.Join("articles", v.Article, name))
			require.NoError(t, err)
			require.Equal(t, string(data), text)
		}
	}
	var first imports.Exported
	require.NoError(t, json.Unmarshal([]byte(lines[:strings.IndexByte(lines, '\n')]), &first))
}

func TestTheFolderIsTakenOverUntilSomebodyEdits(t *testing.T) {
	city, dir := small(), t.TempDir()
	d := newDesk(t, city)
	d.open(city, dir)
	d.store.Close()
	change := func(file, old, fresh string) {
		city[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(city[file].Data), old, fresh))}
	}
	change("articles/hund/de.md", "96", "97")
	d.now = d.now.Add(time.Hour)
	d.open(city, dir)
	require.Contains(t, d.spoken("hund"), "97 Euro")
	d.edit("erika", "bad", "Das Bad ist zu.")
	d.store.Close()

	change("articles/bad/de.md", "offen", "kalt")
	delete(city, "articles/hund/de.md")
	delete(city, "articles/hund/article.yaml")
	d.open(city, dir)
	require.Equal(t, "Das Bad ist offen.", d.spoken("bad"), "an edited article no longer follows the folder")
	require.Empty(t, d.spoken("hund"), "what is gone from the folder is gone")
}

func TestDiff(t *testing.T) {
	a := editing.Version{Files: map[string]string{"de.md": "eins\nzwei\ndrei\n", "en.md": "same\n"}}
	b := editing.Version{Files: map[string]string{"de.md": "eins\nneu\ndrei\n", "en.md": "same\n", "tr.md": "yeni\n"}}
	require.Equal(t, []editing.FileDiff{
		{"de.md", []editing.Line{{' ', "eins"}, {'-', "zwei"}, {'+', "neu"}, {' ', "drei"}}},
		{"tr.md", []editing.Line{{'+', "yeni"}}},
	}, editing.Diff(a, b))
}

func TestUnansweredQuestionsAreMaskedAndGrouped(t *testing.T) {
	d, ctx := newDesk(t, small()), t.Context()
	for _, q := range []string{"Wo bekomme ich einen Jagdschein?", "Was kostet der Jagdschein?", "Wie beantrage ich den Jagdschein", "Ich heiße Erika Muster, meine Nummer ist 0228 123456", "Kann ich bei euch Kindergeld beantragen?"} {
		require.NoError(t, d.Missed(ctx, "de", q))
	}
	groups, err := d.Unanswered(ctx)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(groups[0].Questions), 2)
	require.Contains(t, groups[0].Questions[0].Text, "Jagdschein")
	all := ""
	for _, g := range groups {
		for _, q := range g.Questions {
			all += q.Text + "\n"
		}
	}
	require.NotContains(t, all, "Erika")
	require.NotContains(t, all, "123456")
	require.NoError(t, d.CloseUnanswered(ctx, "paul", groups[0].IDs()))
	after, err := d.Unanswered(ctx)
	require.NoError(t, err)
	require.Len(t, after, len(groups)-1)
}
