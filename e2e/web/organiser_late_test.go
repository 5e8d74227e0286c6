package web_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// TestOrganiserLate shows what late answers, older events and a second click
// do not do.
func TestOrganiserLate(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "an older event takes nothing back", desktop, steersOn)
	b.inTab(t, "a question goes, however often it was asked", desktop, asksOnce)
	b.inTab(t, "what was typed stays until it is taken", desktop, keepsTyped)
	b.inTab(t, "a second click announces nothing", desktop, announcesOnce)
	b.inTab(t, "the preview is in the language that is chosen", desktop, previewsChosen)
	b.inTab(t, "what is half cut into cues is shown once", desktop, showsOnce)
	b.inTab(t, "who comes back can create another one", desktop, createsAgain)
	b.inTab(t, "a bridge that has gone is not called connected", desktop, bridgeGoes)
}

func steersOn(p *tab) {
	c := newChair(p.t, assembly())
	p.begins(source)
	c.steer(p, "de")
	older(p, c.Room.Code())
	p.click("#start")
	p.until(fmt.Sprintf(life, "running"))
	eval[any](p, comesLate)
	require.True(p.t, eval[bool](p, fmt.Sprintf(life, "running")))
}

func asksOnce(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	for range 2 {
		p.click("#stop")
		p.until(`document.querySelectorAll(".ask").length === 1`)
	}
	require.NoError(p.t, c.Stop(p.t.Context()))
	p.until(fmt.Sprintf(life, "stopped") + ` && document.querySelector(".ask") === null`)
}

func keepsTyped(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	p.unfold("settings")
	eval[any](p, `window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError("away")); 0`)
	p.do(chromedp.SendKeys("#more-languages", "nl"+kb.Enter))
	p.until(`!document.querySelector("#more-languages-wrong").hidden`)
	require.Equal(p.t, "nl", eval[string](p, `document.querySelector("#more-languages").value`))
	eval[any](p, `window.fetch = window.real; 0`)
	p.do(chromedp.SendKeys("#more-languages", kb.Enter))
	p.until(`document.querySelector("#languages-now").textContent === "Übernommen." && document.querySelector("#more-languages").value === ""`)
	c.becomes("with another language", func(s rooms.Status) bool { return len(s.State.Languages) == 4 })
	p.do(chromedp.SendKeys("#more-languages", "f"))
	require.Empty(p.t, p.text("#languages-now"), "what is typed now is not taken yet")
}

func announcesOnce(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	p.unfold("consent")
	announced := func() (n int) {
		for _, e := range c.status().Consent {
			if e.Act == rooms.Announced {
				n++
			}
		}
		return n
	}
	before := announced()
	p.do(chromedp.SetValue("#announce-text", "Der Text wird aufbewahrt."))
	eval[any](p, `(() => { const form = document.querySelector("#announce"); form.requestSubmit(); form.requestSubmit(); })()`)
	p.until(`document.querySelector("#announce-now").textContent !== ""`)
	require.Equal(p.t, before+1, announced())
}

func previewsChosen(p *tab) {
	c := newChair(p.t, assembly()).begin()
	id := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	c.say(id, "de", "Guten Abend und herzlich willkommen.")
	c.steer(p, "de")
	p.until(`document.querySelector("#preview-translated").textContent.includes("İyi akşamlar")`)
	eval[any](p, holding(`/^GET .*\/snapshot\?track=tr&/`, 1, false))
	p.until(`window.holding`)
	eval[any](p, `Object.defineProperty(document, "hidden", { get: () => true }); 0`) // nothing is asked for again by itself
	eval[any](p, `(() => { const track = document.querySelector("#preview-track"); track.value = "uk"; track.dispatchEvent(new Event("change")); })()`)
	p.releases()
	p.until(`document.querySelector("#preview-translated .badge") !== null`) // the translator into Ukrainian is ill
}

