package web_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	people "github.com/amtsleitung/amtsleitung/call"
	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// moments of the desk: each brings somebody's page there.
var deskMoments = []struct {
	name string
	show func(p *tab, b *bureau, lang string)
}{
	{"signed-in", func(p *tab, b *bureau, lang string) { b.signIn(p, "tina", lang) }},
	{"audio", func(p *tab, b *bureau, lang string) {
		b.ready(p, "tina", lang)
		eval[any](p, `document.querySelector("#audio").open = true`)
		p.until(`document.querySelector("#level").value > 0`)
	}},
	{"queue", func(p *tab, b *bureau, lang string) {
		b.ready(p, "tina", lang)
		p.do(chromedp.Click("#pause"))
		p.until(presence("paused"))
		b.caller("tiefbauamt", nil)
		b.caller("buergeramt", func(h *people.Handover) {
			h.Written, h.Language, h.Concern = true, "de", "Brauche ich für den neuen Personalausweis ein Foto?"
		})
		p.until(`document.querySelectorAll("#queue-rows tr").length === 2`)
	}},
	{"offer", func(p *tab, b *bureau, lang string) {
		b.ready(p, "tina", lang)
		b.caller("tiefbauamt", nil)
		p.until(visible("offer"))
	}},
	{"alarm", func(p *tab, b *bureau, lang string) {
		b.ready(p, "tina", lang)
		b.caller("tiefbauamt", func(h *people.Handover) { h.Summary.Alarm, h.Written = true, true })
		p.until(visible("offer"))
	}},
	{"call", func(p *tab, b *bureau, lang string) {
		id := b.taken(p, "tina", lang, nil)
		b.say(id, "agent:Tina Sommer", 0, "Guten Tag, welche Hausnummer ist es denn?", 0.95)
		b.say(id, "caller", 2, "Vor der Nummer zwölf", 0.3)
		p.until(`document.querySelectorAll("#said li").length === 6 && document.querySelector(".unsure") !== null`)
		p.do(chromedp.Click(".suggestion button"))
		p.until(visible("readout-card"))
	}},
	{"form", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.until(visible("form-fields"))
		p.do(chromedp.SetValue("#form-phone", "12"), chromedp.Click("#form-save"))
		p.until(`document.activeElement.id === "form-kind"`)
	}},
	{"form-taken", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.until(visible("form-fields"))
		p.do(chromedp.SetValue("#form-kind", "lamp"), chromedp.SetValue("#form-description", "Sie flackert."))
		p.do(chromedp.Click("#form-save"))
		p.until(`document.querySelector(".taken__reference") !== null`)
	}},
	{"held", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.do(chromedp.KeyEvent(kb.F8))
		p.until(`document.querySelector("#phase").dataset.phase === "held"`)
		p.do(chromedp.Click("#digits"))
		p.until(visible("keypad"))
	}},
	{"targets", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.do(chromedp.Click("#transfer"))
		p.until(`document.querySelectorAll(".target").length >= 2`)
	}},
	{"consult", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		consults(p)
	}},
	{"written", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, func(h *people.Handover) { h.Written = true })
		p.do(chromedp.SendKeys("#reply-text", "Guten Tag, ich kümmere mich darum."))
	}},
	{"wrapup", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.do(chromedp.Click("#finish"))
		p.until(visible("wrapup"))
		p.do(chromedp.Click("[name=bot][value=wrong]"))
		p.until(visible("wrong-field"))
	}},
	{"requests", func(p *tab, b *bureau, lang string) {
		require.NoError(p.t, b.desk.Take(b.ctx, store.Request{Reference: "327-00001", Call: "01K", Form: "callback", Department: "buergeramt", Language: "tr", Concern: "Wohngeld: Wie lange dauert mein Antrag noch?", Slots: []store.RequestSlot{{Name: "number", Kind: "phone", Value: "+49228770123"}}}))
		b.signIn(p, "tina", lang)
		p.do(chromedp.Click(`#views a[href="#requests"]`))
		p.until(`document.querySelectorAll("#requests-rows tr").length === 1`)
	}},
	{"records", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.do(chromedp.Click("#finish"))
		p.until(visible("wrapup"))
		p.do(chromedp.Click("#wrapup-form button"))
		p.until(visible("idle"))
		p.do(chromedp.Click(`#views a[href="#records"]`))
		p.until(`document.querySelectorAll("#records-rows tr").length === 1`)
	}},
	{"lead", func(p *tab, b *bureau, lang string) {
		require.NoError(p.t, b.floor.Present("paul", floor.Paused, "lunch"))
		b.signIn(p, "lea", lang)
		b.caller("tiefbauamt", nil)
		p.do(chromedp.Click(`#views a[href="#lead"]`))
		p.until(`document.querySelectorAll("#agents-rows tr").length === 3`)
	}},
	{"keys", func(p *tab, b *bureau, lang string) {
		b.signIn(p, "tina", lang)
		p.do(chromedp.Click("#help"))
		p.until(`document.querySelector("#keys").open`)
	}},
	{"offer-interpreted", func(p *tab, b *bureau, lang string) {
		b.ready(p, "tina", lang)
		b.caller("tiefbauamt", arabic)
		p.until(visible("offer"))
	}},
	{"interpreted", func(p *tab, b *bureau, lang string) {
		b.interpreted(p, lang)
		p.do(chromedp.Click("#interpret-details"))
		p.until(visible("interpret"))
	}},
	{"interpret-off", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, nil)
		p.press2(kb.F7, true)
		p.until(visible("interpret-note"))
	}},
	{"interpret-impossible", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, func(h *people.Handover) { h.Language = "sw" })
		p.until(visible("interpret-note"))
	}},
	{"interpret-problem", func(p *tab, b *bureau, lang string) {
		b.taken(p, "tina", lang, func(h *people.Handover) { h.Language, h.Concern = "ar", troubled })
		p.until(visible("interpret-note"))
	}},
	{"outside", func(p *tab, b *bureau, lang string) { b.handedOutside(p, lang) }},
	{"outside-gone", func(p *tab, b *bureau, lang string) {
		p.do(chromedp.Navigate(b.url("/desk?call=01K&lang=" + lang)))
		p.do(chromedp.SendKeys("#name", "gast"), chromedp.SendKeys("#password", editorPassword+kb.Enter))
		p.until(`document.querySelector("#gone") !== null`)
	}},
	{"stranger", func(p *tab, b *bureau, lang string) {
		p.do(chromedp.Navigate(b.url("/anmelden?lang=" + lang + "&next=/desk")))
		p.do(chromedp.SendKeys("#name", "gast"), chromedp.SendKeys("#password", editorPassword+kb.Enter))
		p.until(`location.pathname === "/desk" && document.readyState === "complete"`)
	}},
}

