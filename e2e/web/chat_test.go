package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/web"
)

func TestChat(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "writes, is handed over, ends", desktop, chatsWithPerson)
	b.inTab(t, "text and voice in one conversation", desktop, chatsByVoice)
	b.inTab(t, "lives in a foreign page", desktop, livesInForeignPage)
	b.inTab(t, "works by keyboard in a foreign page", desktop, chatsByKeyboard)
	b.inTab(t, "survives moving through the site", desktop, survivesNavigation)
	b.inTab(t, "stays out of sites that are not listed", desktop, staysOut)
	for _, width := range []int64{320, 416} {
		for _, lang := range []string{"de", "ar"} {
			b.inTab(t, fmt.Sprintf("never scrolls sideways at %d px in %s", width, lang), view{width: width, height: 640}, func(p *tab) { chatStaysInside(p, lang) })
		}
	}
}

func chatsWithPerson(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/chat?lang=de")
	require.Contains(p.t, p.text("#before"), "künstliche Intelligenz")
	require.Contains(p.t, p.text("#before"), "112")
	require.Empty(p.t, l.all(), "nothing begins before somebody writes")
	p.do(chromedp.SendKeys("#text", "Ich brauche einen Menschen"+kb.Enter))
	c := l.call(p.t, 0)
	require.Equal(p.t, "chat", c.page)
	c.until(p.t, "the first words arrive", func(s did) bool { return len(s.texts) == 1 && s.offers == 0 })
	c.say("bot", "Ich verbinde Sie.", answerFrom("https://www.musterstadt.example/x"))
	c.state("waiting", func(j *journal.Call) { j.Position = 1 })
	p.until(`document.querySelector("#more").innerText === "Sie sind als Nächstes dran."`)
	c.state("talking", func(j *journal.Call) { j.Agent = "Tina Weber" })
	p.until(`document.querySelector("#state").innerText === "Sie schreiben mit Tina Weber."`)
	c.say("agent", "Weber, guten Tag.")
	p.do(chromedp.SendKeys("#text", "Guten Tag"+kb.Enter))
	c.until(p.t, "typing works with a person", func(s did) bool { return len(s.texts) == 2 })
	p.until(`document.querySelectorAll(".caption").length === 4 && document.querySelector(".caption--person .caption__who").innerText === "Tina Weber"`)
	require.True(p.t, eval[bool](p, `document.querySelector("#close").hidden`), "on its own it has nothing to close")
	p.press("hang-up")
	c.until(p.t, "ended", func(s did) bool { return s.ended })
	p.until(`!document.querySelector("#ended").hidden`)
	require.Zero(p.t, eval[int](p, `sessionStorage.length + localStorage.length`))
	require.Equal(p.t, "", eval[string](p, `document.cookie`))
	p.press("again")
	p.until(`document.querySelectorAll(".caption").length === 0 && document.activeElement.id === "text"`)
	l.refuseWith(503)
	p.do(chromedp.SendKeys("#text", "Noch etwas"+kb.Enter))
	p.until(`!document.querySelector("#wrong").hidden && document.querySelector("#wrong").innerText.includes("besetzt")`)
	require.Equal(p.t, "Noch etwas", eval[string](p, `document.querySelector("#text").value`), "what was written is not lost")
}

func chatsByVoice(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/chat?lang=de")
	p.do(chromedp.SendKeys("#text", "Hallo"+kb.Enter))
	c := l.call(p.t, 0)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "reading"))
	p.press("voice")
	c.until(p.t, "the voice arrives", func(s did) bool { return s.offers == 1 && s.heard > 5 })
	p.until(fmt.Sprintf(inState, "listening"))
	p.do(chromedp.SendKeys("#text", "Und schreiben"+kb.Enter))
	c.until(p.t, "and text", func(s did) bool { return len(s.texts) == 2 })
	require.Len(p.t, l.all(), 1)
	p.press("hang-up")
	p.until(`!document.querySelector("#ended").hidden`)
	p.press("again")
	p.press("voice") // or the voice first
	c = l.call(p.t, 1)
	c.state("listening")
	c.until(p.t, "the voice arrives", func(s did) bool { return s.offers == 1 && s.heard > 5 })
}

// citySite is another site whose pages hold the chat. Its own policy allows no
// styles in its markup.
type citySite struct {
	url  string
	line *line
}

