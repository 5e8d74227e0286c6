package call

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// served has a clerk by browser who has the caller in hand.
func served(w *town) (*search, *clerk, *party) {
	s := w.desk.sought(0)
	s.news <- News{Kind: Waiting, Position: 1}
	pass(2 * second)
	tone := personTone
	if w.silent {
		tone = 0
	}
	line := w.arrive("agent", "webrtc", tone)
	c := w.desk.clerk("Tina", line)
	s.news <- News{Kind: Found, Person: c}
	pass(second)
	return s, c, line
}

func TestBothHearEachOtherAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			s := w.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 1}
			pass(2 * second)
			line := w.arrive("agent", "webrtc", personTone)
			c := w.desk.clerk("Tina", line)
			found := time.Now()
			s.news <- News{Kind: Found, Person: c}
			pass(second)
			at, ok := w.caller.hears(personTone)
			require.True(t, ok, "the caller does not hear the person")
			require.LessOrEqual(t, at.Sub(found), 120*time.Millisecond)
			at, ok = line.hears(callerTone)
			require.True(t, ok, "the person does not hear the caller")
			require.LessOrEqual(t, at.Sub(found), 120*time.Millisecond)
			_, music := w.caller.hears(musicTone)
			require.False(t, music)
			require.Equal(t, State{Phase: talking, Parties: []string{"caller", "Tina"}, Voice: true}, c.last())
			require.Equal(t, journal.Talking, w.record().State)
			require.Equal(t, "Tina", w.record().Agent)
			require.Contains(t, w.caller.words(), "connected_person")
			require.NotContains(t, line.words(), "connected_person")
		})
		require.Equal(t, "caller", w.record().Reason)
		require.Equal(t, []Leaving{Connected}, w.desk.sought(0).left)
		require.Equal(t, []Ending{EndedByCaller}, w.desk.people[0].endings)
	})
}

func TestHoldAndMute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
			pass(6 * second)
			hear := func(p *party, tone float64) bool { _, ok := p.hears(tone); return ok }
			require.True(t, hear(w.caller, musicTone))
			require.False(t, hear(w.caller, personTone))
			require.False(t, hear(line, callerTone))
			require.False(t, hear(line, musicTone))
			require.Equal(t, held, c.last().Phase)
			require.Equal(t, journal.Held, w.record().State)
			require.Error(t, c.order(Order{Kind: HoldCaller, On: true}))

			require.NoError(t, c.order(Order{Kind: HoldCaller}))
			pass(200 * time.Millisecond)
			require.True(t, hear(w.caller, personTone))
			require.True(t, hear(line, callerTone))
			pass(second)
			require.False(t, hear(w.caller, musicTone))

			require.NoError(t, c.order(Order{Kind: MuteSelf, On: true}))
			pass(second)
			require.False(t, hear(w.caller, personTone))
			require.True(t, hear(line, callerTone))
			require.True(t, c.last().Muted)
			require.NoError(t, c.order(Order{Kind: MuteSelf}))
			pass(second)
			require.True(t, hear(w.caller, personTone))
			require.NoError(t, c.order(Order{Kind: Finish}))
		})
		require.Equal(t, "person", w.record().Reason)
		require.Equal(t, []Ending{EndedByPerson}, w.desk.people[0].endings)
		words := w.caller.words()
		require.Equal(t, "person_left", words[len(words)-1])
		require.Contains(t, words, "on_hold")
	})
}

func TestSpeakAndDigits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: Speak, Text: "siebenunddreißig Euro", Lang: "de"}))
			pass(2 * second)
			require.Contains(t, w.caller.words(), "siebenunddreißig Euro")
			require.Contains(t, line.words(), "siebenunddreißig Euro")
			require.ErrorIs(t, c.order(Order{Kind: Speak}), errNoText)
			require.Equal(t, errNoText.Error(), c.last().Problem)
			require.ErrorIs(t, c.order(Order{Kind: Write, Text: "hallo"}), errNoLetters)
			require.NoError(t, c.order(Order{Kind: SendDigit, Digit: '5'}))
			require.ErrorIs(t, c.order(Order{Kind: SendDigit, Digit: 'x'}), errNoKey)
			require.ErrorIs(t, c.order(Order{Kind: WithBot}), errNoScribe)
			require.ErrorIs(t, c.order(Order{Kind: Merge}), errNobody)
			require.ErrorIs(t, c.order(Order{Kind: Drop}), errNobody)
			require.ErrorIs(t, c.order(Order{Kind: TransferTo, Target: "0900123"}), errNoTarget)
		})
	})
}

func TestBackToTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, 5*second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: BackToBot}))
			pass(5 * second)
			_, hears := w.caller.hears(personTone)
			require.False(t, hears)
			_, hears = line.hears(callerTone)
			require.False(t, hears)
			require.Equal(t, journal.Listening, w.record().State)
		})
		require.Equal(t, []Ending{EndedByBot}, w.desk.people[0].endings)
		require.Contains(t, w.script.kinds(), dialog.Returned)
		require.Equal(t, "zurück", w.caller.words()[len(w.caller.words())-1])
		require.Equal(t, "caller", w.record().Reason)
	})
}

func TestThePersonsPageIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			line.leave("the page is closed")
			pass(2 * second)
			require.Equal(t, held, c.last().Phase)
			_, music := w.caller.hears(musicTone)
			require.True(t, music, "the caller hears nothing meanwhile")
			c.mu.Lock()
			c.err = errors.New("no line")
			c.mu.Unlock()
			close(c.orders)
			again := w.desk.sought(1)
			require.Equal(t, w.desk.sought(0).h.Asked, again.h.Asked, "the place is lost")
			again.news <- News{Kind: Waiting, Position: 1}
			pass(8 * second)
			require.Contains(t, w.caller.words(), "person_lost")
			next := w.desk.clerk("Jan", w.arrive("agent", "webrtc", personTone))
			again.news <- News{Kind: Found, Person: next}
			pass(second)
			_, ok := w.caller.hears(personTone)
			require.True(t, ok)
		})
		require.Equal(t, []Ending{EndedLost}, w.desk.people[0].endings)
		require.Equal(t, []Ending{EndedByCaller}, w.desk.people[1].endings)
	})
}

func TestAPageThatIsLoadedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			c.mu.Lock()
			c.err = errors.New("no line")
			c.mu.Unlock()
			line.leave("the page is loaded again")
			pass(4 * second)
			c.mu.Lock()
			c.line, c.err = w.arrive("agent", "webrtc", personTone), nil
			c.mu.Unlock()
			pass(2 * second)
			_, ok := w.caller.hears(personTone)
			require.True(t, ok)
			require.Equal(t, talking, c.last().Phase)
		})
		require.Len(t, w.desk.searches, 1)
	})
}

func TestATelephoneThatIsHungUpOrBreaks(t *testing.T) {
	for name, tc := range map[string]struct {
		why    string
		ending Ending
		words  string
		reason string
	}{
		"hung up": {"normal, by them", EndedByPerson, "person_left", "person"},
		"broken":  {"dead-media, by us", EndedLost, "person_lost", "caller"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t)
				w.serve(w.caller, 10*second, func() {
					s := w.desk.sought(0)
					line := w.arrive("agent", "udp", personTone)
					c := w.desk.clerk("Tina", line)
					c.ring = 3 * second
					s.news <- News{Kind: Found, Person: c}
					pass(5 * second)
					_, ok := w.caller.hears(personTone)
					require.True(t, ok)
					line.leave(tc.why)
					pass(5 * second)
				})
				require.Contains(t, w.caller.words(), tc.words)
				require.Equal(t, []Ending{tc.ending}, w.desk.people[0].endings)
				require.Equal(t, tc.reason, w.record().Reason)
			})
		})
	}
}

func TestALineThatCannotBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, 10*second, func() {
			for n := range maxFailures {
				c := w.desk.clerk("Tina", nil)
				c.err = leg.ErrBusy
				w.desk.sought(n).news <- News{Kind: Found, Person: c}
				pass(3 * second)
			}
		})
		require.Equal(t, []string{"verbinde", "person_lost", "person_lost", "niemand"}, w.caller.words())
		for _, s := range w.desk.searches {
			require.Equal(t, []Leaving{ConnectFailed}, s.left)
		}
	})
}

func TestAPersonWhoIsConsulted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.Permit = func(number string) (Target, error) {
			return Target{Address: "sip:" + number, RingTime: 20 * second}, nil
		}
		w.trunk.ring = 3 * second
		hear := func(p *party, tone float64) bool { _, ok := p.hears(tone); return ok }
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: Consult, Target: "030 12"}))
			pass(5 * second)
			other := w.trunk.leg(0)
			require.True(t, hear(line, guestTone))
			require.True(t, hear(other, personTone))
			require.False(t, hear(other, callerTone))
			require.False(t, hear(w.caller, guestTone))
			require.False(t, hear(w.caller, personTone))
			require.True(t, hear(w.caller, musicTone))
			require.Equal(t, State{Phase: consulting, Parties: []string{"caller", "Tina", "030 12"}, Voice: true}, c.last())

			require.NoError(t, c.order(Order{Kind: Merge}))
			pass(second)
			require.True(t, hear(w.caller, guestTone))
			require.True(t, hear(w.caller, personTone))
			require.True(t, hear(other, callerTone))
			require.Equal(t, merged, c.last().Phase)

			require.NoError(t, c.order(Order{Kind: Drop}))
			pass(second)
			require.True(t, other.over())
			require.True(t, hear(w.caller, personTone))
			require.Equal(t, talking, c.last().Phase)

			require.NoError(t, c.order(Order{Kind: Consult, Target: "030 13"}))
			pass(5 * second)
			require.NoError(t, c.order(Order{Kind: TransferTo}))
			pass(second)
			require.Equal(t, []Ending{EndedTransfer}, c.endings)
			require.True(t, hear(w.caller, guestTone))
			require.True(t, hear(w.trunk.leg(1), callerTone))
		})
	})
}

func TestAnotherPersonIsConsultedAndTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: Consult, Target: "@jan"}))
			s := w.desk.sought(1)
			require.Equal(t, "@jan", s.h.Department)
			other := w.arrive("agent", "webrtc", guestTone)
			s.news <- News{Kind: Found, Person: w.desk.clerk("Jan", other)}
			pass(second)
			_, ok := line.hears(guestTone)
			require.True(t, ok)
			_, ok = other.hears(callerTone)
			require.False(t, ok)
			require.NoError(t, c.order(Order{Kind: TransferTo, Target: ""}))
			pass(second)
			_, ok = other.hears(callerTone)
			require.True(t, ok)
			_, ok = line.hears(callerTone)
			require.False(t, ok)
			require.Equal(t, talking, w.desk.people[1].last().Phase)
			require.NoError(t, w.desk.people[1].order(Order{Kind: Finish}))
		})
		require.Equal(t, []Ending{EndedTransfer}, w.desk.people[0].endings)
		require.Equal(t, []Ending{EndedByPerson}, w.desk.people[1].endings)
		require.Equal(t, "person", w.record().Reason)
	})
}

func TestAnotherDepartmentTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			_, c, _ := served(w)
			w.desk.closed = errors.New("closed")
			require.Error(t, c.order(Order{Kind: TransferTo, Target: "standesamt"}))
			require.Equal(t, talking, c.last().Phase, "the caller fell out")
			w.desk.closed = nil
			require.NoError(t, c.order(Order{Kind: TransferTo, Target: "standesamt"}))
			s := w.desk.sought(1)
			require.Equal(t, "standesamt", s.h.Department)
			pass(2 * second)
			require.Contains(t, w.caller.words(), "transfer_onward department standesamt")
			require.Equal(t, "standesamt", w.record().Department)
		})
		require.Equal(t, []Ending{EndedTransfer}, w.desk.people[0].endings)
		require.Equal(t, []Leaving{HungUp}, w.desk.sought(1).left)
	})
}
