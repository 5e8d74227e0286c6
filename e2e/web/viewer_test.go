package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

func TestViewer(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	for name, f := range map[string]func(p *tab, r *sitting){
		"reads each track":               readsEachTrack,
		"shows the original beside":      showsOriginalBeside,
		"holds the lines":                holdsLines,
		"scrolls back":                   scrollsBack,
		"marks corrections":              marksCorrections,
		"shows names and cues as text":   showsCuesAsText,
		"takes back at once":             takesBack,
		"says how the meeting stands":    saysState,
		"shows the announcement":         showsNotice,
		"speaks each line once":          speaksOnce,
		"works by keys":                  worksByKeys,
		"keeps the choices":              keepsChoices,
		"writes word by word":            writesWords,
		"glues the parts of words":       gluesWords,
		"shows a tail to who comes late": showsTail,
		"shows what is not settled":      showsUnsettled,
		"tells what was said before":     showsEarlier,
		"changes when a language leaves": losesLanguage,
	} {
		b.inTab(t, name, desktop, func(p *tab) {
			f(p, newSitting(p.t, s, council(func(n *meeting.New) {
				n.Fast = strings.HasPrefix(name, "shows what") || strings.HasPrefix(name, "shows a tail")
			})))
		})
	}
	b.inTab(t, "asks for the code", desktop, func(p *tab) { asksForCode(p, newSitting(p.t, s, council(nil))) })
}

// readsEachTrack looks at one meeting in three tabs at the same time.
func readsEachTrack(p *tab, r *sitting) {
	original, english, arabic := p, p.beside(), p.beside()
	original.read(r.url("?lang=de&track=original"))
	english.read(r.url("?lang=en&track=en"))
	arabic.read(r.url("?lang=ar"))
	r.say(r.input, "de", "Der Antrag ist angenommen.")
	guest := r.join("Mr Stone")
	r.say(guest, "en", "Thank you for the invitation.")
	original.reads("Thank you for the invitation.")
	english.reads("Thank you")
	arabic.reads("[ar] Thank you")
	require.Equal(p.t, []string{"Der Antrag ist angenommen.", "Thank you for the invitation."}, shownTexts(original))
	require.Equal(p.t, []string{"[en] Der Antrag ist angenommen.", "Thank you for the invitation."}, shownTexts(english))
	require.Equal(p.t, []string{"[ar] Der Antrag ist angenommen.", "[ar] Thank you for the invitation."}, shownTexts(arabic))
	require.Equal(p.t, "ar", eval[string](arabic, `document.querySelector("#track").value`), "the reader's language is chosen where it is offered")
	require.Equal(p.t, "rtl", eval[string](arabic, `document.documentElement.dir + document.querySelector(".row__text").dir`)[3:])
	require.Equal(p.t, []string{"Frau Sommer", "Mr Stone"}, eval[[]string](original, `[...document.querySelectorAll(".row__who")].map((n) => n.textContent)`))
	require.Equal(p.t, []string{"original", "de", "en", "ar", "de-leicht"}, eval[[]string](original, `[...document.querySelector("#track").options].map((o) => o.value)`))

	eval[any](english, `document.querySelector("#track").value = "de"; document.querySelector("#track").dispatchEvent(new Event("change"))`)
	english.reads("[de] Thank you")
	require.Equal(p.t, []string{"Der Antrag ist angenommen.", "[de] Thank you for the invitation."}, shownTexts(english), "nothing of the other track stays")
}

// beside is another tab of the same size.
func (p *tab) beside() *tab {
	ctx, stop := chromedp.NewContext(p.ctx)
	p.t.Cleanup(stop)
	require.NoError(p.t, chromedp.Do(ctx))
	other := &tab{t: p.t, ctx: ctx}
	other.do(chromedp.EmulateViewport(1280, 900))
	return other
}