func consults(p *tab) {
	p.t.Helper()
	p.press2(kb.F8, true)
	p.until(`document.querySelectorAll(".target").length >= 2`)
	p.do(chromedp.SetValue("#targets-mode", "consult"), chromedp.SendKeys("#targets-q", "werk"+kb.Enter))
	p.until(`document.querySelector("#phase").dataset.phase === "consulting" && !document.querySelector("#targets").open`)
}

// TestDeskAccessible runs axe-core over every moment, light and dark, at two
// widths; nothing scrolls deskExcess, also with large text, and buttons are large.
func TestDeskAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newPhoneBrowser(t, false)
	for i, m := range deskMoments {
		for j, v := range []view{desktop, {width: 320, height: 700}} {
			lang := pageLanguages[(i+j)%2]
			b.inTab(t, fmt.Sprintf("%s/%d/%s", m.name, v.width, lang), v, func(p *tab) {
				m.show(p, newBureau(p.t), lang)
				p.accessible(axe)
				require.Zero(p.t, eval[int](p, deskExcess))
				require.Empty(p.t, eval[[]string](p, smallTargets))
				eval[string](p, zoomText)
				require.Zero(p.t, eval[int](p, deskExcess), "with text at 200 %%")
			})
		}
	}
}

var pageLanguages = [...]string{"de", "en"}