// showsOnce comes in the middle of a long sentence: what is cut into a cue and
// what is not yet stand there once.
func showsOnce(p *tab) {
	c := newChair(p.t, assembly()).begin()
	id := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	c.clock.forward(20 * time.Second)
	c.inputs[id] = c.inputs[id].Add(-20 * time.Second)
	const said = "Guten Abend meine Damen und Herren und herzlich willkommen zur Sitzung des Rates in der wir heute über den Haushalt und auch über die neue Beleuchtung der Straßen am Ufer"
	c.hear(id, rooms.Update{Committed: c.words(id, said), Language: "de"})
	c.steer(p, "de")
	p.until(`document.querySelector("#preview-original").textContent.includes("am Ufer")`)
	read := func(selector string) string {
		return eval[string](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].map((n) => n.lastChild.textContent).join(" ").replace(/\s+/g, " ")`, selector))
	}
	require.Equal(p.t, said, read("#preview-original .line"))
	c.opens(p, "/speak", c.Keys().Speak, "de")
	p.until(visible("steer") + ` && document.querySelector("#lines").textContent.includes("am Ufer")`)
	require.Equal(p.t, said, read("#lines .line"))
}

func bridgeGoes(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	p.unfold("add")
	eval[any](p, `(() => { const usual = fetch; window.fetch = (...ask) => (String(ask[0]).endsWith("/inputs/call") ? Promise.resolve(new Response("{}", { status: 201 })) : usual(...ask)); })()`)
	eval[any](p, `(() => { document.querySelector("#call-number").value = "030123"; document.querySelector("#call-form").requestSubmit(); })()`)
	p.until(`document.querySelector("#call-now").textContent === "Verbunden."`)
	other := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	id := c.attach("030123", "", rooms.Bridge)
	p.until(`document.querySelectorAll(".input").length === 2`)
	require.NoError(p.t, c.Room.Detach(p.t.Context(), other))
	p.until(`document.querySelectorAll(".input").length === 1`)
	require.Equal(p.t, "Verbunden.", eval[string](p, `document.querySelector("#call-now").textContent`))
	require.NoError(p.t, c.Room.Detach(p.t.Context(), id))
	p.until(`document.querySelectorAll(".input").length === 0 && document.querySelector("#call-now").textContent === ""`)
}

func createsAgain(p *tab) {
	newChair(p.t, assembly()).lists(p, "de")
	eval[any](p, `(() => { const button = document.querySelector("#create"); button.disabled = true; button.textContent = "…"; })()`) // as it was left
	eval[any](p, `dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })); 0`)
	p.until(`!document.querySelector("#create").disabled && document.querySelector("#create").textContent.length > 1`)
}

func TestOrganiserSpeakLate(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "a microphone that comes after the end stays closed", desktop, comesTooLate)
	b.inTab(t, "what was agreed to is what stood there", desktop, agreesToWhatStood)
	b.inTab(t, "who left is not told that it is over", desktop, leftIsNotOver)
	b.inTab(t, "who left before the line stood opens none", desktop, leavesBeforeLine)
	b.inTab(t, "a new notice stays when an older answer comes", desktop, renewedStays)
}

// asksLong is a browser whose question for the microphone takes until allow() is called.
const asksLong = `(() => {
	const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices), asked = new Promise((go) => { window.allow = go; });
	navigator.mediaDevices.getUserMedia = async (c) => { window.given = await real(c); await asked; return given; };
})(); 0`

// hesitates opens the page for speaking, agrees, and has the browser still ask.
func (c *chair) hesitates(p *tab) {
	p.t.Helper()
	c.opens(p, "/speak", c.Keys().Speak, "de")
	p.until(visible("steer") + ` && ` + connected)
	eval[any](p, asksLong)
	p.do(chromedp.SendKeys("#name", "Frau Sommer"+kb.Enter))
	p.until(`Boolean(window.given)`)
}

func comesTooLate(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.hesitates(p)
	require.NoError(p.t, c.Stop(p.t.Context()))
	p.until(visible("ended"))
	eval[any](p, `new MutationObserver(() => { window.went = true; }).observe(document.querySelector("#live"), { attributes: true }); allow(); 0`)
	p.until(`given.getTracks().every((t) => t.readyState === "ended")`)
	require.False(p.t, eval[bool](p, `Boolean(window.went)`))
}

func agreesToWhatStood(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.hesitates(p)
	require.NoError(p.t, c.Room.Announce(context.Background(), "Der Text wird aufbewahrt.", true))
	p.until(`document.querySelector("#notice").textContent === "Der Text wird aufbewahrt."`)
	eval[any](p, `allow(); 0`)
	p.until(visible("renewed"))
	p.click("#understood")
	c.becomes("told", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].Told })
}

func leftIsNotOver(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.speaks(p, "Frau Sommer", "de")
	eval[any](p, holding(`/^GET .*\/speak\/.+/`, 1, true))
	p.until(`window.holding`)
	p.click("#leave")
	p.until(visible("ended"))
	c.becomes("left", func(s rooms.Status) bool { return len(s.Inputs) == 0 })
	p.releases()
	require.True(p.t, eval[bool](p, visible("again")))
}

func leavesBeforeLine(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.opens(p, "/speak", c.Keys().Speak, "de")
	p.until(visible("steer") + ` && ` + connected)
	eval[any](p, `(() => { const usual = fetch; window.opened = 0; window.fetch = (...ask) => { if (ask[1]?.method === "POST" && ask[0].endsWith("/speak")) window.opened++; return usual(...ask); }; })()`)
	eval[any](p, holding(`/^GET .*\/ice$/`, 1, false))
	p.do(chromedp.SendKeys("#name", "Frau Sommer"+kb.Enter))
	p.until(`window.holding`)
	p.click("#leave")
	p.until(visible("ended"))
	p.releases()
	eval[any](p, `new Promise((done) => setTimeout(done, 2000))`) // as long as candidates are gathered
	require.Zero(p.t, eval[int](p, `window.opened`))
}

func renewedStays(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.speaks(p, "Frau Sommer", "de")
	c.becomes("told", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].Told })
	eval[any](p, holding(`/^GET .*\/speak\/.+/`, 1, false))
	p.until(`window.holding`)
	require.NoError(p.t, c.Room.Announce(p.t.Context(), "Der Text wird aufbewahrt.", true))
	p.until(visible("renewed"))
	eval[any](p, `new MutationObserver(() => { if (document.querySelector("#renewed").hidden) window.took = true; }).observe(document.querySelector("#renewed"), { attributes: true }); 0`)
	p.releases()
	require.False(p.t, eval[bool](p, `Boolean(window.took)`))
}
