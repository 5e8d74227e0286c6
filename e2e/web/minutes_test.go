package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestEditor(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "a correction by keyboard alone reaches viewers in all languages", desktop, editsByKeyboard)
	b.inTab(t, "what is corrected in time nobody sees wrong", desktop, editsInTime)
	b.inTab(t, "Tab goes from one unsure line to the next, and out", desktop, goesToUnsureLines)
	b.inTab(t, "two editors at once choose", desktop, func(p *tab) { editsTwice(p, b) })
	b.inTab(t, "a correction is taken back", desktop, undoesEdits)
	b.inTab(t, "an empty line is removed, on demand", desktop, removesLine)
	b.inTab(t, "nothing jumps while somebody edits", desktop, staysInPlace)
	b.inTab(t, "a word is replaced everywhere", desktop, replacesWord)
	b.inTab(t, "the glossary is taught", desktop, teachesGlossary)
	b.inTab(t, "easy language is released or skipped", desktop, releasesEasy)
	b.inTab(t, "markup is text", desktop, editsMarkup)
	b.inTab(t, "what is taken back vanishes", desktop, retracts)
	b.inTab(t, "news stay when an older answer comes after them", desktop, staysNew)
	b.inTab(t, "a wrong key opens nothing, the right one does", desktop, asksForKey)
}

// follows is the stream of a viewer, as a browser would read it.
func (c *minuted) follows(t *testing.T, track string) (next func(kind string, fits func(rooms.Line) bool) rooms.Line) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.site.url("/api/v1/rooms/"+c.Room.Code()+"/events?track="+track), nil)
	require.NoError(t, err)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	require.Equal(t, http.StatusOK, resp.StatusCode)
	lines := bufio.NewScanner(resp.Body)
	return func(kind string, fits func(rooms.Line) bool) rooms.Line {
		t.Helper()
		at := ""
		for lines.Scan() {
			if k, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				at = k
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && at == kind {
				var l rooms.Line
				require.NoError(t, json.Unmarshal([]byte(data), &l))
				if fits(l) {
					return l
				}
			}
		}
		t.Fatalf("the stream of %s ended without %s: %v", track, kind, lines.Err())
		return rooms.Line{}
	}
}

// correctedTo fits a line that a person changed to this.
func correctedTo(text string) func(rooms.Line) bool {
	return func(l rooms.Line) bool { return len(l.Cues) == 1 && l.Cues[0].Text == text && l.Cues[0].Corrected }
}

const pageReady = `document.documentElement.dataset.ready === "true"`

const inEdit = `document.activeElement.matches(".edit textarea")`

func editsByKeyboard(p *tab) {
	c := convene(p.t, meeting.New{Languages: []string{"de", "en"}})
	original, english := c.follows(p.t, "original"), c.follows(p.t, "en")
	c.say("Frau Sommer", "Herr Müler hat das Wort.")
	c.enters(p, "Ada", "de")
	c.say("Frau Sommer", "Vielen Dank dafür.")
	p.until(rows + ` === 2 && document.querySelectorAll(".cue__visible").length === 2`)
	p.keys(kb.F2, kb.ArrowUp, kb.Enter)
	p.until(inEdit)
	require.Equal(p.t, "Herr Müler hat das Wort.", eval[string](p, `document.activeElement.value`))
	require.Equal(p.t, "Zeile von Frau Sommer, 0:01", eval[string](p, `document.activeElement.getAttribute("aria-label")`))
	eval[any](p, `document.activeElement.setSelectionRange(7, 7)`)
	p.keys("l", kb.Enter)
	p.until(lineText(0) + ` === "Herr Müller hat das Wort." && document.querySelector('.cue [data-cue="corrected"]')?.textContent === "korrigiert"`)
	// The news of the correction may be here before the answer to it, which closes the field.
	p.until(`document.activeElement.matches(".cue__cell") && document.activeElement.innerText.includes("Müller")`)
	require.Contains(p.t, eval[string](p, accessibleName), "korrigiert", "and says so")

	original("replace", correctedTo("Herr Müller hat das Wort."))
	english("replace", correctedTo("en: HERR MÜLLER HAT DAS WORT."))
	kept, err := c.Room.Status(p.t.Context())
	require.NoError(p.t, err)
	require.Contains(p.t, kept.Glossary, "Müller")
	p.until(`document.querySelector("#learned").innerText.includes("Die Erkennung kennt jetzt: „Müller“") && document.querySelector("#words-count").textContent === "1"`)

	p.keys(kb.Escape)
	p.until(`document.activeElement.matches("#views a")`)
}

