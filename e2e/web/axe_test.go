package web_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestAccessible runs axe-core over every state of the page, light and dark.
func TestAccessible(t *testing.T) {
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

// violations are one line per broken rule with the places where it is broken.
func violations(p *tab, axe string) []string {
	p.t.Helper()
	p.until(`document.readyState === "complete"`) // a page that has just been gone to has no heading yet
	eval[any](p, axe+"; 0")
	return eval[[]string](p, `axe.run(document, {resultTypes: ["violations"]}).then((r) =>
		r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join("; ")))`)
}

// axeCore is the script as native/web-assets.sh fetched it.
func axeCore(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		require.NoError(t, err)
		cache = filepath.Join(dir, "amtsleitung")
	}
	found, err := filepath.Glob(filepath.Join(cache, "packages", "axe-core-*"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("no axe-core: run native/web-assets.sh test")
	}
	f, err := os.Open(found[len(found)-1])
	require.NoError(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	require.NoError(t, err)
	for files := tar.NewReader(unzipped); ; {
		head, err := files.Next()
		require.False(t, errors.Is(err, io.EOF), "no axe.min.js in %s", f.Name())
		require.NoError(t, err)
		if !strings.HasSuffix(head.Name, "/axe.min.js") {
			continue
		}
		script, err := io.ReadAll(files)
		require.NoError(t, err)
		return string(script)
	}
}
