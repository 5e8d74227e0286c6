package web_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestOrganiser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "creates, begins, pauses and ends by keyboard alone", desktop, organisesByKeyboard)
	b.inTab(t, "says at the field what is wrong and loses nothing", desktop, createsWrongly)
	b.inTab(t, "keeps the list of one's meetings, and forgets", desktop, remembersMeetings)
	b.inTab(t, "lets in by a link only", desktop, opensByLink)
	b.inTab(t, "shows what is wrong with the sound", desktop, warnsOfSound)
	b.inTab(t, "mutes, tells, takes back and removes", desktop, steersInputs)
	b.inTab(t, "shows markup as text", desktop, roomShowsMarkupAsText)
	b.inTab(t, "two organisers", desktop, func(p *tab) { organisesTwice(p, b) })
	b.inTab(t, "keeps only what was announced", desktop, keepsByTheRules)
	b.inTab(t, "changes languages, words and delay", desktop, changesSettings)
	b.inTab(t, "calls no delay a slow translation", desktop, waitsForEditor)
	b.inTab(t, "plays a file", desktop, playsFile)
	b.inTab(t, "offers what was kept", desktop, offersKept)
	b.inTab(t, "comes back after the service was away", desktop, organiserComesBack)
}

const life = `document.querySelector("#stage").dataset.life === %q`

func organisesByKeyboard(p *tab) {
	c := newChair(p.t, assembly()) // its service; another meeting is created here
	c.lists(p, "de")
	for range 30 {
		if eval[string](p, `document.activeElement.id`) == "title" {
			break
		}
		p.do(chromedp.KeyEvent(kb.Tab))
		require.True(p.t, eval[bool](p, `getComputedStyle(document.activeElement).outlineStyle !== "none"`), "the focus is seen")
	}
	p.do(chromedp.KeyEvent("Seniorenbeirat" + kb.Enter))
	p.until(`location.pathname.startsWith("/rooms/") && document.querySelector("#title")?.textContent === "Seniorenbeirat" && ` + connected)
	require.Empty(p.t, eval[string](p, `location.hash`))
	require.Contains(p.t, p.text("#facts"), "es wird nichts aufbewahrt")
	focusOn := func(id string) {
		p.t.Helper()
		for range 20 {
			if eval[string](p, `document.activeElement.id`) == id {
				return
			}
			p.do(chromedp.KeyEvent(kb.Tab))
		}
		p.t.Fatalf("the keyboard does not reach %s", id)
	}
	focusOn("start")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf(life, "running") + ` && document.activeElement.id === "pause"`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf(life, "paused") + ` && document.activeElement.id === "start" && document.activeElement.textContent === "Weiter"`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf(life, "running"))
	focusOn("stop")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.textContent === "Ja, beenden"`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(`document.querySelector(".ask") === null && document.activeElement.id === "stop"`)
	require.True(p.t, eval[bool](p, fmt.Sprintf(life, "running")), "asking ends nothing")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.activeElement.textContent === "Ja, beenden"`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf(life, "stopped"))
	require.Contains(p.t, p.text("#after"), "Es ist nichts aufbewahrt.")
	require.False(p.t, eval[bool](p, visible("after-kept")))
}

func createsWrongly(p *tab) {
	c := newChair(p.t, assembly())
	c.lists(p, "de")
	p.unfold("further")
	p.do(chromedp.SendKeys("#more", "klingonisch?"), chromedp.SetValue("#delay", "bald"), chromedp.SendKeys("#glossary", "Kiezfonds"), chromedp.Click("#create"))
	p.until(`document.activeElement.id === "title" && document.querySelectorAll("[aria-invalid]").length === 3`)
	require.Equal(p.t, "Bitte geben Sie einen Titel ein.", p.text("#title-wrong"))
	require.Contains(p.t, p.text("#more-wrong"), "„klingonisch?“ ist kein Kürzel")
	require.Contains(p.t, p.text("#delay-wrong"), "0 bis 60")
	p.do(chromedp.SendKeys("#title", "Bezirksbeirat"), chromedp.SetValue("#more", "qq, nl"), chromedp.SetValue("#delay", "3"), chromedp.Click("#create"))
	p.until(`document.activeElement.id === "more" && document.querySelector("#more-wrong").textContent.startsWith("Diese Sprachen gehen so nicht")`) // the service knows no qq
	require.Equal(p.t, "Kiezfonds", eval[string](p, `document.querySelector("#glossary").value`))

	c.lists(p, "en") // in the other language all is still there
	require.Equal(p.t, "Bezirksbeirat", eval[string](p, `document.querySelector("#title").value`))
	p.do(chromedp.SetValue("#more", "nl"))
	p.do(chromedp.Click(`[name=language][value=tr]`), chromedp.Click(`[name=keep][value=on]`))
	require.Contains(p.t, eval[string](p, `document.querySelector("#consent").value`), "für das Protokoll aufbewahrt", "the text follows the choice, in the language that is spoken")
	p.do(chromedp.SetValue("#consent", "Alle wissen Bescheid."), chromedp.Click(`[name=keep][value=""]`))
	require.Equal(p.t, "Alle wissen Bescheid.", eval[string](p, `document.querySelector("#consent").value`), "an own text stays")
	p.do(chromedp.Click("#create"))
	p.until(`document.querySelector("#title")?.textContent === "Bezirksbeirat" && ` + connected)
	code := eval[string](p, `document.querySelector("#code").textContent`)
	m, err := c.site.hall.Enter("test", code)
	require.NoError(p.t, err)
	o := m.Options()
	require.Equal(p.t, []string{"de", "tr", "nl"}, o.Languages)
	require.Equal(p.t, []string{"Kiezfonds"}, o.Glossary)
	require.Equal(p.t, "Alle wissen Bescheid.", o.Consent)
	require.InDelta(p.t, 3, o.Delay, 0)
	c.lists(p, "de")
	require.Empty(p.t, eval[string](p, `document.querySelector("#title").value`), "a new one begins empty")
}