// accessibleName is what a screen reader says of the line with the focus.
const accessibleName = `document.activeElement.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).innerText).join(" ")`

func editsInTime(p *tab) {
	c := convene(p.t, meeting.New{Languages: []string{"de", "en"}, Delay: 60})
	c.enters(p, "Ada", "de")
	c.say("Frau Sommer", "Das ist falhc.")
	p.until(`/^noch \d+ s/.test(document.querySelector('[data-cue="pending"]')?.textContent ?? "")`)
	first := eval[int](p, leftSeconds)
	require.LessOrEqual(p.t, first, 60)
	p.until(fmt.Sprintf(`%s < %d`, leftSeconds, first))
	require.Empty(p.t, c.texts("original"), "nobody has seen it")

	p.keys(kb.F2, kb.Enter)
	p.until(inEdit)
	eval[any](p, `document.activeElement.value = "Das ist falsch."`)
	p.keys(kb.Enter)
	p.until(`document.querySelector('.cue [data-cue="corrected"]') !== null && !document.querySelector("#learned").hidden`) // what is learned is told as well
	p.do(chromedp.SetValue("#delay", "61"), chromedp.Click("#delay-form button"))
	p.until(`document.querySelector("#problem").textContent === "Bitte eine Zahl von 0 bis 60 eingeben."`)
	p.do(chromedp.SetValue("#delay", "1"), chromedp.Click("#delay-form button"))
	p.until(`document.querySelector("#problem").hidden && document.querySelector("#polite").lastChild?.textContent === "Neue Zeilen warten jetzt 1 Sekunden."`)
	state, err := c.Room.Status(p.t.Context())
	require.NoError(p.t, err)
	require.Equal(p.t, time.Second, state.State.Delay)
	require.Len(p.t, state.Pending, 1, "what waits keeps its time")
	require.Equal(p.t, "Das ist falsch.", state.Pending[0].Cues[0].Text)

	other := convene(p.t, meeting.New{Delay: 1})
	seen := other.follows(p.t, "original")
	other.enters(p, "Ada", "de")
	other.say("Frau Sommer", "Gleich ist es zu lesen.")
	p.until(`document.querySelector('[data-cue="pending"]') !== null`)
	seen("cue", func(l rooms.Line) bool { return l.Cues[0].Text == "Gleich ist es zu lesen." })
	p.until(`document.querySelector(".cue__visible")?.textContent === "sichtbar" && document.querySelector('[data-cue="pending"]') === null`)
}

const leftSeconds = `Number(document.querySelector('[data-cue="pending"]').textContent.match(/\d+/)[0])`

func goesToUnsureLines(p *tab) {
	c := convene(p.t, meeting.New{})
	c.debate()
	c.enters(p, "Ada", "de")
	p.until(rows + ` > 10`)
	require.Equal(p.t, []string{"Ich habe den Entwurf gestern schon an Herrn Winther geschickt.", "Das mit den Lampen schauen wir uns dann noch mal an."},
		eval[[]string](p, `[...document.querySelectorAll(".cue--unsure .cue__text")].map((n) => n.textContent)`))
	require.Equal(p.t, "dotted", eval[string](p, `getComputedStyle(document.querySelector(".cue--unsure .cue__text")).textDecorationStyle`))
	focus := func() string {
		return eval[string](p, `document.activeElement.querySelector(".cue__text")?.textContent ?? document.activeElement.id`)
	}
	p.keys(kb.F2, kb.Home)
	require.Contains(p.t, focus(), "Guten Abend")
	p.keys(kb.Tab)
	require.Contains(p.t, focus(), "Winther")
	require.Contains(p.t, eval[string](p, accessibleName), "unsicher")

	p.keys(kb.Enter)
	p.until(inEdit)
	eval[any](p, `document.activeElement.value = document.activeElement.value.replace("Winther", "Winter")`)
	p.keys(kb.Tab) // saves, and goes on
	p.until(`document.activeElement.querySelector?.(".cue__text")?.textContent.includes("Lampen")`)
	require.Contains(p.t, c.texts("original"), "Ich habe den Entwurf gestern schon an Herrn Winter geschickt.")
	p.keys(kb.Tab)
	require.False(p.t, eval[bool](p, `document.querySelector("#rows").contains(document.activeElement)`), "no unsure line is left: Tab leads out")
}

