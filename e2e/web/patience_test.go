package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	people "github.com/amtsleitung/amtsleitung/call"
)

// TestPatience shows that a page waits for nothing for ever.
func TestPatience(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "a call's stream that has gone quiet is opened again", desktop, deskHearsAgain)
	b.inTab(t, "an answer that does not come is asked for again", desktop, deskAsksAgain)
	b.inTab(t, "texts for screen readers that come at once are all read", desktop, deskSaysAll)
}

// late is a script with which a while can pass: later() runs what waits for 10 s
// or more. hanging is what requests must match to be without an answer.
const late = `{
	const usual = setTimeout, never = clearTimeout, waiting = new Map(), ask = fetch;
	window.setTimeout = (f, ms, ...more) => {
		const id = usual(f, ms, ...more);
		if (ms >= 10000) waiting.set(id, f);
		return id;
	};
	window.clearTimeout = (id) => { waiting.delete(id); never(id); };
	window.later = () => { for (const [id, f] of [...waiting]) { clearTimeout(id); f(); } };
	window.fetch = (path, options = {}) => (window.hanging?.test(path)
		? new Promise((_, fail) => { window.asked = true; options.signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError"))); })
		: ask(path, options));
}`

func deskHearsAgain(p *tab) {
	p.begins(source)
	p.begins(late)
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", nil)
	eval[any](p, `source.close(); 0`) // as a line that a network has forgotten: no error says so
	b.say(id, "caller", 9, "Die Nummer zwölf", 0.9)
	eval[any](p, `later(); 0`)
	p.until(`document.querySelector("#said li:last-child .said__text").textContent === "Die Nummer zwölf"`)
}

func deskAsksAgain(p *tab) {
	p.begins(late)
	b := newBureau(p.t)
	b.taken(p, "tina", "de", func(h *people.Handover) { h.Written = true })
	eval[any](p, `window.hanging = /\/text$/; 0`)
	p.do(chromedp.SendKeys("#reply-text", "Ich kümmere mich."))
	p.keys(kb.Enter)
	p.until(`window.asked`)
	eval[any](p, `window.hanging = null; later(); 0`)
	p.until(visible("problem"))
	require.Equal(p.t, "Ich kümmere mich.", eval[string](p, `document.querySelector("#reply-text").value`), "nothing is lost")
	p.keys(kb.Enter)
	p.until(`document.querySelector("#said li:last-child .said__text").textContent === "Ich kümmere mich." && document.querySelector("#problem").hidden`)
}

func deskSaysAll(p *tab) {
	p.begins(late)
	newBureau(p.t).signIn(p, "tina", "de")
	for _, region := range []string{"polite", "urgent"} {
		said := `[...document.querySelector("#` + region + `").children].map((p) => p.textContent).join("|")`
		eval[any](p, `import("/static/desk-dom.js").then(({ say }) => { for (const text of ["eins", "zwei", "zwei"]) say(text, "`+region+`" === "urgent"); })`)
		p.until(said + ` === "eins|zwei|zwei"`)
		eval[any](p, `later(); 0`)
		require.Empty(p.t, eval[string](p, said), "nobody finds it later")
	}
}
