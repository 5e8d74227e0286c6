package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/web"
)

// hasty resets itself soon enough for a test.
var hasty = web.Kiosk{Idle: 2 * time.Second, Waiting: 4 * time.Second, Countdown: 3 * time.Second, After: 2 * time.Second}

func TestKiosk(t *testing.T) {
	b := newPhoneBrowser(t, false)
	b.inTab(t, "push to talk", terminal, pushesToTalk)
	b.inTab(t, "asks whether somebody is there and resets", terminal, asksAndResets)
	b.inTab(t, "nothing is left behind", terminal, leavesNothing)
	b.inTab(t, "goes back after the end and after errors", terminal, goesBack)
	b.inTab(t, "everything is large", terminal, isLarge)
	for _, v := range []view{{width: 320, height: 568}, terminal, {width: 1080, height: 1920}} {
		for _, lang := range []string{"de", "ar"} {
			b.inTab(t, fmt.Sprintf("never scrolls sideways at %d px in %s", v.width, lang), v, func(p *tab) { kioskStaysInside(p, lang) })
		}
	}
}

var terminal = view{width: 1280, height: 1024}

// touch begins a conversation at the terminal.
func touch(p *tab, l *line, lang string, n int) *lineCall {
	p.t.Helper()
	p.do(chromedp.Click(fmt.Sprintf(`[data-language="%s"]`, lang)))
	c := l.call(p.t, n)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "listening"))
	return c
}

const (
	attracts = `!document.querySelector("#before").hidden && document.querySelector("#talk").hidden`
	talks    = `document.querySelector("#push").getAttribute("aria-pressed") === "%v"`
)

func pushesToTalk(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/kiosk?lang=de")
	require.Equal(p.t, 11, eval[int](p, `document.querySelectorAll("[data-language]").length`))
	c := touch(p, l, "tr", 0)
	require.Equal(p.t, "kiosk", c.page)
	require.Equal(p.t, "tr", c.language)
	require.Equal(p.t, "tr", eval[string](p, `document.documentElement.lang`))
	require.Contains(p.t, p.text("#push"), "Konuşmak için basın")
	require.Contains(p.t, p.text("#ai-short"), "yapay zekâ")
	level := `parseFloat(document.querySelector("#level").style.transform.slice(7))`
	p.until(level + " < 0.05") // nobody is heard before somebody presses

	at := eval[map[string]float64](p, `(() => { const r = document.querySelector("#push").getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()`)
	mouse := func(kind input.DispatchMouseEventType) {
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at["x"], Y: at["y"], Button: input.MouseButtonLeft, ClickCount: 1})
	}
	mouse("mousePressed")
	p.until(fmt.Sprintf(talks, true) + " && " + level + " > 0.2")
	p.pause(500) // longer than a tap
	mouse("mouseReleased")
	p.until(fmt.Sprintf(talks, false) + " && " + level + " < 0.05")

	mouse("mousePressed") // a tap opens, another closes
	mouse("mouseReleased")
	p.until(fmt.Sprintf(talks, true))
	mouse("mousePressed")
	mouse("mouseReleased")
	p.until(fmt.Sprintf(talks, false))

	eval[any](p, `document.activeElement.blur()`)
	key := func(kind input.DispatchKeyEventType) {
		call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: " ", Code: "Space", Text: " ", WindowsVirtualKeyCode: 32})
	}
	key("keyDown")
	p.until(fmt.Sprintf(talks, true))
	p.pause(500)
	key("keyUp")
	p.until(fmt.Sprintf(talks, false))

	p.do(chromedp.SendKeys("#text", "Bir soru"+kb.Enter)) // a space in a text is a space
	c.until(p.t, "text arrives", func(s did) bool { return len(s.texts) == 1 && s.texts[0] == "Bir soru" })
	eval[any](p, `document.querySelector("#push").focus()`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf(talks, true))
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf(talks, false))
	require.False(p.t, c.snapshot().ended)
}

func asksAndResets(p *tab) {
	l := newLine(p.t, web.Citizens{Kiosk: hasty})
	p.visit(l.url + "/kiosk?lang=de")
	c := touch(p, l, "en", 0)
	p.until(`!document.querySelector("#there").hidden && document.activeElement.id === "here"`)
	require.Contains(p.t, p.text("#there"), "Are you still there?")
	require.Regexp(p.t, `ends in [123] seconds`, p.text("#there-text"))
	p.do(chromedp.KeyEvent(kb.Tab))
	require.Equal(p.t, "here", eval[string](p, `document.activeElement.id`), "the question holds the focus")
	p.press("here")
	p.until(`document.querySelector("#there").hidden`)
	require.False(p.t, c.snapshot().ended)

	c.state("speaking") // a long answer is not idle
	p.pause(3000)
	require.True(p.t, eval[bool](p, `document.querySelector("#there").hidden`))
	c.state("listening")
	p.until(`!document.querySelector("#there").hidden`)
	p.until(attracts)
	c.until(p.t, "hung up", func(s did) bool { return s.ended })
	require.Equal(p.t, "de", eval[string](p, `document.documentElement.lang`), "the next person finds the terminal as it was")
}