func editsTwice(p *tab, in *browser) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Sommer", "Ein Wort ist falsch.")
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 1`)
	other := in.tab(p.t, desktop)
	other.do(chromedp.Navigate(c.page("editor", "de"))) // the browser has the key; the name belongs to a window
	other.until(`document.querySelector("#name-dialog").open`)
	other.do(chromedp.SendKeys("#name", "Bea"+kb.Enter))
	other.until(rows + ` === 1`)

	types := func(who *tab, text string) {
		who.keys(kb.F2, kb.Enter)
		who.until(inEdit)
		eval[any](who, fmt.Sprintf(`document.activeElement.value = %q`, text))
	}
	types(p, "Ein Ort ist falsch.")
	types(other, "Ein Wort ist richtig.")
	other.keys(kb.Enter)
	other.until(`document.querySelector('.cue [data-cue="corrected"]') !== null`)
	p.keys(kb.Enter)
	p.until(`document.querySelector(".conflict") !== null && document.activeElement.closest(".conflict") !== null`)
	require.Equal(p.t, []string{"Ein Ort ist falsch.", "Ein Wort ist richtig."}, eval[[]string](p, `[...document.querySelectorAll(".version > p")].map((n) => n.textContent)`))
	p.keys(kb.Enter) // my own
	p.until(`document.querySelector(".edit") === null && ` + lineText(0) + ` === "Ein Ort ist falsch."`)
	other.until(lineText(0) + ` === "Ein Ort ist falsch."`)

	types(p, "Ein Bot ist falsch.")
	types(other, "Ein Tor ist falsch.")
	p.keys(kb.Enter)
	p.until(`document.querySelector(".edit") === null`)
	other.keys(kb.Enter)
	other.until(`document.querySelector(".conflict") !== null`)
	other.keys(kb.Tab, kb.Tab, kb.Enter) // the other one's
	other.until(`document.querySelector(".edit") === null && ` + lineText(0) + ` === "Ein Bot ist falsch."`)
	require.Equal(p.t, []string{"Ein Bot ist falsch."}, c.texts("original"))

	c.say("Herr Winter", "Noch ein Satz.")
	types(p, "Das verwerfe ich.")
	p.keys(kb.Escape)
	p.until(`document.querySelector(".edit") === null && document.activeElement.matches(".cue__cell")`)
	require.Equal(p.t, []string{"Ein Bot ist falsch.", "Noch ein Satz."}, c.texts("original"))
}

func undoesEdits(p *tab) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Sommer", "Der Anfang.")
	c.say("Frau Sommer", "Das Ende.")
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 2`)
	require.True(p.t, eval[bool](p, `document.querySelector("#undo").disabled`))
	for _, text := range []string{"Das Ende!", "Das gute Ende!"} {
		p.keys(kb.F2, kb.Enter)
		p.until(inEdit)
		eval[any](p, fmt.Sprintf(`document.activeElement.value = %q`, text))
		p.keys(kb.Enter)
		p.until(fmt.Sprintf(`%s === %q && document.querySelector(".edit") === null`, lineText(1), text))
	}
	p.pressCtrl("z")
	p.until(lineText(1) + ` === "Das Ende!"`)
	p.pressCtrl("z")
	p.until(lineText(1) + ` === "Das Ende." && document.querySelector("#undo").disabled`)
	require.Equal(p.t, []string{"Der Anfang.", "Das Ende."}, c.texts("original"))

	p.keys(kb.F2, kb.Enter)
	p.until(inEdit)
	p.keys(" Aus.", kb.Enter)
	p.until(`!document.querySelector("#undo").disabled`)
	c.corrects(1, "Das ist von Bea.")
	p.until(lineText(1) + ` === "Das ist von Bea."`)
	p.pressCtrl("z")
	p.until(`!document.querySelector("#problem").hidden`)
	require.Equal(p.t, []string{"Der Anfang.", "Das ist von Bea."}, c.texts("original"), "what others did stays")
}

// typed has keys come as from a keyboard: one whose default was prevented
// types nothing.
func typed(k *input.DispatchKeyEventParams) {
	if k.Type == kb.KeyDown {
		k.Type = kb.KeyRawDown
	}
}

// keys are pressed one after the other.
func (p *tab) keys(all ...string) {
	p.t.Helper()
	for _, k := range all {
		p.do(chromedp.KeyEvent(k, typed))
	}
}

