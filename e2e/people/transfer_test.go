package people

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// transfers have a department for each way to a person outside. Who only
// presses 0 is handed to the city's first one.
const transfers = `targets:
  - {name: kasse, address: "sip:4801@127.0.0.1:%[1]d", mode: bridged, ring_time: 4s}
  - {name: schalter, address: "sip:4803@127.0.0.1:%[1]d", mode: blind, ring_time: 10s}
desk:
  departments:
    buergeramt: {target: kasse, hours: %[2]s}
    standesamt: {target: schalter, hours: %[2]s}
`

func TestTransfers(t *testing.T) {
	t.Parallel()
	w := newTown(t, transfers)
	citizen := w.exchange.phone(t, "")
	for name, test := range map[string]func(*testing.T, *town, *phone){
		"bridged": bridged, "blind": blind, "nobody takes the call": nobody, "the caller hangs up while it rings": gone,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, w, citizen)
			w.quiet(t)
		})
	}
}

// bridged: both lines stay with the service, which writes down what is said.
func bridged(t *testing.T, w *town, citizen *phone) {
	number := w.number()
	clerk := w.exchange.phone(t, "4801")
	c := citizen.dial(t, number)
	c.press(t, '0')
	k := clerk.next(t)
	require.Equal(t, number, k.Info().From, "the clerk sees who calls")
	together(t, c, k)
	w.stands(t, number, journal.Talking)
	k.says(speech(t, "Guten Tag, hier ist das Schwimmbad am Stadtpark."))
	w.said(t, number, "agent:", `(?i)schwimm`)
	c.says(speech(t, "Wann haben Sie am Sonntag geöffnet?"))
	w.said(t, number, "caller", `(?i)sonntag`)
	from := c.heard.len()
	k.hangup()
	c.over(t)
	require.Regexp(t, `(?i)gespräch ist beendet|wiederhören`, understand(t, c.heard.since(from)))
	require.Equal(t, "person", w.stands(t, number, journal.Ended).Reason)
}

// TestAttendedTransfer has the clerk told what it is about before accepting by
// key; a telephone that refuses REFER stays with the service.
func TestAttendedTransfer(t *testing.T) {
	t.Parallel()
	w := newTown(t, `targets:
  - {name: kasse, address: "sip:4802@127.0.0.1:%[1]d", mode: attended, ring_time: 10s}
desk:
  departments:
    baeder: {target: kasse, hours: %[2]s}
`)
	number := w.number()
	clerk := w.exchange.phone(t, "4802")
	c := w.exchange.phone(t, "").dial(t, number)
	w.stands(t, number, journal.Listening)
	c.says(speech(t, "Ich möchte bitte mit einem Menschen sprechen."))
	k := clerk.next(t)
	c.hums(citizenHz)
	pause(t, k, 9*time.Second)
	briefing := understand(t, k.heard.since(0))
	t.Logf("the clerk heard: %s", briefing)
	require.Regexp(t, `(?i)anruf`, briefing)
	require.Regexp(t, `(?i)mensch`, briefing, "the concern in the caller's words")
	require.False(t, k.heard.carries(citizenHz), "the clerk hears the caller before accepting")
	k.press(t, '1')
	together(t, c, k)
	c.hangup()
	k.over(t)
	w.stands(t, number, journal.Ended)
}

// nobody: whatever the reason is, the caller is told and goes on with the bot.
// All of them call at once.
func nobody(t *testing.T, w *town, citizen *phone) {
	clerk := w.exchange.phone(t, "4801")
	takes := map[string]sip.Handler{}
	clerk.take(func(ctx context.Context, l leg.Leg) { takes[l.Info().From](ctx, l) })
	numbers := map[string]string{}
	for name, h := range map[string]sip.Handler{"busy": refuse(leg.CauseBusy), "declined": refuse(leg.CauseDeclined), "no answer": rings, "broken": refuse(leg.CauseError)} {
		numbers[name] = w.number()
		takes[numbers[name]] = h
	}
	t.Run("at once", func(t *testing.T) {
		for name, number := range numbers {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := citizen.dial(t, number)
				c.press(t, '0')
				w.said(t, number, "bot", `niemand ab|kam leider nicht`)
				w.said(t, number, "bot", `ruft Sie|Nummer`)
				w.stands(t, number, journal.Listening)
				if name == "busy" {
					require.Regexp(t, `(?i)niemand|verbindung`, understand(t, lately(c, 20*time.Second)))
				}
				c.hangup()
				require.Equal(t, "caller", w.stands(t, number, journal.Ended).Reason)
			})
		}
	})
	require.EqualValues(t, len(numbers), clerk.rang.Load())
	require.Zero(t, clerk.rings.Load(), "it rings on")
}

// gone: the clerk's telephone stops ringing at once.
func gone(t *testing.T, w *town, citizen *phone) {
	number := w.number()
	clerk := w.exchange.phone(t, "4801")
	clerk.take(rings)
	c := citizen.dial(t, number)
	c.press(t, '0')
	require.Eventually(t, func() bool { return clerk.rings.Load() == 1 }, within, step)
	c.hangup()
	require.Eventually(t, func() bool { return clerk.rings.Load() == 0 }, 3*time.Second, step, "it rings for nobody")
	require.Equal(t, "caller", w.stands(t, number, journal.Ended).Reason)
}

// pause listens for so long.
func pause(t *testing.T, k *talk, d time.Duration) {
	t.Helper()
	until := k.heard.len() + int(d.Seconds()*media.SampleRate)
	require.Eventually(t, func() bool { return k.heard.len() >= until }, d+within, step)
}

// lately is what was heard last.
func lately(k *talk, d time.Duration) []int16 {
	return k.heard.since(max(0, k.heard.len()-int(d.Seconds()*media.SampleRate)))
}

// blind: a real telephone is asked by REFER, through the exchange, to call the
// clerk; the service is out of it then.
func blind(t *testing.T, w *town, _ *phone) {
	number := w.number()
	clerk := w.exchange.phone(t, "4803")
	said := append(append(silence(8*time.Second), speech(t, "Guten Tag. Ich möchte gerne mit dem Standesamt sprechen.")...), silence(4*time.Second)...)
	b := w.exchange.baresip(t,
		fmt.Sprintf(`<sip:%s@127.0.0.1>;regint=0;audio_codecs=g722/16000/1;call_transfer=yes;outbound="sip:127.0.0.1:%d"`, number, w.exchange.port),
		append(said, tone(baresipHz)...), "-e", "/dial "+w.exchange.address("115"))
	k := clerk.next(t)
	k.hums(clerkHz)
	require.Equal(t, "transferred", w.stands(t, number, journal.Ended).Reason)
	k.hears(t, baresipHz)
	b.hears(t, clerkHz)
	require.Zero(t, w.Calls(t), "the service is still in the call")
	k.hangup()
}