func showsOriginalBeside(p *tab, r *sitting) {
	p.read(r.url("?lang=en&track=en"))
	r.say(r.input, "de", "Das Wort hat die Verwaltung.")
	p.reads("[en] Das Wort")
	require.Empty(p.t, eval[string](p, `document.querySelector(".row__beside").textContent`))
	eval[any](p, `document.querySelector("#beside").click()`)
	p.until(`document.querySelector(".row__beside").textContent === "Das Wort hat die Verwaltung."`)
	wide := eval[[]float64](p, `[".row__text", ".row__beside"].map((n) => document.querySelector(n).getBoundingClientRect().top)`)
	require.Equal(p.t, wide[0], wide[1], "two columns where there is room")
	p.do(chromedp.EmulateViewport(360, 740))
	narrow := eval[[]float64](p, `[".row__text", ".row__beside"].map((n) => document.querySelector(n).getBoundingClientRect().top)`)
	require.Less(p.t, narrow[0], narrow[1], "below each other where there is none")
	r.say(r.input, "de", "Danke.")
	p.until(`document.querySelectorAll(".row").length === 2 && document.querySelectorAll(".row__beside")[1].textContent === "Danke."`)
	require.Eventually(p.t, func() bool {
		r.say(r.input, "de", "Noch etwas.") // who is gone is noticed by what is sent
		return r.streams() == 1
	}, 10*time.Second, 50*time.Millisecond, "one connection for both")
	eval[any](p, `document.querySelector("#beside").click(); localStorage.clear()`)
	p.until(`document.querySelector(".row__beside").hidden`)
}

func holdsLines(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=de"))
	r.say(r.input, "de", "Das ist zu lesen.")
	p.reads("Das ist zu lesen.")
	p.do(chromedp.Click("#pause"))
	for i := range 12 {
		r.say(r.input, "de", fmt.Sprintf("Zeile %d.", i+1))
	}
	p.until(`document.querySelector("#more").textContent === "12 neue Zeilen, weiter"`)
	require.Equal(p.t, []string{"Das ist zu lesen."}, shownTexts(p), "what is read stays")
	require.Equal(p.t, "Weiter", eval[string](p, `document.querySelector("#pause").innerText.trim()`))
	p.do(chromedp.Click("#more"))
	p.reads("Zeile 12.")
	require.Len(p.t, shownTexts(p), 13)
	require.True(p.t, eval[bool](p, `document.querySelector("#more").hidden && document.activeElement.id === "pause"`))
}

func scrollsBack(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=de&size=200"))
	for i := range 30 {
		r.say(r.input, "de", fmt.Sprintf("Dies ist der Satz mit der Nummer %d.", i+1))
	}
	p.reads("Nummer 30.")
	const left = `(() => { const r = document.querySelector("#region"); return r.scrollHeight - r.clientHeight - r.scrollTop; })()`
	eval[any](p, `document.fonts.ready.then(() => 0)`)
	p.until(left + ` < 2`)
	eval[any](p, `document.querySelector("#region").scrollTop = 40`)
	p.until(`!document.querySelector("#more").hidden`)
	require.Equal(p.t, "Zum Ende springen", eval[string](p, `document.querySelector("#more").textContent`))
	r.say(r.input, "de", "Neues.")
	p.until(`document.querySelector("#more").textContent === "1 neue Zeile, weiter"`)
	require.InDelta(p.t, 40, eval[float64](p, `document.querySelector("#region").scrollTop`), 2, "what is read does not move")
	eval[any](p, `document.querySelector("#region").scrollTop = 1e6`) // back at the end by hand
	p.reads("Neues.")
	p.until(left + ` < 2 && document.querySelector("#more").hidden`)
	eval[any](p, `localStorage.clear()`)
}

func marksCorrections(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=en&corrections=1"))
	german := p.beside()
	german.read(r.url("?lang=de&track=de"))
	r.say(r.input, "de", "Wir sprechen über die Donauwiesel.")
	german.reads("Donauwiesel")
	p.reads("Donauwiesel")
	snapshot, err := r.Room.Snapshot(p.t.Context(), rooms.Original, 10)
	require.NoError(p.t, err)
	cue := snapshot.Lines[0].Cues[0]
	_, err = r.Room.Correct(p.t.Context(), rooms.Correction{Cue: cue.ID, Revision: cue.Revision, Text: "Wir sprechen über die Donauwiesen.", Editor: "Weber"})
	require.NoError(p.t, err)
	german.reads("Donauwiesen.")
	p.reads("Donauwiesen.")
	for _, at := range []*tab{german, p} {
		require.Equal(p.t, "berichtigt", eval[string](at, `document.querySelector(".row .mark--corrected").textContent`))
		require.Equal(p.t, 1, eval[int](at, `document.querySelectorAll(".row").length`))
		require.NotContains(p.t, eval[string](at, `document.querySelector("#speech").textContent`), "Korrektur", "corrections are not read out unless wanted")
	}
	eval[any](german, `document.querySelector("#corrections").click()`)
	_, err = r.Room.Correct(p.t.Context(), rooms.Correction{Cue: cue.ID, Revision: cue.Revision + 1, Text: "Wir sprechen über die Donauwiese.", Editor: "Weber"})
	require.NoError(p.t, err)
	german.until(`document.querySelector("#speech").textContent.endsWith("Korrektur: Wir sprechen über die Donauwiese.")`)
	eval[any](german, `localStorage.clear()`)
}

