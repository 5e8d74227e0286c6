package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestViewerAccessible runs axe-core over every moment of the viewer: light,
// dark, in Arabic on a phone, and at 400 % zoom of a window of 1280 x 1024.
func TestViewerAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newBrowser(t)
	s := newHallSite(t, nil)
	for _, m := range viewerMoments {
		for _, v := range []struct {
			name, lang string
			view
		}{
			{"wide", "de", desktop},
			{"phone", "ar", view{width: 320, height: 640}},
			{"zoomed", "de", view{width: 320, height: 256}},
		} {
			b.inTab(t, m.name+"/"+v.name, v.view, func(p *tab) {
				m.show(p, newSitting(p.t, s, council(nil)), v.lang)
				p.accessible(axe)
				require.Zero(p.t, eval[int](p, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`), "scrolls sideways")
				require.Empty(p.t, eval[[]string](p, covered), "is covered")
				eval[any](p, `localStorage.clear(); sessionStorage.clear()`)
			})
		}
	}
	b.inTab(t, "sees what is wrong", desktop, func(p *tab) { // that an empty list means something
		watching(p, newSitting(p.t, s, council(nil)), "?lang=de&track=de")
		eval[any](p, `document.querySelector(".row__text").style.color = "#ccc"; document.querySelector("label[for=track]").remove()`)
		require.Len(p.t, violations(p, axe), 2)
	})
}

// covered are the controls that, scrolled to, something else lies upon.
const covered = `[...document.querySelectorAll(".viewer button, .viewer select, .viewer summary, .viewer input")].filter((n) => {
	if (!n.offsetParent || n.disabled) return false;
	n.scrollIntoView({block: "center"});
	const r = n.getBoundingClientRect(), at = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
	return !at || !(n.contains(at) || at.contains(n));
}).map((n) => n.id || n.className)`

// TestViewerLarge reads at every size on a small telephone.
func TestViewerLarge(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	for _, query := range []string{"size=300", "size=300&font=wide", "size=200&position=top", "size=300&position=bottom"} {
		b.inTab(t, query, view{width: 320, height: 568}, func(p *tab) {
			r := newSitting(p.t, s, council(nil))
			p.read(r.url("?lang=de&track=de&" + query))
			r.say(r.input, "de", "Die Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsverordnung gilt.")
			p.reads("gilt.")
			require.Zero(p.t, eval[int](p, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`))
			require.Zero(p.t, eval[int](p, `Math.max(0, document.querySelector("#region").scrollWidth - document.querySelector("#region").clientWidth)`))
			require.Empty(p.t, eval[[]string](p, covered))
			p.do(chromedp.EmulateViewport(1280, 800))
			require.Zero(p.t, eval[int](p, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`))
		})
	}
}
