package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/web"
)

func TestReadAloud(t *testing.T) {
	b := newBrowser(t)
	b.inTab(t, "reads in the natural order", desktop, readsInOrder)
	b.inTab(t, "lights each word when it sounds", desktop, lightsWords)
	b.inTab(t, "works by keyboard", desktop, readsByKeyboard)
	b.inTab(t, "reads what is selected", desktop, readsSelection)
	b.inTab(t, "translates on wish", desktop, readsTranslation)
	b.inTab(t, "lets callers go first", desktop, readsAfterCallers)
	b.inTab(t, "stays out of sites that are not listed", desktop, readsNoOtherSite)
	b.inTab(t, "survives hostile styles", desktop, survivesStyles)
	b.inTab(t, "lights without highlights", desktop, lightsWithFrames)
	b.inTab(t, "reads from right to left", view{width: 320, height: 700}, readsArabic)
	b.inTab(t, "reads a page without main", desktop, readsWithoutMain)
	b.inTab(t, "a page that changes while it is read", desktop, readsChangingPage)
	b.inTab(t, "follows calmly", view{width: 320, height: 600}, followsCalmly)
	b.inTab(t, "shows itself", view{width: 320, height: 700}, showsReadingPage)
}

const nasty = `<!doctype html><html lang="de"><head><title>Stadt</title></head><body>
<header><p>Kopf der Seite</p></header><nav><a href="/">Navigation</a></nav>
<main>
  <h1>Sperr&shy;müll <span hidden>versteckt</span>anmelden</h1>
  <p>Am 3. Juni, z. B. um 9 Uhr, ist <b>Abholung</b>. Kommen
     Sie &amp; Ihr Nachbar?<script>var x = "Skript"</script> <a href="#x">Mehr dazu</a>!</p>
  <nav>Inhalt</nav>
  <ul><li>Sofa</li><li aria-hidden="true">Geist</li><li>Stuhl<ol start="3"><li>mit Lehne</li></ol></li></ul>
  <p><img alt="Ein Sofa  am Straßenrand" src="data:,"><img alt="" src="data:,"> <button>Kopieren</button></p>
  <svg role="img" aria-label="Stadtplan" width="10" height="10"></svg>
  <p lang="en">We speak English. <span lang="fr">Bonjour tout le monde.</span></p>
  <table><caption>Gebühren</caption>
    <tr><th>Was</th><th colspan="2">Preis</th></tr>
    <tr><th scope="row" rowspan="2">Möbel</th><td>10 €</td><td>ab 2026</td></tr>
    <tr><td>12 €</td><td></td></tr>
  </table>
  <table role="presentation"><tr><td>Nur zum Anordnen</td></tr></table>
  <details><summary>Fragen</summary><p>Zugeklappt</p></details>
  <details open><summary>Antworten</summary><p>Aufgeklappt</p></details>
  <aside>Werbung</aside><div data-vorlesen="skip">Übersprungen</div><pre><code>code()</code></pre><div role="navigation">Brotkrumen</div>
  <div id="gone">Unsichtbar</div><p><span id="clipped">Nur für Vorleser</span>Sichtbar<br>in zwei Zeilen</p>
  <div id="shadow"><p>Im Schatten</p></div><footer>Fuß des Artikels</footer>
  <p>… – 😀</p><label>Ihr Name <input value="Eingabe"></label><template><p>Vorlage</p></template>
</main><footer>Impressum</footer><script src="AMT/vorlesen.js" async></script></body></html>`

