package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// TestOnPaper prints pages of somebody who reads light on dark.
func TestOnPaper(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "minutes", desktop, printsMinutes)
	b.inTab(t, "what is read", desktop, printsLines)
	b.inTab(t, "the poster alone", desktop, printsPoster)
	b.inTab(t, "nothing was kept", desktop, saysNothingWasKept)
	b.inTab(t, "notes have a border in forced colours", desktop, bordersNotes)
}

// printed shows the page as on paper.
func (p *tab) printed() {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
}

// inked says whether the page is dark on white, and which of these are printed.
func (p *tab) inked(heading string, parts ...string) (there []string) {
	p.t.Helper()
	require.Equal(p.t, "rgb(255, 255, 255)", eval[string](p, `getComputedStyle(document.body).backgroundColor`))
	for _, node := range []string{"body", heading} {
		require.Less(p.t, eval[int](p, fmt.Sprintf(`Math.max(...getComputedStyle(document.querySelector(%q)).color.match(/\d+/g).slice(0, 3).map(Number))`, node)), 64, "%s is dark", node)
	}
	for _, part := range parts {
		if eval[bool](p, fmt.Sprintf(`document.querySelector(%q).getClientRects().length > 0`, part)) {
			there = append(there, part)
		}
	}
	return there
}

func printsMinutes(p *tab) {
	c := held(p.t)
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(pageReady)
	p.do(chromedp.SetValue("#theme", "dark"))
	eval[any](p, `document.querySelector("#theme").dispatchEvent(new Event("change")); 0`)
	p.printed()
	require.Equal(p.t, []string{"#title", "#machine", "#tasks .item", "#transcript", "#consent"},
		p.inked("#title", "header", ".tabs", "#title", "#machine", "#tasks .item", "#downloads-title", "#language", "#transcript", "#consent"))
	eval[any](p, `localStorage.clear(); 0`)
}

func printsLines(p *tab) {
	r := newSitting(p.t, newHallSite(p.t, nil), council(nil))
	for i := range 40 {
		r.say(r.input, "de", fmt.Sprintf("Das ist der Satz Nummer %d.", i+1))
	}
	p.read(r.url("?lang=de&track=original&colours=yellow&position=bottom"))
	p.reads("Nummer 40.")
	p.printed()
	require.Equal(p.t, []string{"#title", "#lines"}, p.inked("#title", "header", "#title", "#track", "#lines", "#notice-read", ".tools"))
	require.True(p.t, eval[bool](p, `document.querySelector("#region").getBoundingClientRect().height >= document.querySelector("#lines").getBoundingClientRect().height`), "no line is cut off")
	eval[any](p, `localStorage.clear(); 0`)
}

func printsPoster(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	p.click("#large")
	p.until(`document.querySelector("#poster").open`)
	p.printed()
	require.Equal(p.t, []string{"#poster-title", "#poster-qr", "#poster .code"},
		p.inked("#poster-title", "header", "#stage", "#sound", "#links-list", "#poster-title", "#poster-qr", "#poster .code", "#poster button"))
}

func saysNothingWasKept(p *tab) {
	c := convene(p.t, meeting.New{Keep: true})
	c.ends()
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(pageReady + ` && document.querySelector("#note").innerText.includes("Das war hier nichts.")`)
	require.True(p.t, eval[bool](p, `["machine", "tasks-title", "downloads-title", "transcript-title", "quality-title"].every((id) => !document.getElementById(id).getClientRects().length)`), "no headings of nothing")
	require.Contains(p.t, p.text("#paper"), "Wer wusste Bescheid?")
	p.do(chromedp.Navigate(c.page("comparison", "de")))
	p.until(pageReady + ` && document.querySelector("#note").innerText === "Es gibt keine aufbewahrten Zeilen."`)
	require.True(p.t, eval[bool](p, `document.querySelector("#paper").hidden`))
}

func bordersNotes(p *tab) {
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}})
	const bordered = `[...document.querySelectorAll(".note, .badge, .check--wrong")].filter((n) => n.getClientRects().length).every((n) => getComputedStyle(n).borderTopStyle === "solid")`
	c := held(p.t)
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(pageReady)
	require.True(p.t, eval[bool](p, bordered))
	o := newChair(p.t, assembly()).begin()
	o.busy()
	o.steer(p, "de")
	p.until(`document.querySelectorAll("#inputs .note").length === 2`)
	require.True(p.t, eval[bool](p, bordered))
}
