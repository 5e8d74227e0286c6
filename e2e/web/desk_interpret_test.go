package web_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	people "github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// troubled is the concern of who cannot be interpreted any more.
const troubled = "Der Übersetzer ist ausgefallen"

// interpretation is what a call tells of it at first.
func interpretation(h people.Handover, p people.Person) *people.Interpretation {
	quiet := 0.15
	i := &people.Interpretation{Mode: "consecutive", Caller: h.Language, Person: "de", Original: &quiet, Possible: h.Language != "sw"}
	for _, l := range p.Languages() {
		if l == h.Language {
			i.Person = l
		}
	}
	i.On = i.Possible && i.Caller != i.Person
	if h.Concern == troubled {
		i.Problem = "broken"
	}
	return i
}

// interpret does as it is ordered, as a call does.
func interpret(st *people.State, o people.Order) error {
	i, w := *st.Interpretation, o.Interpretation
	for _, f := range []struct {
		to   *string
		want string
	}{{&i.Mode, w.Mode}, {&i.Caller, w.Caller}, {&i.Person, w.Person}, {&i.Guest, w.Guest}} {
		if f.want != "" {
			*f.to = f.want
		}
	}
	if w.Original != nil {
		i.Original = w.Original
	}
	i.On, i.Possible = o.On, i.Caller != "sw"
	if i.On && !i.Possible {
		return errors.New(`nothing translates between these languages: ["sw" "de"]`)
	}
	st.Interpretation = &i
	return nil
}

func (b *bureau) original(_, leg string, segment int) ([]int16, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok := b.last[leg]
	return make([]int16, 16000), ok && n == segment
}

// again says which words of a party can be heard once more.
func (b *bureau) again(leg string, segment int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = map[string]int{leg: segment}
}

func arabic(h *people.Handover) {
	h.Language, h.Summary.Language, h.Concern = "ar", "ar", "المصباح أمام منزلي معطل منذ ثلاثة أيام"
}

const (
	clerk    = "agent:Tina Sommer"
	asked    = "يوجد عطل في المصباح أمام المنزل رقم 12 منذ يوم الثلاثاء"
	answered = "Die Lampe vor dem Haus Nummer 12 ist seit Dienstag kaputt."
)

// line adds what somebody says in a language, with what became of it.
func (b *bureau) line(id, leg string, n int, language, text string, ts ...journal.Translation) {
	b.journal.Add(id, journal.Line{Segment: transcript.Segment{
		Call: id, Leg: leg, ID: n, Text: text, Language: language, Final: true, Confidence: 0.9, Start: time.Duration(n*7+2) * time.Second,
	}})
	for _, t := range ts {
		b.journal.Translated(id, leg, n, t)
	}
}

// interpreted brings tina into a call with everything there can be in it.
func (b *bureau) interpreted(p *tab, lang string) string {
	p.t.Helper()
	id := b.taken(p, "tina", lang, arabic)
	p.until(`document.querySelector("#interpret-state").dataset.interpret === "on"`)
	b.line(id, "caller", 10, "ar", asked, journal.Translation{Language: "de", Text: answered, State: journal.TranslationSpoken, Engine: "bergamot ar-en, bergamot en-de", Delay: 1200 * time.Millisecond, Confirmed: []string{"12"}})
	b.line(id, clerk, 11, "de", "Danke. Der Werkhof kommt am 24.12. um 14.30 Uhr in die Lindenstraße.", journal.Translation{Language: "ar", Text: "شكرا. سيأتي العمال في 24.12 الساعة 14.30.", State: journal.TranslationInterrupted, Engine: "bergamot de-ar", Doubts: []string{"Lindenstraße", "Werkhof"}})
	b.line(id, "caller", 12, "ar", "نعم شكر", journal.Translation{Language: "de", State: journal.TranslationRepeat})
	b.journal.Add(id, journal.Line{Segment: transcript.Segment{Call: id, Leg: "caller", ID: 13, Text: "وماذا عن التكلفة؟", Language: "ar", Final: true, Words: []transcript.Word{{Text: "التكلفة؟", Probability: 0.2}}}})
	b.journal.Translated(id, "caller", 13, journal.Translation{Language: "de", Text: "Und was ist mit den Kosten?", State: journal.TranslationSpeaking, Engine: "bergamot ar-de"})
	b.line(id, clerk, 14, "de", "Das kostet Sie nichts.", journal.Translation{Language: "ar", State: journal.TranslationPending})
	p.until(`document.querySelectorAll(".said__line--pair").length === 5`)
	return id
}

