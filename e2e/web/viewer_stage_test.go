package web_test

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// TestViewerStage looks at the lower third.
func TestViewerStage(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	wall := view{width: 1280, height: 720}
	for name, f := range map[string]func(p *tab, r *sitting){
		"projector shows the code while nobody speaks": projectorRests,
		"projector shows two lines":                    projectorShows,
		"projector takes back":                         projectorTakesBack,
		"projector writes word by word":                projectorRolls,
		"projector drops what was corrected":           projectorDrops,
		"projector glues words":                        projectorGlues,
		"obs is transparent":                           obsTransparent,
	} {
		b.inTab(t, name, wall, func(p *tab) { f(p, newSitting(p.t, s, council(nil))) })
	}
}

func (p *tab) stage(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
	p.until(`document.querySelector("#stage").dataset.life === "running"`)
}

const onStage = `document.querySelector("#text").textContent`

func projectorRests(p *tab, r *sitting) {
	p.stage(r.url("?lang=de&view=projector&track=de&quiet=1"))
	require.True(p.t, eval[bool](p, `document.querySelector(".card").offsetHeight > 0 && getComputedStyle(document.querySelector(".third")).visibility === "hidden"`))
	p.until(`document.querySelector(".card__qr").complete && document.querySelector(".card__qr").naturalWidth > 0`)
	code := r.Room.Code()
	require.Contains(p.t, eval[string](p, `document.querySelector(".card__code").textContent`), code[:3]+" "+code[3:])
	r.say(r.input, "de", "Guten Abend.")
	p.until(onStage + ` === "Guten Abend." && document.querySelector(".card").offsetHeight === 0`)
	p.until(`document.querySelector(".card").offsetHeight > 0 && ` + onStage + ` === ""`)
	r.Close(p.t.Context())
	p.until(`document.querySelector("#stage").dataset.life === "closed"`)
	require.True(p.t, eval[bool](p, `[".card__code", ".card__qr"].every((s) => document.querySelector(s).offsetHeight === 0) && document.querySelector(".card__title").offsetHeight > 0`),
		"nobody can join what is over")
}

func projectorShows(p *tab, r *sitting) {
	p.stage(r.url("?lang=de&view=projector&track=en&size=150"))
	eval[any](p, `document.fonts.ready.then(() => { window.seen = []; new MutationObserver(() => { const t = document.querySelector("#text"), b = t.parentNode; if (t.textContent && seen[seen.length - 1] !== t.textContent) { seen.push(t.textContent); if (t.offsetHeight > b.clientHeight + 1) window.high = t.textContent; } }).observe(document.querySelector("#text"), {childList: true}); })`)
	said := "Die Verwaltung schlägt vor, im kommenden Jahr vierzig Leuchten auf sparsame Technik umzustellen, weil das Land die Hälfte der Kosten trägt."
	r.say(r.input, "de", said)
	p.until(`window.seen.join(" ").replace(/\s+/g, " ").endsWith("Kosten trägt.")`)
	require.Equal(p.t, "[en] "+said, eval[string](p, `seen.join(" ").replace(/\s+/g, " ")`), "every word was on the screen once")
	require.True(p.t, eval[bool](p, `window.high === undefined && seen.length > 1`), "two lines at a time")
	require.Equal(p.t, "Frau Sommer", eval[string](p, `document.querySelector("#who").textContent`))
	low := eval[[]float64](p, `[document.querySelector(".third").getBoundingClientRect().top, document.querySelector(".third").getBoundingClientRect().bottom]`)
	require.Greater(p.t, low[0], 360.0)
	require.Less(p.t, low[1], 720.0)
	p.stage(r.url("?lang=de&view=projector&track=en&position=top"))
	require.Less(p.t, eval[float64](p, `document.querySelector(".third").getBoundingClientRect().bottom`), 360.0)
}