const (
	deskExcess = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`
	// smallTargets are the desk's controls below 44 px, WCAG 2.5.5.
	smallTargets = `[...document.querySelectorAll("#desk button, #desk select, #desk input:not([type=radio],[type=checkbox]), #desk summary, #desk label.tick")]
		.filter((n) => n.getClientRects().length && n.getBoundingClientRect().height < 44).map((n) => n.id + " " + n.textContent.trim().slice(0, 30) + " " + n.getBoundingClientRect().height)`
)

// TestDeskPictures writes each moment as a picture, see TestPictures.
func TestDeskPictures(t *testing.T) {
	folder := pictures(t)
	b := newPhoneBrowser(t, false)
	for name, v := range map[string]view{"1280": desktop, "1280-dark": {width: 1280, height: 900, dark: true}, "320": {width: 320, height: 700}} {
		for _, m := range deskMoments {
			b.inTab(t, m.name+"-"+name, v, func(p *tab) {
				m.show(p, newBureau(p.t), "de")
				p.picture(filepath.Join(folder, "desk-"+m.name+"-"+name+".png"))
			})
		}
	}
}

func TestDesk(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "a call is taken and wrapped up by keyboard alone", desktop, deskShift)
	b.inTab(t, "two pages show the same, one has the sound", desktop, func(p *tab) { deskTwice(p, b) })
	b.inTab(t, "a page that is loaded again keeps the call", desktop, deskReload)
	b.inTab(t, "what is typed into a form outlasts the call", desktop, deskFormLasts)
	b.inTab(t, "somebody writes", desktop, deskWrites)
	b.inTab(t, "an offer leaves who is typing alone", desktop, deskTyping)
	b.inTab(t, "the sound is connected again", desktop, deskReconnects)
	b.inTab(t, "shows markup as text", desktop, deskMarkup)
	b.inTab(t, "says each finished line once", desktop, deskSays)
	b.inTab(t, "tells why not", desktop, deskRefuses)
	b.inTab(t, "is ready for work quickly", desktop, deskQuick)
}

// deskTwice opens the page in a second window.
func deskTwice(p *tab, in *browser) {
	b := newBureau(p.t)
	b.ready(p, "tina", "de")
	second := in.tab(p.t, desktop)
	second.open(b.url("/desk"))
	second.until(visible("elsewhere") + " && " + presence("ready"))
	require.True(p.t, eval[bool](second, `document.querySelector("#line-start").hidden`), "the other page has the sound")
	second.do(chromedp.Click("#pause"))
	p.until(presence("paused"))
	second.do(chromedp.Click("#audio summary"), chromedp.Click("#here"))
	second.until(`document.querySelector("#line").dataset.line === "on"`)
	p.until(visible("elsewhere") + ` && document.querySelector("#line").dataset.line === "off"`)
	snap, err := b.floor.Snapshot("tina", "de")
	require.NoError(p.t, err)
	require.True(p.t, snap.Me.Device.Ready)
	require.EqualValues(p.t, "paused", snap.Me.State)
}

func deskReload(p *tab) {
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", nil)
	p.do(chromedp.SendKeys("#notes", "vorher"))
	p.until(`document.querySelector("#notes-state").textContent === "gespeichert"`)
	p.open(b.url("/desk"))
	p.until(visible("call") + ` && document.querySelectorAll("#said li").length === 4 && document.querySelector("#line").dataset.line === "on"`)
	require.Equal(p.t, "vorher", eval[string](p, `document.querySelector("#notes").value`))
	p.do(chromedp.KeyEvent(kb.F8))
	p.until(`document.querySelector("#phase").dataset.phase === "held"`)
	require.Equal(p.t, id, b.hand("tina"))
}

// hand is the call somebody has.
func (b *bureau) hand(name string) string {
	b.t.Helper()
	snap, err := b.floor.Snapshot(name, "de")
	require.NoError(b.t, err)
	if snap.Hand == nil {
		return ""
	}
	return snap.Hand.Call
}

func deskWrites(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", func(h *people.Handover) { h.Written = true })
	require.False(p.t, eval[bool](p, visible("hold")))
	p.do(chromedp.Click(".suggestion button"))
	p.until(`document.activeElement.id === "reply-text" && document.activeElement.value.startsWith("Eine defekte Laterne")`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelectorAll("#said li").length === 5 && document.querySelector("#said li:last-child").innerText.startsWith("Sie")`)
	p.until(`document.querySelector("#reply-text").value === ""`)
	require.Contains(p.t, eval[string](p, `document.querySelector("#said li:last-child").innerText`), "Der Werkhof repariert sie")
}

