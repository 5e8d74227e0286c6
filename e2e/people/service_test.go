// Package people proves the way from a caller to a person with real parts: the
// built program behind a real Kamailio, telephones of our own, baresip and
// Chromium, and audio that is judged on both sides.
package people

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/web/session"
)

func TestMain(m *testing.M) { servicetest.Main(m) }

// Times of polling. Waits are long because the machine may be busy; nothing
// here measures by them.
const (
	within = 45 * time.Second
	step   = 20 * time.Millisecond
)

const password = "ein langes Wort"

// always is the desk's hours, so that the test passes on a Sunday night.
const always = `{days: [sun, mon, tue, wed, thu, fri, sat], from: "00:00", to: "24:00", timezone: Europe/Berlin}`

// town is a service at a city's exchange.
type town struct {
	*servicetest.Service
	t        *testing.T
	exchange *exchange
	numbers  int
	stopped  bool
}

// number is one that nobody has called from yet; pages hide the last digits.
func (w *town) number() string {
	w.numbers++
	return number(w.numbers)
}

func number(n int) string { return fmt.Sprintf("0999%d0000", 100+n) }

// newTown starts an exchange and a service that is registered there as 115.
// The rest of the configuration may name the exchange's port as %[1]d and
// the hours as %[2]s.
func newTown(t *testing.T, rest string) *town {
	t.Helper()
	x := newExchange(t)
	w := &town{t: t, exchange: x}
	w.Service = servicetest.Start(t, servicetest.Options{
		Whisper: true, Env: []string{"ANLAGE=" + secret},
		Config: fmt.Sprintf(`city: musterstadt
languages: {offered: [de, en]}
sip:
  trunks:
    - name: anlage
      register: {server: "sip:127.0.0.1:%[1]d;transport=udp", user: "115", password_env: ANLAGE}
      outbound: {gateway: "sip:127.0.0.1:%[1]d", identity: pai, callers: true}
dialling: {country: "49", area: "999", internal: ["48.."]}
`, x.port) + fmt.Sprintf(rest, x.port, always),
	})
	require.Eventually(t, func() bool {
		var status struct{ Trunks []struct{ Registered bool } }
		w.Get(t, "/api/v1/status", &status)
		return len(status.Trunks) == 1 && status.Trunks[0].Registered
	}, within, step, "registered at the exchange")
	t.Cleanup(func() {
		w.quiet(t)
		if t.Failed() {
			t.Log(w.Log())
		}
	})
	return w
}

// users are accounts for admin.users, all with the same password.
func users(t *testing.T, roles map[string]session.Role) string {
	t.Helper()
	hash, err := session.Hash(password)
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString("admin:\n  users:\n")
	for name, role := range roles {
		fmt.Fprintf(&b, "    - {name: %s, role: %s, password_hash: %q}\n", name, role, hash)
	}
	return b.String()
}

// quiet waits until no call and no telephone is left.
func (w *town) quiet(t *testing.T) {
	t.Helper()
	if w.stopped {
		w.exchange.quiet(t)
		return
	}
	if t.Failed() {
		for _, c := range w.calls(t) {
			for _, l := range c.Lines {
				t.Logf("%s %s %s: %s", c.From, c.State, l.Segment.Leg, l.Segment.Text)
			}
		}
	}
	require.Eventually(t, func() bool { return w.Calls(t) == 0 }, within, step, "a call is left")
	for _, c := range w.calls(t) {
		require.Equal(t, journal.Ended, c.State, "%s is left in the journal", c.ID)
	}
	w.exchange.quiet(t)
	require.NotContains(t, w.Log(), "panic")
	require.NotContains(t, w.Log(), "DATA RACE")
}

func (w *town) calls(t *testing.T) []journal.Call {
	t.Helper()
	var got struct{ Calls []journal.Call }
	w.Get(t, "/api/v1/calls", &got)
	return got.Calls
}

// call is the journal's of somebody who calls from a number, the newest.
func (w *town) call(t *testing.T, from string) journal.Call {
	t.Helper()
	var found journal.Call
	for _, c := range w.calls(t) {
		if masked(c.From, from) && !c.Started.Before(found.Started) {
			found = c
		}
	}
	return found
}

// masked says whether a number with hidden digits can be this one.
func masked(hidden, number string) bool {
	h, n := []rune(hidden), []rune(number)
	if len(h) != len(n) {
		return false
	}
	for i := range h {
		if h[i] >= '0' && h[i] <= '9' && h[i] != n[i] {
			return false
		}
	}
	return true
}

// find is the journal's call of an id.
func (w *town) find(t *testing.T, id string) journal.Call {
	t.Helper()
	for _, c := range w.calls(t) {
		if c.ID == id {
			return c
		}
	}
	return journal.Call{}
}

// state waits until a call stands so.
func (w *town) state(t *testing.T, id, state string) {
	t.Helper()
	require.Eventually(t, func() bool { return w.find(t, id).State == state }, within, step, "%s is never %s", id, state)
}

// line waits until the transcript of a call has words of a leg.
func (w *town) line(t *testing.T, id, leg, pattern string) {
	t.Helper()
	w.says(t, leg, pattern, func() journal.Call { return w.find(t, id) })
}

// stands waits until the call of a number stands so.
func (w *town) stands(t *testing.T, from, state string) journal.Call {
	t.Helper()
	var c journal.Call
	require.Eventually(t, func() bool {
		c = w.call(t, from)
		return c.State == state
	}, within, step, "%s is never %s", from, state)
	return c
}

// said is line for the call of a number.
func (w *town) said(t *testing.T, from, leg, pattern string) {
	t.Helper()
	w.says(t, leg, pattern, func() journal.Call { return w.call(t, from) })
}

func (w *town) says(t *testing.T, leg, pattern string, now func() journal.Call) {
	t.Helper()
	ok := eventually(t, func() bool {
		for _, l := range now().Lines {
			if strings.HasPrefix(l.Segment.Leg, leg) && matches(pattern, l.Segment.Text) {
				return true
			}
		}
		return false
	})
	require.True(t, ok, "%s never says %s", leg, pattern)
}