func remembersMeetings(p *tab) {
	c := newChair(p.t, assembly())
	c.steer(p, "de")
	p.unfold("links")
	p.do(chromedp.Click("#links-list > li:last-child button"))
	c.lists(p, "de")
	p.until(`document.querySelector(".kept__name")?.textContent === "Bürgerversammlung Nordstadt"`)
	require.Contains(p.t, p.text("#kept"), c.Room.Code())
	p.do(chromedp.Click(".kept__name"))
	p.until(visible("steer") + " && " + connected)
	c.lists(p, "de")
	p.do(chromedp.Click(".kept button"))
	p.until(`document.querySelector("#kept").hidden`)
	require.NotContains(p.t, eval[string](p, `localStorage.getItem("meetings")`), c.Keys().Secret)
	eval[any](p, `localStorage.setItem("meetings", '[{"code":"ABCDEF","title":"x","link":"javascript:alert(1)"},{"code":"ABCDEG","title":"y","link":"https://evil.example/"}]')`)
	c.lists(p, "de")
	require.True(p.t, eval[bool](p, `document.querySelector("#kept").hidden`), "links that lead elsewhere are not shown")
}

func opensByLink(p *tab) {
	c := newChair(p.t, assembly())
	c.opens(p, "", "", "de")
	p.until(visible("door"))
	require.False(p.t, eval[bool](p, visible("steer")))
	require.True(p.t, eval[bool](p, notConnecting))
	p.do(chromedp.SendKeys("#door-key", c.page("", c.Keys().Edit)+kb.Enter))
	p.until(`document.querySelector("#door-wrong").textContent.includes("öffnet diese Seite nicht") && document.activeElement.id === "door-key"`)
	eval[any](p, `document.querySelector("#door-key").value = ""`)
	p.do(chromedp.SendKeys("#door-key", c.page("", c.Keys().Secret)+kb.Enter))
	p.until(visible("steer") + ` && ` + connected)
	c.opens(p, "", c.Keys().Secret, "de")
	p.until(visible("steer"))
	require.Empty(p.t, eval[string](p, `location.hash`), "the key is not in the address")
	require.Equal(p.t, []string{"–", "–", "–", "0", "0", "–"}, eval[[]string](p, `[...document.querySelectorAll("#figures strong")].map((n) => n.textContent)`), "nobody has spoken yet")
	require.False(p.t, eval[bool](p, fmt.Sprintf(`document.body.innerText.includes(%q)`, c.Keys().Secret)), "nor on the page")
	c.opens(p, "/speak", c.Keys().Speak, "de")
	p.until(visible("steer"))
	c.opens(p, "", "", "de")
	p.until(visible("steer")) // a speaker's link takes nothing from an organiser
}