func deskTyping(p *tab) {
	b := newBureau(p.t)
	b.ready(p, "tina", "de")
	p.do(chromedp.Click(`#views a[href="#records"]`), chromedp.SendKeys("#records-q", "Lat"))
	b.caller("tiefbauamt", nil)
	p.until(`document.querySelector("#urgent").textContent.includes("Annehmen mit F2")`)
	require.Equal(p.t, "records-q", eval[string](p, `document.activeElement.id`))
	p.do(chromedp.KeyEvent("erne"))
	require.Equal(p.t, "Laterne", eval[string](p, `document.querySelector("#records-q").value`))
	eval[any](p, `new Promise((done) => setTimeout(done, 450))`)
	p.do(chromedp.KeyEvent(kb.F4))
	p.until(`document.querySelector("#offer").hidden`)
}

func deskReconnects(p *tab) {
	b := newBureau(p.t)
	b.ready(p, "tina", "de")
	eval[any](p, `new Promise((done) => setTimeout(done, 300))`)
	eval[any](p, `dispatchEvent(new Event("online"))`)
	p.until(`document.querySelector("#line").dataset.line !== "on"`)
	p.until(`document.querySelector("#line").dataset.line === "on"`)
	b.caller("tiefbauamt", nil)
	p.until(visible("offer"))
}

func deskMarkup(p *tab) {
	const evil = `<img src=x onerror="window.hurt=1">`
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", func(h *people.Handover) {
		h.Concern, h.From = evil, evil
		h.Summary.Concern, h.Summary.Answers[0].Title, h.Summary.Answers[0].Source = evil, evil, "javascript:window.hurt=1"
		h.Summary.Slots[0].Value = evil
	})
	b.say(id, "caller", 5, evil, 0.2)
	p.until(`document.querySelectorAll("#said li").length === 5`)
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("#desk img").length`))
	require.True(p.t, eval[bool](p, `window.hurt === undefined && !document.querySelector('#desk a[href^="javascript"]')`))
	require.Contains(p.t, eval[string](p, `document.querySelector("#call-title").textContent`), evil)
}

func deskSays(p *tab) {
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", nil)
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("#spoken p").length`), "what was before is not read out")
	b.journal.Add(id, journal.Line{Segment: transcript.Segment{Call: id, Leg: "caller", ID: 9, Text: "Die Nummer"}})
	b.say(id, "caller", 9, "Die Nummer zwölf", 0.9)
	b.say(id, "caller", 9, "Die Nummer zwölf", 0.9)
	b.say(id, "agent:Tina Sommer", 0, "Danke", 0.9)
	p.until(`document.querySelector("#said li:last-child .said__text").textContent === "Danke"`)
	require.Equal(p.t, []string{"Anrufende Person: Die Nummer zwölf", "Sie: Danke"}, eval[[]string](p, `[...document.querySelectorAll("#spoken p")].map((li) => li.textContent)`))
}

func deskRefuses(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", nil)
	p.do(chromedp.Click("#transfer"))
	p.until(`document.querySelectorAll(".target").length >= 2`)
	p.do(chromedp.SendKeys("#targets-q", "0900 123456"+kb.Enter))
	p.until(`document.querySelector("#targets-problem").textContent === "Diese Nummer oder dieses Amt darf nicht angerufen werden."`)
	require.Empty(p.t, b.ordered(), "the caller stays where they are")
	p.do(chromedp.KeyEvent(kb.Escape))
	eval[any](p, `fetch("/abmelden", {method: "POST"})`)
	p.do(chromedp.KeyEvent(kb.F8))
	p.until(`document.querySelector("#problem").textContent.startsWith("Sie sind nicht mehr angemeldet")`)
	p.until(`location.pathname === "/anmelden"`)
}

