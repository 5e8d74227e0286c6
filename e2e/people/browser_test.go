package people

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
)

// spoken is a microphone: a pause, a sentence, and a tone.
func spoken(t *testing.T, text string, hz float64) []int16 {
	t.Helper()
	out := append(silence(time.Second), speech(t, text)...)
	out = append(out, silence(2500*time.Millisecond)...)
	return append(out, audiotest.Sine(hz, 1500*time.Millisecond, 8000)...)
}

func TestBrowsers(t *testing.T) {
	w := newDesk(t)
	citizens := chromium(t, spoken(t, "Ich möchte bitte mit einem Menschen sprechen.", citizenHz))
	agents := chromium(t, spoken(t, "Guten Tag, hier spricht das Rathaus.", clerkHz))
	tina := w.signIn(t, "tina")
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"from browser to browser", func(t *testing.T) { browserToBrowser(t, w, citizens, agents, tina) }},
		{"from a telephone to a browser, which is closed", func(t *testing.T) { phoneToBrowser(t, w, agents, tina) }},
		{"from a browser to a telephone", func(t *testing.T) { browserToPhone(t, w, citizens, tina) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(t)
			w.quiet(t)
		})
	}
}

// accept takes the call that rings; what is pressed at once was meant for
// something else.
func accept(desk *tab) {
	desk.t.Helper()
	eval[any](desk, `new Promise((done) => setTimeout(done, 600))`)
	desk.do(chromedp.KeyEvent(kb.F2))
	desk.until(`!document.querySelector("#call").hidden`)
}

const offered = `!document.querySelector("#offer").hidden`

// browserToBrowser: nothing but pages; a network that was lost for 5 s comes back.
func browserToBrowser(t *testing.T, w *town, citizens, agents context.Context, tina *agent) {
	desk := w.atDesk(t, agents, "tina")
	caller, id := w.anruf(t, citizens)
	w.line(t, id, "caller", `(?i)mensch`)
	desk.until(offered)
	desk.until(`document.querySelector("#offer").innerText.includes("Mensch")`) // what it is about
	accept(desk)
	w.state(t, id, journal.Talking)
	caller.hears(clerkHz)
	desk.hears(citizenHz)
	w.line(t, id, "agent", `(?i)ra[dt]haus`)
	desk.until(`/ra[dt]haus/i.test(document.querySelector("#said").innerText)`)

	eval[any](caller, `heard.analyser = null; heard.peers.at(-1).close(); new Promise((done) => setTimeout(done, 5000))`)
	eval[any](caller, `dispatchEvent(new Event("online"))`)
	caller.hears(clerkHz)
	desk.hears(citizenHz)
	w.state(t, id, journal.Talking)

	tina.finishes(t, id, "von Seite zu Seite")
	w.state(t, id, journal.Ended)
	caller.until(`!document.querySelector("#ended").hidden`)
	caller.close()
	tina.does(t, "/presence", wish{"state": "paused", "reason": "break"})
	desk.close()
}

// phoneToBrowser: the agent's browser is closed in the middle of a talk; the
// caller is told, is the first in the queue again and is taken by somebody else.
func phoneToBrowser(t *testing.T, w *town, agents context.Context, tina *agent) {
	number := w.number()
	bernd := w.signIn(t, "bernd")
	bernd.atPhone(t)
	phone := w.exchange.phone(t, "4812")
	desk := w.atDesk(t, agents, "tina")
	c := w.exchange.phone(t, "").dial(t, number)
	c.press(t, '0')
	desk.until(offered)
	accept(desk)
	w.stands(t, number, journal.Talking)
	c.hums(citizenHz)
	c.hears(t, clerkHz)
	desk.hears(citizenHz)
	w.said(t, number, "agent", `(?i)ra[dt]haus`)
	desk.close()
	from := c.heard.len()
	w.said(t, number, "bot", `unterbrochen`)
	q := bernd.waits(t, number)
	require.Equal(t, 1, q.Position)
	bernd.does(t, ofCall(q.Call, "accept"), nil)
	together(t, c, phone.next(t))
	require.NotZero(t, audiotest.RMS(c.heard.since(from)))
	bernd.finishes(t, q.Call, "nach dem Abbruch")
	c.over(t)
	bernd.does(t, "/presence", wish{"state": "offline"})
}

// browserToPhone: the person has a telephone.
func browserToPhone(t *testing.T, w *town, citizens context.Context, tina *agent) {
	phone := w.exchange.phone(t, "4811")
	tina.atPhone(t)
	caller, id := w.anruf(t, citizens)
	w.state(t, id, journal.Waiting)
	tina.until(t, "the caller of the page", func(s floor.Snapshot) bool { return len(s.Queue) == 1 && s.Queue[0].Call == id })
	tina.does(t, ofCall(id, "accept"), nil)
	k := phone.next(t)
	k.hums(clerkHz)
	caller.hears(clerkHz)
	k.hears(t, citizenHz)
	caller.do(chromedp.Click("#hang-up"))
	k.over(t)
	w.state(t, id, journal.Ended)
	tina.wraps(t, id, "aufgelegt")
	caller.close()
}