func projectorTakesBack(p *tab, r *sitting) {
	p.stage(r.url("?lang=de&view=projector&track=de"))
	r.say(r.input, "de", "Das soll niemand lesen.")
	p.until(onStage + ` === "Das soll niemand lesen."`)
	require.NoError(p.t, r.Room.Refuse(p.t.Context(), r.input))
	p.until(onStage + ` === ""`)
}

func projectorRolls(p *tab, r *sitting) {
	p.stage(r.url("?lang=de&view=projector&track=original&style=scroll"))
	for _, word := range []string{"Ich", "eröffne", "die", "Sitzung"} {
		r.hear(r.input, rooms.Update{Committed: r.words(r.input, word), Language: "de"})
	}
	p.until(onStage + ` === "Ich eröffne die Sitzung"`)
	r.hear(r.input, rooms.Update{Committed: r.words(r.input, "heute."), Sentence: true, Language: "de"})
	p.until(onStage + ` === "Ich eröffne die Sitzung heute."`)
}

// projectorDrops takes cues away and changes some while they wait for the screen.
func projectorDrops(p *tab, r *sitting) {
	p.stage(r.url("?lang=de&view=projector&track=de"))
	eval[any](p, `window.seen = []; new MutationObserver(() => { const t = document.querySelector("#text").textContent.replace(/\s+/g, " "); if (t && seen[seen.length - 1] !== t) seen.push(t); }).observe(document.querySelector("#text"), {childList: true}); 0`)
	r.say(r.input, "de", "Der erste Satz ist so lang, dass er nicht auf einmal auf die Wand passt, sondern in mehreren Teilen kommt, und das falsche Ende davon will niemand lesen, auch dieses nicht.")
	p.until(`seen.length > 0`)
	s, err := r.Room.Snapshot(p.t.Context(), "de", 9)
	require.NoError(p.t, err)
	cues := s.Lines[0].Cues
	require.Greater(p.t, len(cues), 2)
	correct := func(cue rooms.Cue, text string) {
		_, err := r.Room.Correct(p.t.Context(), rooms.Correction{Cue: cue.ID, Revision: cue.Revision, Text: text, Editor: "Weber"})
		require.NoError(p.t, err)
	}
	correct(cues[1], "Berichtigt.")
	for _, c := range cues[2:] {
		correct(c, "")
	}
	r.say(r.input, "de", "Danach.")
	p.until(`seen[seen.length - 1] === "Danach."`)
	require.Equal(p.t, []string{cues[0].Text, "Berichtigt.", "Danach."}, eval[[]string](p, `seen`))

	r.say(r.input, "de", "Das nimmt der Editor weg.")
	p.until(onStage + ` === "Das nimmt der Editor weg."`)
	s, err = r.Room.Snapshot(p.t.Context(), "de", 9)
	require.NoError(p.t, err)
	correct(s.Lines[len(s.Lines)-1].Cues[0], "")
	p.until(onStage + ` === ""`)
}

// projectorGlues shows the parts of a word as one.
func projectorGlues(p *tab, r *sitting) {
	p.stage(r.url("?lang=de&view=projector&track=original&style=scroll"))
	hear := func(text string, joined, sentence bool) {
		words := r.words(r.input, text)
		words[0].Joined = joined
		r.hear(r.input, rooms.Update{Committed: words, Sentence: sentence, Language: "de"})
	}
	hear("Der Kinder", false, false)
	p.until(onStage + ` === "Der Kinder"`)
	hear("garten", true, false)
	p.until(onStage + ` === "Der Kindergarten"`)
	hear("schließt.", false, true)
	p.until(onStage + ` === "Der Kindergarten schließt."`)
}