func readsInOrder(p *tab) {
	s := newReadSite(p.t, nasty, true, nil)
	s.visit(p)
	eval[any](p, `document.querySelector("#gone").style.display = "none"; Object.assign(document.querySelector("#clipped").style, {position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)"});
		const r = document.querySelector("#shadow").attachShadow({mode: "open"}), s = document.createElement("slot"); r.append("Vor dem Schlitz", s)`)
	before := eval[string](p, `document.querySelector("main").innerHTML`)
	s.begin(p)
	require.Equal(p.t, []string{
		"de: Sperrmüll anmelden", "de: Am 3. Juni, z. B. um 9 Uhr, ist Abholung.", "de: Kommen Sie & Ihr Nachbar?", "de: Mehr dazu!",
		"de: Liste mit 2 Einträgen", "de: Sofa", "de: Stuhl", "de: Liste mit einem Eintrag", "de: Punkt 3", "de: mit Lehne",
		"de: Bild: Ein Sofa am Straßenrand", "de: Bild: Stadtplan", "en: We speak English.", "fr: Bonjour tout le monde.",
		"de: Gebühren", "de: Tabelle mit 3 Zeilen und 3 Spalten", "de: Was", "de: Preis", "de: Möbel", "de: 10 €", "de: ab 2026", "de: 12 €",
		"de: Nur zum Anordnen", "de: Fragen", "de: Antworten", "de: Aufgeklappt", "de: Sichtbar in zwei Zeilen", "de: Vor dem Schlitz", "de: Im Schatten", "de: – 😀", "de: Ihr Name",
	}, s.over(p), "heads that were read are kept, not asked for again")
	require.Equal(p.t, before, eval[string](p, `document.querySelector("main").innerHTML`), "the page is as it was")
	require.Equal(p.t, []string{"Was", "Preis", "Möbel", "Preis", "10 €", "Preis", "ab 2026", "Preis", "12 €", "Nur zum Anordnen"},
		eval[[]string](p, `(() => { const s = words.map((w) => w.sentence).filter((w, i, all) => w !== all[i - 1]); return s.slice(s.indexOf("Was"), s.indexOf("Was") + 10); })()`), "each cell after the head of its column")
	require.Equal(p.t, "", eval[string](p, `document.cookie`))
	require.Zero(p.t, eval[int](p, `localStorage.length + sessionStorage.length`))
}

func lightsWords(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><title>x</title><main><p>Bitte bringen Sie Ihren <b>Personal</b>ausweis, ein Foto und die Bestätigung mit. Danke sehr.</p></main><script src="AMT/vorlesen.js"></script></html>`, true, nil)
	s.speak = picoVoice(p.t)
	s.visit(p)
	s.begin(p)
	p.until(`words.length >= 4`)
	p.do(chromedp.KeyEvent(kb.Enter)) // the focus is on the button that pauses
	p.until(readButton(playButton) + `.title === "Weiter vorlesen"`)
	held := eval[int](p, `words.length`)
	p.pause(700)
	require.Equal(p.t, held, eval[int](p, `words.length`), "nothing goes on while it is paused")
	p.do(chromedp.KeyEvent(kb.Enter))
	s.over(p)
	said := strings.Fields("Bitte bringen Sie Ihren Personalausweis, ein Foto und die Bestätigung mit. Danke sehr.")
	lit := eval[[]string](p, `words.map((w) => w.word)`)
	require.Greater(p.t, len(lit), len(said)/2, "a busy machine may miss a few: %v", lit)
	for at := 0; len(lit) > 0; lit = lit[1:] {
		next := slices.Index(said[at:], lit[0])
		require.GreaterOrEqual(p.t, next, 0, "%v are in order", lit)
		at += next + 1
	}
	require.Equal(p.t, eval[[]string](p, `words.map((w) => w.word)`), eval[[]string](p, `words.map((w) => w.lit)`), "the word is lit, also over two elements")
	require.Equal(p.t, []string{"Bitte bringen Sie Ihren Personalausweis, ein Foto und die Bestätigung mit.", "Danke sehr."}, eval[[]string](p, `[...new Set(words.map((w) => w.satz))]`))
	// By the audio's clock the word has begun, and the next one has not.
	require.True(p.t, eval[bool](p, `words.every((w, i) => w.time >= w.start && !(words[i + 1]?.satz === w.satz && words[i + 1].start <= w.time))`), eval[string](p, `JSON.stringify(words)`))
	require.Zero(p.t, eval[int](p, `CSS.highlights.size`), "nothing stays lit")
}

func readsByKeyboard(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><title>x</title><main><h1>Eins</h1><p>Hier steht der zweite Satz der Seite. Der dritte Satz ist auch lang genug. Vier.</p><button id="own">Eigener</button></main><script src="AMT/vorlesen.js"></script></html>`, true, nil)
	s.speak = slowly
	s.visit(p)
	eval[any](p, `document.querySelector("#own").focus()`)
	p.do(chromedp.KeyEvent(kb.Tab))
	focus := func() string {
		return eval[string](p, reading+`.activeElement?.getAttribute("aria-label") ?? `+reading+`.activeElement?.textContent`)
	}
	require.Equal(p.t, "Vorlesen", focus())
	require.NotEqual(p.t, "none", eval[string](p, `getComputedStyle(`+reading+`.activeElement).outlineStyle`))
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`lit("satz") === "Eins"`)
	require.Equal(p.t, "Anhalten", focus())
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)) // a sentence forward
	p.until(`lit("satz") === "Hier steht der zweite Satz der Seite."`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`lit("satz") === "Der dritte Satz ist auch lang genug."`)
	p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	require.Equal(p.t, "Einen Satz zurück", focus())
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`lit("satz") === "Hier steht der zweite Satz der Seite."`)
	eval[any](p, reading+`.querySelectorAll("select")[0].focus()`)
	p.do(chromedp.KeyEvent(kb.ArrowUp))
	p.until(`Number(` + reading + `.querySelectorAll("select")[0].value) === 0.9`)
	require.Eventually(p.t, func() bool { return len(s.heard()) >= 4 }, 20*time.Second, 50*time.Millisecond, "the sentence is fetched again, slower")
	p.until(`lit("satz") === "Hier steht der zweite Satz der Seite." && lit("wort") === "Hier"`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(readerBar + `.hidden && CSS.highlights.size === 0`)
	require.Equal(p.t, "Vorlesen", focus())
}