// handedOutside brings somebody who has no place at the desk to the page of a
// call that rings at their telephone.
func (b *bureau) handedOutside(p *tab, lang string) string {
	p.t.Helper()
	const id = "01KAP0000000000000000OUTSD"
	b.journal.Begin(journal.Call{ID: id, From: "0176555••••", State: journal.Ringing, Department: "werkhof", Language: "pt", Started: time.Now()})
	b.line(id, "caller", 0, "pt", "O poste de luz em frente à minha casa está avariado")
	b.floor.Handed(people.Handover{Call: id, Department: "werkhof", Language: "pt", Concern: "O poste de luz em frente à minha casa está avariado", From: "01765551234", Asked: time.Now(), Summary: dialog.Summary{
		Language: "pt", Concern: "Laterne kaputt", Form: "defect", Missing: []string{"house_number"}, Open: dialog.OpenWish,
		Slots: []dialog.SlotValue{{Name: "street", Kind: "street", Value: "Lindenstraße", Listed: true}},
	}})
	p.do(chromedp.Navigate(b.url("/desk?call=" + id + "&lang=" + lang)))
	p.until(`location.pathname === "/anmelden"`)
	p.do(chromedp.SendKeys("#name", "gast"), chromedp.SendKeys("#password", editorPassword+kb.Enter))
	p.until(`location.search.includes("` + id + `") && document.querySelectorAll("#said li").length === 1 && ` + connected)
	return id
}

func TestDeskInterprets(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "by keyboard alone", desktop, interpretKeys)
	b.inTab(t, "asks for a language first", desktop, interpretWishes)
	b.inTab(t, "both languages side by side", desktop, func(p *tab) { interpretColumns(p, true) })
	b.inTab(t, "both languages below each other", view{width: 320, height: 700}, func(p *tab) { interpretColumns(p, false) })
	b.inTab(t, "says each line once, in the clerk's language", desktop, interpretSays)
	b.inTab(t, "plays what was said last", desktop, interpretOriginal)
	b.inTab(t, "somebody writes in another language", desktop, interpretWritten)
	b.inTab(t, "tells why not", desktop, interpretRefused)
	b.inTab(t, "shows markup as text", desktop, interpretMarkup)
	b.inTab(t, "calls back in a chosen language", desktop, interpretCallback)
	b.inTab(t, "a call for somebody outside", desktop, outsideFollows)
}

// wished are the orders about interpretation so far.
func (b *bureau) wished() []people.Interpretation {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []people.Interpretation
	for _, o := range b.orders {
		if o.Kind == people.Interpret {
			require.NotNil(b.t, o.Interpretation.Original)
			out = append(out, o.Interpretation)
		}
	}
	return out
}

func pressed(on bool) string {
	return fmt.Sprintf(`document.querySelector("#interpret-on").getAttribute("aria-pressed") === "%v"`, on)
}

