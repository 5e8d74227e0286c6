package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPictures writes pictures of the page for people to look at:
//
//	AMTSLEITUNG_PICTURES=docs/images [AMTSLEITUNG_PICTURES_OF=http://127.0.0.1:8080] go test -run Pictures ./e2e/web
//
// With an address it photographs the running service there into calls.png,
// otherwise the tests' own calls at three widths, light and dark.
func TestPictures(t *testing.T) {
	folder := os.Getenv("AMTSLEITUNG_PICTURES")
	if folder == "" {
		t.Skip("set AMTSLEITUNG_PICTURES to the folder for the pictures")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder) // tests run in their package's folder
	}
	b := newBrowser(t)
	if url := os.Getenv("AMTSLEITUNG_PICTURES_OF"); url != "" {
		p := b.tab(t, view{width: 1120, height: 800})
		p.open(url + "/?lang=" + or(os.Getenv("AMTSLEITUNG_PICTURES_LANG"), "de"))
		p.picture(filepath.Join(folder, "calls.png"))
		return
	}
	s := newSite(t)
	s.fill()
	for name, v := range map[string]view{
		"320": {width: 320, height: 700}, "768": {width: 768, height: 900}, "1280": desktop,
		"320-dark": {width: 320, height: 700, dark: true}, "1280-dark": {width: 1280, height: 900, dark: true},
	} {
		for _, lang := range []string{"de", "en"} {
			b.inTab(t, name+"-"+lang, v, func(p *tab) {
				p.open(s.url("/?lang=" + lang))
				p.picture(filepath.Join(folder, name+"-"+lang+".png"))
			})
		}
	}
	for name, v := range map[string]view{"zoom": desktop, "zoom-320": {width: 320, height: 700}} {
		b.inTab(t, name, v, func(p *tab) {
			p.open(s.url("/?lang=de"))
			eval[string](p, zoomText)
			p.picture(filepath.Join(folder, name+".png"))
		})
	}
	b.inTab(t, "error", desktop, func(p *tab) {
		p.do(chromedp.Navigate(s.url("/nothing")))
		p.picture(filepath.Join(folder, "error.png"))
	})
	b.inTab(t, "empty", desktop, func(p *tab) {
		p.open(newSite(p.t).url("/?lang=de"))
		p.picture(filepath.Join(folder, "empty.png"))
	})
	b.inTab(t, "lost", desktop, func(p *tab) {
		p.open(s.url("/?lang=de"))
		s.stop()
		p.until(`document.querySelector(".connection--lost") !== null`)
		p.picture(filepath.Join(folder, "lost.png"))
	})
}

// zoomText is what a browser's text size of 200 % does.
const zoomText = `document.documentElement.style.fontSize = "200%"`

// picture writes the whole page.
func (p *tab) picture(path string) {
	p.t.Helper()
	height := eval[int64](p, `document.documentElement.scrollHeight`)
	width := eval[int64](p, `innerWidth`)
	p.do(chromedp.EmulateViewport(width, height))
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(path, png, 0o644))
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