// newCitySite is one the line lists, or not.
func newCitySite(t *testing.T, listed bool) *citySite {
	t.Helper()
	city := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(city.Listener.Addr().String())
	require.NoError(t, err)
	s := &citySite{url: "http://localhost:" + port} // another site than 127.0.0.1
	citizens := web.Citizens{}
	if listed {
		citizens.Sites = []string{s.url}
	}
	s.line = newLine(t, citizens)
	city.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src "+s.line.url+"; frame-src "+s.line.url)
		fmt.Fprintf(w, `<!doctype html><html lang="de"><title>Stadt</title><main><h1>Stadt</h1><p><a id="other" href="/%s">Andere Seite</a> <button id="own">Eigener Knopf</button></p></main><script src="%s/chat.js" data-language="de" async></script></html>`, r.URL.Path[1:]+"x", s.line.url)
	})
	city.Start()
	t.Cleanup(city.Close)
	return s
}

// In the site's page: the button, the dialog and the frame of the loader.
const (
	loader     = `document.querySelector("#amtsleitung-chat").shadowRoot`
	button     = loader + `.querySelector("button")`
	chatDialog = loader + `.querySelector("[role=dialog]")`
	opened     = chatDialog + `.style.display === "flex"`
)

func (s *citySite) visit(p *tab) {
	p.t.Helper()
	p.do(chromedp.Navigate(s.url + "/"))
	p.until(`document.querySelector("#amtsleitung-chat") !== null`)
}

// inFrame evaluates inside the frame of the chat.
func inFrame[T any](p *tab, expression string) (T, error) {
	p.t.Helper()
	var v T
	call(p, page.Enable, page.EnableParams{})
	frames := call(p, page.GetFrameTree, cdp.Empty{}).FrameTree.ChildFrames
	if len(frames) == 0 {
		return v, errors.New("there is no frame")
	}
	yes := true
	world, err := chromedp.Call(p.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frames[0].Frame.ID, GrantUniveralAccess: &yes})
	if err != nil {
		return v, err
	}
	r, err := chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: world.ExecutionContextID, ReturnByValue: &yes, AwaitPromise: &yes})
	if err != nil {
		return v, err
	}
	if r.ExceptionDetails != nil {
		return v, errors.New(r.ExceptionDetails.Text)
	}
	return v, json.Unmarshal(r.Result.Value, &v)
}

func untilInFrame(p *tab, condition string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		ok, err := inFrame[bool](p, condition)
		return err == nil && ok
	}, 20*time.Second, 50*time.Millisecond, "waiting in the frame for %s", condition)
}

const writable = `document.activeElement.id === "text" && document.documentElement.classList.contains("works")`

func livesInForeignPage(p *tab) {
	s := newCitySite(p.t, true)
	s.visit(p)
	require.Equal(p.t, "Fragen? Chat öffnen", eval[string](p, button+`.textContent`))
	require.False(p.t, eval[bool](p, `Boolean(`+loader+`.querySelector("iframe").src)`), "nothing is loaded before somebody asks for it")
	eval[any](p, button+`.click()`)
	untilInFrame(p, writable)
	require.True(p.t, eval[bool](p, opened))
	at := eval[map[string]float64](p, `(() => { const r = `+chatDialog+`.getBoundingClientRect(); return {right: innerWidth - r.right, bottom: innerHeight - r.bottom, width: r.width}; })()`)
	require.Equal(p.t, map[string]float64{"right": 16, "bottom": 16, "width": 416}, at, "styles hold in spite of the site's policy")
	p.do(chromedp.KeyEvent("Guten Tag\r"))
	c := s.line.call(p.t, 0)
	c.until(p.t, "the words arrive", func(d did) bool { return len(d.texts) == 1 })
	c.state("listening")
	untilInFrame(p, `document.querySelector("#talk-state").dataset.state === "reading"`)
	_, err := inFrame[bool](p, `(document.querySelector("#voice").click(), true)`)
	require.NoError(p.t, err)
	c.until(p.t, "the voice arrives from inside the frame", func(d did) bool { return d.heard > 5 })
	_, err = inFrame[bool](p, `(document.querySelector("#close").click(), true)`)
	require.NoError(p.t, err)
	p.until(`!(` + opened + `)`)
	untilInFrame(p, `document.querySelector("#mute").hidden`) // nobody listens in a closed chat
	require.False(p.t, c.snapshot().ended, "the conversation goes on")
	c.say("agent", "Sind Sie noch da?")
	p.until(button + `.getAttribute("aria-label") === "Chat öffnen, neue Nachricht"`)
	require.Equal(p.t, "", eval[string](p, `document.cookie`))
	require.Equal(p.t, `{"amtsleitung-chat":"1"}`, eval[string](p, `JSON.stringify({...sessionStorage, ...localStorage})`), "the site's page learns that a conversation runs, no more")
	c.state("ended")
	p.until(`sessionStorage.length === 0`)
}

