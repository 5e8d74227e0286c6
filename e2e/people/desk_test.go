package people

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// theDesk has three people with telephones, one of another department.
const theDesk = `desk:
  enabled: true
  wrapup: 2m
  agents:
    - {name: tina, title: Tina Sommer, phone: "sip:4811@127.0.0.1:%[1]d"}
    - {name: bernd, title: Bernd Winter, phone: "sip:4812@127.0.0.1:%[1]d"}
    - {name: sonja, title: Sonja Herbst, departments: [standesamt], phone: "sip:4813@127.0.0.1:%[1]d"}
  departments:
    "*": {callback: true, hours: %[2]s}
browser: {enabled: true, per_source: 20}
`

func newDesk(t *testing.T) *town {
	t.Helper()
	return newTown(t, theDesk+users(t, map[string]session.Role{"tina": session.Agent, "bernd": session.Agent, "sonja": session.Agent, "erika": session.Editor}))
}

func TestDeskByTelephone(t *testing.T) {
	t.Parallel()
	w := newDesk(t)
	citizen := w.exchange.phone(t, "")
	tina, bernd, sonja := w.signIn(t, "tina"), w.signIn(t, "bernd"), w.signIn(t, "sonja")
	for _, a := range []*agent{tina, bernd, sonja} {
		a.atPhone(t)
	}
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"a citizen asks, waits, and speaks with a person", func(t *testing.T) { asks(t, w, citizen, tina) }},
		{"two wait, two accept", func(t *testing.T) { two(t, w, citizen, tina, bernd, sonja) }},
		{"the caller hangs up while the clerk's telephone rings", func(t *testing.T) { hangsUp(t, w, citizen, tina) }},
		{"the clerk's telephone is busy", func(t *testing.T) { clerkBusy(t, w, citizen, tina) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(t)
			w.quiet(t)
		})
	}
}

// asks: the person knows who calls and why before accepting, and what was is kept.
func asks(t *testing.T, w *town, citizen *phone, tina *agent) {
	number := w.number()
	phone := w.exchange.phone(t, "4811")
	c := citizen.dial(t, number)
	w.stands(t, number, journal.Listening)
	c.says(speech(t, "Wie viel kostet die Hundesteuer im Jahr?"))
	w.said(t, number, "bot", `96`)
	c.press(t, '0')
	q := tina.waits(t, number)
	require.Equal(t, 1, q.Position)
	require.Equal(t, "de", q.Language)
	require.True(t, q.Mine)
	require.Regexp(t, `(?i)hund`, q.Concern)
	w.stands(t, number, journal.Waiting)
	tina.ready(t)
	offer := tina.until(t, "an offer", func(s floor.Snapshot) bool { return s.Offer != nil }).Offer
	require.Equal(t, q.Call, offer.Call)
	require.Equal(t, number, offer.From)
	require.NotEmpty(t, offer.Summary)
	require.NotEmpty(t, offer.Answers)
	require.Regexp(t, `96`, offer.Answers[0].Text, "what the bot has answered")
	require.GreaterOrEqual(t, len(offer.Lines), 3, "what was said")
	from := c.heard.len()
	require.Eventually(t, func() bool { return audiotest.RMS(c.heard.since(from)) > 50 }, within, step, "neither music nor words while waiting")

	tina.does(t, ofCall(q.Call, "accept"), nil)
	k := phone.next(t)
	together(t, c, k)
	require.Equal(t, "talking", tina.until(t, "the call", func(s floor.Snapshot) bool { return s.Hand != nil && s.Hand.Phase == "talking" }).Hand.Phase)
	k.says(speech(t, "Guten Tag, mein Name ist Sommer."))
	w.said(t, number, "agent:", `(?i)sommer`)
	c.says(speech(t, "Kann ich das auch im Rathaus bezahlen?"))
	w.said(t, number, "caller", `(?i)rathaus`)

	k.hums(clerkHz)
	c.hears(t, clerkHz)
	tina.does(t, ofCall(q.Call, "hold"), wish{"on": true})
	require.Eventually(t, func() bool { return !c.heard.carries(clerkHz) }, within, step)
	from = c.heard.len()
	pause(t, c, time.Second)
	require.False(t, isTone(c.heard.since(from), media.SampleRate, clerkHz), "the clerk is heard on hold")
	tina.does(t, ofCall(q.Call, "hold"), wish{"on": false})
	c.hears(t, clerkHz)
	for _, target := range []string{"nirgends", "0900123456", "+43123456", "sip:fremd@example.org"} {
		code, line := tina.post(t, ofCall(q.Call, "transfer"), wish{"target": target, "mode": "bridged"})
		require.Equal(t, http.StatusUnprocessableEntity, code, "%s: %s", target, line)
		require.True(t, fits(line), line)
	}
	together(t, c, k) // nobody fell out

	tina.finishes(t, q.Call, "Bezahlung im Rathaus erklärt")
	c.over(t)
	k.over(t)
	var records struct {
		Calls []struct {
			Agent, Topic, Resolution, Note, Bot, Ending string
			Summary                                     []string
		}
	}
	tina.get(t, "/api/v1/desk/calls/"+q.Call, &records)
	require.NotEmpty(t, records.Calls)
	r := records.Calls[len(records.Calls)-1]
	require.Equal(t, []string{"tina", "Schwimmbad", "solved", "missing", "Bezahlung im Rathaus erklärt", "person"}, []string{r.Agent, r.Topic, r.Resolution, r.Bot, r.Note, r.Ending})
	tina.does(t, "/presence", wish{"state": "paused", "reason": "break"})
}

