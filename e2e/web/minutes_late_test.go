package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// TestMinutesLate shows that answers which come late take no news back.
func TestMinutesLate(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "minutes stay when an older answer comes", desktop, minutesStay)
	b.inTab(t, "the comparison has what was said while it was fetched", desktop, comparisonCatchesUp)
	b.inTab(t, "the comparison stays when an older answer comes", desktop, comparisonStays)
	b.inTab(t, "a meeting that is gone is not waited for", desktop, saysGone)
	b.inTab(t, "who was away for long can correct all there is", desktop, comesBack)
	b.inTab(t, "a line that is published meanwhile stays", desktop, publishedStays)
	b.inTab(t, "a line that somebody brought back stays", desktop, broughtBackStays)
	b.inTab(t, "an older event takes nothing back", desktop, staysNewAfterEvent)
	b.inTab(t, "who releases goes on to the next draft", desktop, goesOnToNextDraft)
}

// holding is a script that keeps the nth answer to requests which fit, such as
// "GET /api/…", until release() is called; late ones are asked for only then.
func holding(which string, nth int, late bool) string {
	return fmt.Sprintf(`(() => {
		const usual = window.fetch, held = new Promise((go) => { window.release = () => { go(); setTimeout(() => { window.later = true; }, 700); }; });
		let asked = 0;
		const hold = () => { window.holding = true; return held; };
		window.fetch = async (...ask) => {
			const mine = %s.test((ask[1]?.method ?? "GET") + " " + ask[0]) && ++asked === %d, late = %t;
			if (mine && late) await hold();
			const answer = await usual(...ask);
			if (mine && !late) await hold();
			return answer;
		};
	})(); 0`, which, nth, late)
}

// source is the last stream of events that a page opened.
const source = `(() => { const Usual = EventSource; window.EventSource = class extends Usual { constructor(...all) { super(...all); window.source = this; } }; })()`

// wasLongAway tells a page that it has missed more than the service remembers.
const wasLongAway = `source.dispatchEvent(new MessageEvent("gap", { data: "{}" })); 0`

// begins runs a script in each page before its own.
func (p *tab) begins(script string) {
	p.t.Helper()
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// releases the answer that was held, and waits until the page has had it.
func (p *tab) releases() {
	p.t.Helper()
	eval[any](p, `release(); 0`)
	p.until(`window.later`)
}

func minutesStay(p *tab) {
	c := convene(p.t, meeting.New{Keep: true})
	c.say("Frau Ahrens", "Frau Sommer schickt bis Freitag den Entwurf an alle.")
	p.begins(holding(`/^GET .*\/minutes\.json$/`, 2, false)) // 1 is asked for before the stream opens
	c.reads(p, "minutes", c.Keys().Edit, "de")
	p.until(`window.holding`)
	c.ends()
	const filled = `!document.querySelector("#paper").hidden && document.querySelector("#note").hidden`
	p.until(filled)
	p.releases()
	require.True(p.t, eval[bool](p, filled), "nothing says that it still runs")
}

func comparisonCatchesUp(p *tab) {
	c := convene(p.t, meeting.New{Keep: true})
	c.say("Frau Ahrens", "Das ist der erste Satz.")
	p.begins(holding(`/^GET .*\/comparison$/`, 1, false))
	c.reads(p, "comparison", c.Keys().Edit, "de")
	p.until(`window.holding`)
	c.say("Frau Ahrens", "Das ist der zweite Satz.")
	c.ends()
	p.releases()
	p.until(`document.querySelector("#shown").textContent === "0 von 2 Zeilen"`)
}

func comparisonStays(p *tab) {
	c := convene(p.t, meeting.New{Keep: true})
	c.say("Frau Ahrens", "Das ist der erste Satz.")
	p.begins(holding(`/^GET .*\/comparison$/`, 2, false))
	c.reads(p, "comparison", c.Keys().Edit, "de")
	p.until(`window.holding`)
	c.say("Frau Ahrens", "Das ist der zweite Satz.")
	c.ends()
	const both = `document.querySelector("#shown").textContent === "0 von 2 Zeilen"`
	p.until(both)
	p.releases()
	require.True(p.t, eval[bool](p, both))
}

func saysGone(p *tab) {
	c := convene(p.t, meeting.New{})
	p.begins(source)
	c.enters(p, "Ada", "de")
	eval[any](p, `source.close(); 0`) // as on a computer that slept while the meeting was closed
	c.Close(p.t.Context())
	eval[any](p, `source.dispatchEvent(new Event("error")); 0`)
	p.until(`document.querySelector("#problem").textContent.startsWith("Diese Besprechung gibt es nicht (mehr).") && document.querySelector(".connection").hidden`)
	for _, page := range []string{"minutes", "editor", "comparison"} {
		p.do(chromedp.Navigate(c.page(page, "de")))
		p.until(visible("problem"))
		require.True(p.t, eval[bool](p, notConnecting+` && document.querySelector("#gone a").getBoundingClientRect().height >= 44`), page)
	}
}

// comesBack was away for longer than what a page begins with.
func comesBack(p *tab) {
	const missed = 510
	c := convene(p.t, meeting.New{Keep: true})
	c.say("Frau Ahrens", "Das bleibt.")
	c.say("Herr Winter", "Das nicht.")
	p.begins(source)
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 2`)
	eval[any](p, `source.close(); 0`)
	require.NoError(p.t, c.Room.Refuse(p.t.Context(), c.inputs["Herr Winter"]))
	for range missed {
		c.say("Frau Ahrens", "Das kam danach.")
	}
	eval[any](p, `source.dispatchEvent(new Event("error")); 0`)
	p.until(fmt.Sprintf(`%s === %d`, rows, missed+1))
	require.Equal(p.t, "Das bleibt.", eval[string](p, lineText(0)))
	require.False(p.t, eval[bool](p, visible("older")))
	c.say("Frau Ahrens", "Und das zuletzt.")
	p.until(fmt.Sprintf(`%s === %d`, rows, missed+2))

	p.do(chromedp.Navigate(c.page("editor", "de"))) // begins with less, and says so
	p.until(rows + ` === 500 && ` + visible("older"))
}

func publishedStays(p *tab) {
	c := convene(p.t, meeting.New{Delay: 3})
	p.begins(source)
	p.begins(holding(`/^GET .*\/status$/`, 3, true)) // 1 and 2 are asked for before the stream opens
	p.do(chromedp.Navigate(c.page("editor", "de") + "#" + c.Keys().Edit))
	p.until(`document.querySelector("#name-dialog").open`)
	c.say("Frau Sommer", "Gleich ist es zu lesen.")
	p.do(chromedp.SendKeys("#name", "Ada"+kb.Enter))
	p.until(connected)
	eval[any](p, wasLongAway)
	p.until(`window.holding && document.querySelector(".cue__visible") !== null`)
	p.releases()
	require.Equal(p.t, 1, eval[int](p, rows))
}

func broughtBackStays(p *tab) {
	c := convene(p.t, meeting.New{})
	c.say("Frau Sommer", "Dieser Satz bleibt.")
	c.say("Frau Sommer", "Dieser Satz geht.")
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 2`)
	snap, err := c.Room.Snapshot(p.t.Context(), rooms.Original, 2)
	require.NoError(p.t, err)
	cue := snap.Lines[1].Cues[0]
	eval[any](p, holding(`/^POST .*\/cues\//`, 1, false))
	p.keys(kb.F2, kb.Enter)
	p.until(inEdit)
	eval[any](p, `document.activeElement.select()`)
	p.keys(kb.Delete, kb.Enter)
	p.until(`document.querySelector("#remove-dialog").open`)
	p.press2(kb.Tab, true)
	p.keys(kb.Enter)
	p.until(`window.holding`)
	_, err = c.Room.Correct(p.t.Context(), rooms.Correction{Cue: cue.ID, Revision: cue.Revision + 1, Text: "Er kommt wieder.", Editor: "Bea"})
	require.NoError(p.t, err)
	p.until(lineText(1) + ` === "Er kommt wieder."`)
	p.releases()
	require.Equal(p.t, 2, eval[int](p, rows))
	require.Equal(p.t, "Er kommt wieder.", eval[string](p, lineText(1)))
}

