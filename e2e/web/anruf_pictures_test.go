package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// moments of the citizens' pages: each opens a page and brings it there.
var moments = []struct {
	name string
	show func(p *tab, l *line, lang string)
}{
	{"anruf-before", func(p *tab, l *line, lang string) { p.visit(l.url + "/anruf?lang=" + lang) }},
	{"anruf-test", func(p *tab, l *line, lang string) {
		p.visit(l.url + "/anruf?lang=" + lang)
		eval[any](p, `document.querySelector("#test").open = true`)
		p.press("test-mic")
		p.until(`!document.querySelector("#test-on").hidden`)
	}},
	{"anruf-denied", func(p *tab, l *line, lang string) {
		p.visit(l.url + "/anruf?lang=" + lang)
		eval[any](p, fmt.Sprintf(fails, "NotAllowedError"))
		p.press("call")
		p.until(`!document.querySelector("#wrong").hidden`)
	}},
	{"anruf-connecting", func(p *tab, l *line, lang string) {
		p.visit(l.url + "/anruf?lang=" + lang)
		l.setDown(true)
		p.press("by-hand")
		l.call(p.t, 0)
		p.until(fmt.Sprintf(inState, "connecting"))
	}},
	{"anruf-talking", func(p *tab, l *line, lang string) { talking(p, l, "/anruf?lang="+lang) }},
	{"anruf-keys", func(p *tab, l *line, lang string) {
		talking(p, l, "/anruf?lang="+lang)
		p.press("keys")
	}},
	{"anruf-large", func(p *tab, l *line, lang string) {
		talking(p, l, "/anruf?lang="+lang)
		p.press("larger")
		p.press("larger")
	}},
	{"anruf-lost", func(p *tab, l *line, lang string) {
		talking(p, l, "/anruf?lang="+lang)
		l.setDown(true)
		p.until(`!document.querySelector("#network").hidden`)
	}},
	{"anruf-waiting", func(p *tab, l *line, lang string) {
		c := talking(p, l, "/anruf?lang="+lang)
		c.state("waiting", func(j *journal.Call) { j.Position, j.Wait = 2, 170 })
		p.until(fmt.Sprintf(inState, "waiting"))
	}},
	{"anruf-person", func(p *tab, l *line, lang string) {
		c := talking(p, l, "/anruf?lang="+lang)
		c.state("talking", func(j *journal.Call) { j.Agent = "Tina Weber" })
		c.say("agent", "Weber, guten Tag. Ich sehe, es geht um Ihren Personalausweis.")
		p.until(fmt.Sprintf(inState, "talking"))
	}},
	{"anruf-ended", func(p *tab, l *line, lang string) {
		c := talking(p, l, "/anruf?lang="+lang)
		c.state("ended", func(j *journal.Call) { j.Reason = "goodbye" })
		p.until(`!document.querySelector("#ended").hidden`)
	}},
	{"kiosk-before", func(p *tab, l *line, lang string) { p.visit(l.url + "/kiosk?lang=" + lang) }},
	{"kiosk-talking", func(p *tab, l *line, lang string) { atTerminal(p, l, lang) }},
	{"kiosk-pushed", func(p *tab, l *line, lang string) {
		atTerminal(p, l, lang)
		eval[any](p, `document.querySelector("#push").focus()`)
		p.do(chromedp.KeyEvent("\r"))
		p.until(fmt.Sprintf(talks, true))
	}},
	{"kiosk-there", func(p *tab, l *line, lang string) {
		atTerminal(p, l, lang)
		p.until(`!document.querySelector("#there").hidden`)
	}},
	{"kiosk-ended", func(p *tab, l *line, lang string) {
		atTerminal(p, l, lang)
		p.press("hang-up")
		p.until(`!document.querySelector("#ended").hidden`)
	}},
	{"chat-before", func(p *tab, l *line, lang string) { p.visit(l.url + "/chat?lang=" + lang) }},
	{"chat-talking", func(p *tab, l *line, lang string) { chatting(p, l, lang) }},
	{"chat-voice", func(p *tab, l *line, lang string) {
		chatting(p, l, lang)
		p.press("voice")
		p.until(`!document.querySelector("#mute").hidden`)
	}},
	{"chat-person", func(p *tab, l *line, lang string) {
		c := chatting(p, l, lang)
		c.state("talking", func(j *journal.Call) { j.Agent = "Tina Weber" })
		c.say("agent", "Weber, guten Tag.")
		p.until(fmt.Sprintf(inState, "writing"))
	}},
	{"chat-ended", func(p *tab, l *line, lang string) {
		c := chatting(p, l, lang)
		c.state("ended", func(j *journal.Call) { j.Reason = "goodbye" })
		p.until(`!document.querySelector("#ended").hidden`)
	}},
}

