package web_test

import (
	"fmt"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

func TestAnruf(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "somebody calls, asks and hangs up", desktop, callsAndHangsUp)
	b.inTab(t, "writes without a microphone, then speaks", desktop, writesThenSpeaks)
	b.inTab(t, "captions are not lost or doubled", desktop, keepsCaptions)
	b.inTab(t, "the sound comes back by itself", desktop, soundComesBack)
	b.inTab(t, "waits, speaks with a person", desktop, waitsForPerson)
	b.inTab(t, "goes on after a reload", desktop, goesOnAfterReload)
	b.inTab(t, "changes the language during the call", desktop, changesLanguage)
	b.inTab(t, "tests the microphone", desktop, testsMicrophone)
	b.inTab(t, "says what is wrong", desktop, saysWhatIsWrong)
	b.inTab(t, "works by keyboard alone", desktop, callsByKeyboard)
	b.inTab(t, "shows markup as text", desktop, captionsShowMarkupAsText)
	for _, width := range []int64{320, 1280} {
		for _, lang := range []string{"de", "uk", "ar"} {
			b.inTab(t, fmt.Sprintf("never scrolls sideways at %d px in %s", width, lang), view{width: width, height: 700}, func(p *tab) { anrufStaysInside(p, lang) })
		}
	}
}

func (p *tab) visit(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
	p.until(`document.documentElement.classList.contains("works")`)
}

func (p *tab) press(id string) {
	p.t.Helper()
	p.do(chromedp.Click("#" + id))
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`document.querySelector(%q).innerText`, selector))
}

const inState = `document.querySelector("#talk-state").dataset.state === %q`

// dial begins a spoken call on the page that is open.
func dial(p *tab, l *line, n int) *lineCall {
	p.t.Helper()
	p.press("call")
	c := l.call(p.t, n)
	c.state("speaking")
	p.until(fmt.Sprintf(inState, "speaking"))
	return c
}

func callsAndHangsUp(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	require.Contains(p.t, p.text("#before"), "Hier antwortet eine künstliche Intelligenz, kein Mensch.")
	require.Contains(p.t, p.text("header"), "112")
	require.Contains(p.t, p.text("#permission"), "fragt Ihr Browser")
	c := dial(p, l, 0)
	require.Equal(p.t, "anruf", c.page)
	require.Equal(p.t, "de", c.language)
	c.until(p.t, "the voice arrives", func(s did) bool { return s.heard > 10 })
	p.until(`document.querySelector("#answers").currentTime > 0.2`)
	require.Greater(p.t, eval[float64](p, loudness), 0.01, "the answer is heard")
	p.until(`parseFloat(document.querySelector("#level").style.transform.slice(7)) > 0.2`) // the fake microphone beeps

	c.say("bot", "Guten Tag. Was kann ich für Sie tun?")
	partial := transcript.Segment{Leg: "caller", ID: 0, Language: "de", Text: "Wo ist"}
	c.send("line", journal.Line{Segment: partial})
	p.until(`document.querySelector(".caption--tail")?.innerText.includes("Wo ist")`)
	c.say("caller", "Wo ist das Rathaus?", func(j *journal.Line) {
		j.Segment.Words = []transcript.Word{{Text: " Wo", Probability: .9}, {Text: " ist", Probability: .8}, {Text: " das", Probability: .9}, {Text: " Rathaus?", Probability: .2}}
	})
	p.until(`document.querySelector(".caption--own .unsure")?.textContent === "Rathaus?"`)
	require.Contains(p.t, p.text(".caption--own"), "Wo ist das Rathaus?", "unsure words are not hidden")
	c.say("bot", "Am Markt 1.", answerFrom("https://www.musterstadt.example/rathaus"))
	p.until(`document.querySelectorAll(".caption").length === 3`)
	require.Equal(p.t, []string{"noopener noreferrer", "_blank", "https://www.musterstadt.example/rathaus"}, eval[[]string](p, `(() => { const a = document.querySelector(".caption a"); return [a.rel, a.target, a.href]; })()`))
	c.say("bot", "Und dies?", answerFrom("http://unsafe.example/"))
	p.until(`document.querySelectorAll(".caption").length === 4`)
	require.Equal(p.t, 1, eval[int](p, `document.querySelectorAll(".caption a").length`), "https only")

	p.do(chromedp.KeyEvent("5"))
	p.press("keys")
	p.do(chromedp.Click(`[data-digit="#"]`))
	c.until(p.t, "keys arrive", func(s did) bool { return len(s.digits) == 2 && s.digits[0] == "5" && s.digits[1] == "#" })
	p.press("mute")
	p.until(`document.querySelector("#mute").getAttribute("aria-pressed") === "true"`)

	p.press("hang-up")
	p.until(`!document.querySelector("#ended").hidden`)
	c.until(p.t, "hung up", func(s did) bool { return s.ended })
	require.Contains(p.t, p.text("#ended"), "Sie haben aufgelegt.")
	require.Contains(p.t, p.text("#ended"), "115")
	require.Equal(p.t, "again", eval[string](p, `document.activeElement.id`))
	require.Equal(p.t, 0, eval[int](p, `sessionStorage.length + localStorage.length`))
	require.Equal(p.t, "", eval[string](p, `document.cookie`))
	p.press("again")
	p.until(`!document.querySelector("#before").hidden && document.querySelector("#lines").children.length === 0`)
	dial(p, l, 1)
}

