package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// TestOldBrowsers shows the pages of meetings to a browser without what Chrome
// 95, Safari 15.0 or Firefox 95 do not have.
func TestOldBrowsers(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "subtitles are read", view{width: 320, height: 700}, oldReads)
	b.inTab(t, "lines are corrected and removed", desktop, oldCorrects)
	b.inTab(t, "a meeting is steered", desktop, oldSteers)
}

// old takes away what came later, and notes what fails.
const old = `{
	window.failures = [];
	addEventListener("error", (e) => failures.push(e.message));
	addEventListener("unhandledrejection", (e) => failures.push(String(e.reason)));
	for (const name of ["at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"]) delete Array.prototype[name];
	for (const name of ["union", "intersection", "difference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"]) delete Set.prototype[name];
	for (const name of ["hasOwn", "groupBy"]) delete Object[name];
	for (const name of ["parse", "canParse"]) delete URL[name];
	for (const name of ["any", "timeout"]) delete AbortSignal[name];
	for (const name of ["withResolvers", "try"]) delete Promise[name];
	for (const name of ["show", "showModal", "close"]) delete HTMLDialogElement.prototype[name];
	delete String.prototype.at;
	delete HTMLFormElement.prototype.requestSubmit;
	delete Element.prototype.checkVisibility;
	for (const name of ["structuredClone", "URLPattern", "scheduler", "navigation"]) delete window[name];
	delete Intl.Segmenter;
	window.prompt = () => "Ada";
	window.confirm = () => true;
}`

func (p *tab) nothingFailed() {
	p.t.Helper()
	require.Empty(p.t, eval[[]string](p, `failures`))
}

func oldReads(p *tab) {
	c := convene(p.t, meeting.New{Languages: []string{"de", "en"}})
	c.say("Frau Sommer", "Das Wort hat Herr Winter.")
	p.begins(old)
	p.do(chromedp.Navigate(c.site.url("/s/" + c.Room.Code() + "?lang=de")))
	p.until(`document.querySelector("#lines").textContent.includes("Das Wort hat Herr Winter.")`)
	c.say("Herr Winter", "Danke.")
	p.until(`document.querySelector("#lines").textContent.includes("Danke.")`)
	p.nothingFailed()
}

func oldCorrects(p *tab) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Sommer", "Das Wort hat Herr Mayer.")
	c.say("Herr Winter", "Äh.")
	p.begins(old)
	p.do(chromedp.Navigate(c.page("editor", "de") + "#" + c.Keys().Edit))
	p.until(rows + ` === 2 && document.querySelector("#who").textContent.includes("Ada")`)
	require.False(p.t, eval[bool](p, `[...document.querySelectorAll("dialog")].some((d) => d.getClientRects().length > 0)`))
	p.keys(kb.F2, kb.Enter)
	p.until(inEdit)
	eval[any](p, `document.activeElement.select()`)
	p.keys(kb.Delete, kb.Enter)
	p.until(rows + ` === 1`)
	p.keys(kb.F9)
	p.do(chromedp.SendKeys("#find", "Mayer"), chromedp.SendKeys("#with", "Müller"+kb.Enter))
	p.until(lineText(0) + ` === "Das Wort hat Herr Müller."`)
	p.nothingFailed()
}

func oldSteers(p *tab) {
	c := newChair(p.t, assembly())
	p.begins(old)
	c.steer(p, "de")
	p.click("#start")
	p.until(`document.querySelector("#stage").dataset.life === "running"`)
	p.nothingFailed()
}