// deskQuick says how long the page takes; it asserts only that it says so.
func deskQuick(p *tab) {
	b := newBureau(p.t)
	b.signIn(p, "tina", "de")
	for range 5 {
		p.open(b.url("/desk"))
		p.t.Logf("keys and buttons work after %s ms", eval[string](p, `document.documentElement.dataset.ready`))
	}
	require.NotEmpty(p.t, eval[string](p, `document.documentElement.dataset.ready`))
}

// deskShift is a whole shift without a mouse.
func deskShift(p *tab) {
	b := newBureau(p.t)
	b.signIn(p, "tina", "de")
	p.tabTo("#ready")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(presence("ready"))
	p.until(`document.querySelector("#line").dataset.line === "on"`)

	b.caller("tiefbauamt", nil)
	p.until(visible("offer"))
	require.Equal(p.t, "accept", eval[string](p, `document.activeElement.id`))
	require.Contains(p.t, eval[string](p, `document.querySelector("#urgent").textContent`), "Laterne kaputt")
	text := eval[string](p, `document.querySelector("#offer").innerText`)
	for _, want := range []string{"Anruf für Tiefbauamt", "Türkisch", "„Vor meinem Haus ist die Laterne kaputt“", "Lindenstraße", "Hausnummer", "Möchte mit einem Menschen sprechen.", "Eine defekte Laterne", "sicher (91"} {
		require.Contains(p.t, text, want)
	}
	eval[any](p, `new Promise((done) => setTimeout(done, 450))`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(visible("call") + ` && document.querySelector("#phase").dataset.phase === "talking"`)
	require.Equal(p.t, "call-title", eval[string](p, `document.activeElement.id`))

	p.press2(kb.F4, true)
	p.until(`document.activeElement.id === "notes"`)
	p.do(chromedp.SendKeys("#notes", "Hausnummer 12"))
	p.until(`document.querySelector("#notes-state").textContent === "gespeichert"`)
	p.press2(kb.F8, false)
	p.until(`document.querySelector("#phase").dataset.phase === "held"`)
	p.press2(kb.F8, false)
	p.until(`document.querySelector("#phase").dataset.phase === "talking"`)
	p.press2(kb.F9, false)
	p.until(`document.querySelector("#mute").classList.contains("button--on")`)
	p.press2(kb.F9, false)
	p.until(`!document.querySelector("#mute").classList.contains("button--on")`)
	p.press2(kb.F8, true)
	p.until(`document.querySelector("#targets").open && document.querySelectorAll(".target").length >= 2`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(`!document.querySelector("#targets").open`)
	consults(p)
	p.tabTo("#drop")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelector("#phase").dataset.phase === "talking"`)
	deskForm(p, b)
	p.press2(kb.F9, true)
	p.until(visible("wrapup"))
	require.Equal(p.t, []people.OrderKind{people.HoldCaller, people.HoldCaller, people.MuteSelf, people.MuteSelf, people.Consult, people.Drop, people.Finish}, b.ordered())

	require.Equal(p.t, "wrapup-title", eval[string](p, `document.activeElement.id`))
	require.Equal(p.t, "Kaputte Straßenlaterne melden", eval[string](p, `document.querySelector("#topic").value`))
	require.Equal(p.t, "Hausnummer 12", eval[string](p, `document.querySelector("#wrapup-note").value`))
	p.tabTo(`[name=bot]`)
	p.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	p.until(visible("wrong-field"))
	p.tabTo(`#wrapup-form button`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(visible("idle"))
	p.until(presence("ready"))

	p.press2(kb.F1, true)
	p.until(presence("paused"))
	p.press2(kb.F1, false)
	p.until(`document.querySelector("#keys").open`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.tabTo("#signout button")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`location.pathname === "/anmelden"`)
	snap, err := b.floor.Snapshot("tina", "de")
	require.NoError(p.t, err)
	require.EqualValues(p.t, "offline", snap.Me.State)
	records, err := b.floor.Record(b.ctx, "tina", "01KAP000000000000000000001")
	require.NoError(p.t, err)
	require.Equal(p.t, "Kaputte Straßenlaterne melden", records[0].Topic)
	require.Equal(p.t, "wrong", records[0].Bot)
	require.Equal(p.t, "laterne", records[0].Article)
	require.Equal(p.t, "Hausnummer 12", records[0].Note)
}

// deskForm fills the form that the bot has begun, by keyboard.
func deskForm(p *tab, b *bureau) {
	p.t.Helper()
	value := func(id string) string { return eval[string](p, fmt.Sprintf(`document.querySelector("#%s").value`, id)) }
	require.Equal(p.t, "defect", value("form-choice"))
	require.Equal(p.t, "Lindenstraße", value("form-street"))
	require.Equal(p.t, "01765551234", value("form-phone"))
	require.Equal(p.t, []string{"select-one", "text", "text", "date", "tel", "textarea"}, eval[[]string](p, `[...document.querySelectorAll("#form-list [name]")].map((n) => n.type)`))
	require.True(p.t, eval[bool](p, `document.querySelector("[data-field=day]").hidden`), "it is asked for rubbish only")

	p.tabTo("#form-phone")
	p.do(chromedp.KeyEvent(kb.Backspace+"12"), chromedp.KeyEvent(kb.Tab)) // Tab has selected all
	p.until(`document.querySelector("#form-phone-line").textContent === "Die Telefonnummer ist zu kurz. Fehlt die Vorwahl?"`)
	p.tabTo("#form-save")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.id === "form-kind" && document.activeElement.getAttribute("aria-invalid") === "true"`)
	require.Equal(p.t, []string{"Diese Angabe fehlt noch.", "", "", "", "Die Telefonnummer ist zu kurz. Fehlt die Vorwahl?", "Diese Angabe fehlt noch."},
		eval[[]string](p, `[...document.querySelectorAll(".field__line")].map((n) => n.textContent)`))
	require.Equal(p.t, "form-kind-hint form-kind-line", eval[string](p, `document.activeElement.getAttribute("aria-describedby")`))

	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.tabTo("#form-phone")
	p.do(chromedp.KeyEvent(kb.Backspace + "0228 770123"))
	p.tabTo("#form-description")
	p.do(chromedp.KeyEvent("Sie flackert."))
	p.until(`document.querySelector("#form-phone-line").hidden`)
	p.tabTo("#form-save")
	p.do(chromedp.KeyEvent(kb.Enter + kb.Enter)) // twice, as fingers do
	p.until(`document.querySelector(".taken__reference")?.textContent === "326-00001"`)
	require.Equal(p.t, "H4", eval[string](p, `document.activeElement.tagName`))
	require.Contains(p.t, eval[string](p, `document.querySelector("#polite").textContent`), "3 2 6 - 0 0 0 0 1")
	list, err := b.desk.List(b.ctx, requests.Filter{})
	require.NoError(p.t, err)
	require.Len(p.t, list, 1)
	require.Equal(p.t, "Lindenstraße", list[0].Slots[1].Value)
	require.Equal(p.t, "0228 770123", list[0].Slots[2].Value)
}

// deskFormLasts ends a call while somebody types into a form.
func deskFormLasts(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", nil)
	p.until(visible("form-fields"))
	p.do(chromedp.SetValue("#form-kind", "lamp"), chromedp.SendKeys("#form-description", "Sie "))
	p.press2(kb.F9, true)
	p.until(visible("wrapup"))
	require.Equal(p.t, "form-description", eval[string](p, `document.activeElement.id`))
	p.do(chromedp.KeyEvent("flackert."))
	require.Equal(p.t, "Sie flackert.", eval[string](p, `document.querySelector("#wrapup #form-description").value`))
	p.do(chromedp.Click("#form-save"))
	p.until(`document.querySelector("#wrapup .taken__reference")?.textContent === "326-00001"`)
	p.do(chromedp.Click("#wrapup-form button"))
	p.until(visible("idle"))
	b.caller("tiefbauamt", func(h *people.Handover) { h.Summary.Form, h.Summary.Slots = "", nil })
	p.until(visible("offer"))
	eval[any](p, `new Promise((done) => setTimeout(done, 450))`)
	p.do(chromedp.KeyEvent(kb.F2))
	p.until(visible("call"))
	require.Equal(p.t, []bool{false, true}, []bool{eval[bool](p, visible("form-fields")), eval[bool](p, visible("form-chooser"))}, "nothing is left for the next caller")
	require.Zero(p.t, eval[int](p, `document.querySelectorAll(".taken").length`))
}

// paper are forms of one kind, with a few rules; those of the city are the service's own.
type paper struct{ desk *requests.Desk }

func (paper) List(lang string) []web.DeskForm {
	field := func(name, kind, de, en, hint string, required bool) web.DeskField {
		return web.DeskField{Name: name, Kind: kind, Title: map[string]string{"de": de, "en": en}[lang], Hint: hint, Required: required}
	}
	kind := field("kind", "choice", "Art", "kind", "Was ist es?", true)
	kind.Choices = []web.DeskChoice{{ID: "lamp", Title: "Laterne"}, {ID: "waste", Title: "Müll"}}
	phone := field("phone", "phone", "Telefonnummer", "telephone number", "Unter welcher Nummer erreichen wir Sie bei Fragen?", false)
	phone.Source = "caller"
	day := field("day", "date", "Seit wann", "since", "", false)
	day.When = &web.DeskWhen{Slot: "kind", In: []string{"waste"}}
	return []web.DeskForm{
		{ID: "defect", Title: map[string]string{"de": "Mangel melden", "en": "Report a defect"}[lang], Fields: []web.DeskField{
			kind, field("street", "street", "Straße", "street", "In welcher Straße ist das?", true), field("house_number", "house_number", "Hausnummer", "house number", "", false), day, phone,
			field("description", "text", "Beschreibung", "description", "Bitte beschreiben Sie es kurz.", true),
		}},
		{ID: "callback", Title: map[string]string{"de": "Rückruf", "en": "Callback"}[lang], Fields: []web.DeskField{phone}},
	}
}

func (f paper) Check(r web.DeskRequest) (web.DeskCheck, bool) {
	out := web.DeskCheck{Faults: map[string]web.DeskFinding{}}
	for _, field := range f.List("de")[0].Fields {
		if field.Required && r.Slots[field.Name] == "" {
			out.Faults[field.Name] = web.DeskFinding{Code: "required"}
		}
	}
	if number := r.Slots["phone"]; number != "" && len(number) < 6 {
		out.Faults["phone"] = web.DeskFinding{Code: "phone_short"}
	}
	return out, r.Form == "defect"
}

func (f paper) Take(ctx context.Context, r web.DeskRequest) (web.DeskTaken, error) {
	list, err := f.desk.List(ctx, requests.Filter{})
	if err != nil {
		return web.DeskTaken{}, err
	}
	q := store.Request{Reference: fmt.Sprintf("326-%05d", len(list)+1), Call: r.Call, Form: r.Form, Department: "tiefbauamt", Language: r.Language, Concern: r.Concern}
	for _, name := range []string{"kind", "street", "phone", "description"} {
		q.Slots = append(q.Slots, store.RequestSlot{Name: name, Value: r.Slots[name], Listed: true})
	}
	return web.DeskTaken{Reference: q.Reference, Due: time.Now().Add(24 * time.Hour)}, f.desk.Take(ctx, q)
}

// tabTo goes there by the Tab key, and sees the focus on the way.
func (p *tab) tabTo(selector string) {
	p.t.Helper()
	for range 80 {
		p.do(chromedp.KeyEvent(kb.Tab))
		require.True(p.t, eval[bool](p, `document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== "none"`), "focus on %s is seen", eval[string](p, `document.activeElement.outerHTML`))
		if eval[bool](p, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			return
		}
	}
	p.t.Fatalf("%s is not reached by keyboard", selector)
}

// press2 presses a function key, with or without Shift.
func (p *tab) press2(key string, shift bool) {
	p.t.Helper()
	if shift {
		p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(8)))
		return
	}
	p.do(chromedp.KeyEvent(key))
}