// pressCtrl presses a key together with Ctrl.
func (p *tab) pressCtrl(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(2), typed))
}

func removesLine(p *tab) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Sommer", "Dieser Satz bleibt.")
	c.say("Frau Sommer", "Dieser Satz geht.")
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 2`)
	empties := func() {
		p.keys(kb.F2, kb.Enter)
		p.until(inEdit)
		eval[any](p, `document.activeElement.select()`)
		p.keys(kb.Delete, kb.Enter)
		p.until(`document.querySelector("#remove-dialog").open && document.querySelector("#remove-text").textContent === "Dieser Satz geht."`)
	}
	empties()
	p.keys(kb.Escape)
	p.until(`!document.querySelector("#remove-dialog").open && ` + inEdit)
	p.keys(kb.Escape)
	require.Len(p.t, c.texts("original"), 2)
	empties()
	require.Equal(p.t, "Abbrechen", eval[string](p, `document.activeElement.textContent`), "an Enter too many removes nothing")
	p.press2(kb.Tab, true)
	p.keys(kb.Enter)
	p.until(rows + ` === 1 && document.activeElement.matches(".cue__cell")`)
	require.Equal(p.t, []string{"Dieser Satz bleibt."}, c.texts("original"))
	p.pressCtrl("z")
	p.until(rows + ` === 2 && ` + lineText(1) + ` === "Dieser Satz geht."`)
	require.Len(p.t, c.texts("original"), 2)
}

func staysInPlace(p *tab) {
	c := convene(p.t, meeting.New{})
	for i := range 40 {
		c.say("Frau Sommer", fmt.Sprintf("Das ist der Satz Nummer %d.", i+1))
	}
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 40 && ` + atBottom)
	c.say("Frau Sommer", "Wer nicht liest, folgt den neuen Zeilen.")
	p.until(rows + ` === 41 && ` + atBottom)

	p.keys(kb.F2, kb.PageUp, kb.PageUp, kb.Enter)
	p.until(inEdit)
	const place = `Math.round(document.activeElement.getBoundingClientRect().top)`
	was := eval[int](p, place)
	for range 3 {
		c.say("Herr Winter", "Und es kommen immer neue.")
	}
	c.corrects(0, "Eine viel längere Zeile weit oben, die jemand anderes berichtigt, während hier jemand schreibt, und die nun so lang ist, dass sie gewiss über mehr als eine Zeile läuft, wie breit der Schirm auch ist.")
	p.until(`document.querySelector("#new").textContent === "↓ 3 neue Zeilen" && ` + lineText(0) + `.startsWith("Eine viel")`)
	require.InDelta(p.t, was, eval[int](p, place), 1, "nothing moves under the fingers")
	p.keys(kb.Escape)
	p.press2(kb.F2, true)
	p.until(`document.querySelector("#new").hidden && ` + atBottom + ` && document.activeElement.querySelector(".cue__text").textContent === "Und es kommen immer neue."`)
	p.keys(kb.Enter)
	p.until(inEdit)
	require.True(p.t, eval[bool](p, `document.activeElement.closest(".cue").getBoundingClientRect().bottom <= window.innerHeight`), "what is edited at the list's end is seen whole")
}

const atBottom = `(() => { const s = document.querySelector("#scroll"); return s.scrollHeight - s.scrollTop - s.clientHeight < 8; })()`