func interpretKeys(p *tab) {
	b := newBureau(p.t)
	b.ready(p, "tina", "de")
	b.caller("tiefbauamt", arabic)
	p.until(visible("offer"))
	require.Contains(p.t, eval[string](p, `document.querySelector("#offer").innerText`), "Die Person spricht Arabisch. Ein Computerprogramm dolmetscht das Gespräch und kann sich irren.")
	require.Contains(p.t, eval[string](p, `document.querySelector("#urgent").textContent`), "Arabisch, wird gedolmetscht")
	require.Equal(p.t, "rtl", eval[string](p, `document.querySelector(".concern bdi").dir`))
	p.pause(450)
	p.do(chromedp.KeyEvent(kb.F2))
	p.until(visible("interpret") + " && " + pressed(true))
	p.until(`document.querySelector("#polite").lastChild?.textContent === "Dolmetschen ist an: Arabisch und Deutsch."`)
	require.Equal(p.t, "an", eval[string](p, `document.querySelector("#interpret-state").textContent`))
	require.Equal(p.t, []string{"Arabisch", "Deutsch", "nacheinander"}, eval[[]string](p, `[...document.querySelectorAll("#interpret select")].filter((s) => s.checkVisibility()).map((s) => s.selectedOptions[0].textContent)`))
	require.Equal(p.t, []string{"Arabisch", "Deutsch", "Englisch", "Portugiesisch", "Suaheli", "Türkisch"}, eval[[]string](p, `[...document.querySelector("#interpret-caller").options].map((o) => o.textContent)`), "those of the service only")

	p.press2(kb.F7, true)
	p.until(pressed(false))
	require.Equal(p.t, "aus", eval[string](p, `document.querySelector("#interpret-state").textContent`))
	p.until(`document.querySelector("#polite").lastChild?.textContent === "Dolmetschen ist aus."`)
	p.tabTo("#interpret-on")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(pressed(true))
	p.tabTo("#interpret-caller")
	p.do(chromedp.KeyEvent("P"))
	p.until(`document.querySelector("#polite").lastChild?.textContent.startsWith("Dolmetschen ist an") && document.querySelector("#interpret-caller").value === "pt"`)
	require.Eventually(p.t, func() bool { return len(b.wished()) == 3 }, 5*time.Second, 20*time.Millisecond)
	p.tabTo("#interpret-mode")
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	require.Eventually(p.t, func() bool { return len(b.wished()) == 4 }, 5*time.Second, 20*time.Millisecond)
	p.tabTo("#interpret-original")
	p.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	p.until(`document.querySelector("#interpret-original").getAttribute("aria-valuetext") === "25 %"`)
	require.Eventually(p.t, func() bool { return len(b.wished()) == 5 }, 5*time.Second, 20*time.Millisecond)
	quiet, louder := 0.15, 0.25
	require.Equal(p.t, []people.Interpretation{
		{Mode: "consecutive", Caller: "ar", Person: "de", Original: &quiet},
		{On: true, Mode: "consecutive", Caller: "ar", Person: "de", Original: &quiet},
		{On: true, Mode: "consecutive", Caller: "pt", Person: "de", Original: &quiet},
		{On: true, Mode: "simultaneous", Caller: "pt", Person: "de", Original: &quiet},
		{On: true, Mode: "simultaneous", Caller: "pt", Person: "de", Original: &louder},
	}, b.wished())
	p.press2(kb.F1, false)
	p.until(`document.querySelector("#keys").open && document.querySelector("#keys").innerText.includes("Dolmetschen an und aus")`)
}

// interpretWishes begins with a caller whose language the clerk speaks, or is
// thought to.
func interpretWishes(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", nil)
	require.Equal(p.t, "off", eval[string](p, `document.querySelector("#interpret-state").dataset.interpret`))
	require.False(p.t, eval[bool](p, `document.querySelector("#interpret-settings").open || !document.querySelector("#interpret-note").hidden`), "most calls need nothing of it")
	p.press2(kb.F7, true)
	p.until(`document.activeElement.id === "interpret-caller" && ` + visible("interpret-note"))
	require.Empty(p.t, b.wished())
	p.do(chromedp.KeyEvent("P"))
	p.until(pressed(true))
	require.Equal(p.t, "pt", b.wished()[0].Caller)
	require.True(p.t, eval[bool](p, `document.querySelector("#interpret-note").hidden`))
}