// two: first come, first served; one of two who accept gets the call, and
// nobody gets what is not theirs.
func two(t *testing.T, w *town, citizen *phone, tina, bernd, sonja *agent) {
	first, second := w.number(), w.number()
	at := w.exchange.phone(t, "4811")
	b := w.exchange.baresip(t, w.exchange.account("4812"), tone(baresipHz))
	c1 := citizen.dial(t, first)
	c1.press(t, '0')
	one := tina.waits(t, first)
	c2 := citizen.dial(t, second)
	c2.press(t, '0')
	other := tina.waits(t, second)
	require.Equal(t, []int{1, 2}, []int{one.Position, other.Position})

	code, line := sonja.post(t, ofCall(one.Call, "accept"), nil)
	require.Equal(t, http.StatusForbidden, code, line)
	w.forged(t, tina, one.Call)

	codes := map[string]int{}
	var both sync.WaitGroup
	var mu sync.Mutex
	for _, a := range []*agent{tina, bernd} {
		both.Go(func() {
			code, _ := a.post(t, ofCall(one.Call, "accept"), nil)
			mu.Lock()
			defer mu.Unlock()
			codes[a.name] = code
		})
	}
	both.Wait()
	require.ElementsMatch(t, []int{http.StatusNoContent, http.StatusConflict}, []int{codes["tina"], codes["bernd"]})
	winner, loser, cTina, cBernd := tina, bernd, c1, c2
	if codes["bernd"] == http.StatusNoContent {
		winner, loser, cTina, cBernd = bernd, tina, c2, c1
	}
	require.Equal(t, 1, loser.waits(t, second).Position, "the second one is next")
	loser.does(t, ofCall(other.Call, "accept"), nil)
	k := at.next(t)
	together(t, cTina, k)
	cBernd.hears(t, baresipHz)
	cBernd.hums(citizenHz)
	b.hears(t, citizenHz)
	winner.finishes(t, one.Call, "eins")
	loser.finishes(t, other.Call, "zwei")
	for _, c := range []*talk{c1, c2, k} {
		c.over(t)
	}
	for _, a := range []*agent{tina, bernd} {
		a.does(t, "/presence", wish{"state": "paused", "reason": "break"})
	}
}

// forged: nobody without a session, with another's token or another role gets in.
func (w *town) forged(t *testing.T, real *agent, call string) {
	t.Helper()
	stranger := &agent{town: w, name: "stranger", client: http.DefaultClient, token: real.token}
	code, _ := stranger.post(t, ofCall(call, "accept"), nil)
	require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, code, "no session")
	thief := &agent{town: w, name: "thief", client: real.client, token: "gefälscht"}
	code, _ = thief.post(t, ofCall(call, "accept"), nil)
	require.Equal(t, http.StatusForbidden, code, "another's token")
	real.waits(t, w.numberOf(t, call))
}

func (w *town) numberOf(t *testing.T, call string) string {
	t.Helper()
	for i := range w.numbers {
		if n := number(i + 1); w.call(t, n).ID == call {
			return n
		}
	}
	t.Fatalf("nobody calls as %s", call)
	return ""
}

// hangsUp: the clerk's telephone stops ringing at once, and the page says why.
func hangsUp(t *testing.T, w *town, citizen *phone, tina *agent) {
	number := w.number()
	phone := w.exchange.phone(t, "4811")
	phone.take(rings)
	c := citizen.dial(t, number)
	c.press(t, '0')
	q := tina.waits(t, number)
	tina.does(t, ofCall(q.Call, "accept"), nil)
	require.Eventually(t, func() bool { return phone.rings.Load() == 1 }, within, step)
	c.hangup()
	require.Eventually(t, func() bool { return phone.rings.Load() == 0 }, within, step, "it rings for nobody")
	tina.until(t, "that the caller has gone", func(s floor.Snapshot) bool {
		return s.Hand == nil && len(s.Queue) == 0 || s.Hand != nil && (s.Hand.Phase == "wrapup" || s.Hand.Phase == "ended")
	})
	require.Equal(t, "caller", w.stands(t, number, journal.Ended).Reason)
	if tina.sees(t).Me.State == floor.Wrapup {
		tina.wraps(t, q.Call, "aufgelegt")
	}
	tina.does(t, "/presence", wish{"state": "paused", "reason": "break"})
}

// clerkBusy: the caller is told, keeps the first place and is served then.
func clerkBusy(t *testing.T, w *town, citizen *phone, tina *agent) {
	number := w.number()
	phone := w.exchange.phone(t, "4811")
	phone.take(refuse(leg.CauseBusy))
	c := citizen.dial(t, number)
	c.press(t, '0')
	q := tina.waits(t, number)
	tina.does(t, ofCall(q.Call, "accept"), nil)
	w.said(t, number, "bot", `unterbrochen`)
	require.Equal(t, 1, tina.waits(t, number).Position)
	phone.take(nil)
	tina.does(t, ofCall(q.Call, "accept"), nil)
	together(t, c, phone.next(t))
	c.hangup()
	tina.wraps(t, q.Call, "im zweiten Anlauf")
	tina.does(t, "/presence", wish{"state": "paused", "reason": "break"})
}
