package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/browsertest"
)

// TestAccessible runs axe-core over every state of the page, light and dark.
func TestAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newBrowser(t)
	filled, empty, stopped := newSite(t), newSite(t), newSite(t)
	filled.fill()
	stopped.fill()
	states := []struct {
		name string
		show func(*tab, string)
	}{
		{"in a call", func(p *tab, lang string) { p.open(filled.url("/?lang=" + lang)) }},
		{"all open", func(p *tab, lang string) {
			p.open(filled.url("/?lang=" + lang))
			eval[any](p, `document.querySelectorAll(".call").forEach((c) => { c.open = true; })`)
		}},
		{"nobody calls", func(p *tab, lang string) { p.open(empty.url("/?lang=" + lang)) }},
		{"connection lost", func(p *tab, lang string) {
			p.open(stopped.url("/?lang=" + lang))
			stopped.stop()
			p.until(`document.querySelector(".connection--lost") !== null`)
			stopped.start()
		}},
		{"text at 200 %", func(p *tab, lang string) {
			p.open(filled.url("/?lang=" + lang))
			eval[string](p, zoomText)
		}},
		{"no such page", func(p *tab, lang string) { p.do(chromedp.Navigate(filled.url("/nothing?lang=" + lang))) }},
		{"without KERN", func(p *tab, lang string) {
			call(p, network.Enable, network.EnableParams{})
			call(p, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "http://*:*/kern/*", Block: true}}})
			p.open(filled.url("/?lang=" + lang))
			require.Equal(p.t, "", eval[string](p, `getComputedStyle(document.documentElement).getPropertyValue("--kern-color-white")`), "KERN is blocked")
		}},
	}
	for _, state := range states {
		for _, dark := range []bool{false, true} {
			for _, lang := range []string{"de", "en"} {
				name := fmt.Sprintf("%s/%s/%s", state.name, map[bool]string{false: "light", true: "dark"}[dark], lang)
				b.inTab(t, name, view{width: 1280, height: 900, dark: dark}, func(p *tab) {
					state.show(p, lang)
					require.Empty(p.t, violations(p, axe))
				})
			}
		}
	}
	b.inTab(t, "on a phone", view{width: 320, height: 700}, func(p *tab) {
		p.open(filled.url("/?lang=de"))
		require.Empty(p.t, violations(p, axe))
	})
	b.inTab(t, "sees what is wrong", desktop, func(p *tab) { // that an empty list means something
		p.open(filled.url("/?lang=de"))
		eval[any](p, `document.querySelector(".lead").style.color = "#aaa"; document.querySelector("#theme").parentElement.replaceWith(document.querySelector("#theme"))`)
		require.Len(p.t, violations(p, axe), 2)
	})
}

// violations of accessibility, see browsertest.
func violations(p *tab, axe string) []string {
	p.t.Helper()
	return browsertest.Violations(p.t, p.ctx, axe)
}

func axeCore(t *testing.T) string {
	t.Helper()
	return browsertest.Axe(t)
}