func interpretColumns(p *tab, beside bool) {
	b := newBureau(p.t)
	b.interpreted(p, "de")
	require.Equal(p.t, [][]string{{"ar", "rtl", "de", "ltr"}, {"de", "ltr", "ar", "rtl"}, {"ar", "rtl"}, {"ar", "rtl", "de", "ltr"}, {"de", "ltr"}},
		eval[[][]string](p, `[...document.querySelectorAll(".said__line--pair")].map((li) => [...li.querySelectorAll(".said__text")].flatMap((n) => [n.lang, n.dir]))`))
	require.Equal(p.t, []string{"", "unterbrochen", "nicht verstanden, um Wiederholung gebeten", "wird gesprochen", "wird übersetzt"},
		eval[[]string](p, `[...document.querySelectorAll(".said__line--pair")].map((li) => li.querySelector(".said__state")?.textContent ?? "")`))
	require.Equal(p.t, "Bitte nachfragen, das fehlt vielleicht: „Lindenstraße“, „Werkhof“", eval[string](p, `document.querySelector(".said__doubt").textContent`))
	require.Equal(p.t, "التكلفة؟ (unsicher verstanden)", eval[string](p, `document.querySelector(".unsure").textContent`))
	require.Equal(p.t, []string{"400", "600"}, eval[[]string](p, `[...document.querySelectorAll(".said__line--pair")[0].querySelectorAll(".said__text")].map((n) => getComputedStyle(n).fontWeight)`), "the clerk's own language stands out")
	require.Equal(p.t, []string{"600", "400"}, eval[[]string](p, `[...document.querySelectorAll(".said__line--pair")[1].querySelectorAll(".said__text")].map((n) => getComputedStyle(n).fontWeight)`))
	sides := eval[[]float64](p, `[...document.querySelectorAll(".said__line--pair")[0].querySelectorAll(".said__column")].flatMap((n) => [n.getBoundingClientRect().top, n.getBoundingClientRect().left])`)
	require.Equal(p.t, beside, sides[0] == sides[2] && sides[1] < sides[3])
	require.False(p.t, eval[bool](p, `document.querySelector(".said__how").checkVisibility()`), "only for who wants to know")
	p.do(chromedp.Click("#interpret-details"))
	require.Equal(p.t, "Deutsch · bergamot ar-en, bergamot en-de · nach 1,2 s gesprochen · der sprechenden Person wiederholt: 12", eval[string](p, `document.querySelector(".said__how").innerText`))
}

func interpretSays(p *tab) {
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", arabic)
	p.until(pressed(true))
	b.line(id, "caller", 10, "ar", asked)
	b.journal.Translated(id, "caller", 10, journal.Translation{Language: "de", State: journal.TranslationPending})
	b.line(id, clerk, 11, "de", "Danke")
	b.journal.Translated(id, "caller", 10, journal.Translation{Language: "de", Text: answered, State: journal.TranslationPending})
	b.journal.Translated(id, "caller", 10, journal.Translation{Language: "de", Text: answered, State: journal.TranslationSpeaking})
	b.journal.Translated(id, "caller", 10, journal.Translation{Language: "de", Text: answered, State: journal.TranslationSpoken})
	b.journal.Translated(id, clerk, 11, journal.Translation{Language: "ar", Text: "شكرا", State: journal.TranslationSpoken})
	b.line(id, "caller", 12, "ar", "نعم", journal.Translation{Language: "de", State: journal.TranslationRepeat})
	p.until(`document.querySelectorAll("#spoken p").length === 3`)
	p.until(`document.querySelectorAll(".said__line--pair").length === 3`)
	require.Equal(p.t, []string{"Sie: Danke", "Anrufende Person: " + answered, "Anrufende Person, nicht verstanden, um Wiederholung gebeten: نعم"}, eval[[]string](p, `[...document.querySelectorAll("#spoken p")].map((n) => n.textContent)`))
	require.Equal(p.t, []string{"de", "de", "ar"}, eval[[]string](p, `[...document.querySelectorAll("#spoken span")].map((n) => n.lang)`))
}