func replacesWord(p *tab) {
	c := convene(p.t, meeting.New{})
	for _, text := range []string{"Herr Maier kommt.", "Ich frage Maier.", "Die Maierei bleibt.", "Sonst nichts."} {
		c.say("Frau Sommer", text)
	}
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 4`)
	p.keys(kb.F9, "Sonst")
	p.until(`document.querySelector("#replace-count").textContent === "Gefunden in 1 Zeile."`)
	eval[any](p, `document.querySelector("#find").value = ""; 0`)
	p.keys("Maier")
	p.until(`document.querySelector("#replace-count").textContent === "Gefunden in 2 Zeilen."`)
	p.keys(kb.Tab, "Mayer $&", kb.Enter)
	p.until(`document.querySelector("#replace-count").textContent === "In 2 Zeilen ersetzt."`)
	require.Equal(p.t, []string{"Herr Mayer $& kommt.", "Ich frage Mayer $&.", "Die Maierei bleibt.", "Sonst nichts."}, c.texts("original"))
	p.until(`document.body.innerText.includes("„Mayer $&“")`)
	p.keys(kb.Escape)
	p.do(chromedp.Click("#undo"))
	p.until(lineText(0) + ` === "Herr Maier kommt." && ` + lineText(1) + ` === "Ich frage Maier."`)
}

func teachesGlossary(p *tab) {
	c := convene(p.t, meeting.New{Glossary: []string{"Kämmerei"}})
	c.say("Frau Sommer", "Das sagt hier Herr Mayer Voigt aus dem Amt für Umwelt.")
	c.enters(p, "Ada", "de")
	p.until(rows + ` > 0`)
	c.corrects(0, "Das sagt hier Herr Mayer Vogt aus dem Amt für Umwelt.")
	p.until(`document.querySelector("#words-count").textContent === "2"`)
	p.press2(kb.F4, true)
	p.until(`document.activeElement.id === "word"`)
	require.Contains(p.t, eval[string](p, `document.querySelector("#words").innerText`), "Vogt neu gelernt", "what another editor taught is shown")
	p.keys("<b>Bebauungsplan</b>", kb.Enter)
	p.until(`document.querySelector("#words-count").textContent === "3" && document.activeElement.value === ""`)
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("#words b").length`))
	s, err := c.Room.Status(p.t.Context())
	require.NoError(p.t, err)
	require.Equal(p.t, []string{"Kämmerei", "Vogt", "<b>Bebauungsplan</b>"}, s.Glossary)
}

func releasesEasy(p *tab) {
	c := convene(p.t, meeting.New{Easy: true})
	c.enters(p, "Ada", "de")
	c.say("Frau Sommer", "Wir beraten heute den Haushalt.")
	c.say("Frau Sommer", "Die Satzung wird geändert.")
	c.say("Frau Sommer", "Das dauert lange.")
	p.until(`document.querySelector("#easy-count").textContent === "3" && document.querySelectorAll("#drafts textarea")[0].value !== ""`)
	require.Empty(p.t, c.texts("de-leicht"), "nobody sees what nobody stands for")
	p.keys(kb.F4)
	p.until(`document.activeElement.matches("#drafts textarea") && document.activeElement.value === "Kurz gesagt: Wir beraten heute den Haushalt."`)
	require.Contains(p.t, eval[string](p, `document.activeElement.closest("li").innerText`), "Vorschlag der Maschine. Bitte prüfen")
	p.until(`document.querySelectorAll(".draft")[1].innerText.includes("Die Maschine hat keinen Vorschlag geschafft.")`)
	eval[any](p, `document.activeElement.value = "Heute geht es um Geld."`)
	p.pressCtrl(kb.Enter)
	p.until(`document.querySelector("#easy-count").textContent === "2" && document.activeElement.matches("#drafts textarea") && document.activeElement.value === ""`)
	require.Equal(p.t, []string{"Heute geht es um Geld."}, c.texts("de-leicht"))

	p.pressCtrl(kb.Enter)
	p.until(`document.activeElement.closest("li").querySelector(".wrong[role=alert]").textContent === "Bitte schreiben Sie zuerst einen Text."`)
	p.keys(kb.Tab, kb.Tab, kb.Enter) // skip
	p.until(`document.querySelector("#easy-count").textContent === "1" && document.activeElement.value === "Kurz gesagt: Das dauert lange."`)

	p.keys(" Sehr.")
	c.corrects(2, "Das dauert zu lange.")
	p.until(`document.activeElement.closest("li").querySelector("blockquote").textContent === "Das dauert zu lange."`)
	require.Equal(p.t, "Kurz gesagt: Das dauert lange. Sehr.", eval[string](p, `document.activeElement.value`), "what was typed stays")
	p.until(`document.activeElement.closest("li").innerText.includes("Der Satz wurde inzwischen korrigiert.")`)
	p.pressCtrl(kb.Enter)
	p.until(`document.querySelector("#easy-count").textContent === "0" && !document.querySelector("#skipped").hidden`)
	require.Equal(p.t, []string{"Heute geht es um Geld.", "Kurz gesagt: Das dauert lange. Sehr."}, c.texts("de-leicht"))
	p.do(chromedp.Click("#skipped"))
	p.until(`document.querySelector("#easy-count").textContent === "1"`)
}