func leavesNothing(p *tab) {
	l := newLine(p.t, web.Citizens{Kiosk: hasty})
	p.visit(l.url + "/kiosk?lang=de")
	length := eval[int](p, `history.length`)
	fresh := eval[string](p, bare)
	c := touch(p, l, "de", 0)
	c.say("caller", "Mein Name ist Erika Mustermann.")
	c.say("bot", "Guten Tag, Frau Mustermann.", answerFrom("https://www.musterstadt.example/geheim"))
	c.state("talking", func(j *journal.Call) { j.Agent = "Herr Geheim" })
	p.until(`document.querySelectorAll(".caption").length === 2 && document.querySelector("#state").innerText.includes("Geheim")`)
	p.do(chromedp.SendKeys("#text", "Meine Nummer ist 0228 1234"))
	p.press("restart")
	p.until(attracts)
	c.until(p.t, "hung up", func(s did) bool { return s.ended })
	for _, word := range []string{"Mustermann", "Geheim", "1234", "geheim"} {
		require.NotContains(p.t, eval[string](p, `document.documentElement.outerHTML + [...document.querySelectorAll("textarea, input, select")].map((n) => n.value).join()`), word)
	}
	require.Equal(p.t, fresh, eval[string](p, bare), "the page is as it was")
	require.Equal(p.t, length, eval[int](p, `history.length`))
	require.Equal(p.t, "", eval[string](p, `document.cookie`))
	require.Zero(p.t, eval[int](p, `localStorage.length + sessionStorage.length`))
	require.Zero(p.t, eval[int](p, `indexedDB.databases().then((list) => list.length)`))
	require.Zero(p.t, eval[int](p, `caches.keys().then((list) => list.length)`))
	require.True(p.t, eval[bool](p, `[...document.querySelectorAll("form, textarea, input, select")].every((n) => n.autocomplete === "off")`))
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("a[href], [target]").length`), "nothing leads away")
	c = touch(p, l, "en", 1)
	c.say("bot", "A link?", answerFrom("https://www.musterstadt.example/away"))
	p.until(`document.querySelectorAll(".caption").length === 1`)
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("a[href]").length`))
	p.do(chromedp.Navigate("about:blank"))
	c.until(p.t, "a page that goes away hangs up at once", func(s did) bool { return s.ended && s.beacon })
}

// bare is the page without what the browser writes of styles.
const bare = `document.body.innerText.replace(/\s+/g, " ")`

func goesBack(p *tab) {
	l := newLine(p.t, web.Citizens{Kiosk: hasty})
	p.visit(l.url + "/kiosk?lang=de")
	c := touch(p, l, "de", 0)
	c.state("ended", func(j *journal.Call) { j.Reason = "goodbye" })
	p.until(`!document.querySelector("#after").hidden && document.querySelector("#after").innerText.includes("gelöscht")`)
	p.until(attracts)
	c = touch(p, l, "de", 1)
	c.state("ended")
	p.until(`!document.querySelector("#again").hidden && document.querySelector("#again").offsetParent !== null`)
	p.press("again")
	l.call(p.t, 2).state("listening")
	p.until(fmt.Sprintf(inState, "listening") + ` && document.querySelector("#after").hidden`)
	p.press("restart")
	p.until(attracts)

	l.refuseWith(503)
	p.do(chromedp.Click(`[data-language="fr"]`))
	p.until(`!document.querySelector("#wrong").hidden && document.querySelector("#wrong").innerText.includes("occupées")`)
	p.until(`document.querySelector("#wrong").hidden && document.documentElement.lang === "de"`) // by itself
	l.refuseWith(0)
	eval[any](p, fmt.Sprintf(fails, "NotFoundError"))
	p.do(chromedp.Click(`[data-language="de"]`))
	c = l.call(p.t, 3)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "reading") + ` && document.querySelector("#press").hidden && document.querySelector("#wrong").innerText.includes("kein Mikrofon gefunden")`)
	require.Zero(p.t, c.snapshot().offers, "a terminal without a microphone is written with")
}

func isLarge(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/kiosk?lang=de")
	small := `[...document.querySelectorAll("button, textarea, select")].filter((n) => n.offsetParent && (n.getBoundingClientRect().height < 72 || n.getBoundingClientRect().width < 72)).map((n) => n.outerHTML.slice(0, 60))`
	require.Empty(p.t, eval[[]string](p, small))
	c := touch(p, l, "de", 0)
	conversationOf(c)
	c.state("waiting", func(j *journal.Call) { j.Position = 2 })
	p.until(fmt.Sprintf(inState, "waiting"))
	p.press("keys")
	require.Empty(p.t, eval[[]string](p, small))
	require.GreaterOrEqual(p.t, eval[float64](p, `parseFloat(getComputedStyle(document.querySelector(".caption__text")).fontSize)`), 24.0)
}

func kioskStaysInside(p *tab, lang string) {
	call(p, page.Enable, page.EnableParams{})
	l := newLine(p.t, web.Citizens{Kiosk: web.Kiosk{Idle: 20 * time.Second, After: time.Minute}})
	p.visit(l.url + "/kiosk?lang=" + lang)
	p.fits("before")
	c := touch(p, l, lang, 0)
	conversationOf(c)
	p.until(`document.querySelectorAll(".caption").length === 3`)
	p.press("keys")
	p.fits("talking")
	p.press("hang-up")
	p.until(`!document.querySelector("#ended").hidden`)
	p.fits("ended")
}
