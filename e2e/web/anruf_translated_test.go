package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// TestCitizensReadClerks: who speaks another language than the person reads
// what the person says in their own.
func TestCitizensReadClerks(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "in their language, once", desktop, readsClerk)
	b.inTab(t, "in the original when there is no translation", desktop, readsOriginal)
	b.inTab(t, "in a language the page does not have", desktop, readsBeyondPage)
	b.inTab(t, "as soon as the language is known", desktop, readsOnceKnown)
	b.inTab(t, "in the language the page is turned to", desktop, readsInLanguageOfPage)
	b.inTab(t, "without markup", desktop, translationsShowMarkupAsText)
	b.inTab(t, "at the terminal, which forgets it", desktop, terminalForgetsTranslations)
	for _, path := range []string{"/anruf", "/chat"} {
		b.inTab(t, "without scrolling sideways at 320 px at "+path, view{width: 320, height: 700}, func(p *tab) {
			translated(p, newLine(p.t, web.Citizens{}), path, "ar")
			p.fits("translated")
		})
	}
}

// TestTranslationsAccessible runs axe-core over translated lines.
func TestTranslationsAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newPhoneBrowser(t, false)
	for _, path := range []string{"/anruf", "/chat"} {
		for name, v := range map[string]view{"320": {width: 320, height: 700}, "1280": desktop, "1280-dark": {width: 1280, height: 900, dark: true}} {
			for _, lang := range []string{"ar", "tr"} {
				b.inTab(t, path[1:]+"/"+name+"/"+lang, v, func(p *tab) {
					translated(p, newLine(p.t, web.Citizens{}), path, lang)
					require.Empty(p.t, violations(p, axe))
				})
			}
		}
	}
}

const (
	inGerman  = "Bitte bringen Sie ein biometrisches Lichtbild und Ihre Geburtsurkunde mit."
	inArabic  = "يرجى إحضار صورة بيومترية وشهادة ميلادكم."
	inTurkish = "Lütfen biyometrik bir fotoğraf ve doğum belgenizi getirin."
)

// writing begins a written conversation whose language is not told yet.
func writing(p *tab, l *line, path, lang string) *lineCall {
	p.t.Helper()
	p.visit(l.url + path + "?lang=" + lang)
	eval[any](p, `window.read = []; new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach((n) => read.push(n.lang + " " + n.textContent)))).observe(document.querySelector("#announcer"), {childList: true})`)
	if path == "/chat" {
		p.do(chromedp.SendKeys("#text", "Merhaba"+kb.Enter))
	} else {
		p.press("by-hand")
	}
	return l.call(p.t, 0)
}

// withPerson writes with a person.
func withPerson(p *tab, l *line, path, lang string) *lineCall {
	p.t.Helper()
	c := writing(p, l, path, lang)
	c.with(p, lang)
	return c
}

// with is the person who answers, and the language that is known of the caller.
func (c *lineCall) with(p *tab, language string) {
	p.t.Helper()
	c.state("talking", func(j *journal.Call) { j.Agent, j.Language = "Tina Weber", language })
	p.until(fmt.Sprintf(inState, "writing"))
}

// clerk says a line of the person in German, or says it again with what has become of it.
func (c *lineCall) clerk(id int, text string, translations ...journal.Translation) {
	c.send("line", journal.Line{Segment: transcript.Segment{Call: c.id, Leg: "agent", ID: id, Language: "de", Text: text, Confidence: 1, Final: true}, Translations: translations})
}

func rendered(language, text, state string) journal.Translation {
	return journal.Translation{Language: language, Text: text, State: state}
}

// translated is a conversation with a translated line of a person in it.
func translated(p *tab, l *line, path, lang string) {
	p.t.Helper()
	c := withPerson(p, l, path, lang)
	text := inTurkish
	if lang == "ar" {
		text = inArabic
	}
	c.clerk(0, inGerman, rendered(lang, text, journal.TranslationShown))
	c.clerk(1, "Zuständig ist die Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsstelle.", rendered(lang, text+" Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsstelle", journal.TranslationShown))
	p.until(`document.querySelectorAll(".caption--person").length === 2`)
}