func warnsOfSound(p *tab) {
	c := newChair(p.t, assembly()).begin()
	hall, phone, camera := c.busy()
	c.steer(p, "de")
	card := func(id string) string { return fmt.Sprintf(`document.querySelector('.input[data-id=%q]')`, id) }
	p.until(card(phone) + `?.innerText.includes("Seit einer Weile ist nichts zu hören.")`)
	p.until(card(camera) + `.innerText.includes("Der Ton ist zu laut und verzerrt.")`)
	require.NotContains(p.t, eval[string](p, card(hall)+`.innerText`), "!")
	p.until(card(hall) + `.querySelector("meter").value === 36 && ` + card(hall) + `.innerText.includes("gut zu hören")`)
	eval[any](p, `window.said = []; new MutationObserver(() => said.push(document.querySelector("#urgent").textContent)).observe(document.querySelector("#urgent"), {childList: true})`)
	c.clock.forward(6 * time.Second)
	c.sounds(hall, -24, -12)
	p.until(card(phone) + `.innerText.includes("Vielleicht wurde aufgelegt.")`)
	p.until(`said.some((t) => t.includes("Die Verbindung ist unterbrochen."))`)
	c.sounds(phone, -20, -10)
	p.until(card(phone) + `.querySelector(".note") === null`)
}

func steersInputs(p *tab) {
	c := newChair(p.t, assembly()).begin()
	id := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	c.steer(p, "de")
	do := func(what string) { p.t.Helper(); p.click(`[data-do="` + what + `"]`) }
	p.until(`document.querySelector(".input") !== null`)
	do("mute")
	c.becomes("muted", func(s rooms.Status) bool { return s.Inputs[0].Muted })
	p.until(`document.querySelector("[data-input=muted]") !== null && document.querySelector("[data-do=mute]").textContent === "Ton wieder an"`)
	do("mute")
	c.becomes("open", func(s rooms.Status) bool { return !s.Inputs[0].Muted })
	do("told")
	c.becomes("told", func(s rooms.Status) bool { return s.Inputs[0].Told })
	p.until(`document.querySelector("[data-do=told]").hidden && document.activeElement !== document.body`)
	c.inputs[id] = time.Now() // words from before it was muted
	c.say(id, "de", "Das war nicht so gemeint.")
	p.until(`document.querySelector("#preview-original").textContent.includes("Das war nicht so gemeint.")`)
	do("refuse")
	p.until(`document.activeElement.textContent === "Ja, nicht mitschreiben"`)
	p.do(chromedp.KeyEvent(kb.Enter))
	c.becomes("refused", func(s rooms.Status) bool { return s.Inputs[0].Refused })
	p.until(`!document.querySelector("#preview-original").textContent.includes("Das war") && document.querySelector("[data-input=refused]") !== null && document.querySelector("[data-do=mute]").hidden`)
	do("agree")
	p.until(`document.querySelector("[data-input=refused]") === null`)
	require.NoError(p.t, c.Room.Detach(p.t.Context(), id))
	p.until(`document.querySelector(".input") === null && !document.querySelector("#inputs-none").hidden`)
	p.unfold("consent")
	require.Equal(p.t, []string{"Hinweis gezeigt", "Frau Sommer ist informiert", "Frau Sommer möchte nicht mitgeschrieben werden", "Frau Sommer ist doch einverstanden"},
		eval[[]string](p, `[...document.querySelectorAll("#ledger li p")].map((n) => n.textContent)`))
}

func roomShowsMarkupAsText(p *tab) {
	const evil = `<img src=x onerror="window.hurt=1">`
	c := newChair(p.t, meeting.New{Title: evil, Languages: []string{"de", "tr"}, Speakers: []string{evil}, Glossary: []string{evil}, Consent: evil}).begin()
	id := c.attach(evil, evil+"2", rooms.Microphone)
	c.clock.forward(3 * time.Second)
	c.inputs[id] = c.inputs[id].Add(-3 * time.Second)
	c.say(id, "de", evil)
	require.NoError(p.t, c.Room.Told(p.t.Context(), id))
	c.steer(p, "de")
	p.unfold("consent", "settings", "add")
	p.until(`document.querySelector("#preview-original .line") !== null && document.querySelectorAll("#ledger li").length === 2`)
	p.click("#large")
	p.until(`document.querySelector("#poster").open`)
	require.Equal(p.t, evil, eval[string](p, `document.querySelector("#title").textContent`))
	require.Equal(p.t, evil, eval[string](p, `document.querySelector(".input h3").textContent`))
	require.Zero(p.t, eval[int](p, `document.querySelectorAll("main img:not(.qr, .poster__qr)").length`))
	eval[any](p, fmt.Sprintf(`localStorage.setItem("meetings", JSON.stringify([{code: "ABCDEF", title: %q, link: "/rooms/ABCDEF#k"}]))`, evil))
	c.lists(p, "de")
	p.until(`document.querySelector(".kept") !== null`)
	require.Equal(p.t, evil, eval[string](p, `document.querySelector(".kept__name").textContent`))
	c.opens(p, "/speak", "", "de")
	p.until(visible("steer"))
	require.Equal(p.t, evil, eval[string](p, `document.querySelector("#notice").textContent`))
	require.True(p.t, eval[bool](p, `window.hurt === undefined && document.querySelectorAll("main img").length === 0`))
}

