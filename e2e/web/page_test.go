package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
)

func TestPage(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "shows calls with answers, sources and timing", desktop, showsCalls)
	b.inTab(t, "changes while people look at it", desktop, changesLive)
	b.inTab(t, "shows markup as text", desktop, showsMarkupAsText)
	b.inTab(t, "works by keyboard alone", desktop, worksByKeyboard)
	b.inTab(t, "speaks both languages", desktop, speaksBothLanguages)
	b.inTab(t, "remembers the appearance", desktop, remembersAppearance)
	b.inTab(t, "connects again", desktop, connectsAgain)
	b.inTab(t, "forgets what the service forgets", desktop, forgets)
	b.inTab(t, "reads finished lines only", desktop, readsFinishedLinesOnly)
	for _, width := range []int64{320, 768, 1280} {
		b.inTab(t, fmt.Sprintf("never scrolls sideways at %d px", width), view{width: width, height: 800}, neverScrollsSideways)
	}
}

func showsCalls(p *tab) {
	s := newSite(p.t)
	s.fill()
	p.open(s.url("/?lang=de"))
	call := func(id, part string) string {
		return eval[string](p, fmt.Sprintf(`document.querySelector('[data-id="%s"]').%s`, id, part))
	}
	require.Contains(p.t, call(running, `closest("section").innerText`), "Jetzt im Gespräch 1")
	require.Contains(p.t, call(ended, `closest("section").innerText`), "Beendete Gespräche 1")
	text := call(running, "innerText")
	for _, want := range []string{
		"0176555••••", "hört zu", "Was kostet ein neuer Personalausweis?", "Verstanden: sicher (93\u00a0%)",
		"Verstanden: unsicher (52\u00a0%)", "Antwort", "Artikel personalausweis, Fassung 3", "Treffer: sicher (91\u00a0%)",
		"Erster Ton 561\u00a0ms nach dem Ende der Frage", "im Ziel", "über dem Ziel", "Ziel 900\u00a0ms", "nebenher (181\u00a0ms)",
	} {
		require.Contains(p.t, text, want)
	}
	require.Equal(p.t, "https://www.musterstadt.example/buergerservice/personalausweis",
		eval[string](p, `document.querySelector(".line__facts a").href`))
	require.Contains(p.t, call(ended, "innerText"), "„Mein Keller brennt!“", "a closed call says what it is about")

	// The bar's parts stand on one scale with the mark: 561 of 1,500 ms are drawn, the mark is at 900.
	drawn := eval[float64](p, `[...document.querySelector(".timing:not([hidden]) .timing__bar").children].reduce((sum, c) => sum + parseFloat(c.style.width), 0)`)
	require.InDelta(p.t, 561.0/1500*100, drawn, 0.1)
	require.Equal(p.t, "60%", eval[string](p, `document.querySelector(".timing:not([hidden]) .timing__budget").style.left`))
}

func changesLive(p *tab) {
	s := newSite(p.t)
	p.open(s.url("/?lang=de"))
	require.Contains(p.t, eval[string](p, `document.body.innerText`), "Zurzeit ruft niemand an.")

	s.begin(running, "0176555••••")
	p.until(`document.querySelector("#calls-now .call") !== null && document.querySelector("#none-now").hidden`)
	s.caller(running, 0, "de", "Wo kann ich", 0.5, false)
	p.until(`document.querySelector(".line--tail .line__text")?.textContent === "Wo kann ich"`)
	s.caller(running, 0, "de", "Wo kann ich parken?", 0.9, true)
	p.until(`document.querySelector(".line:not(.line--tail) .line__text")?.textContent === "Wo kann ich parken?"`)
	require.Equal(p.t, 1, eval[int](p, `document.querySelectorAll(".line").length`), "a revision replaces the line")

	s.bot(running, 0, "de", "In der Tiefgarage.", answer("parken", 0.9, nil))
	p.until(`document.querySelectorAll(".line").length === 2 && document.querySelectorAll(".line")[1].querySelector(".timing").hidden`)
	s.bot(running, 0, "de", "In der Tiefgarage.", answer("parken", 0.9, timing(500, 400, 510, 540)))
	p.until(`!document.querySelectorAll(".line")[1].querySelector(".timing").hidden`)

	eval[any](p, `document.querySelector(".call summary").focus()`)
	s.journal.End(running, "caller", parseTime("2026-01-02T03:04:05Z"), 4.1)
	p.until(`document.querySelector("#calls-earlier .call") !== null`)
	require.True(p.t, eval[bool](p, `document.activeElement.matches(".call summary") && document.querySelector(".call").open`),
		"a call that ends stays open and keeps the focus")
	require.Contains(p.t, eval[string](p, `document.querySelector(".about").innerText`), "gut (4,1 von 5)")
}