// loudness of what the page plays, 0..1.
const loudness = `new Promise((done) => {
	const context = new AudioContext(), analyser = context.createAnalyser();
	context.createMediaStreamSource(document.querySelector("#answers").srcObject).connect(analyser);
	setTimeout(() => {
		const wave = new Float32Array(analyser.fftSize);
		analyser.getFloatTimeDomainData(wave);
		context.close();
		done(Math.sqrt(wave.reduce((sum, v) => sum + v * v, 0) / wave.length));
	}, 500);
})`

func answerFrom(source string) func(*journal.Line) {
	return func(l *journal.Line) { l.Outcome, l.Article, l.Source = "answer", "rathaus", source }
}

func writesThenSpeaks(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	p.press("by-hand")
	c := l.call(p.t, 0)
	c.state("listening")
	p.until(`document.querySelector("#state").textContent === "Bitte schreiben Sie."`)
	require.Equal(p.t, 0, c.snapshot().offers)
	p.do(chromedp.SendKeys("#text", "Guten Tag 115"+kb.Enter))
	c.until(p.t, "text arrives", func(s did) bool { return len(s.texts) == 1 && s.texts[0] == "Guten Tag 115" })
	require.Empty(p.t, c.snapshot().digits, "digits in a text are no keys")
	p.until(`document.querySelector("#text").value === "" && document.querySelectorAll(".caption").length === 1`)
	p.press("voice")
	c.until(p.t, "the voice arrives", func(s did) bool { return s.offers == 1 && s.heard > 5 })
	p.until(`document.querySelector("#voice").hidden && !document.querySelector("#mute").hidden`)
	require.Len(p.t, l.all(), 1, "it is the same call")
	c.state("ended", func(j *journal.Call) { j.Reason = "goodbye" })
	p.until(`document.querySelector("#ended-why").textContent.includes("Auf Wiederhören")`)
}

func keepsCaptions(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	c := dial(p, l, 0)
	eval[any](p, `window.read = []; new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach((n) => read.push(n.textContent)))).observe(document.querySelector("#announcer"), {childList: true})`)
	c.say("bot", "Eins.")
	p.until(`document.querySelectorAll(".caption").length === 1`)
	l.setDown(true)
	p.until(`document.querySelector("#network")?.innerText.startsWith("Die Verbindung ist unterbrochen")`)
	c.say("bot", "Zwei.")
	c.say("bot", "Zwei.")
	l.setDown(false)
	p.until(`document.querySelectorAll(".caption").length === 3`)
	p.until(`document.querySelector("#network").innerText === "Die Verbindung steht wieder."`)
	l.breakStreams()
	c.say("bot", "Drei.")
	p.until(`document.querySelectorAll(".caption").length === 4`)
	require.Equal(p.t, "Eins. Zwei. Zwei. Drei.", eval[string](p, `[...document.querySelectorAll(".caption__text")].map((n) => n.textContent).join(" ")`))
	require.Equal(p.t, []string{"KI: Eins.", "KI: Zwei.", "KI: Zwei.", "KI: Drei."}, eval[[]string](p, `read.filter((t) => t.startsWith("KI"))`))
	p.until(`document.querySelector("#network").hidden`)
}