func organisesTwice(p *tab, in *browser) {
	c := newChair(p.t, assembly())
	c.steer(p, "de")
	second := in.tab(p.t, desktop)
	c.steer(second, "de")
	p.click("#start")
	p.until(fmt.Sprintf(life, "running"))
	second.until(fmt.Sprintf(life, "running"))
	second.click("#stop")
	second.until(`document.querySelector(".ask") !== null`)
	p.click("#stop")
	p.until(`document.querySelector(".ask") !== null`)
	p.do(chromedp.Click(".ask .button--danger"))
	p.until(fmt.Sprintf(life, "stopped"))
	second.until(fmt.Sprintf(life, "stopped") + ` && document.querySelector(".ask") === null`) // a question that has no sense any more is gone
	// A page that was behind is told so, and then shows how things are.
	eval[any](second, `(() => { const b = document.querySelector("#pause"); b.hidden = false; b.click(); })()`)
	second.until(`!document.querySelector("#problem").hidden`)
	require.Contains(p.t, second.text("#problem"), "Vielleicht hat jemand anderes die Besprechung gerade geändert")
	second.until(`document.querySelector("#pause").hidden`)
}

func keepsByTheRules(p *tab) {
	c := newChair(p.t, assembly()).begin()
	id := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	c.steer(p, "de")
	p.unfold("consent")
	p.click("#keep")
	p.until(`document.querySelector("#keep-problem").textContent.includes("Das Aufbewahren wurde noch nicht angekündigt.") && document.activeElement.id === "announce-text"`)
	require.Contains(p.t, p.text("#keep-problem"), "Schreiben Sie unten in Ihren Hinweis", "no own text says so by itself")
	require.False(p.t, c.status().Keep)
	p.do(chromedp.SetValue("#announce-text", "Der Text wird aufbewahrt."))
	require.True(p.t, eval[bool](p, `document.querySelector("#announce-keeps").checked`), "it is put ready")
	p.do(chromedp.Click("#announce button"))
	p.until(`document.querySelector("#announce-now").textContent === "Der Hinweis ist bei allen Gästen." && document.querySelector("#keep-problem").hidden`)
	p.click("#keep")
	p.until(`document.querySelector("#keeping").dataset.keeping === "waiting"`)
	require.Contains(p.t, p.text("#keep-steps"), "Noch nicht informiert: Saalmikrofon")
	require.Contains(p.t, p.text("#facts"), "noch wird nichts aufbewahrt")
	p.click(`[data-do="told"]`)
	p.until(`document.querySelector("#keeping").dataset.keeping === "kept" && document.querySelector("#facts").textContent.includes("der Text wird aufbewahrt")`)
	require.True(p.t, c.status().Keeping)
	require.NoError(p.t, c.Room.Detach(p.t.Context(), id))
	p.click("#keep")
	p.until(`document.querySelector("#keeping").dataset.keeping === "volatile"`)
}

func changesSettings(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	p.unfold("settings")
	p.until(`document.querySelectorAll("#language-ticks input:checked").length === 2`)
	p.do(chromedp.Click(`#language-ticks input[value="tr"]`), chromedp.SendKeys("#more-languages", "nl"+kb.Enter))
	c.becomes("other languages", func(s rooms.Status) bool { return strings.Join(s.State.Languages, " ") == "de uk nl" })
	p.until(`document.querySelector("#languages-now").textContent === "Übernommen." && document.querySelector('#preview-track option[value="nl"]') !== null`)
	p.do(chromedp.SendKeys("#glossary", "Wärmewende"), chromedp.Click("#glossary-form button"))
	p.until(`document.querySelector("#glossary-known").textContent.includes("Wärmewende")`)
	p.do(chromedp.SetValue("#delay", "200"), chromedp.Click("#delay-form button"))
	p.until(`document.querySelector("#delay-wrong").textContent.includes("0 bis 60")`)
	p.do(chromedp.SetValue("#delay", "4"), chromedp.Click("#delay-form button"))
	c.becomes("delayed", func(s rooms.Status) bool { return s.State.Delay == 4*time.Second })
	p.until(`document.querySelector("#facts").textContent.includes("4 s Verzögerung")`)
}