const evilText = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`

func editsMarkup(p *tab) {
	c := convene(p.t, meeting.New{Title: evilText, Keep: true, Easy: true})
	c.say(evilText, evilText+" sagt jemand.")
	c.enters(p, evilText, "de")
	p.until(rows + ` > 0`)
	p.keys(kb.F2, kb.Home, kb.Enter)
	p.until(inEdit)
	eval[any](p, fmt.Sprintf(`document.activeElement.value = %q`, evilText))
	p.keys(kb.Enter)
	p.until(fmt.Sprintf(`%s === %q`, lineText(0), evilText))
	c.ends()
	for _, page := range []string{"editor", "minutes", "comparison"} {
		p.do(chromedp.Navigate(c.page(page, "de")))
		p.until(pageReady)
		require.Contains(p.t, eval[string](p, `document.querySelector("#minutes").textContent`), `<img src=x`, page)
		require.Zero(p.t, eval[int](p, `document.querySelectorAll("#minutes img, #minutes script").length`), page)
		require.True(p.t, eval[bool](p, `window.hurt === undefined`), page)
	}
}

func retracts(p *tab) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Sommer", "Ich habe nichts dagegen.")
	c.say("Herr Winter", "Ich aber schon.")
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 2`)
	p.keys(kb.F2, kb.Enter) // the newest, which is taken back while somebody types in it
	p.until(inEdit)
	eval[any](p, `document.activeElement.value = "Ich aber auch nicht."`)
	require.NoError(p.t, c.Room.Refuse(p.t.Context(), c.inputs["Herr Winter"]))
	c.say("Frau Sommer", "Weiter.")
	p.until(rows + ` === 3`)
	require.Equal(p.t, "Ich aber auch nicht.", eval[string](p, `document.activeElement.value`), "what somebody types stays")
	p.keys(kb.Enter)
	p.until(`document.querySelector(".edit .wrong").textContent !== "" && document.activeElement.value === "Ich aber auch nicht."`)
	p.keys(kb.Escape)
	p.until(rows + ` === 2 && ` + lineText(0) + ` === "Ich habe nichts dagegen."`)
	p.do(chromedp.Navigate(c.page("editor", "de")))
	p.until(rows + ` === 2`)
}

func staysNew(p *tab) {
	c := convene(p.t, meeting.New{Glossary: []string{"Kämmerei"}})
	c.say("Frau Sommer", "Das sagt hier Herr Mayer Voigt aus dem Amt für Umwelt.")
	c.say("Herr Winter", "Ich aber nicht.")
	p.begins(source)
	p.begins(holding(`/^GET .*\/status$/`, 3, false)) // 1 and 2 are asked for before the stream opens
	c.enters(p, "Ada", "de")
	eval[any](p, wasLongAway)
	p.until(`window.holding && ` + rows + ` === 2`)
	c.corrects(0, "Das sagt hier Herr Mayer Vogt aus dem Amt für Umwelt.")
	require.NoError(p.t, c.Room.Refuse(p.t.Context(), c.inputs["Herr Winter"]))
	const fresh = `document.querySelector("#words-count").textContent === "2" && ` + rows + ` === 1`
	p.until(fresh)
	eval[any](p, `window.stayed = true; new MutationObserver(() => { window.stayed &&= `+fresh+`; }).observe(document.querySelector("#editor"), { subtree: true, childList: true, characterData: true }); 0`)
	p.releases()
	require.True(p.t, eval[bool](p, `window.stayed`), "what was learned stays, and who refused is gone")
}

func asksForKey(p *tab) {
	c := convene(p.t, meeting.New{})
	p.do(chromedp.Navigate(c.page("editor", "de")))
	p.until(`document.activeElement.id === "key"`)
	for key, says := range map[string]string{"falsch": "Dieser Schlüssel passt nicht.", c.Keys().Speak: "Dieser Schlüssel erlaubt hier nichts."} {
		p.do(chromedp.SendKeys("#key", key+kb.Enter))
		p.until(fmt.Sprintf(`document.querySelector("#key-wrong").textContent.startsWith(%q)`, says))
		require.True(p.t, eval[bool](p, `document.querySelector("#editor").hidden && `+notConnecting))
	}
	p.do(chromedp.SendKeys("#key", c.Keys().Edit+kb.Enter))
	p.until(`document.querySelector("#name-dialog").open && document.querySelector("#key-form").hidden && !(` + notConnecting + `)`)

	p.do(chromedp.Navigate("about:blank"))
	c.reads(p, "minutes", c.Keys().Secret, "de")
	p.until(`!document.querySelector("#note").hidden`)
	require.Empty(p.t, eval[string](p, `location.hash`), "the key leaves the address")
	require.Empty(p.t, eval[string](p, `document.cookie`), "and no script reads it")
}

