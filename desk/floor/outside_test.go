package floor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// speaks has a call in progress in which something was said.
func (r *room) speaks(id, state string) {
	settle()
	r.journal.Begin(journal.Call{ID: id, Language: "tr", State: state})
	r.journal.Add(id, journal.Line{Segment: transcript.Segment{Call: id, Leg: "caller", Text: "Wohngeld", Language: "tr", Final: true}})
}

// becomes changes how a call stands.
func (r *room) becomes(id, state string) {
	r.journal.Change(id, func(c *journal.Call) { c.State = state })
}

// TestCallHandedOutside is seen by whoever knows its id and works for the
// city, also by somebody who has no place at the desk.
func TestCallHandedOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.speaks("01A", journal.Speaking)
		for _, agent := range []string{"tina", "eve"} {
			_, err := r.Context(t.Context(), agent, "01A", "de")
			require.ErrorIs(t, err, ErrNoCall, "the bot has the call")
		}
		r.Handed(call.Handover{Call: "01A", Department: "werkhof", Language: "tr", Concern: "Wohngeld", From: "+4922812345", Summary: dialog.Summary{Concern: "Wohngeld", Missing: []string{"street"}}})
		require.ErrorIs(t, r.Follow("eve", "01A"), ErrNobody, "it does not ring there yet")
		r.becomes("01A", journal.Ringing)
		for _, agent := range []string{"tina", "eve"} {
			seen, err := r.Context(t.Context(), agent, "01A", "en")
			require.NoError(t, err)
			require.True(t, seen.Live)
			require.False(t, seen.Mine)
			require.Equal(t, []string{"en: Wohngeld"}, seen.Preview.Summary)
			require.Equal(t, []string{"street"}, seen.Preview.Missing)
			require.Equal(t, "+49••••••••", seen.Preview.From)
			require.Len(t, seen.Lines, 1)
			require.NoError(t, r.Follow(agent, "01A"))
			require.Error(t, r.Hear(agent, "01A"), "reading is not hearing")
		}
		r.becomes("01A", journal.Listening)
		require.ErrorIs(t, r.Follow("eve", "01A"), ErrNobody, "the bot has taken the caller back")
		_, err := r.Context(t.Context(), "eve", "01A", "de")
		require.ErrorIs(t, err, ErrNoCall)

		r.becomes("01A", journal.Talking)
		require.NoError(t, r.Follow("eve", "01A"), "the second try")
		r.journal.End("01A", "caller", time.Now(), 0)
		seen, err := r.Context(t.Context(), "eve", "01A", "de")
		require.NoError(t, err)
		require.False(t, seen.Live)
		pass(2 * time.Hour)
		_, err = r.Context(t.Context(), "eve", "01A", "de")
		require.ErrorIs(t, err, ErrNoCall, "what was known is forgotten")
	})
}

// TestCallThatTheBotTookBack is nobody's outside, also once it is over.
func TestCallThatTheBotTookBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.speaks("01A", journal.Ringing)
		r.Handed(call.Handover{Call: "01A"})
		require.NoError(t, r.Follow("eve", "01A"))
		r.becomes("01A", journal.Speaking)
		pass(time.Minute)
		r.journal.End("01A", "caller", time.Now(), 0)
		_, err := r.Context(t.Context(), "eve", "01A", "de")
		require.ErrorIs(t, err, ErrNoCall)
	})
}

// TestCallOfATarget needs no word of its own: the journal has the name.
func TestCallOfATarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, func(o *Options) { o.Targets = []string{"werkhof"} })
		r.speaks("01A", journal.Talking)
		_, err := r.Context(t.Context(), "eve", "01A", "de")
		require.ErrorIs(t, err, ErrNoCall)
		r.journal.Change("01A", func(c *journal.Call) { c.Department = "werkhof" })
		seen, err := r.Context(t.Context(), "eve", "01A", "de")
		require.NoError(t, err)
		require.Nil(t, seen.Preview, "only what was said is known")
		require.Len(t, seen.Lines, 1)
	})
}

// TestCallOfTheDeskIsNoneOutside: the page shows it to whom the desk shows it.
func TestCallOfTheDeskIsNoneOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, func(o *Options) {
			o.Permit = func(name string) (call.Target, error) { return call.Target{Name: name}, nil }
		})
		r.works("tina")
		r.speaks("01A", journal.Ringing)
		s := r.seek("01A", "buergeramt", "tr")
		settle()
		seen, err := r.Context(t.Context(), "tina", "01A", "de")
		require.NoError(t, err)
		require.True(t, seen.Mine)
		require.Len(t, seen.Lines, 1)
		for _, agent := range []string{"vera", "eve"} {
			_, err := r.Context(t.Context(), agent, "01A", "de")
			require.ErrorIs(t, err, ErrNoCall, agent)
		}
		p := r.person(s, "tina", "01A")
		s.Leave(call.Connected)
		r.becomes("01A", journal.Talking)
		p.Tell(call.State{Phase: "talking"})
		_, err = r.Context(t.Context(), "udo", "01A", "de")
		require.ErrorIs(t, err, ErrNoCall, "in a colleague's hand")

		obeys := func(target string, kind call.OrderKind) {
			done := make(chan struct{})
			go func() { (<-p.Orders()).Done <- nil; close(done) }()
			require.NoError(t, r.Order(t.Context(), "tina", "01A", call.Order{Kind: kind, Target: target}))
			<-done
		}
		obeys("werkhof", call.Consult)
		p.Tell(call.State{Phase: "consulting"})
		seen, err = r.Context(t.Context(), "eve", "01A", "de")
		require.NoError(t, err, "who is consulted sees what it is about")
		require.True(t, seen.Live)
		require.Equal(t, "Wohngeld", seen.Preview.Concern)
		p.Tell(call.State{Phase: "talking"})
		require.ErrorIs(t, r.Follow("eve", "01A"), ErrNobody, "and no more once that is over")
		p.Tell(call.State{Phase: "transferring"})
		require.ErrorIs(t, r.Follow("eve", "01A"), ErrNobody, "to somebody else")
		obeys("werkhof", call.TransferTo)
		p.Tell(call.State{Phase: "transferring"})
		p.Over(call.EndedTransfer)
		require.NoError(t, r.Follow("eve", "01A"))
		require.NoError(t, r.Wrap(t.Context(), "tina", "01A", Wrap{Topic: "Wohngeld", Resolution: "forwarded"}))
		seen, err = r.Context(t.Context(), "tina", "01A", "de")
		require.NoError(t, err)
		require.Equal(t, "Wohngeld", seen.Records[0].Topic)
		seen, err = r.Context(t.Context(), "eve", "01A", "de")
		require.NoError(t, err)
		require.Empty(t, seen.Records, "the desk's own record is the desk's")
		r.Erase("01A")
		_, err = r.Context(t.Context(), "vera", "01A", "de")
		require.ErrorIs(t, err, ErrNoCall)
	})
}
