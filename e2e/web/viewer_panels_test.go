package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestViewerPanels shows that an open panel covers neither lines nor tools.
func TestViewerPanels(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	for name, v := range map[string]view{"desktop": {width: 1280, height: 800}, "phone": {width: 330, height: 640}} {
		b.inTab(t, name, v, func(p *tab) {
			r := newSitting(p.t, s, council(nil))
			p.read(r.url("?track=de&lang=en"))
			require.True(p.t, eval[bool](p, `!document.querySelector("#notice").hidden`))
			const under = `document.querySelector(".tools").getBoundingClientRect().bottom - document.querySelector(".bar").getBoundingClientRect().bottom`
			require.GreaterOrEqual(p.t, eval[float64](p, under), 0.0, "the tools stand on their ground below a notice, too")
			for _, name := range []string{"view", "listen", "share", "help"} {
				panel(name)(p, r, "en")
				require.LessOrEqual(p.t, eval[float64](p, `document.querySelector(".bar").getBoundingClientRect().bottom`), eval[float64](p, `innerHeight`), name)
				require.GreaterOrEqual(p.t, eval[float64](p, `document.querySelector("#region").offsetHeight`), 160.0, name)
				require.GreaterOrEqual(p.t, eval[float64](p, `document.querySelector("#panel-`+name+`").offsetHeight`), 160.0, name)
			}
		})
	}
}