func TestMinutes(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "minutes lead to what was said", desktop, readsMinutes)
	b.inTab(t, "all files are there", desktop, downloads)
	b.inTab(t, "they appear when the meeting ends", desktop, waitsForEnd)
	b.inTab(t, "nothing was kept", desktop, readsNothing)
	b.inTab(t, "the comparison shows what people changed", desktop, compares)
	b.inTab(t, "the sign of a change stands with its words", view{width: 320, height: 700}, signsStayWithWords)
	b.inTab(t, "they speak English", desktop, readsEnglish)
}

func readsMinutes(p *tab) {
	c := held(p.t)
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(pageReady)
	text := eval[string](p, `document.querySelector("#paper").innerText`)
	for _, want := range []string{
		"Automatisch erstellt.", "Aufgaben (3)", "Frau Sommer schickt bis Freitag den Entwurf an alle.", "gesagt „bis Freitag“",
		"Samstag, 12. Dezember", "bitte prüfen: Es wurde angeboten, aber von niemandem bestätigt.", "nicht gesagt",
		"vereinbart", "angenommen", "Haushalt 2027", "3: Neue Stühle für den Bürgersaal", "Wer wusste Bescheid?", "Durchsage, dass aufbewahrt wird",
	} {
		require.Contains(p.t, text, want)
	}
	require.Regexp(p.t, `^Besprechung am \d+\. \p{L}+ \d{4}, Beginn \d\d:\d\d Uhr$`, p.text("#held"))
	require.Equal(p.t, []string{"Ja: 12", "Nein: 3", "Enthaltungen: 2"}, eval[[]string](p, `[...document.querySelectorAll("#votes .facts div")].map((n) => n.innerText.replace(/\s+/g, " "))`))

	// Each link leads to a line that is there; the keyboard follows it.
	require.Empty(p.t, eval[[]string](p, `[...document.querySelectorAll(".place")].map((a) => decodeURIComponent(a.hash.slice(1))).filter((id) => !document.getElementById(id))`))
	require.NotZero(p.t, eval[int](p, `document.querySelectorAll("#decisions .place").length`))
	eval[any](p, `document.querySelector("#decisions .place").focus()`)
	p.keys(kb.Enter)
	p.until(`document.activeElement.id.startsWith("cue-s") && document.activeElement.textContent.includes("Stühle blau sind")`)
	require.True(p.t, eval[bool](p, `(() => { const r = document.activeElement.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })()`))

	require.Contains(p.t, eval[string](p, `document.querySelector("#transcript").innerText`), "Ich habe den Entwurf gestern schon an Herrn Winter geschickt. (korrigiert)")
	p.do(chromedp.SetValue("#language", "en"))
	eval[any](p, `document.querySelector("#language").dispatchEvent(new Event("change"))`)
	p.until(`document.querySelector("#transcript").innerText.includes("KOMMEN WIR ZUM HAUSHALT 2027.") && document.querySelector("#transcript-note").innerText.includes("Maschinell übersetzt.")`)
	require.Equal(p.t, "en", eval[string](p, `document.querySelector(".turn__text").lang`))

	p.do(chromedp.Navigate(c.page("minutes", "de") + "#cue-s11.1")) // a link from elsewhere
	p.until(`document.activeElement.id === "cue-s11.1"`)
}

// downloads fetches all links of the page as its visitor.
func downloads(p *tab) {
	c := held(p.t)
	c.reads(p, "minutes", c.Keys().Speak, "de")
	p.until(pageReady)
	files := eval[[]string](p, `[...document.querySelectorAll(".file")].map((a) => a.href)`)
	require.Len(p.t, files, 5+2*6)
	kinds := map[string]string{
		"html": "text/html", "md": "text/markdown", "csv": "text/csv", "ics": "text/calendar", "json": "application/json", "txt": "text/plain",
		"vtt": "text/vtt", "srt": "application/x-subrip", "ttml": "application/ttml+xml", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}
	holds := map[string]string{"vtt": "WEBVTT", "ics": "BEGIN:VCALENDAR", "docx": "PK\x03\x04", "ttml": "<?xml", "csv": ",", "srt": "-->", "md": "# ", "html": "<section", "txt": "Frau", "json": "{"}
	for _, file := range files {
		req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, file, nil)
		require.NoError(p.t, err)
		req.Header.Set("Authorization", "Bearer "+c.Keys().Speak)
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		require.NoError(p.t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(p.t, err)
		require.NoError(p.t, resp.Body.Close())
		path, _, _ := strings.Cut(file, "?")
		ending := path[strings.LastIndex(path, ".")+1:]
		kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		require.NoError(p.t, err)
		require.Equal(p.t, kinds[ending], kind, file)
		require.Contains(p.t, string(body), holds[ending], file)
	}
	// The browser's own way has the cookie for a key.
	require.Equal(p.t, []int{200}, eval[[]int](p, `Promise.all([...document.querySelectorAll(".file")].map((a) => fetch(a.href).then((r) => r.status))).then((all) => [...new Set(all)])`))
}