func waitsForEditor(p *tab) {
	wish := assembly()
	wish.Delay = 60
	c := newChair(p.t, wish).begin()
	id := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	for range 8 {
		c.say(id, "de", "Guten Abend und herzlich willkommen.")
	}
	c.becomes("held back", func(s rooms.Status) bool { return s.Waiting["original"] >= 8 && s.Waiting["tr"] >= 8 })
	c.steer(p, "de")
	p.until(`document.querySelector("#facts").textContent.includes("60 s Verzögerung")`)
	require.NotContains(p.t, p.text("#failures"), "warten auf die Übersetzung")
	require.Empty(p.t, eval[string](p, `(() => {
		const [a, b] = ["preview-original", "preview-translated"].map((id) => document.getElementById(id).getBoundingClientRect());
		return Math.abs(a.top - b.top) < 1 && Math.abs(a.bottom - b.bottom) < 1 ? "" : JSON.stringify([a, b]);
	})()`), "original and translation stand side by side")
}

func playsFile(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.steer(p, "de")
	p.unfold("add", "add-file")
	p.do(chromedp.Click("#file-form button:not([type])"))
	p.until(`document.querySelector("#file-file-wrong").textContent === "Bitte wählen Sie eine Datei."`)
	recording := filepath.Join(p.t.TempDir(), "rede.wav")
	w, err := wav.Create(recording, 16000)
	require.NoError(p.t, err)
	require.NoError(p.t, w.Write(make([]int16, 16000*20)))
	require.NoError(p.t, w.Close())
	broken := filepath.Join(p.t.TempDir(), "kaputt.wav")
	require.NoError(p.t, os.WriteFile(broken, []byte("RIFF nothing"), 0o600))
	p.do(chromedp.SetUploadFiles("#file-file", []string{broken}), chromedp.Click("#file-form button:not([type])"))
	p.until(`!document.querySelector("#file-file-wrong").hidden && document.querySelector("#file-file-wrong").textContent !== "Bitte wählen Sie eine Datei."`)
	p.do(chromedp.SetUploadFiles("#file-file", []string{recording}), chromedp.SendKeys("#file-speaker", "Herr Winter"), chromedp.Click("#file-form button:not([type])"))
	p.until(`document.querySelector(".input")?.innerText.includes("rede.wav")`)
	p.until(`document.querySelector(".input").innerText.includes(" von 0:20")`)
	require.Contains(p.t, p.text(".input"), "Herr Winter")
	require.Empty(p.t, eval[string](p, `document.querySelector("#file-speaker").value`), "the next file may be somebody else's")
	p.click(`[data-do="remove"]`)
	p.do(chromedp.Click(".ask .button--danger"))
	p.until(`document.querySelector(".input") === null`)
}

func offersKept(p *tab) {
	c := keptMeeting(p)
	c.steer(p, "de")
	p.until(visible("after-kept"))
	require.Equal(p.t, []string{"/rooms/" + c.Room.Code() + "/minutes", "/rooms/" + c.Room.Code() + "/comparison"}, eval[[]string](p, `[...document.querySelectorAll("#after-links a")].map((a) => a.pathname)`))
	require.True(p.t, eval[bool](p, `["keeping", "keeping-says", "keep-steps"].every((id) => document.getElementById(id).hidden)`), "nothing is said of what is to come")
	for _, address := range eval[[]string](p, `[...document.querySelectorAll("#after-exports a")].map((a) => a.href)`) {
		r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, address, http.NoBody)
		require.NoError(p.t, err)
		r.Header.Set("Authorization", "Bearer "+c.Keys().Secret)
		r.Close = true
		resp, err := http.DefaultClient.Do(r)
		require.NoError(p.t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(p.t, err)
		require.NoError(p.t, resp.Body.Close())
		require.Equal(p.t, http.StatusOK, resp.StatusCode, "%s: %s", address, body)
		require.NotEmpty(p.t, body)
	}
	p.click("#close")
	p.do(chromedp.Click(".ask .button--danger"))
	p.until(`document.querySelector("#after-kept").hidden && document.querySelector("#after-says").textContent.startsWith("Es ist nichts aufbewahrt.")`)
	c.opens(p, "", "", "de")
	p.until(visible("gone"))
}

func organiserComesBack(p *tab) {
	c := newChair(p.t, assembly())
	c.steer(p, "de")
	eval[any](p, `window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError("away")); 0`)
	p.click("#start")
	p.until(`document.querySelector("#problem").textContent.includes("nicht erreichbar")`)
	require.Equal(p.t, rooms.Created, c.status().State.Life)
	eval[any](p, `window.fetch = window.real; 0`)
	p.click("#start")
	p.until(fmt.Sprintf(life, "running") + ` && document.querySelector("#problem").hidden`)
}