func soundComesBack(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	c := dial(p, l, 0)
	c.until(p.t, "the voice arrives", func(s did) bool { return s.heard > 10 })
	c.hang()
	p.until(`!document.querySelector("#network").hidden`)
	before := c.snapshot()
	c.until(p.t, "a new offer", func(s did) bool { return s.offers > before.offers && s.heard > before.heard+10 })
	p.until(`document.querySelector("#network").innerText === "Die Verbindung steht wieder."`)
	require.Len(p.t, l.all(), 1, "it is the same call")
	offers := c.snapshot().offers
	eval[any](p, `dispatchEvent(new Event("online"))`) // the network has changed
	c.until(p.t, "a new path", func(s did) bool { return s.offers > offers })
}

func waitsForPerson(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	c := dial(p, l, 0)
	c.state("waiting", func(j *journal.Call) { j.Position, j.Wait = 3, 250 })
	p.until(`document.querySelector("#more").innerText === "Position 3 in der Warteschlange · noch etwa 5 Minuten"`)
	require.Contains(p.t, p.text("#announcer"), "Sie warten auf einen Menschen. Position 3 in der Warteschlange · noch etwa 5 Minuten")
	c.state("waiting", func(j *journal.Call) { j.Position, j.Wait = 1, 20 })
	p.until(`document.querySelector("#more").innerText === "Sie sind als Nächstes dran. · weniger als eine Minute"`)
	c.state("ringing")
	p.until(`document.querySelector("#state").innerText.startsWith("Wir rufen gerade jemanden") && document.querySelector("#more").hidden`)
	c.state("talking", func(j *journal.Call) { j.Agent = "Frau Meier" })
	p.until(`document.querySelector("#state").innerText === "Sie sprechen mit Frau Meier."`)
	c.say("agent", "Meier, guten Tag.")
	p.until(`document.querySelector(".caption--person .caption__who")?.innerText === "Frau Meier"`)
	c.state("held", func(j *journal.Call) { j.Agent = "Frau Meier" })
	p.until(`document.querySelector("#state").innerText.startsWith("Sie werden gehalten")`)
	c.state("ended", func(j *journal.Call) { j.Reason = "lost" })
	p.until(`document.querySelector("#ended-why").innerText === "Die Verbindung ist abgebrochen."`)
}

func goesOnAfterReload(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	c := dial(p, l, 0)
	c.say("bot", "Guten Tag.")
	c.until(p.t, "the voice arrives", func(s did) bool { return s.heard > 10 })
	before := c.snapshot()
	p.do(chromedp.Reload())
	p.until(`document.querySelectorAll(".caption").length === 1`)
	c.until(p.t, "the voice arrives again", func(s did) bool { return s.offers > before.offers && s.heard > before.heard+10 })
	require.Len(p.t, l.all(), 1)
	p.press("hang-up")
	c.until(p.t, "hung up", func(s did) bool { return s.ended })
	p.visit(l.url + "/anruf?lang=de")
	require.False(p.t, eval[bool](p, `document.querySelector("#before").hidden`))

	// A call the service no longer knows is over.
	eval[any](p, `sessionStorage.setItem("call", JSON.stringify({call: "gone", token: "x", started: 0}))`)
	p.do(chromedp.Reload())
	p.until(`!document.querySelector("#ended").hidden`)
	require.Equal(p.t, 0, eval[int](p, `sessionStorage.length`))
}

func changesLanguage(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	c := dial(p, l, 0)
	p.do(chromedp.Click(`.tongues a[lang="ar"]`))
	p.until(`document.documentElement.lang === "ar" && document.documentElement.dir === "rtl" && document.querySelector("#hang-up").innerText === "إنهاء المكالمة"`)
	require.Equal(p.t, "الذكاء الاصطناعي يجيب.", p.text("#state"))
	require.False(p.t, c.snapshot().ended)
	c.language = "tr"
	c.state("listening") // the bot has heard that it is Turkish
	p.until(`document.querySelector("#state").innerText === "Dinliyorum. Lütfen konuşun."`)
	require.Equal(p.t, "ltr", eval[string](p, `document.documentElement.dir`))
}

