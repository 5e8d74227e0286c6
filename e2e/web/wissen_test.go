package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/internal/browsertest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// desk is the web server with editors over the real articles of the demo city.
type desk struct {
	addr    string
	library *editing.Library
	base    *knowledge.Base
}

const editorPassword = "ein langes Wort"

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	d.library, err = editing.Open(t.Context(), editing.Options{Store: db, City: cities.Musterstadt(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	d.base, err = knowledge.Open(t.Context(), knowledge.Options{FS: d.library.FS()})
	require.NoError(t, err)
	d.library.OnChange(d.base.Reload)
	d.serve(t)
	return d
}

func (d *desk) serve(t *testing.T) {
	t.Helper()
	hash, err := session.Hash(editorPassword)
	require.NoError(t, err)
	keeper, err := session.New(session.Options{Users: []session.User{{Name: "erika", Role: session.Editor, Hash: hash}, {Name: "paul", Role: session.Reviewer, Hash: hash}}})
	require.NoError(t, err)
	d.addr = freeAddress(t)
	server, err := web.NewServer(web.Options{
		Listen: d.addr, City: "Musterstadt", Journal: journal.New(keptCalls), Log: slog.New(slog.DiscardHandler),
		Status:   func() web.Status { return web.Status{} },
		Sessions: keeper, DemoUsers: []web.DemoUser{{Name: "erika", Password: editorPassword, Role: session.Editor}},
		Editing: &web.Editing{Library: d.library, KeepsQuestions: true, Ask: d.ask},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", d.addr)
		return err == nil && c.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
}

// ask answers by the real search, without a conversation around it.
func (d *desk) ask(ctx context.Context, text, language string) (web.Said, error) {
	hits, err := d.base.Search(ctx, knowledge.Query{Text: text, Language: "de", Limit: 1})
	if err != nil || len(hits) == 0 {
		return web.Said{Outcome: "no_answer", Answer: "Dazu habe ich keine geprüfte Antwort.", Language: "de"}, err
	}
	a := hits[0].Article
	return web.Said{Outcome: "answer", Answer: a.Variants["de"].Answer, Language: language, Articles: []string{a.ID}, Confidence: hits[0].Confidence}, nil
}

func (d *desk) url(path string) string { return "http://" + d.addr + path }

// signIn fills the form in as people do.
func (d *desk) signIn(p *tab, name, next string) {
	p.t.Helper()
	p.do(chromedp.Navigate(d.url("/anmelden?lang=de&next=" + next)))
	p.do(chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", editorPassword+kb.Enter))
	p.until(`location.pathname.startsWith("/admin")`)
}

func TestEditors(t *testing.T) {
	b := newBrowser(t)
	b.inTab(t, "an article is written, reviewed and spoken", desktop, writesAndReviews)
	d := newDesk(t) // nothing is published there
	pages := desksPages(t, d)
	b.inTab(t, "what the bot would say while typing", desktop, func(p *tab) { asksWhileTyping(p, d) })
	b.inTab(t, "the form says what is not for the ear", desktop, func(p *tab) { checksWhileWriting(p, d) })
	for _, width := range []int64{320, 1280} {
		b.inTab(t, fmt.Sprintf("never scrolls sideways at %d px", width), view{width: width, height: 800}, func(p *tab) { staysInside(p, d, pages) })
	}
}

func writesAndReviews(p *tab) {
	d := newDesk(p.t)
	d.signIn(p, "erika", "/admin/wissen/hundesteuer/bearbeiten")
	p.until(`document.querySelector("#answer") !== null`)
	p.do(chromedp.SetValue("#answer", "Ein Hund kostet jetzt 100 Euro im Jahr."))
	p.do(chromedp.Click(`#editor > .button`))
	p.until(`document.querySelector(".note--success")?.innerText.includes("Gespeichert")`)
	p.do(chromedp.Click(`form[action$="/einreichen"] button`))
	p.until(`document.querySelector(".note--success")?.innerText.includes("wartet jetzt")`)
	require.Contains(p.t, eval[string](p, `document.querySelector("#review").parentElement.innerText`), "kann ihn nicht freigeben")
	p.do(chromedp.Click(`.who button`))
	p.until(`location.pathname === "/anmelden"`)

	d.signIn(p, "paul", "/admin/wissen/hundesteuer")
	p.until(`document.querySelector('form[action$="/freigeben"]') !== null`)
	spoken, _ := d.base.Article("hundesteuer")
	require.Contains(p.t, spoken.Variants["de"].Answer, "96 Euro")
	p.do(chromedp.Click(`form[action$="/freigeben"] button`))
	require.True(p.t, browsertest.Holds(p.ctx, time.Minute, `document.querySelector(".note--success")?.innerText.includes("Freigegeben")`), "released; all articles are read anew before the page says so")
	spoken, _ = d.base.Article("hundesteuer")
	require.Equal(p.t, "Ein Hund kostet jetzt 100 Euro im Jahr.", spoken.Variants["de"].Answer)
	require.Equal(p.t, "paul", spoken.Reviewer)
}

func asksWhileTyping(p *tab, d *desk) {
	d.signIn(p, "erika", "/admin/wissen")
	p.until(`document.querySelector("#frage") !== null`)
	p.do(chromedp.SendKeys("#frage", "Was kostet die Hundesteuer"))
	p.until(`document.querySelector("#said a")?.textContent === "hundesteuer"`)
	require.Contains(p.t, eval[string](p, `document.querySelector("#said").innerText`), "96 Euro")
	p.do(chromedp.SendKeys("#frage", kb.Enter)) // no page is loaded, and nothing is lost
	require.Equal(p.t, "/admin/wissen", eval[string](p, `location.pathname + location.search`))
}

func checksWhileWriting(p *tab, d *desk) {
	d.signIn(p, "erika", "/admin/wissen/neu")
	p.until(`document.querySelector("#answer") !== null`)
	p.do(chromedp.SendKeys("#answer", strings.Repeat("wort ", 61)))
	p.until(`document.querySelector("#answer-check").textContent === "61 Wörter, etwa 23 Sekunden · zu lang fürs Ohr, höchstens 60 Wörter"`)
	eval[any](p, `document.querySelector("#answer").value = ""`)
	p.do(chromedp.SendKeys("#answer", "Siehe www.stadt.example"))
	p.until(`document.querySelector("#answer-check").textContent.includes("Adressen lassen sich nicht sprechen")`)
	require.True(p.t, eval[bool](p, `document.querySelector("#answer-check").classList.contains("check--wrong")`))
}

// desksPages are all pages, with an article in review that has a machine's words in it.
func desksPages(t *testing.T, d *desk) []string {
	t.Helper()
	a, err := d.library.Article(t.Context(), "hundesteuer")
	require.NoError(t, err)
	text, err := editing.Text(a.Newest)
	require.NoError(t, err)
	v := text.Variants["de"]
	v.Answer = "Ein Hund kostet 100 Euro."
	text.Variants["de"], text.Machine = v, []string{"en"}
	n, err := d.library.Save(t.Context(), "erika", text, a.Newest.Changed)
	require.NoError(t, err)
	require.NoError(t, d.library.Submit(t.Context(), "erika", "hundesteuer", n))
	_, err = d.library.Import(t.Context(), "erika", "import x", []imports.Draft{{ID: "neu", Variants: map[string]imports.Variant{"de": {Title: "Neu", Answer: "Siehe www.neu.example"}}}})
	require.NoError(t, err)
	require.NoError(t, d.library.Missed(t.Context(), "de", "Wo bekomme ich einen Jagdschein?"))
	require.NoError(t, d.library.Missed(t.Context(), "de", "Wo bekomme ich den Jagdschein her?"))
	return []string{
		"/admin/wissen", "/admin/wissen?frage=Was+kostet+ein+Hund", "/admin/wissen/fragen", "/admin/wissen/sprachen", "/admin/wissen/hundesteuer",
		"/admin/wissen/hundesteuer/bearbeiten?sprache=en", "/admin/wissen/hundesteuer/vergleich?von=1&mit=2", "/admin/wissen/neu", "/admin/wissen/neu?frage=Was", "/admin/wissen/neu/bearbeiten",
		"/admin/wissen/neu?ok=saved",
	}
}

func staysInside(p *tab, d *desk, pages []string) {
	d.signIn(p, "paul", "/admin/wissen")
	for _, page := range slices.Concat(pages, []string{"/anmelden"}) {
		p.do(chromedp.Navigate(d.url(page)))
		const excess = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`
		require.Zero(p.t, eval[int](p, excess), page)
		eval[string](p, zoomText)
		wide := eval[[]string](p, `[...document.querySelectorAll("body *")].filter((n) => !n.closest(".scroll") && n.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map((n) => n.tagName + "." + n.className + " " + n.textContent.slice(0, 30))`)
		require.Zero(p.t, eval[int](p, excess), "%s with text at 200 %%: %q", page, wide)
	}
}

// TestEditorsPagesAreAccessible runs axe-core over every page, light and dark.
func TestEditorsPagesAreAccessible(t *testing.T) {
	axe := axeCore(t)
	b := newBrowser(t)
	d := newDesk(t)
	pages := desksPages(t, d)
	for _, v := range []view{desktop, {width: 1280, height: 900, dark: true}, {width: 320, height: 700}} {
		b.inTab(t, fmt.Sprintf("%d dark=%v", v.width, v.dark), v, func(p *tab) {
			p.do(chromedp.Navigate(d.url("/anmelden?lang=de")))
			require.Empty(p.t, violations(p, axe), "sign in")
			d.signIn(p, "paul", "/admin/wissen")
			for _, lang := range []string{"de", "en"} {
				p.do(chromedp.Navigate(d.url("/admin/wissen?lang=" + lang)))
				for _, page := range pages {
					p.do(chromedp.Navigate(d.url(page)))
					require.Empty(p.t, violations(p, axe), "%s in %s", page, lang)
				}
			}
		})
	}
}

// TestEditorsPictures writes pictures for people to look at, as TestPictures does.
func TestEditorsPictures(t *testing.T) {
	folder := os.Getenv("AMTSLEITUNG_PICTURES")
	if folder == "" {
		t.Skip("set AMTSLEITUNG_PICTURES to the folder for the pictures")
	}
	b := newBrowser(t)
	d := newDesk(t)
	pages := desksPages(t, d)
	for name, v := range map[string]view{"320": {width: 320, height: 700}, "1280": desktop, "1280-dark": {width: 1280, height: 900, dark: true}} {
		b.inTab(t, name, v, func(p *tab) {
			d.signIn(p, "paul", "/admin/wissen")
			for i, page := range pages {
				p.do(chromedp.EmulateViewport(v.width, v.height), chromedp.Navigate(d.url(page)))
				p.picture(filepath.Join(folder, fmt.Sprintf("wissen-%02d-%s.png", i, name)))
			}
		})
	}
}