func readsSelection(p *tab) {
	s := newReadSite(p.t, nasty, true, nil)
	s.visit(p)
	eval[any](p, `getSelection().setBaseAndExtent(document.querySelector("main p b").firstChild, 2, document.querySelector("main p a").firstChild, 4)`)
	s.begin(p)
	p.until(readerNote + ` === "Die Auswahl wird vorgelesen."`)
	require.Equal(p.t, []string{"de: holung.", "de: Kommen Sie & Ihr Nachbar?", "de: Mehr"}, s.over(p))
}

func readsTranslation(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><title>x</title><main><h1>Guten Tag</h1><p lang="en">English stays.</p></main><script src="AMT/vorlesen.js"></script></html>`, true, func(r *web.ReadAloud) {
		r.Translate = func(_ context.Context, text, _, to string) (string, error) { return "Good day <b>" + text, nil }
		r.Translates = func(from, to string) bool { return from == "de" && to == "en" }
	})
	s.speak = slowly
	s.visit(p)
	options := eval[[]string](p, `[...`+reading+`.querySelectorAll("select")[1].options].map((o) => o.textContent)`)
	require.Equal(p.t, []string{"Wie auf der Seite", "Englisch (maschinell übersetzt)", "Französisch", "Arabisch"}, options)
	eval[any](p, `const s = `+reading+`.querySelectorAll("select")[1]; s.value = "en"; s.dispatchEvent(new Event("change"))`)
	s.begin(p)
	p.until(readerNote + ` === "Maschinell übersetzt, kann Fehler enthalten"`)
	said := reading + `.querySelector(".said")`
	p.until(said + `.querySelector("mark")?.textContent === "day"`)
	require.Equal(p.t, []string{"Good day <b>Guten Tag", "en"}, eval[[]string](p, `[`+said+`.textContent, `+said+`.lang]`), "as text, in its language")
	require.Equal(p.t, "Guten Tag", eval[string](p, `lit("satz")`), "the sentence of the page is lit")
	snap(p, "vorlesen-translated")
	p.until(`lit("satz") === "English stays."`)
	require.Equal(p.t, "", eval[string](p, readerNote), "what is in that language already is no translation")
	require.Equal(p.t, []string{"en: Good day <b>Guten Tag", "en: English stays."}, s.over(p))
}

func readsAfterCallers(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><title>x</title><main><p>Ein Satz.</p></main><script src="AMT/vorlesen.js"></script></html>`, true, nil)
	s.busy = 1
	s.visit(p)
	s.begin(p)
	p.until(readerNote + ` === "Gerade wird viel telefoniert. Es geht gleich weiter."`)
	require.Equal(p.t, []string{"de: Ein Satz."}, s.over(p))
}