// Of a caption: its paragraphs as "lang dir text", those below who speaks.
const (
	captionOf  = `[...document.querySelectorAll(".caption--%s")].at(-1)`
	paragraphs = `[...` + captionOf + `.querySelectorAll("p:not(.caption__who)")].map((n) => [n.className, n.lang, n.dir, n.textContent].join("|"))`
	machineAr  = "caption__fact|||ترجمه برنامج حاسوبي وقد تحتوي الترجمة على أخطاء. النص الأصلي:"
	// spokenLines are those of the person that were read out.
	spokenLines = `read.filter((t) => t.includes("Tina Weber: "))`
)

func readsClerk(p *tab) {
	l := newLine(p.t, web.Citizens{})
	c := withPerson(p, l, "/anruf", "ar")
	c.say("bot", "أهلاً.")
	c.clerk(0, inGerman)
	p.until(`document.querySelectorAll(".caption--person").length === 1`)
	require.Equal(p.t, []string{"caption__text|de|ltr|" + inGerman}, eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
	c.clerk(0, inGerman, rendered("ar", "", journal.TranslationPending))
	p.pause(300)
	require.Empty(p.t, eval[[]string](p, spokenLines), "nobody hears German first")
	c.clerk(0, inGerman, rendered("tr", inTurkish, journal.TranslationShown), rendered("ar", inArabic, journal.TranslationShown))
	p.until(fmt.Sprintf(captionOf, "person") + `.querySelector(".caption__text").lang === "ar"`)
	require.Equal(p.t, []string{"caption__text|ar|rtl|" + inArabic, machineAr, "caption__fact|de|ltr|" + inGerman}, eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
	require.Equal(p.t, []string{"ar Tina Weber: " + inArabic}, eval[[]string](p, spokenLines))

	eval[any](p, `window.kept = document.querySelector(".caption--person .caption__text")`)
	c.clerk(0, inGerman, rendered("ar", inArabic, journal.TranslationSpoken))
	c.say("caller", "شكراً.", func(j *journal.Line) {
		j.Translations = []journal.Translation{rendered("de", "Danke.", journal.TranslationShown)}
	})
	p.until(`document.querySelectorAll(".caption--own").length === 1`)
	require.True(p.t, eval[bool](p, `kept.isConnected`), "who is reading it is not disturbed")
	require.Equal(p.t, []string{"caption__text|ar|rtl|شكراً."}, eval[[]string](p, fmt.Sprintf(paragraphs, "own")), "own lines stay as they are")
	require.Equal(p.t, []string{"caption__text|ar|rtl|أهلاً."}, eval[[]string](p, fmt.Sprintf(paragraphs, "bot")))
	p.pause(3500)
	require.Len(p.t, eval[[]string](p, spokenLines), 1, "once")
}

func readsOriginal(p *tab) {
	l := newLine(p.t, web.Citizens{})
	c := withPerson(p, l, "/anruf", "tr")
	c.clerk(0, "Das geht nicht.", rendered("tr", "", journal.TranslationFailed))
	p.until(`(` + spokenLines + `).join() === "de Tina Weber: Das geht nicht."`)
	c.clerk(1, "Moment.", rendered("tr", "", journal.TranslationPending))
	c.clerk(2, "Guten Tag.") // nothing becomes of it
	p.until(`(` + spokenLines + `).length === 3`)
	require.Equal(p.t, []string{"de Tina Weber: Das geht nicht.", "de Tina Weber: Moment.", "de Tina Weber: Guten Tag."}, eval[[]string](p, spokenLines))
	c.clerk(1, "Moment.", rendered("tr", "Bir dakika.", journal.TranslationShown)) // too late to be read out
	p.until(`document.querySelectorAll(".caption--person .caption__text")[1].textContent === "Bir dakika."`)
	require.Len(p.t, eval[[]string](p, spokenLines), 3)
	c.state("talking", func(j *journal.Call) { j.Agent, j.Language = "Tina Weber", "de" })
	c.clerk(3, "Sie sprechen ja Deutsch.")
	p.until(`(` + spokenLines + `).at(-1) === "de Tina Weber: Sie sprechen ja Deutsch."`)
	require.Equal(p.t, []string{"caption__text|de|ltr|Sie sprechen ja Deutsch."}, eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
}

func readsBeyondPage(p *tab) {
	l := newLine(p.t, web.Citizens{})
	c := withPerson(p, l, "/chat", "de")
	c.with(p, "pt") // as the person has found out
	c.clerk(0, "Guten Tag.", rendered("pt", "Bom dia.", journal.TranslationShown))
	p.until(`(` + spokenLines + `).join() === "pt Tina Weber: Bom dia."`)
	require.Equal(p.t, "de", eval[string](p, `document.documentElement.lang`))
	require.Equal(p.t, []string{"caption__text|pt|ltr|Bom dia.", "caption__fact|||Von einem Computerprogramm übersetzt, kann Fehler enthalten. Im Original:", "caption__fact|de|ltr|Guten Tag."},
		eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
}

// After a reload the lines come before the call.
func readsOnceKnown(p *tab) {
	l := newLine(p.t, web.Citizens{})
	c := writing(p, l, "/anruf", "de")
	c.clerk(0, "Guten Tag.", rendered("pt", "Bom dia.", journal.TranslationShown))
	p.until(`document.querySelectorAll(".caption--person").length === 1`)
	require.Equal(p.t, []string{"caption__text|de|ltr|Guten Tag."}, eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
	c.with(p, "pt")
	p.until(`(` + spokenLines + `).join() === "pt Tina Weber: Bom dia."`)
	require.Equal(p.t, "Bom dia.", p.text(".caption--person .caption__text"))
}

func readsInLanguageOfPage(p *tab) {
	l := newLine(p.t, web.Citizens{})
	c := withPerson(p, l, "/anruf", "uk")
	c.clerk(0, inGerman, rendered("ar", inArabic, journal.TranslationShown))
	p.until(`document.querySelectorAll(".caption--person").length === 1`)
	require.Equal(p.t, []string{"caption__text|de|ltr|" + inGerman}, eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
	p.do(chromedp.Click(`.tongues a[lang="ar"]`))
	p.until(`document.documentElement.lang === "ar"`)
	require.Equal(p.t, []string{"caption__text|ar|rtl|" + inArabic, machineAr, "caption__fact|de|ltr|" + inGerman}, eval[[]string](p, fmt.Sprintf(paragraphs, "person")))
}

func translationsShowMarkupAsText(p *tab) {
	const evil = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`
	l := newLine(p.t, web.Citizens{})
	c := withPerson(p, l, "/chat", "tr")
	c.clerk(0, evil+"!", rendered("tr", evil, journal.TranslationShown))
	p.until(`document.querySelectorAll(".caption--person .caption__fact").length === 2`)
	require.Equal(p.t, []string{evil, evil + "!"}, eval[[]string](p, `[...document.querySelectorAll(".caption--person [lang]")].map((n) => n.textContent)`))
	require.Equal(p.t, 0, eval[int](p, `document.querySelectorAll("#talk img, #talk script, #announcer img").length`))
	require.True(p.t, eval[bool](p, `window.hurt === undefined`))
}

func terminalForgetsTranslations(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.visit(l.url + "/kiosk?lang=de")
	c := touch(p, l, "tr", 0)
	c.state("talking", func(j *journal.Call) { j.Agent = "Tina Weber" })
	c.clerk(0, inGerman, rendered("tr", inTurkish, journal.TranslationShown))
	c.clerk(1, "Moment.", rendered("tr", "", journal.TranslationPending))
	p.until(`document.querySelectorAll(".caption--person").length === 2`)
	require.Equal(p.t, inTurkish, p.text(".caption--person .caption__text"))
	p.press("restart")
	p.until(`!document.querySelector("#before").hidden`)
	p.pause(3500)
	require.NotContains(p.t, eval[string](p, `document.body.textContent`), "Moment.", "what waited to be read out is gone as well")
}