func interpretOriginal(p *tab) {
	b := newBureau(p.t)
	id := b.interpreted(p, "de")
	const buttons = `[...document.querySelectorAll(".said__again button")].map((n) => n.closest("li").querySelector(".said__text").textContent)`
	require.Equal(p.t, []string{"وماذا عن التكلفة؟ (unsicher verstanden)", "Das kostet Sie nichts."}, eval[[]string](p, buttons), "the last words of each")
	b.again("caller", 13)
	p.tabTo(".said__again button")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelector(".said__again .hint").textContent === "wird abgespielt"`)
	p.until(`document.querySelector(".said__again .hint").textContent === ""`) // after a second of sound
	b.line(id, "caller", 15, "ar", "حسنا", journal.Translation{Language: "de", Text: "Gut", State: journal.TranslationShown})
	p.until(buttons + `.at(-1) === "حسنا"`)
	require.Equal(p.t, []string{"Das kostet Sie nichts.", "حسنا"}, eval[[]string](p, buttons))
	require.Equal(p.t, "حسنا", eval[string](p, `document.activeElement.closest("li").querySelector(".said__text").textContent`), "the same control")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.parentElement.querySelector(".hint").textContent === "nicht mehr da"`)
}

func interpretWritten(p *tab) {
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", func(h *people.Handover) { arabic(h); h.Written = true })
	p.until(pressed(true))
	require.Equal(p.t, []string{"Anrufende Person spricht", "Ich spreche"}, eval[[]string](p, `[...document.querySelectorAll("#interpret .field label")].filter((n) => n.checkVisibility()).map((n) => n.textContent)`))
	b.line(id, "caller", 10, "ar", asked, journal.Translation{Language: "de", Text: answered, State: journal.TranslationShown})
	p.until(`document.querySelectorAll(".said__line--pair").length === 1`)
	require.Equal(p.t, "nur als Text", eval[string](p, `document.querySelector(".said__state").textContent`))
	require.Zero(p.t, eval[int](p, `document.querySelectorAll(".said__again button").length`))
}

func interpretRefused(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", func(h *people.Handover) { h.Language = "sw" })
	require.Equal(p.t, "nicht möglich", eval[string](p, `document.querySelector("#interpret-state").textContent`))
	require.Contains(p.t, eval[string](p, `document.querySelector("#interpret-note").textContent`), "gibt es hier keine Übersetzung: Suaheli und Deutsch.")
	p.do(chromedp.Click("#interpret-on"))
	p.until(`document.querySelector("#problem").textContent === "Zwischen diesen Sprachen gibt es hier keine Übersetzung."`)
	require.True(p.t, eval[bool](p, pressed(false)))
	p.do(chromedp.SetValue("#interpret-caller", "en"))
	eval[any](p, `document.querySelector("#interpret-caller").dispatchEvent(new Event("change"))`)
	p.until(`document.querySelector("#interpret-state").dataset.interpret === "off" && document.querySelector("#interpret-note").hidden`)
}