func waitsForEnd(p *tab) {
	c := convene(p.t, meeting.New{Keep: true})
	c.say("Frau Ahrens", "Frau Sommer schickt bis Freitag den Entwurf an alle.")
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(`document.querySelector("#note").innerText.includes("Die Besprechung läuft noch.") && document.querySelector("#paper").hidden && ` + connected)
	c.ends()
	p.until(`!document.querySelector("#paper").hidden && document.querySelector("#tasks").innerText.includes("Frau Sommer schickt")`)
	require.True(p.t, eval[bool](p, `document.querySelector("#note").hidden && document.querySelector("#life").textContent === "beendet"`))
}

func readsNothing(p *tab) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Ahrens", "Das bleibt nicht hier.")
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(`document.querySelector("#note").innerText.includes("Zurzeit ist eingestellt, dass nichts aufbewahrt wird.") && ` + connected)
	c.ends()
	p.until(`document.querySelector("#note").innerText.includes("Von dieser Besprechung wurde nichts aufbewahrt.")`)
	require.True(p.t, eval[bool](p, `document.querySelector("#paper").hidden`))
	p.do(chromedp.Navigate(c.page("comparison", "de")))
	p.until(`document.querySelector("#note").innerText.includes("nichts aufbewahrt")`)
}

func compares(p *tab) {
	c := held(p.t)
	c.reads(p, "comparison", c.Keys().Edit, "de")
	p.until(pageReady)
	require.Equal(p.t, "Ich habe den Entwurf gestern schon an Herrn entfernt: Winther eingefügt: Winter geschickt. ", eval[string](p, `document.querySelector("#compared .compared__text").textContent`))
	require.Equal(p.t, []string{"Winther", "Winter"}, eval[[]string](p, `["del", "ins"].map((n) => document.querySelector("#compared " + n).lastChild.textContent)`))
	require.Equal(p.t, 1, eval[int](p, `document.querySelectorAll("#compared li").length`))
	require.Contains(p.t, eval[string](p, `document.querySelector("#figures").innerText`), "0,9\u00a0%")
	p.do(chromedp.Click("#only"))
	p.until(`document.querySelectorAll("#compared li").length > 10 && document.querySelector("#shown").textContent === "17 von 17 Zeilen"`)
}

// signsStayWithWords tries lines of each length: where the text turns to the next
// one, the sign of a change goes with its first word.
func signsStayWithWords(p *tab) {
	c := held(p.t)
	c.reads(p, "comparison", c.Keys().Edit, "de")
	p.until(pageReady)
	require.Empty(p.t, eval[[]string](p, `(() => {
		const list = document.querySelector("#compared"), first = document.createRange(), alone = [];
		for (let width = 120; width < 320; width++) {
			list.style.width = width + "px";
			for (const run of list.querySelectorAll(".run")) {
				first.setStart(run.lastChild, 0);
				first.setEnd(run.lastChild, 1);
				const box = run.getClientRects()[0], word = first.getBoundingClientRect();
				if (word.top >= box.bottom || word.left < box.left || word.right > box.right) alone.push(width + " " + run.localName);
			}
		}
		return alone;
	})()`))
}

func readsEnglish(p *tab) {
	c := held(p.t)
	c.reads(p, "minutes", c.Keys().Edit, "en")
	p.until(pageReady)
	text := eval[string](p, `document.querySelector("#minutes").innerText`)
	for _, want := range []string{"Made automatically.", "Tasks (3)", "Saturday, 12 December 2026", "please check: It was offered, but nobody confirmed it.", "Frau Ahrens was told"} {
		require.Contains(p.t, text, want)
	}
	require.NotContains(p.t, text, "Aufgaben")
	require.NotContains(p.t, text, "{")
}
