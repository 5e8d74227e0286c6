// Package web_test looks at the pages with a real browser: a journal filled by
// the tests flows into the real web server, and Chromium says what people get.
package web_test

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
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
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "de-DE"))
	allocator, stopAllocator := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	require.NoError(t, chromedp.Do(ctx), "start chromium")
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has ended
		stop()
		stopAllocator()
	})
	return &browser{t: t, ctx: ctx}
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
	require.NoError(t, chromedp.Do(ctx)) // opens the tab, which lives as long as ctx
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	p.do(chromedp.EmulateViewport(v.width, v.height))
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Europe/Berlin"})
	return p
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

// until waits for a JavaScript condition, also across a change of the page.
func (p *tab) until(condition string) {
	p.t.Helper()
	holds := func() bool {
		ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](condition))
		return err == nil && ok // while the page changes there is nothing to ask
	}
	if assert.Eventually(p.t, holds, 20*time.Second, 50*time.Millisecond, "waiting for %s", condition) {
		return
	}
	body, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText`)) // only to say what was there
	p.t.Fatalf("the page says:\n%s", body)
}

// eval returns what a JavaScript expression is.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	return v
}

// open goes to a page and waits for the first word of the event stream.
func (p *tab) open(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
	p.until(connected)
}

const connected = `document.querySelector(".connection--on") !== null`