func showsCuesAsText(p *tab, r *sitting) {
	const evil = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`
	g := r.site.hold(meeting.New{Title: "Rat " + evil, Languages: []string{"de"}, Consent: evil})
	input := g.join(evil)
	require.NoError(p.t, g.Room.Announce(p.t.Context(), "Hinweis "+evil, true))
	p.read(g.viewer("?lang=de&track=original"))
	g.say(input, "de", evil+" gesagt.")
	p.reads("gesagt.")
	require.Contains(p.t, eval[string](p, `document.querySelector("h1").textContent`), "<img")
	require.Contains(p.t, shownTexts(p)[0], "<script>")
	require.Contains(p.t, eval[string](p, `document.querySelector(".row__who").textContent`), "<img")
	require.Contains(p.t, eval[string](p, `document.querySelector("#notice-text").textContent`), "<img")
	require.True(p.t, eval[bool](p, `window.hurt === undefined && document.querySelectorAll("main img, .row script").length === 0`))
	p.do(chromedp.Navigate(g.viewer("?view=projector&track=original")))
	p.until(`document.querySelector("#stage").dataset.life === "running"`)
	require.Contains(p.t, eval[string](p, `document.querySelector("#title").textContent`), "<img")
	g.say(input, "de", evil+" noch einmal.")
	p.until(`document.querySelector("#text").textContent !== ""`)
	require.True(p.t, eval[bool](p, `window.hurt === undefined`))
	p.do(chromedp.Navigate(r.site.url("/s?lang=de&code=%22%3E%3Cimg+src=x+onerror=hurt%3E")))
	p.until(`document.querySelector("#wrong") !== null`)
	require.Equal(p.t, 0, eval[int](p, `document.querySelectorAll("main img").length`))
}

func takesBack(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=de"))
	r.say(r.input, "de", "Das bleibt.")
	shy := r.join("Herr Still")
	r.say(shy, "de", "Das soll niemand lesen.")
	p.reads("niemand lesen")
	p.do(chromedp.Click("#pause"))
	require.NoError(p.t, r.Room.Refuse(p.t.Context(), shy))
	p.until(`document.querySelectorAll(".row").length === 1`) // also while the lines are held
	require.Equal(p.t, []string{"Das bleibt."}, shownTexts(p))
}

func saysState(p *tab, r *sitting) {
	m, err := r.site.hall.Create(council(nil))
	require.NoError(p.t, err)
	p.read(r.site.url("/s/" + m.Room.Code() + "?lang=de"))
	why := func(text string) {
		p.t.Helper()
		p.until(fmt.Sprintf(`document.querySelector("#why").textContent.includes(%q) && !document.querySelector("#why").hidden`, text))
	}
	why("noch nicht begonnen")
	require.NoError(p.t, m.Start(p.t.Context()))
	p.until(`document.querySelector("#life").textContent === "Live" && document.querySelector("#why").hidden && !document.querySelector("#nothing").hidden`)
	require.NoError(p.t, m.Room.Delay(p.t.Context(), 5e9))
	p.until(`document.querySelector("#late").textContent === "5 s verzögert"`)
	require.NoError(p.t, m.Room.Pause(p.t.Context()))
	why("Gerade ist Pause.")
	require.NoError(p.t, m.Stop(p.t.Context()))
	why("beendet")
	m.Close(p.t.Context())
	p.until(`document.querySelector("#life").textContent === "Beendet"`)
	require.True(p.t, eval[bool](p, `document.querySelector("#connection").hidden`), "the end of a meeting is no broken connection")
}

func showsNotice(p *tab, r *sitting) {
	require.NoError(p.t, r.Room.Announce(p.t.Context(), "Diese Sitzung wird mitgeschrieben.", true))
	p.read(r.url("?lang=de"))
	p.until(`!document.querySelector("#notice").hidden`)
	require.Equal(p.t, "Die Mitschrift wird nach der Veranstaltung aufbewahrt.", eval[string](p, `document.querySelector("#notice-keeps").textContent`))
	p.do(chromedp.Click("#notice-read"))
	p.until(`document.querySelector("#notice").hidden`)
	p.read(r.url("?lang=de"))
	require.True(p.t, eval[bool](p, `document.querySelector("#notice").hidden`), "what was read is not shown again")
	require.NoError(p.t, r.Room.Announce(p.t.Context(), "Es wird doch nichts aufbewahrt.", false))
	p.until(`!document.querySelector("#notice").hidden && document.querySelector("#notice-keeps").textContent.includes("nichts aufbewahrt")`)
	eval[any](p, `sessionStorage.clear()`)
}

// speaksOnce looks at the page as assistive technology gets it.
func speaksOnce(p *tab, r *sitting) {
	r.say(r.input, "de", "Das war schon vorher.")
	p.read(r.url("?lang=de&track=en"))
	p.reads("Das war")
	require.NotContains(p.t, eval[string](p, `document.querySelector("#speech").textContent`), "Das war", "what was there before is not read out")
	eval[any](p, `window.spoken = []; new MutationObserver((all) => all.forEach((m) => m.addedNodes.forEach((n) => spoken.push(n.textContent)))).observe(document.querySelector("#speech"), {childList: true})`)
	for i := range 3 {
		r.say(r.input, "de", fmt.Sprintf("Satz %d.", i+1))
		p.reads(fmt.Sprintf("Satz %d.", i+1))
	}
	r.net.set(true)
	r.say(r.input, "de", "Satz 4.")
	r.net.set(false)
	p.reads("Satz 4.")
	spoken := eval[[]string](p, `spoken.filter((s) => s.includes("Satz"))`)
	require.Equal(p.t, []string{"Frau Sommer: [en] Satz 1.", "[en] Satz 2.", "[en] Satz 3.", "[en] Satz 4."}, spoken)

	tree := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	live, names := 0, map[string]bool{}
	for _, n := range tree.Nodes {
		for _, prop := range n.Properties {
			if string(prop.Name) == "live" && strings.Contains(string(prop.Value.Value), "polite") {
				live++
			}
		}
		if n.Role != nil && n.Name != nil {
			names[strings.Trim(string(n.Role.Value), `"`)+" "+strings.Trim(string(n.Name.Value), `"`)] = true
		}
	}
	require.Equal(p.t, 1, eval[int](p, `document.querySelectorAll("[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output").length`))
	require.Equal(p.t, 1, live)
	for _, want := range []string{"heading Sitzung des Stadtrates", "heading Untertitel", "heading Frau Sommer", "region Untertitel", "region Bedienung", "combobox Sprache der Untertitel", "button Anhalten", "button Ansicht"} {
		require.True(p.t, names[want], "%s is in %v", want, names)
	}

	eval[any](p, `document.querySelector("#speak").click()`)
	r.say(r.input, "de", "Satz 5.")
	p.reads("Satz 5.")
	require.Len(p.t, eval[[]string](p, `spoken.filter((s) => s.includes("Satz"))`), 4, "switched off it is silent")
	eval[any](p, `localStorage.clear()`)
}

func worksByKeys(p *tab, r *sitting) {
	p.read(r.url("?lang=de"))
	p.do(chromedp.KeyEvent(" "))
	p.until(`document.querySelector("#pause").getAttribute("aria-pressed") === "true"`)
	p.do(chromedp.KeyEvent(" "))
	p.until(`document.querySelector("#pause").getAttribute("aria-pressed") === "false"`)
	p.do(chromedp.KeyEvent("+"), chromedp.KeyEvent("+"), chromedp.KeyEvent("-"))
	p.until(`document.documentElement.dataset.size === "125"`)
	p.do(chromedp.KeyEvent("l"))
	p.until(`document.activeElement.id === "track"`)
	p.do(chromedp.KeyEvent("+")) // belongs to the list now
	require.Equal(p.t, "125", eval[string](p, `document.documentElement.dataset.size`))
	eval[any](p, `document.querySelector("[data-panel=panel-help]").focus()`)
	p.do(chromedp.KeyEvent(" ")) // presses the button, and nothing else
	p.until(`!document.querySelector("#panel-help").hidden && document.activeElement.id === "panel-help-title"`)
	require.Equal(p.t, "false", eval[string](p, `document.querySelector("#pause").getAttribute("aria-pressed")`))
	p.do(chromedp.KeyEvent("\u001b"))
	p.until(`document.querySelector("#panel-help").hidden && document.activeElement.dataset.panel === "panel-help"`)
	eval[any](p, `document.querySelector("#keys").click(); document.querySelector("#region").focus()`)
	p.do(chromedp.KeyEvent("+"))
	require.Equal(p.t, "125", eval[string](p, `document.documentElement.dataset.size`), "keys can be switched off")
	eval[any](p, `localStorage.clear()`)
}

func keepsChoices(p *tab, r *sitting) {
	p.read(r.url("?lang=de"))
	eval[any](p, `for (const [id, value] of [["colours", "yellow"], ["font", "wide"], ["look", "scroll"], ["position", "bottom"], ["track", "ar"]]) { const s = document.getElementById(id); s.value = value; s.dispatchEvent(new Event("change")); }
		document.querySelector("#larger").click(); 0`)
	p.read(r.url("?lang=de"))
	require.Equal(p.t, "125 yellow wide scroll bottom", eval[string](p, `["size", "colours", "font", "look", "position"].map((k) => document.documentElement.getAttribute("data-" + k)).join(" ")`))
	require.Equal(p.t, "ar", eval[string](p, `document.querySelector("#track").value`))
	require.Equal(p.t, "rgb(255, 255, 0) on rgb(0, 0, 0)", eval[string](p, `getComputedStyle(document.body).color + " on " + getComputedStyle(document.body).backgroundColor`))
	p.read(r.url("?lang=de&size=300&colours=white&style=block&position=top&track=en"))
	require.Equal(p.t, "300 white wide block top", eval[string](p, `["size", "colours", "font", "look", "position"].map((k) => document.documentElement.getAttribute("data-" + k)).join(" ")`))
	require.Equal(p.t, "en", eval[string](p, `document.querySelector("#track").value`))
	require.NotContains(p.t, eval[string](p, `JSON.stringify(localStorage) + document.cookie`), r.Room.Code(), "it is not kept who read what")
	eval[any](p, `document.querySelector("#reset").click()`)
	require.Equal(p.t, 0, eval[int](p, `localStorage.length`))
}

func writesWords(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=original&style=scroll"))
	row := `document.querySelector(".row__text")?.textContent`
	hear := func(text string) { r.hear(r.input, rooms.Update{Committed: r.words(r.input, text), Language: "de"}) }
	hear("Ich")
	p.until(row + ` === "Ich"`)
	hear("eröffne die")
	p.until(row + ` === "Ich eröffne die"`)
	late := p.beside()
	late.read(r.url("?lang=de&track=original&style=scroll"))
	late.until(row + ` === "Ich eröffne die"`)
	r.hear(r.input, rooms.Update{Committed: r.words(r.input, "Sitzung."), Sentence: true, Language: "de"})
	for _, at := range []*tab{p, late} {
		at.until(row + ` === "Ich eröffne die Sitzung." && document.querySelectorAll(".row .cue").length === 1`)
		require.Equal(p.t, 1, eval[int](at, `document.querySelectorAll(".row").length`))
	}
	calm := p.beside()
	calm.read(r.url("?lang=de&track=original&style=block"))
	hear("Noch nicht fertig")
	p.until(`document.querySelectorAll(".row").length === 2`)
	require.Equal(p.t, []string{"Ich eröffne die Sitzung."}, shownTexts(calm), "finished sentences only")
}

func showsUnsettled(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=original&style=scroll"))
	r.hear(r.input, rooms.Update{Committed: []transcript.Word{{Text: "Das", Probability: .9}}, Tail: "war unklar", Language: "de"})
	p.until(`document.querySelector(".loose")?.textContent === "war unklar"`)
	r.hear(r.input, rooms.Update{Committed: r.words(r.input, "war klar."), Sentence: true, Language: "de"})
	p.until(`document.querySelector(".row__text").textContent === "Das war klar." && !document.querySelector(".loose")`)
}

// gluesWords has a word come in parts, in word scroll from the server on.
func gluesWords(p *tab, r *sitting) {
	g := r.site.hold(meeting.New{Title: "Rat", Languages: []string{"de"}, Scroll: true})
	input := g.join("Frau Sommer")
	p.read(g.viewer("?lang=de&track=original"))
	row := `document.querySelector(".row__text")?.textContent`
	hear := func(text string, joined, sentence bool) {
		words := g.words(input, text)
		words[0].Joined = joined
		g.hear(input, rooms.Update{Committed: words, Sentence: sentence, Language: "de"})
	}
	hear("Der Kinder", false, false)
	p.until(row + ` === "Der Kinder"`)
	hear("spiel", true, false)
	p.until(row + ` === "Der Kinderspiel"`)
	hear("platz öffnet", true, false)
	hear("heute.", false, true)
	p.until(row + ` === "Der Kinderspielplatz öffnet heute."`)
	p.read(g.viewer("?lang=de&track=original"))
	p.until(row + ` === "Der Kinderspielplatz öffnet heute."`)
}

func showsTail(p *tab, r *sitting) {
	r.hear(r.input, rooms.Update{Committed: r.words(r.input, "Das"), Tail: "war unklar", Language: "de"})
	p.read(r.url("?lang=de&track=original&style=scroll"))
	p.until(`document.querySelector(".row__text")?.textContent === "Das war unklar" && document.querySelector(".row__text").lang === "de"`)
	p.stage(r.url("?lang=de&view=projector&track=original&style=scroll"))
	p.until(onStage + ` === "Das war unklar"`)
}

func showsEarlier(p *tab, r *sitting) {
	for i := range 70 {
		r.say(r.input, "de", fmt.Sprintf("Alter Satz %d.", i+1))
	}
	p.read(r.url("?lang=de&track=de"))
	p.reads("Alter Satz 70.")
	require.Len(p.t, shownTexts(p), 50)
	eval[any](p, `document.querySelector("#earlier").click()`)
	p.reads("Alter Satz 1.")
	all := shownTexts(p)
	require.Len(p.t, all, 70)
	require.Equal(p.t, "Alter Satz 1.", all[0])
	require.NotContains(p.t, eval[string](p, `document.querySelector("#speech").textContent`), "Alter", "what is fetched is not read out")
}

func losesLanguage(p *tab, r *sitting) {
	p.read(r.url("?lang=de&track=ar"))
	r.say(r.input, "de", "Erster Satz.")
	p.reads("[ar] Erster Satz.")
	require.NoError(p.t, r.Room.Languages(p.t.Context(), []string{"de", "en"}))
	p.until(`document.querySelector("#track").value === "original"`)
	p.reads("Erster Satz.")
	require.NotContains(p.t, shownTexts(p), "[ar] Erster Satz.")
}

func asksForCode(p *tab, r *sitting) {
	code := r.Room.Code()
	ask := func(typed string) {
		p.t.Helper()
		p.do(chromedp.Navigate(r.site.url("/s?lang=de&size=150")))
		p.until(`document.activeElement?.id === "code"`)
		p.do(chromedp.SendKeys("#code", typed+"\r"))
	}
	ask(" " + strings.ToLower(code[:3]) + " - " + code[3:])
	p.until(`location.pathname === "/s/` + code + `"`)
	require.Equal(p.t, "?lang=de&size=150", eval[string](p, `location.search`))
	ask("333333")
	p.until(`document.querySelector("#wrong")?.textContent.includes("keine Veranstaltung")`)
	require.Equal(p.t, "333333 true", eval[string](p, `document.querySelector("#code").value + " " + document.querySelector("#code").getAttribute("aria-invalid")`))
	ask("12")
	p.until(`document.querySelector("#wrong")?.textContent.includes("nicht vollständig")`)
	for range 12 {
		p.do(chromedp.Navigate(r.site.url("/s?lang=de&code=444444")))
	}
	p.until(`document.querySelector("#wrong")?.textContent.includes("warten Sie eine Minute")`)
}

// TestViewerNetwork breaks the connection.
func TestViewerNetwork(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, func(_ *web.Options, h *meeting.HallOptions) {
		room := h.Room
		h.Room = func(n meeting.New) rooms.Options {
			o := room(n)
			o.Hub.History = 12
			return o
		}
	})
	b.inTab(t, "fills what was missed", desktop, func(p *tab) {
		r := newSitting(p.t, s, council(nil))
		p.read(r.url("?lang=de&track=en"))
		r.say(r.input, "de", "Vorher.")
		p.reads("Vorher.")
		r.net.set(true)
		r.say(r.input, "de", "Währenddessen.")
		p.until(`!document.querySelector("#connection").hidden && document.querySelector("#connection").textContent.includes("unterbrochen")`)
		r.net.set(false)
		p.reads("Währenddessen.")
		r.say(r.input, "de", "Danach.")
		p.reads("Danach.")
		require.Equal(p.t, []string{"[en] Vorher.", "[en] Währenddessen.", "[en] Danach."}, shownTexts(p))
		p.until(`document.querySelector("#connection").textContent.includes("steht wieder")`)
		p.until(`document.querySelector("#connection").hidden`)
	})
	b.inTab(t, "takes a snapshot after a gap", desktop, func(p *tab) {
		r := newSitting(p.t, s, council(nil))
		p.read(r.url("?lang=de&track=en"))
		r.say(r.input, "de", "Satz 0.")
		p.reads("Satz 0.")
		r.net.set(true)
		want := []string{"[en] Satz 0."}
		for i := range 20 {
			r.say(r.input, "de", fmt.Sprintf("Satz %d.", i+1))
			want = append(want, fmt.Sprintf("[en] Satz %d.", i+1))
		}
		r.net.set(false)
		p.reads("Satz 20.")
		r.say(r.input, "de", "Danach.")
		p.reads("Danach.")
		require.Equal(p.t, append(want, "[en] Danach."), shownTexts(p))
	})
}

// TestViewerOpening opens the page as those meet it who come first, who have a
// damaged memory, or whose browser keeps none.
func TestViewerOpening(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	for name, before := range map[string]string{
		"damaged memory": `localStorage.setItem("viewer", "{nonsense")`,
		"foreign memory": `localStorage.setItem("viewer", JSON.stringify({size: "9000", colours: "</style>", track: "xx", beside: "x"}))`,
	} {
		b.inTab(t, name, desktop, func(p *tab) {
			r := newSitting(p.t, s, council(nil))
			p.do(chromedp.Navigate(s.url("/api/openapi.json")))
			eval[any](p, before)
			p.read(r.url("?lang=de"))
			require.Equal(p.t, "de", eval[string](p, `document.querySelector("#track").value`))
			require.False(p.t, eval[bool](p, `document.documentElement.hasAttribute("data-size") || document.documentElement.hasAttribute("data-colours")`))
			r.say(r.input, "de", "Es geht trotzdem.")
			p.reads("Es geht trotzdem.")
			eval[any](p, `localStorage.clear()`)
		})
	}
	b.inTab(t, "no memory", desktop, func(p *tab) {
		call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {get() { throw new DOMException("forbidden", "SecurityError"); }})`})
		r := newSitting(p.t, s, council(nil))
		require.NoError(p.t, r.Room.Announce(p.t.Context(), "Es wird mitgeschrieben.", false))
		p.read(r.url("?lang=de&track=en"))
		p.until(`!document.querySelector("#notice").hidden`)
		p.do(chromedp.Click("#notice-read"))
		p.do(chromedp.Click("[data-panel=panel-view]"))
		p.do(chromedp.Click("#larger"))
		p.until(`document.documentElement.dataset.size === "125"`)
		r.say(r.input, "de", "Es geht trotzdem.")
		p.reads("[en] Es geht trotzdem.")
	})
	b.inTab(t, "a meeting that ends while nobody can hear of it", desktop, func(p *tab) {
		r := newSitting(p.t, s, council(nil))
		p.read(r.url("?lang=de"))
		r.net.set(true)
		require.NoError(p.t, r.Close(p.t.Context()))
		r.net.set(false)
		p.until(`document.querySelector("#life").textContent === "Beendet" && document.querySelector("#why").textContent.includes("beendet")`)
		require.True(p.t, eval[bool](p, `document.querySelector("#connection").hidden`), "nothing is to be repaired")
	})
}