func interpretMarkup(p *tab) {
	const evil = `<img src=x onerror="window.hurt=1">`
	b := newBureau(p.t)
	id := b.taken(p, "tina", "de", arabic)
	p.until(pressed(true))
	b.line(id, "caller", 10, "ar", evil, journal.Translation{Language: "de", Text: evil, State: evil, Engine: evil, Doubts: []string{evil}, Confirmed: []string{evil}})
	b.line(id, evil, 11, evil, "x", journal.Translation{Language: `"><b>`, Text: "\u202e" + evil, State: "spoken"})
	p.until(`document.querySelectorAll(".said__line--pair").length === 2`)
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("#desk img, #desk b").length`))
	require.True(p.t, eval[bool](p, `window.hurt === undefined`))
	require.Contains(p.t, eval[string](p, `document.querySelector(".said__line--pair").textContent`), evil)
}

func interpretCallback(p *tab) {
	b := newBureau(p.t)
	require.NoError(p.t, b.desk.Take(b.ctx, store.Request{Reference: "327-00001", Call: "01K", Form: "callback", Department: "buergeramt", Language: "tr", Concern: "Wohngeld", Slots: []store.RequestSlot{{Name: "number", Kind: "phone", Value: "+49228770123"}}}))
	b.ready(p, "tina", "de")
	p.do(chromedp.Click(`#views a[href="#requests"]`))
	p.until(`document.querySelectorAll("#requests-rows tr").length === 1`)
	require.Equal(p.t, "Türkisch", eval[string](p, `document.querySelector("#requests-rows select").selectedOptions[0].textContent`))
	require.Equal(p.t, "Sprache beim Rückruf zu 327-00001", eval[string](p, `document.querySelector("#requests-rows select").getAttribute("aria-label")`))
	eval[any](p, `window.sent = []; const real = fetch; window.fetch = (url, o) => { if (o?.method === "POST") sent.push(url + " " + o.body); return real(url, o); }`)
	p.do(chromedp.SetValue("#requests-rows select", "pt"), chromedp.Click("#requests-rows button"))
	p.do(chromedp.SetValue("#callout-language", "ar"), chromedp.SendKeys("#callout-number", "0228 770123"), chromedp.Click("#callout button"))
	p.until(`sent.length === 2`)
	require.Equal(p.t, []string{`/api/v1/desk/callbacks/327-00001/call {"language":"pt"}`, `/api/v1/desk/calls {"target":"0228 770123","language":"ar"}`}, eval[[]string](p, `sent`))
}

func outsideFollows(p *tab) {
	b := newBureau(p.t)
	id := b.handedOutside(p, "de")
	text := eval[string](p, `document.querySelector("#desk").innerText`)
	for _, want := range []string{"„O poste de luz em frente à minha casa está avariado“", "Portugiesisch", "017••••••••", "Lindenstraße", "Hausnummer", "Möchte mit einem Menschen sprechen.", "Anliegen: Laterne kaputt", "läuft"} {
		require.Contains(p.t, text, want)
	}
	b.journal.Change(id, func(c *journal.Call) { c.State = journal.Talking })
	b.line(id, "agent:werkhof", 0, "de", "Guten Tag, Werkhof", journal.Translation{Language: "pt", Text: "Bom dia", State: journal.TranslationSpoken})
	p.until(`document.querySelectorAll("#said li").length === 2`)
	p.until(`document.querySelector("#spoken").textContent === "Werkhof: Guten Tag, Werkhof"`)
	require.Contains(p.t, eval[string](p, `document.querySelector(".topline__lang").href`), "call="+id)
	b.journal.Change(id, func(c *journal.Call) { c.State = journal.Speaking })
	p.until(`document.querySelector("#gone") !== null`) // the bot has taken the caller back
	b.journal.Change(id, func(c *journal.Call) { c.State = journal.Talking })
	p.do(chromedp.Navigate(b.url("/desk?call=" + id)))
	p.until(`document.querySelectorAll("#said li").length === 2 && ` + connected)
	b.journal.End(id, "caller", time.Now(), 0)
	p.until(`document.querySelector("#outside-state").textContent === "beendet"`)
	p.do(chromedp.Navigate(b.url("/desk?call=" + id)))
	p.until(`document.querySelectorAll("#said li").length === 2 && document.querySelector("#connected").hidden`)
	p.do(chromedp.Navigate(b.url("/desk?call=01KNOTHING")))
	p.until(`document.querySelector("#gone")?.textContent === "Dieses Gespräch gibt es hier nicht, nicht mehr, oder es ist für jemand anderen."`)
}