func staysNewAfterEvent(p *tab) {
	c := convene(p.t, meeting.New{Glossary: []string{"Kämmerei"}})
	c.say("Frau Sommer", "Das sagt hier Herr Mayer Voigt aus dem Amt für Umwelt.")
	p.begins(source)
	c.enters(p, "Ada", "de")
	p.until(`document.querySelector("#words-count").textContent === "1"`)
	older(p, c.Room.Code())
	c.corrects(0, "Das sagt hier Herr Mayer Vogt aus dem Amt für Umwelt.")
	p.until(`document.querySelector("#words-count").textContent === "2"`)
	eval[any](p, comesLate)
	require.Equal(p.t, "2", p.text("#words-count"))
}

// goesOnToNextDraft is told that a sentence has been released before the answer
// to its own release comes, and then that somebody else was quicker.
func goesOnToNextDraft(p *tab) {
	c := convene(p.t, meeting.New{Easy: true})
	p.begins(source)
	c.enters(p, "Ada", "de")
	for _, text := range []string{"Wir beraten heute den Haushalt.", "Das dauert lange.", "Danach gehen wir heim."} {
		c.say("Frau Sommer", text)
	}
	p.until(`document.querySelectorAll("#drafts textarea").length === 3 && [...document.querySelectorAll("#drafts textarea")].every((n) => n.value !== "")`)
	eval[any](p, holding(`/^POST .*\/release$/`, 1, false)+`; source.addEventListener("status", (e) => { if (JSON.parse(e.data).drafts.length === 2) window.told = true; }); 0`)
	p.keys(kb.F4)
	p.until(`document.activeElement.matches("#drafts textarea")`)
	p.pressCtrl(kb.Enter)
	p.until(`window.holding && window.told`)
	p.releases()
	p.until(`document.querySelector("#easy-count").textContent === "2" && document.activeElement.value === "Kurz gesagt: Das dauert lange."`)
	state, err := c.Room.Status(p.t.Context())
	require.NoError(p.t, err)
	require.NoError(p.t, c.Room.Release(p.t.Context(), rooms.Release{Sentence: state.Drafts[0].Sentence, Version: state.Drafts[0].Version, Text: "Es dauert.", Editor: "Bea"}))
	p.until(`document.querySelector("#easy-count").textContent === "1" && document.activeElement.value === "Kurz gesagt: Danach gehen wir heim."`)
}

// older remembers how a meeting stands; comesLate tells the page of it.
func older(p *tab, code string) {
	p.t.Helper()
	eval[any](p, fmt.Sprintf(`fetch("/api/v1/rooms/%s/status").then((r) => r.json()).then((s) => { window.older = JSON.stringify(s.status); })`, code))
	p.until(`Boolean(window.older)`)
}

const comesLate = `source.dispatchEvent(new MessageEvent("status", { data: older })); 0`