func testsMicrophone(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	eval[any](p, `document.querySelector("#test").open = true`)
	p.press("test-mic")
	p.until(`document.querySelector("#test-heard").innerText === "Wir hören Sie."`)
	require.Positive(p.t, eval[int](p, `document.querySelector("#input").options.length`))
	require.NotContains(p.t, eval[string](p, `document.querySelector("#input").innerText`), "{n}")
	p.press("echo")
	p.until(`document.querySelector("#echo-now").innerText.startsWith("Sprechen Sie jetzt")`)
	p.until(`document.querySelector("#echo-now").innerText === "So klingen Sie."`)
	p.until(`document.querySelector("#echo-now").innerText.startsWith("Haben Sie sich gehört?")`)
	p.press("test-mic")
	p.until(`document.querySelector("#test-on").hidden`)
	require.Empty(p.t, l.all(), "a test is no call")
}

// fails makes the microphone fail in a way.
const fails = `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", %q))`

func saysWhatIsWrong(p *tab) {
	l := newLine(p.t, web.Citizens{})
	wrong := func(key, words string) {
		p.t.Helper()
		p.until(fmt.Sprintf(`!document.querySelector("#wrong").hidden && document.querySelector("#wrong").dataset.key === %q`, key))
		require.Contains(p.t, p.text("#wrong"), words)
		require.False(p.t, eval[bool](p, `document.querySelector("#before").hidden`), "one can try again or write")
	}
	p.visit(l.url + "/anruf?lang=de")
	for name, want := range map[string][2]string{
		"NotAllowedError": {"wrong_denied", "Erlauben Sie es"}, "NotFoundError": {"wrong_none", "Schließen Sie eines an"},
		"NotReadableError": {"wrong_used", "anderen Programm"}, "TypeError": {"wrong_microphone", "lässt sich nicht einschalten"},
	} {
		eval[any](p, fmt.Sprintf(fails, name))
		p.press("call")
		wrong(want[0], want[1])
	}
	p.visit(l.url + "/anruf?lang=de")
	for status, want := range map[int][2]string{429: {"wrong_many", "mehrere Gespräche"}, 503: {"wrong_full", "besetzt"}, 500: {"wrong_service", "nicht geklappt"}} {
		l.refuseWith(status)
		p.press("call")
		wrong(want[0], want[1])
		p.press("by-hand")
		wrong(want[0], want[1])
	}
	eval[any](p, `window.fetch = () => Promise.reject(new TypeError("Failed to fetch"))`)
	p.press("by-hand")
	wrong("wrong_network", "keine Verbindung zum Internet")
	for script, want := range map[string][2]string{
		`Object.defineProperty(window, "isSecureContext", {value: false})`: {"wrong_insecure", "https://"},
		`delete window.RTCPeerConnection`:                                  {"wrong_old", "aktualisieren"},
	} {
		id := call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}).Identifier
		p.visit(l.url + "/anruf?lang=de")
		wrong(want[0], want[1])
		require.True(p.t, eval[bool](p, `document.querySelector("#call").disabled && !document.querySelector("#by-hand").disabled`))
		call(p, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams{Identifier: id})
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "http://*:*/static/anruf.js", Block: true}}})
	p.do(chromedp.Navigate(l.url + "/anruf?lang=de"))
	p.until(`document.querySelector(".old") && getComputedStyle(document.querySelector(".old")).display !== "none"`)
}

// People say no to the browser's own question.
func TestAnrufDenied(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, true)
	b.inTab(t, "no", desktop, func(p *tab) {
		l := newLine(p.t, web.Citizens{})
		call(p, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{Permission: &cdpbrowser.PermissionDescriptor{Name: "microphone"}, Setting: cdpbrowser.PermissionSettingDenied})
		p.visit(l.url + "/anruf?lang=de")
		p.press("call")
		p.until(`document.querySelector("#wrong").dataset.key === "wrong_denied"`)
		p.press("by-hand")
		c := l.call(p.t, 0)
		c.state("listening")
		p.until(fmt.Sprintf(inState, "reading") + ` && document.querySelector("#wrong").hidden`)
	})
}