func readsNoOtherSite(p *tab) {
	s := newReadSite(p.t, nasty, false, nil)
	p.do(chromedp.Navigate(s.city + "/"))
	p.pause(1500)
	require.True(p.t, eval[bool](p, `document.querySelector("#amtsleitung-vorlesen") === null`))
	require.Empty(p.t, s.heard())
	// And what such a page asks by hand is refused, too.
	s.policy = ""
	p.do(chromedp.Navigate(s.city + "/"))
	got := eval[string](p, `fetch("`+s.amt+`/api/v1/read", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"text":"a","language":"de"}'}).then((r) => "answered", (e) => "refused")`)
	require.Equal(p.t, "refused", got)
	require.Empty(p.t, s.heard())
}

func survivesStyles(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><head><title>x</title><link rel="stylesheet" href="/style.css"></head><body><main><p>Ein Satz mit einigen Worten darin.</p></main><script src="AMT/vorlesen.js"></script></body></html>`, true, nil)
	s.speak = slowly
	s.visit(p)
	s.begin(p)
	p.until(`lit("wort") === "Satz"`)
	got := eval[map[string]float64](p, `(() => { const b = `+readButton(playButton)+`.getBoundingClientRect(), r = `+readerBar+`.getBoundingClientRect(); return {width: b.width, height: b.height, left: r.left, bottom: innerHeight - r.bottom}; })()`)
	require.GreaterOrEqual(p.t, got["width"], 44.0)
	require.GreaterOrEqual(p.t, got["height"], 44.0)
	require.InDelta(p.t, 8, got["left"], 1)
	require.InDelta(p.t, 8, got["bottom"], 1)
	require.True(p.t, eval[bool](p, readButton(playButton)+`.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})`))
	require.Equal(p.t, readButton(playButton)+" is hit", eval[string](p, `(() => { const b = `+readButton(playButton)+`, r = b.getBoundingClientRect(); const hit = `+reading+`.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2); return b === hit || b.contains(hit) ? "`+strings.ReplaceAll(readButton(playButton), `"`, `\"`)+` is hit" : hit?.outerHTML ?? "nothing"; })()`))
	snap(p, "vorlesen-hostile")
	p.do(chromedp.KeyEvent(kb.Escape))
}

func lightsWithFrames(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><title>x</title><main><p>Ein Satz mit einigen Worten.</p></main></html>`, true, nil)
	s.speak = slowly
	p.do(chromedp.Navigate(s.city + "/"))
	before := eval[string](p, `document.querySelector("main").outerHTML`)
	s.policy = ""
	eval[any](p, `delete window.Highlight; const e = document.createElement("script"); e.src = "`+s.amt+`/vorlesen.js"; document.body.append(e)`)
	p.until(`document.querySelector("#amtsleitung-vorlesen") !== null`)
	s.begin(p)
	frame := reading + `.querySelector(".layer .wort")`
	p.until(frame + ` !== null`)
	require.True(p.t, eval[bool](p, `(() => { const f = `+frame+`.getBoundingClientRect(), t = document.querySelector("main p").getBoundingClientRect(); return f.top >= t.top - 3 && f.bottom <= t.bottom + 3 && f.width > 5 && f.width < t.width; })()`))
	require.Equal(p.t, before, eval[string](p, `document.querySelector("main").outerHTML`))
	snap(p, "vorlesen-frames")
	s.over(p)
	require.Zero(p.t, eval[int](p, reading+`.querySelector(".layer").children.length`))
}

func readsArabic(p *tab) {
	axe := axeCore(p.t)
	s := newReadSite(p.t, `<!doctype html><html lang="ar" dir="rtl"><head><title>مدينة</title><meta name="viewport" content="width=device-width"></head><body><main><h1>بطاقة الهوية</h1><p>تكلفة بطاقة الهوية سبعة وثلاثون يورو. هل لديك أسئلة؟ اتصل بنا، من فضلك.</p></main><script src="AMT/vorlesen.js"></script></body></html>`, true, nil)
	s.speak = slowly
	s.visit(p)
	s.begin(p)
	p.until(`lit("satz") === "هل لديك أسئلة؟"`)
	require.Equal(p.t, "إيقاف مؤقت", eval[string](p, readButton(playButton)+`.title`))
	require.Zero(p.t, eval[int](p, sideways))
	require.True(p.t, eval[bool](p, `innerWidth - `+readerBar+`.getBoundingClientRect().right < 20`), "the player is at the right")
	s.policy = ""
	snap(p, "vorlesen-arabic")
	require.Empty(p.t, violations(p, axe))
	p.do(chromedp.KeyEvent(kb.Escape))
}

