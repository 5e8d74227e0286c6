// Package web_test looks at the pages with a real browser: a journal filled by
// the tests flows into the real web server, and Chromium says what people get.
// Tests run side by side, each with a browser of its own; those that watch the
// page's own clock, or compute much, do not.
package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/browsertest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/memory.New.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

// browser is one Chromium with a fresh profile.
type browser struct {
	t   *testing.T
	ctx context.Context
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	return &browser{t: t, ctx: browsertest.Start(t)}
}

// tab is one page with its own size and colours.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// view is how somebody looks at a page.
type view struct {
	width, height int64
	dark          bool
}

var desktop = view{width: 1280, height: 900}

// inTab runs f as a subtest with a tab of its own. A browser holds at most six
// connections to a server and each page keeps one, so tabs must be closed.
func (b *browser) inTab(t *testing.T, name string, v view, f func(p *tab)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { f(b.tab(t, v)) })
}

func (b *browser) tab(t *testing.T, v view) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx)
	t.Cleanup(stop)
	require.NoError(t, chromedp.Do(ctx))                   // opens the tab, which lives as long as ctx
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute) // ends what hangs; what a page is waited for is Patience
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	p.do(chromedp.EmulateViewport(v.width, v.height))
	p.dark(v.dark)
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Europe/Berlin"})
	return p
}

// dark changes what the reader's system wants; pages follow at once.
func (p *tab) dark(on bool) {
	p.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// accessible runs axe-core over a page as it stands, light and dark.
func (p *tab) accessible(axe string) {
	p.t.Helper()
	for _, on := range []bool{false, true} {
		p.dark(on)
		require.Empty(p.t, violations(p, axe), "dark: %v", on)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

// call sends a command of the browser's protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	r, err := chromedp.Call(p.ctx, command, params)
	require.NoError(p.t, err)
	return r
}

// until waits for a JavaScript condition, also across a change of the page: an
// address is that of a page from when its first byte is there, and what is found
// in it then may be gone in a moment.
func (p *tab) until(condition string) {
	p.t.Helper()
	if strings.Contains(condition, "location.") {
		condition = `document.readyState === "complete" && ` + condition
	}
	if browsertest.Holds(p.ctx, browsertest.Patience, condition) {
		return
	}
	body, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText`)) // only to say what was there
	p.t.Fatalf("waited for %s; the page says:\n%s", condition, body)
}

// eval returns what a JavaScript expression is.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	return browsertest.Eval[T](p.t, p.ctx, expression)
}

// open goes to a page and waits for the first word of the event stream.
func (p *tab) open(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
	p.until(connected)
}

const notConnecting = `document.querySelector(".connection").hidden`

const connected = `document.querySelector(".connection--on") !== null`

// pictures is the folder for pictures of the pages; without one the test skips.
func pictures(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("AMTSLEITUNG_PICTURES")
	if folder == "" {
		t.Skip("set AMTSLEITUNG_PICTURES to the folder for the pictures")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder)
	}
	return folder
}