func chatsByKeyboard(p *tab) {
	s := newCitySite(p.t, true)
	s.visit(p)
	eval[any](p, `document.querySelector("#own").focus()`)
	p.do(chromedp.KeyEvent(kb.Tab))
	require.True(p.t, eval[bool](p, loader+`.activeElement === `+button))
	require.Equal(p.t, "solid", eval[string](p, `getComputedStyle(`+button+`).outlineStyle`), "the focus is seen")
	p.do(chromedp.KeyEvent(kb.Enter))
	untilInFrame(p, writable)
	require.Equal(p.t, []string{"dialog", "true", "Chat mit dem Bürgertelefon", "true"}, eval[[]string](p, `[...["role", "aria-modal", "aria-label"].map((a) => `+chatDialog+`.getAttribute(a)), `+button+`.getAttribute("aria-expanded")]`))
	for range 12 { // round and round, never out into the page
		p.do(chromedp.KeyEvent(kb.Tab))
		p.until(loader + `.activeElement?.tagName === "IFRAME"`)
	}
	for range 12 {
		p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		p.until(loader + `.activeElement?.tagName === "IFRAME"`)
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(`!(` + opened + `) && ` + loader + `.activeElement === ` + button)
	p.do(chromedp.KeyEvent(kb.Tab)) // and out of it again when it is closed
	p.until(loader + `.activeElement === null`)
}

func survivesNavigation(p *tab) {
	s := newCitySite(p.t, true)
	s.visit(p)
	eval[any](p, button+`.click()`)
	untilInFrame(p, writable)
	p.do(chromedp.KeyEvent("Guten Tag\r"))
	c := s.line.call(p.t, 0)
	c.say("bot", "Eine Antwort.")
	untilInFrame(p, `document.querySelectorAll(".caption").length === 2`)
	p.until(`sessionStorage.length === 1`)
	p.do(chromedp.KeyEvent(kb.Escape))
	eval[any](p, `document.querySelector("#other").click()`)
	p.until(`location.pathname === "/x" && document.querySelector("#amtsleitung-chat") !== null`)
	untilInFrame(p, `document.querySelectorAll(".caption").length === 2`) // behind the button
	c.say("agent", "Noch eine.")
	p.until(button + `.getAttribute("aria-label") === "Chat öffnen, neue Nachricht"`)
	eval[any](p, button+`.click()`)
	untilInFrame(p, writable+` && document.querySelectorAll(".caption").length === 3`)
	p.do(chromedp.KeyEvent("Danke\r"))
	c.until(p.t, "it is the same conversation", func(d did) bool { return len(d.texts) == 2 })
	require.Len(p.t, s.line.all(), 1)
}

func staysOut(p *tab) {
	s := newCitySite(p.t, false)
	s.visit(p)
	eval[any](p, button+`.click()`)
	p.pause(1000)
	ok, err := inFrame[bool](p, `document.querySelector("#text") !== null`)
	require.False(p.t, err == nil && ok, "a site that is not listed shows no chat")
	require.Empty(p.t, s.line.all())
}

func chatStaysInside(p *tab, lang string) {
	call(p, page.Enable, page.EnableParams{})
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/chat?lang=" + lang)
	p.fits("before")
	c := chatting(p, l, lang)
	conversationOf(c)
	p.until(`document.querySelectorAll(".caption").length >= 6`)
	p.fits("writing")
	p.press("voice")
	p.until(`!document.querySelector("#mute").hidden`)
	p.press("keys")
	p.fits("speaking")
	p.press("hang-up")
	p.until(`!document.querySelector("#ended").hidden`)
	p.fits("ended")
}