// slow gives the picture of the question time, and keeps ended ones.
var slow = web.Kiosk{Idle: 3 * time.Second, Countdown: 15 * time.Second, After: time.Minute}

func talking(p *tab, l *line, path string) *lineCall {
	p.t.Helper()
	p.visit(l.url + path)
	c := dial(p, l, 0)
	fillCall(p, c)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "listening"))
	return c
}

func atTerminal(p *tab, l *line, lang string) *lineCall {
	p.t.Helper()
	p.visit(l.url + "/kiosk?lang=de")
	c := touch(p, l, lang, 0)
	fillCall(p, c)
	return c
}

func chatting(p *tab, l *line, lang string) *lineCall {
	p.t.Helper()
	p.visit(l.url + "/chat?lang=" + lang)
	p.do(chromedp.SendKeys("#text", "Hallo\r"))
	c := l.call(p.t, 0)
	fillCall(p, c)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "reading"))
	return c
}

// fillCall says the same in the language of the call, or German.
func fillCall(p *tab, c *lineCall) {
	p.t.Helper()
	said := [3]string{"Guten Tag, Sie sprechen mit der künstlichen Intelligenz der Stadt Musterstadt. Was kann ich für Sie tun?",
		"Was kostet ein neuer Personalausweis?", "Für Personen ab 24 Jahren kostet der Personalausweis 37 Euro."}
	doubted := "Personalausweis?"
	if c.language == "ar" {
		said = [3]string{"مرحباً، معكم الذكاء الاصطناعي لمدينة Musterstadt. كيف أساعدكم؟", "كم تكلف بطاقة الهوية الجديدة؟", "تكلف بطاقة الهوية 37 يورو."}
		doubted = "الجديدة؟"
	}
	before := eval[int](p, `document.querySelectorAll(".caption").length`)
	c.say("bot", said[0])
	c.say("caller", said[1], func(j *journal.Line) { j.Segment.Words = []transcript.Word{{Text: doubted, Probability: .3}} })
	c.say("bot", said[2], answerFrom("https://www.musterstadt.example/buergerservice/personalausweis"))
	p.until(fmt.Sprintf(`document.querySelectorAll(".caption").length >= %d`, before+3))
}

// TestPicturesOfCitizens writes pictures of every moment, as TestPictures does.
func TestPicturesOfCitizens(t *testing.T) {
	folder := os.Getenv("AMTSLEITUNG_PICTURES")
	if folder == "" || os.Getenv("AMTSLEITUNG_PICTURES_OF") != "" {
		t.Skip("set AMTSLEITUNG_PICTURES to the folder for the pictures")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder)
	}
	b := newPhoneBrowser(t, false)
	for _, m := range moments {
		for name, v := range map[string]view{"320": {width: 320, height: 700}, "1280": {width: 1280, height: 900}, "1280-dark": {width: 1280, height: 900, dark: true}} {
			for _, lang := range []string{"de", "ar"} {
				if lang == "ar" && v.dark {
					continue
				}
				b.inTab(t, m.name+"-"+name+"-"+lang, v, func(p *tab) {
					m.show(p, newLine(p.t, web.Citizens{Kiosk: slow}), lang)
					png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
					require.NoError(p.t, err)
					require.NoError(p.t, os.WriteFile(filepath.Join(folder, m.name+"-"+name+"-"+lang+".png"), png, 0o644))
				})
			}
		}
	}
}