func showsMarkupAsText(p *tab) {
	const evil = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`
	s := newSite(p.t)
	s.begin(running, evil)
	s.caller(running, 0, "de", evil, 0.9, true)
	s.bot(running, 0, "de", evil, func(l *journal.Line) {
		l.Outcome, l.Article, l.Source = evil, evil, `javascript:window.hurt=1`
	})
	p.open(s.url("/?lang=de"))
	require.Equal(p.t, evil, eval[string](p, `document.querySelector(".call__from").textContent`))
	require.Equal(p.t, evil, eval[string](p, `document.querySelector(".line__text").textContent`))
	require.Equal(p.t, 0, eval[int](p, `document.querySelectorAll(".call img, .call script, .call a").length`))
	require.True(p.t, eval[bool](p, `window.hurt === undefined`))
}

func worksByKeyboard(p *tab) {
	s := newSite(p.t)
	s.fill()
	p.open(s.url("/?lang=de"))
	focus := func() string { return eval[string](p, `document.activeElement.className || document.activeElement.id`) }
	var way []string
	for range 12 {
		p.do(chromedp.KeyEvent(kb.Tab))
		way = append(way, focus())
		require.True(p.t, eval[bool](p, `getComputedStyle(document.activeElement).outlineStyle !== "none"`), "focus on %s is seen", focus())
		if eval[bool](p, `document.activeElement.matches("#calls-earlier summary")`) {
			break
		}
	}
	require.Equal(p.t, []string{"skip", "theme", "topline__lang", "head__name", "call__head", "kern-link", "kern-link", "call__head"}, way)
	require.False(p.t, eval[bool](p, `document.activeElement.parentElement.open`))
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.parentElement.open`)
	require.Contains(p.t, eval[string](p, `document.activeElement.parentElement.innerText`), "Legen Sie auf und wählen Sie sofort die 112.")

	eval[any](p, `document.querySelector(".skip").focus()`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.id === "content"`)
}

func speaksBothLanguages(p *tab) {
	s := newSite(p.t)
	s.fill()
	p.open(s.url("/?lang=de"))
	require.Equal(p.t, "Anrufe", eval[string](p, `document.querySelector("h1").textContent`))
	p.do(chromedp.Click(".topline__lang"))
	p.until(`document.documentElement.lang === "en" && ` + connected)
	require.Equal(p.t, "Calls", eval[string](p, `document.querySelector("h1").textContent`))
	text := eval[string](p, `document.body.innerText`)
	require.Contains(p.t, text, "Understood: sure (93%)")
	require.NotContains(p.t, text, "Verstanden")
	require.Equal(p.t, "de", eval[string](p, `document.querySelector(".line__text").lang`), "what was said keeps its language")

	p.open(s.url("/")) // remembered
	require.Equal(p.t, "en", eval[string](p, `document.documentElement.lang`))
}

func remembersAppearance(p *tab) {
	s := newSite(p.t)
	p.open(s.url("/?lang=de"))
	ground := func() string { return eval[string](p, `getComputedStyle(document.body).backgroundColor`) }
	light := ground()
	p.do(chromedp.SetValue("#theme", "dark"))
	eval[any](p, `document.querySelector("#theme").dispatchEvent(new Event("change"))`)
	require.NotEqual(p.t, light, ground())
	p.open(s.url("/"))
	require.Equal(p.t, "dark", eval[string](p, `document.querySelector("#theme").value`))
	require.NotEqual(p.t, light, ground())
	eval[any](p, `localStorage.clear()`)
}

func connectsAgain(p *tab) {
	s := newSite(p.t)
	s.fill()
	p.open(s.url("/?lang=de"))
	eval[any](p, `document.querySelector("#calls-earlier .call").open = true`)
	s.stop()
	p.until(`document.querySelector(".connection--lost")?.innerText.startsWith("Verbindung unterbrochen, Stand ")`)
	s.caller(running, 4, "en", "said while nobody saw it", 0.9, true)
	s.start()
	p.until(connected)
	require.Contains(p.t, eval[string](p, `document.querySelector("#calls-now").innerText`), "said while nobody saw it")
	require.True(p.t, eval[bool](p, `document.querySelector("#calls-earlier .call").open`), "what was open stays open")
	require.Equal(p.t, 2, eval[int](p, `document.querySelectorAll(".call").length`))
}

func forgets(p *tab) {
	s := newSite(p.t)
	p.open(s.url("/?lang=de"))
	for i := range keptCalls + 3 {
		id := fmt.Sprintf("01K%023d", i)
		s.begin(id, "0309995••••")
		s.journal.End(id, "caller", parseTime("2026-01-02T03:04:05Z"), 4.1)
	}
	p.until(fmt.Sprintf(`document.querySelectorAll(".call").length === %d && document.querySelector('[data-id="01K%023d"]') !== null`, keptCalls, keptCalls+2))
	require.True(p.t, eval[bool](p, `[...document.querySelectorAll(".call")].every((c, i, all) => i === 0 || all[i-1].dataset.id > c.dataset.id)`), "newest first")
}

func readsFinishedLinesOnly(p *tab) {
	s := newSite(p.t)
	s.fill()
	p.open(s.url("/?lang=de"))
	require.Empty(p.t, eval[string](p, `document.querySelector("#announcer").textContent`), "the first view is not read out")
	eval[any](p, `window.said = []; new MutationObserver((all) => all.forEach((m) => m.addedNodes.forEach((n) => said.push(n.textContent)))).observe(document.querySelector("#announcer"), {childList: true})`)
	s.caller(running, 3, "en", "and what do I have to bring", 0.4, false)
	s.caller(running, 3, "en", "And what do I have to bring?", 0.9, true)
	s.bot(running, 4, "en", "Your identity card.", answer("wohnung-anmelden", 0.9, nil))
	s.bot(running, 4, "en", "Your identity card.", answer("wohnung-anmelden", 0.9, timing(500, 400, 510, 540)))
	s.state(running, "held")
	p.until(`document.querySelector("#calls-now .call__state").dataset.state === "held"`)
	require.Equal(p.t, []string{"Anrufende Person: And what do I have to bring?", "Amtsleitung: Your identity card."}, eval[[]string](p, `said`))
}

func neverScrollsSideways(p *tab) {
	s := newSite(p.t)
	s.fill()
	s.caller(running, 4, "de", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsverordnung", 0.9, true)
	p.open(s.url("/?lang=de"))
	eval[any](p, `document.querySelectorAll(".call").forEach((c) => { c.open = true; })`)
	const excess = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`
	require.Zero(p.t, eval[int](p, excess))
	eval[string](p, zoomText)
	require.Zero(p.t, eval[int](p, excess), "with text at 200 %%")
}
