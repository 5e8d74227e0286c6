package meeting

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/browsertest"
)

// tab is one page.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (r *room) tab(t *testing.T, browser context.Context, width, height int64, path string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	require.NoError(t, chromedp.Do(ctx)) // opens the tab, which lives as long as ctx
	timed, cancel := context.WithTimeout(ctx, 6*time.Minute)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel(); stop() })
	p := &tab{t, timed}
	_, err := chromedp.Call(timed, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
	require.NoError(t, err)
	p.do(chromedp.Navigate(r.URL(path)))
	return p
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

// until waits for a JavaScript condition.
func (p *tab) until(condition string) {
	p.t.Helper()
	if !browsertest.Holds(p.ctx, within, condition) {
		p.t.Fatalf("waited for %s; the page says:\n%s", condition, p.text("body"))
	}
}

// text is what stands in an element.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return browsertest.Eval[string](p.t, p.ctx, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// shows waits until a pattern stands on the page.
func (p *tab) shows(pattern string) {
	p.t.Helper()
	p.until(fmt.Sprintf("new RegExp(%q, 'i').test(document.querySelector('#lines').innerText)", pattern))
}

// speaks opens the microphone at the speakers' page.
func (r *room) speaks(t *testing.T, name, language string, said []int16) *tab {
	t.Helper()
	browser := browsertest.Start(t, browsertest.Microphone(browsertest.Recording(t, said))...)
	p := r.tab(t, browser, 800, 900, fmt.Sprintf("/rooms/%s/speak?lang=de#%s", r.Code, r.Keys.Speak))
	p.until(`document.documentElement.dataset.ready !== undefined && !document.querySelector("#before").hidden`)
	p.do(chromedp.SetValue("#language", language), chromedp.SendKeys("#name", name+kb.Enter))
	p.until(`["on", "heard"].includes(document.querySelector("#live").dataset.voice)`)
	return p
}

// reads opens the viewer's page.
func (r *room) reads(t *testing.T, browser context.Context, track string, width, height int64) *tab {
	t.Helper()
	p := r.tab(t, browser, width, height, fmt.Sprintf("/s/%s?lang=de&track=%s", r.Code, track))
	p.until(`document.querySelector("#track").value === "` + track + `"`)
	return p
}

// violations of accessibility.
func (p *tab) violations(t *testing.T) []string {
	t.Helper()
	return browsertest.Violations(t, p.ctx, browsertest.Axe(t))
}

// roles are those of the accessibility tree that a screen reader gets, with their names.
func (p *tab) roles(t *testing.T) []string {
	t.Helper()
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(t, err)
	var out []string
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		name := ""
		if n.Name != nil {
			_ = json.Unmarshal(n.Name.Value, &name) // a name that is no text is none
		}
		role := ""
		_ = json.Unmarshal(n.Role.Value, &role)
		out = append(out, role+" "+name)
	}
	return out
}

// picture writes the page for the docs, where they are wanted.
func (p *tab) picture(name string) {
	p.t.Helper()
	folder := os.Getenv("AMTSLEITUNG_PICTURES")
	if folder == "" {
		return
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder)
	}
	data, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(filepath.Join(folder, name+".png"), data, 0o600))
}
