package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/web"
)

// TestCitizensAccessible runs axe-core over every moment of the citizens'
// pages: in German and in Arabic, light and dark, and the most seen ones in
// every language.
func TestCitizensAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newPhoneBrowser(t, false)
	check := func(name, lang string, v view, show func(*tab, *line, string)) {
		b.inTab(t, name+"/"+lang, v, func(p *tab) {
			show(p, newLine(p.t, web.Citizens{Kiosk: slow}), lang)
			require.Empty(p.t, violations(p, axe))
		})
	}
	often := map[string]bool{"anruf-before": true, "anruf-talking": true, "kiosk-talking": true, "chat-talking": true}
	for _, m := range moments {
		check(m.name, "de", desktop, m.show)
		check(m.name+"/dark", "de", view{width: 1280, height: 900, dark: true}, m.show)
		check(m.name, "ar", view{width: 320, height: 700}, m.show)
		if !often[m.name] {
			continue
		}
		for _, lang := range []string{"en", "tr", "uk", "ru", "pl", "fr", "es", "it", "ro"} {
			check(m.name, lang, desktop, m.show)
		}
	}
	b.inTab(t, "chat in a foreign page", desktop, func(p *tab) {
		s := newCitySite(p.t, true)
		s.visit(p)
		require.Empty(p.t, violations(p, axe))
		eval[any](p, button+`.click()`)
		untilInFrame(p, writable)
		require.Empty(p.t, violations(p, axe))
	})
	b.inTab(t, "zoomed", view{width: 320, height: 700}, func(p *tab) {
		talking(p, newLine(p.t, web.Citizens{}), "/anruf?lang=de")
		eval[any](p, zoomText)
		require.Empty(p.t, violations(p, axe))
	})
	b.inTab(t, "sees what is wrong", desktop, func(p *tab) { // that an empty list means something
		talking(p, newLine(p.t, web.Citizens{}), "/anruf?lang=de")
		eval[any](p, `document.querySelector(".talk__state").style.color = "#ccc"; document.querySelector("label[for=text]").remove()`)
		require.Len(p.t, violations(p, axe), 2)
	})
}