func readsWithoutMain(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html><title>x</title><body><header><h1>Kopf</h1></header><nav>Menü</nav>Loser Text.<div><div>Erster Kasten</div><div>Zweiter <i>Kasten</i></div></div><section><header>Über dem Abschnitt</header><p data-vorlesen="start">Ab hier.</p></section><div role="contentinfo">Fuß</div><script src="AMT/vorlesen.js" data-language="de"></script></body></html>`, true, nil)
	s.visit(p)
	s.begin(p)
	require.Equal(p.t, []string{"de: Ab hier."}, s.over(p))
	eval[any](p, `document.querySelector("[data-vorlesen]").removeAttribute("data-vorlesen")`)
	eval[any](p, readButton(playButton)+`.focus()`)
	p.do(chromedp.KeyEvent(kb.Enter))
	require.Equal(p.t, []string{"de: Ab hier.", "de: Loser Text.", "de: Erster Kasten", "de: Zweiter Kasten", "de: Über dem Abschnitt"}, s.over(p))
}

func readsChangingPage(p *tab) {
	s := newReadSite(p.t, `<!doctype html><html lang="de"><title>x</title><main><p>Der erste Satz ist lang genug.</p><p id="b">Der zweite Satz wird entfernt.</p><p id="c">Der dritte Satz wird kürzer.</p></main><script src="AMT/vorlesen.js"></script></html>`, true, nil)
	s.speak = slowly
	s.visit(p)
	eval[any](p, `window.wrong = []; addEventListener("error", (e) => wrong.push(e.message)); addEventListener("unhandledrejection", (e) => wrong.push(String(e.reason)))`)
	s.begin(p)
	p.until(`lit("wort") === "erste"`)
	eval[any](p, `document.querySelector("#b").remove(); document.querySelector("#c").firstChild.data = "Kurz"`)
	require.Len(p.t, s.over(p), 3)
	require.Empty(p.t, eval[[]string](p, `wrong`))
}

func followsCalmly(p *tab) {
	long := strings.Repeat("<p>Ein kurzer Satz.</p>", 3) + strings.Repeat("<p style='height:60vh'>Platz.</p>", 3) + "<p id='last'>Das Ende der Seite.</p>"
	s := newReadSite(p.t, `<!doctype html><html lang="de"><head><title>x</title><meta name="viewport" content="width=device-width"></head><main>`+long+`</main><script src="AMT/vorlesen.js"></script></html>`, true, nil)
	s.policy = ""
	s.visit(p)
	s.begin(p)
	p.until(`lit("satz") === "Ein kurzer Satz."`)
	require.Zero(p.t, eval[int](p, `scrollY`), "what is seen is not scrolled to")
	p.until(`lit("satz") === "Das Ende der Seite."`)
	at := eval[map[string]float64](p, `(() => { const r = document.querySelector("#last").getBoundingClientRect(), b = `+readerBar+`.getBoundingClientRect(); return {top: r.top, over: r.top - b.bottom}; })()`)
	require.Greater(p.t, at["top"], 0.0)
	require.Greater(p.t, at["over"], 0.0, "the page ends here: the player makes room")
	s.over(p)
}

func showsReadingPage(p *tab) {
	axe := axeCore(p.t)
	s := newReadSite(p.t, nasty, true, nil)
	s.speak = slowly
	for _, lang := range []string{"de", "en"} {
		p.do(chromedp.Navigate(s.amt + "/vorlesen?lang=" + lang))
		p.until(`document.querySelector("#amtsleitung-vorlesen") !== null`)
		require.Empty(p.t, violations(p, axe))
		p.fits("closed")
		s.begin(p)
		p.until(`CSS.highlights.has("amtsleitung-wort")`)
		snap(p, "vorlesen-page-"+lang)
		require.Empty(p.t, violations(p, axe))
		p.fits("reading")
		p.do(chromedp.KeyEvent(kb.Escape))
	}
	require.Equal(p.t, "de: Einen Personalausweis beantragen", s.heard()[0], "the frame is read, not what is around it")
}