// obsTransparent looks at the picture that OBS would lay over another one.
func obsTransparent(p *tab, r *sitting) {
	// As OBS does; an alpha of 0 would be left out of the message, which means 1.
	call(p, emulation.SetDefaultBackgroundColorOverride, emulation.SetDefaultBackgroundColorOverrideParams{Color: &cdp.RGBA{A: 0.001}})
	p.stage(r.url("?lang=de&view=obs&track=de"))
	require.Equal(p.t, 0, eval[int](p, `document.querySelectorAll("img").length`), "no code over the picture")
	alpha := func(x, y int) uint8 {
		shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		require.NoError(p.t, err)
		img, err := png.Decode(bytes.NewReader(shot))
		require.NoError(p.t, err)
		return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA).A
	}
	require.Zero(p.t, alpha(640, 100))
	require.Zero(p.t, alpha(640, 650), "nothing is shown while nobody speaks")
	r.say(r.input, "de", "Der Antrag ist einstimmig angenommen.")
	p.until(onStage + ` !== ""`)
	at := eval[[]int](p, `(() => { const r = document.querySelector("#text").getBoundingClientRect(); return [Math.round(r.left) + 6, Math.round(r.bottom) - 4]; })()`)
	require.Greater(p.t, alpha(at[0], at[1]), uint8(150), "the lines have a ground")
	require.Zero(p.t, alpha(640, 100))
	require.Zero(p.t, alpha(20, 700))
	require.Equal(p.t, "rgba(0, 0, 0, 0) rgba(0, 0, 0, 0)", eval[string](p, `[document.documentElement, document.body].map((n) => getComputedStyle(n).backgroundColor).join(" ")`))
}

// TestViewerListens hears the spoken translation in the browser.
func TestViewerListens(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	b.inTab(t, "hears", desktop, func(p *tab) {
		r := newSitting(p.t, s, meeting.New{Title: "Rat", Languages: []string{"de", "en"}})
		p.read(r.url("?lang=de&track=en"))
		p.do(chromedp.Click("[data-panel=panel-listen]"))
		p.until(`document.querySelector("#channel").options.length > 1`)
		require.Contains(p.t, eval[string](p, `document.querySelector("#phone").textContent`), "03012345678")
		require.Equal(p.t, "en", eval[string](p, `document.querySelector("#channel").value`))
		p.do(chromedp.Click("#listen"))
		p.until(`document.querySelector("#listen-state").textContent === "Sie hören die Veranstaltung."`)
		r.say(r.input, "de", "Guten Abend, meine Damen und Herren.")
		p.until(fmt.Sprintf(`document.querySelector("#sound").srcObject?.getAudioTracks().length === 1 && document.querySelector("#sound").currentTime > %g`, .2))
		require.Eventually(p.t, func() bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return len(s.spoken) > 0
		}, 10*time.Second, 20*time.Millisecond, "the translation is spoken for who listens")
		p.do(chromedp.Click("#listen"))
		p.until(`document.querySelector("#sound").srcObject === null && document.querySelector("#listen-state").textContent === ""`)
	})
}

// TestViewerScreen has the whole screen, and keeps it on.
func TestViewerScreen(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	awake := func(p *tab) {
		call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			window.locks = 0;
			Object.defineProperty(navigator, "wakeLock", {value: {request: async () => { locks++; return Object.assign(new EventTarget(), {release: async () => { locks--; }}); }}})`})
	}
	b.inTab(t, "page", desktop, func(p *tab) {
		awake(p)
		r := newSitting(p.t, s, council(nil))
		p.read(r.url("?lang=de&track=de"))
		p.until(`locks === 1`)
		p.do(chromedp.KeyEvent("f"))
		p.until(`document.fullscreenElement !== null && document.querySelector("header").offsetHeight === 0 && document.querySelector("#full-text").textContent === "Vollbild verlassen"`)
		p.do(chromedp.KeyEvent("f"))
		p.until(`document.fullscreenElement === null && document.querySelector("header").offsetHeight > 0`)
		p.do(chromedp.Click("#pause"))
		p.until(`locks === 0`)
		p.do(chromedp.Click("#pause"))
		p.until(`locks === 1`)
		require.NoError(p.t, r.Stop(p.t.Context()))
		p.until(`locks === 0`)
	})
	b.inTab(t, "projector", desktop, func(p *tab) {
		awake(p)
		p.stage(newSitting(p.t, s, council(nil)).url("?lang=de&view=projector"))
		p.until(`locks === 1`)
	})
}