func callsByKeyboard(p *tab) {
	l := newLine(p.t, web.Citizens{Languages: []string{"de", "en"}})
	p.visit(l.url + "/anruf?lang=de")
	tabTo := func(id string) {
		p.t.Helper()
		for range 15 {
			p.do(chromedp.KeyEvent(kb.Tab))
			require.True(p.t, eval[bool](p, `getComputedStyle(document.activeElement).outlineStyle !== "none"`), "focus on %s is seen", eval[string](p, `document.activeElement.outerHTML.slice(0, 80)`))
			if eval[string](p, `document.activeElement.id`) == id {
				return
			}
		}
		p.t.Fatalf("Tab never comes to %s", id)
	}
	tabTo("call")
	p.do(chromedp.KeyEvent(kb.Enter))
	c := l.call(p.t, 0)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "listening"))
	require.Equal(p.t, "talk", eval[string](p, `document.activeElement.id`))
	p.do(chromedp.KeyEvent("1"))
	tabTo("text")
	p.do(chromedp.KeyEvent("Hallo"), chromedp.KeyEvent(kb.Enter))
	tabTo("keys")
	p.do(chromedp.KeyEvent(kb.Enter))
	c.until(p.t, "key and text", func(s did) bool { return len(s.digits) == 1 && len(s.texts) == 1 })
	tabTo("hang-up")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.id === "again"`)
}

func captionsShowMarkupAsText(p *tab) {
	const evil = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=de")
	c := dial(p, l, 0)
	c.say("bot", evil, answerFrom(`javascript:window.hurt=1`))
	c.state("talking", func(j *journal.Call) { j.Agent = evil })
	p.until(`document.querySelectorAll(".caption").length === 1 && ` + fmt.Sprintf(inState, "talking"))
	require.Equal(p.t, evil, eval[string](p, `document.querySelector(".caption__text").textContent`))
	require.Equal(p.t, 0, eval[int](p, `document.querySelectorAll("#talk img, #talk script, #talk a[href^=java]").length`))
	require.True(p.t, eval[bool](p, `window.hurt === undefined`))
}

const sideways = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`

// wide names what reaches beyond the page's edge.
const wide = `[...document.querySelectorAll("body *")].filter((n) => n.offsetParent && !n.closest(".unseen") && n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.tagName + "#" + n.id + "." + n.className + " " + Math.round(n.getBoundingClientRect().right)).slice(0, 6).join("; ")`

// fits checks that nothing scrolls sideways, with text at 200 % too.
func (p *tab) fits(where string) {
	p.t.Helper()
	require.Zero(p.t, eval[int](p, sideways), "%s: %s", where, eval[string](p, wide))
	eval[any](p, zoomText)
	require.Zero(p.t, eval[int](p, sideways), "%s with text at 200 %%: %s", where, eval[string](p, wide))
	eval[any](p, `document.documentElement.style.fontSize = ""`)
}

// pause lets the page's own time pass.
func (p *tab) pause(ms int) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`new Promise((done) => setTimeout(done, %d, true))`, ms))
}

// conversationOf fills a call with what takes the most room.
func conversationOf(c *lineCall) {
	c.say("bot", "Guten Tag, Sie sprechen mit der künstlichen Intelligenz der Stadt Musterstadt. Was kann ich für Sie tun?")
	c.say("caller", "Wo gibt es die Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsverordnung?")
	c.say("bot", "Im Bürgerbüro am Markt 1, montags bis freitags von 8 bis 16 Uhr.", answerFrom("https://www.musterstadt.example/buergerservice/personalausweis"))
}

func anrufStaysInside(p *tab, lang string) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/anruf?lang=" + lang)
	eval[any](p, `document.querySelector("#test").open = true`)
	p.press("test-mic")
	p.until(`!document.querySelector("#test-on").hidden`)
	p.fits("before")
	c := dial(p, l, 0)
	conversationOf(c)
	c.state("waiting", func(j *journal.Call) { j.Position, j.Wait = 12, 2500 })
	p.until(fmt.Sprintf(inState, "waiting") + ` && document.querySelectorAll(".caption").length === 3`)
	p.press("keys")
	p.fits("waiting")
	for range 3 {
		p.press("larger")
	}
	p.fits("largest captions")
	p.press("hang-up")
	p.until(`!document.querySelector("#ended").hidden`)
	p.fits("ended")
}
