package floor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// settle waits until everybody in the bubble has nothing to do.
func settle() { synctest.Wait() }

// pass lets time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// latest reads the news there are.
func latest(s call.Search) call.News {
	settle()
	select {
	case n := <-s.News():
		return n
	default:
		return call.News{}
	}
}

// person accepts and returns who is found.
func (r *room) person(s call.Search, agent, id string) call.Person {
	r.t.Helper()
	require.NoError(r.t, r.Accept(context.Background(), agent, id))
	n := latest(s)
	require.Equal(r.t, call.Found, n.Kind)
	return n.Person
}

func TestCallFromQueueToWrapup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		audio, _ := r.works("tina")
		s := r.seek("01A", "buergeramt", "tr")
		n := latest(s)
		require.Equal(t, call.News{Kind: call.Ringing, Position: 1, Wait: time.Minute, CallBack: true}, n)
		snap, err := r.Snapshot("tina", "en")
		require.NoError(t, err)
		require.Equal(t, "01A", snap.Offer.Call)
		require.Equal(t, "+4922812345", snap.Offer.From, "who is offered the call sees the number")
		require.Equal(t, []string{"en: Wohngeld"}, snap.Offer.Summary)
		require.Equal(t, "offered", snap.Queue[0].State)
		other, err := r.Preview("udo", "01A", "de")
		require.NoError(t, err)
		require.Equal(t, "+49••••••••", other.From)
		pass(3 * time.Second)

		p := r.person(s, "tina", "01A")
		s.Leave(call.Connected)
		l, err := p.Leg(t.Context())
		require.NoError(t, err)
		require.Equal(t, "01A", l.Info().Call)
		l.Receive(media.SinkFunc(func(media.Frame) error { return nil }))
		require.True(t, audio.heard())
		require.NoError(t, l.Playout().WriteFrame(media.Frame{}))
		require.Equal(t, 1, audio.frames())
		p.Tell(call.State{Phase: "talking", Parties: []string{"caller", p.Name()}})
		require.Equal(t, "talking", r.phase("tina"))
		require.Equal(t, Busy, r.state("tina"))
		require.NoError(t, r.Note("tina", "01A", "halb"))
		require.ErrorIs(t, r.Wrap(t.Context(), "tina", "01A", Wrap{}), ErrState)

		pass(2 * time.Minute)
		require.NoError(t, l.Hangup(t.Context(), leg.CauseNormal), "ends the call's part of it")
		p.Over(call.EndedByCaller)
		require.False(t, audio.ended(), "the browser's audio stays")
		require.False(t, audio.heard())
		require.Equal(t, "wrapup", r.phase("tina"))
		_, open := <-p.Orders()
		require.False(t, open)

		w := Wrap{Topic: "Wohngeld", Resolution: "solved", Bot: "wrong", Note: "Betrag veraltet"}
		require.ErrorIs(t, r.Wrap(t.Context(), "tina", "01A", Wrap{Bot: "stupid"}), ErrWrap)
		require.NoError(t, r.Wrap(t.Context(), "tina", "01A", w))
		require.Equal(t, Ready, r.state("tina"))
		require.Empty(t, r.phase("tina"))
		require.Equal(t, []store.Thumb{{Article: "wohngeld", Number: 3, Who: "tina", Note: "Betrag veraltet"}}, r.thumbs)
		rec := r.records("01A")
		require.Len(t, rec, 1)
		require.Equal(t, store.CallWrap(w), rec[0].CallWrap)
		require.Equal(t, 3*time.Second, rec[0].Waited())
		require.Equal(t, 2*time.Minute, rec[0].Talked())
		require.Equal(t, "+49••••••••", rec[0].From, "numbers are kept only if configured")
		require.Empty(t, rec[0].Summary)
		require.Equal(t, Figures{Ready: 1, AnsweredToday: 1, ServiceLevel: 1}, r.Figures())

		require.NoError(t, r.Wrap(t.Context(), "tina", "01A", Wrap{Topic: "Miete", Bot: "missing"}), "a late correction")
		require.Equal(t, "Miete", r.records("01A")[0].Topic)
		require.Equal(t, []string{"tr Miete"}, r.missed)
		require.ErrorIs(t, r.Wrap(t.Context(), "udo", "01A", Wrap{}), ErrNotInHand)
	})
}

func TestNotesOutliveAForgottenWrapup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.works("tina")
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "tina", "01A")
		require.NoError(t, r.Note("tina", "01A", "ruft wieder an"))
		p.Over(call.EndedByPerson)
		require.Equal(t, Wrapup, r.state("tina"))
		pass(50 * time.Second)
		require.NoError(t, r.Present("tina", Wrapup, ""), "more time")
		pass(50 * time.Second)
		require.Equal(t, Wrapup, r.state("tina"))
		pass(11 * time.Second)
		require.Equal(t, Ready, r.state("tina"))
		require.Equal(t, "ruft wieder an", r.records("01A")[0].Note)
	})
}

func TestNobodyIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shut := false
		r := open(t, func(o *Options) {
			o.Open = func(string, time.Time) bool { return !shut }
		})
		h := call.Handover{Call: "01A", Department: "buergeramt", Language: "de"}
		_, err := r.Seek(t.Context(), h)
		require.ErrorIs(t, err, ErrNoAgent)
		_, gone := r.works("tina")
		require.NoError(t, r.Present("tina", Paused, "lunch"))
		s, err := r.Seek(t.Context(), h)
		require.NoError(t, err)
		n := latest(s)
		require.Equal(t, call.News{Kind: call.Waiting, Position: 1, CallBack: true}, n, "the wait is unknown")
		shut = true
		_, err = r.Seek(t.Context(), call.Handover{Call: "01B", Department: "buergeramt"})
		require.ErrorIs(t, err, ErrClosed)
		require.Equal(t, call.News{}, latest(s), "who waits already stays")
		gone()
		pass(9 * time.Second)
		require.Equal(t, Paused, r.state("tina"))
		pass(2 * time.Second)
		require.Equal(t, Offline, r.state("tina"))
		pass(31 * time.Second)
		require.Equal(t, call.Nobody, latest(s).Kind)
		s.Leave(call.HungUp)
		require.Equal(t, "hung_up", r.records("01A")[0].Ending)
		require.Equal(t, 1, r.Figures().LostToday)
	})
}

func TestTwoAcceptTheSameCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.works("tina")
		r.works("udo")
		r.works("vera")
		s := r.seek("01A", "buergeramt", "de")
		require.ErrorIs(t, r.Accept(t.Context(), "vera", "01A"), ErrNotYours)
		require.ErrorIs(t, r.Accept(t.Context(), "mallory", "01A"), ErrNobody)
		require.ErrorIs(t, r.Accept(t.Context(), "udo", "01Z"), ErrNoCall)
		_, err := r.Preview("vera", "01A", "de")
		require.ErrorIs(t, err, ErrNotYours)
		vera, err := r.Snapshot("vera", "de")
		require.NoError(t, err)
		require.Empty(t, vera.Queue)
		chef, err := r.Snapshot("chef", "de")
		require.NoError(t, err)
		require.Len(t, chef.Queue, 1)
		require.Len(t, chef.Agents, 4)
		results := make(chan error, 2)
		for _, who := range []string{"tina", "udo"} {
			go func() { results <- r.Accept(t.Context(), who, "01A") }()
		}
		a, b := <-results, <-results
		require.True(t, (a == nil) != (b == nil), "%v, %v", a, b)
		for _, err := range []error{a, b} {
			if err != nil {
				require.ErrorIs(t, err, ErrTaken)
			}
		}
		require.Equal(t, call.Found, latest(s).Kind)
		s.Leave(call.HungUp)
	})
}

func TestOfferGoesRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.works("tina")
		pass(time.Second)
		r.works("udo")
		news, stop := r.Subscribe("tina")
		defer stop()
		s := r.seek("01A", "buergeramt", "de")
		require.Equal(t, Event{"offer"}, <-news)
		require.Equal(t, "01A", r.offer("tina"))
		pass(20 * time.Second)
		require.Equal(t, Paused, r.state("tina"))
		require.Equal(t, "missed", r.reason("tina"))
		require.Equal(t, "01A", r.offer("udo"))
		require.NoError(t, r.Decline("udo", "01A"))
		require.Equal(t, call.Waiting, latest(s).Kind)
		require.Error(t, r.Decline("udo", "01A"))
		require.NoError(t, r.Accept(t.Context(), "tina", "01A"), "from the list")
		s.Leave(call.HungUp)
		require.Equal(t, "hung_up", r.records("01A")[0].Ending)
		require.Empty(t, r.records("01A")[0].Agent)
		require.Equal(t, Ready, r.state("tina"), "nothing to write down")
		require.Equal(t, "caller_gone", r.reason("tina"))
		require.Equal(t, 1, r.Figures().LostToday)
		require.Zero(t, r.Figures().AnsweredToday)
	})
}

func TestTelephoneOfAnAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		phone := newWire("phone")
		answer := func(context.Context, leg.Callee) (leg.Leg, error) { return nil, leg.ErrBusy }
		var asked leg.Callee
		r := open(t, func(o *Options) {
			o.Dial = dialler{"sip:udo@desk": func(ctx context.Context, to leg.Callee) (leg.Leg, error) { asked = to; return answer(ctx, to) }}
		})
		require.ErrorIs(t, r.SetDevice("tina", Phone), ErrNoDevice)
		require.NoError(t, r.SetDevice("udo", Phone))
		require.NoError(t, r.Present("udo", Ready, ""))
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "udo", "01A")
		_, err := p.Leg(t.Context())
		require.ErrorIs(t, err, leg.ErrBusy)
		require.Equal(t, "01A", asked.Call)
		s.Leave(call.ConnectFailed)
		require.Equal(t, Paused, r.state("udo"))
		require.Equal(t, "busy", r.reason("udo"))
		n := latest(s)
		require.Equal(t, call.Waiting, n.Kind, "the caller keeps the place")
		_, open := <-p.Orders()
		require.False(t, open)

		answer = func(ctx context.Context, _ leg.Callee) (leg.Leg, error) {
			<-ctx.Done() // nobody takes the receiver off
			return nil, ctx.Err()
		}
		p = r.person(s, "udo", "01A")
		_, err = p.Leg(t.Context())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		p.Over(call.EndedLost) // as a call tells it
		s.Leave(call.ConnectFailed)
		again, err := r.Seek(t.Context(), call.Handover{Call: "01A", Department: "buergeramt", Language: "de"})
		require.NoError(t, err, "asking once more is the same as waiting on")
		require.Equal(t, "no_answer", r.reason("udo"))
		require.Equal(t, s, again)
		require.Len(t, r.records("01A"), 0, "it goes on")

		answer = func(context.Context, leg.Callee) (leg.Leg, error) { return phone, nil }
		p = r.person(s, "udo", "01A")
		l, err := p.Leg(t.Context())
		require.NoError(t, err)
		require.Equal(t, leg.Leg(phone), l)
		s.Leave(call.Connected)
		p.Over(call.EndedByCaller)
		require.True(t, phone.ended(), "no line is left over")
		require.Equal(t, Wrapup, r.state("udo"))
	})
}

func TestPageIsLoadedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		audio, gone := r.works("tina")
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "tina", "01A")
		s.Leave(call.Connected)
		l, err := p.Leg(t.Context())
		require.NoError(t, err)
		l.Receive(media.SinkFunc(func(media.Frame) error { return nil }))
		_ = audio.Hangup(t.Context(), leg.CauseNormal)
		gone()
		pass(time.Second)
		<-l.Done() // the caller hears music meanwhile
		require.ErrorIs(t, l.Playout().WriteFrame(media.Frame{}), leg.ErrEnded)
		_, err = p.Leg(t.Context())
		require.ErrorIs(t, err, ErrNoDevice)
		back := r.line("tina")
		gone = r.Seen("tina")
		l, err = p.Leg(t.Context())
		require.NoError(t, err)
		l.Receive(media.SinkFunc(func(media.Frame) error { return nil }))
		pass(20 * time.Second)
		require.True(t, back.heard(), "the call goes on with the new audio")
		require.NoError(t, l.Playout().WriteFrame(media.Frame{}))
		require.Equal(t, 1, back.frames())
		require.Equal(t, Busy, r.state("tina"))
		back.events <- leg.Event{Kind: leg.Digit, Digit: '5'}
		require.Equal(t, '5', (<-l.Events()).Digit)

		other := r.line("tina") // a second page
		pass(time.Second)
		require.True(t, back.ended(), "the newer page has the audio")
		require.True(t, other.heard())

		_ = other.Hangup(t.Context(), leg.CauseNormal)
		gone()
		pass(14 * time.Second)
		require.Equal(t, Offline, r.state("tina"))
		select {
		case <-p.Orders():
			t.Fatal("too early")
		default:
		}
		pass(2 * time.Second)
		_, open := <-p.Orders()
		require.False(t, open)
		<-l.Done()
		p.Over(call.EndedLost)
		s2, err := r.Seek(t.Context(), call.Handover{Call: "01A", Department: "buergeramt", Language: "de"})
		require.ErrorIs(t, err, ErrNoAgent)
		require.Nil(t, s2)
		r.works("udo")
		r.seek("01B", "buergeramt", "de")
		s2 = r.seek("01A", "buergeramt", "de")
		require.Equal(t, 1, latest(s2).Position, "before who came later")
		require.Equal(t, 1, r.Figures().AnsweredToday)
		rec := r.records("01A")
		require.Equal(t, "lost", rec[0].Ending)
	})
}

func TestOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, func(o *Options) {
			o.Permit = func(target string) (call.Target, error) {
				if target == "polizei" || target == "+49228777" {
					return call.Target{Name: target, Address: target}, nil
				}
				return call.Target{}, ErrTarget
			}
			o.Targets = []string{"polizei"}
		})
		r.works("tina")
		r.works("udo")
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "tina", "01A")
		go func() {
			for o := range p.Orders() {
				if o.Kind == call.MuteSelf {
					continue // is never carried out
				}
				o.Done <- nil
			}
		}()
		order := func(agent string, o call.Order) error { return r.Order(t.Context(), agent, "01A", o) }
		require.NoError(t, order("tina", call.Order{Kind: call.HoldCaller, On: true}))
		require.ErrorIs(t, order("udo", call.Order{Kind: call.HoldCaller}), ErrNotInHand)
		require.ErrorIs(t, order("tina", call.Order{Kind: call.MuteSelf}), ErrState)
		for target, want := range map[string]error{"polizei": nil, "+49228777": nil, "standesamt": nil, "@udo": nil, "@tina": ErrTarget, "@x": ErrTarget, "09001234": ErrTarget, "*": ErrTarget, "": ErrTarget} {
			require.ErrorIs(t, order("tina", call.Order{Kind: call.Consult, Target: target}), want, target)
		}
		require.NoError(t, order("tina", call.Order{Kind: call.TransferTo}), "to who was consulted")
		targets, err := r.Targets("tina")
		require.NoError(t, err)
		require.Equal(t, []Target{
			{"buergeramt", "department", "buergeramt", 1, true}, {"standesamt", "department", "standesamt", 0, true},
			{"@udo", "colleague", "Udo Ufer", 1, true}, {"polizei", "outside", "polizei", 0, true},
		}, targets)

		// Handed to a colleague while the call is still in hand: two people, one call.
		s2, err := r.Seek(t.Context(), call.Handover{Call: "01A", Department: "@udo", Language: "de"})
		require.NoError(t, err)
		require.Equal(t, "01A", r.offer("udo"))
		p2 := r.person(s2, "udo", "01A")
		s2.Leave(call.Connected)
		p.Over(call.EndedTransfer)
		p2.Over(call.EndedByCaller)
		rec := r.records("01A")
		require.Equal(t, []int{2, 1}, []int{rec[0].Part, rec[1].Part})
		require.Equal(t, []string{"udo", "tina"}, []string{rec[0].Agent, rec[1].Agent})
		require.Equal(t, 1, r.Figures().AnsweredToday, "one caller")
	})
}

func TestOverflowIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, func(o *Options) {
			o.Departments = map[string]DepartmentOptions{"buergeramt": {Overflow: "zentrale", After: time.Minute}}
		})
		r.works("tina")
		require.NoError(t, r.Present("tina", Paused, "lunch"))
		s := r.seek("01A", "buergeramt", "de")
		latest(s)
		pass(65 * time.Second)
		n := latest(s)
		require.Equal(t, call.Overflow, n.Kind)
		require.Equal(t, "zentrale", n.Target)
		pass(time.Minute)
		require.NotEqual(t, call.Overflow, latest(s).Kind)
		s.Leave(call.OverflowTaken)
		require.Equal(t, "overflow", r.records("01A")[0].Ending)
		require.Zero(t, r.Figures().LostToday)
	})
}

// TestCallThatJustEnds has a call that breaks down without a word.
func TestCallThatJustEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.works("tina")
		ctx, cancel := context.WithCancel(t.Context())
		_, err := r.Seek(ctx, call.Handover{Call: "01A", Department: "buergeramt", Language: "de"})
		require.NoError(t, err)
		require.NoError(t, r.Accept(t.Context(), "tina", "01A"))
		cancel()
		pass(9 * time.Second)
		require.Equal(t, Busy, r.state("tina"))
		pass(2 * time.Second)
		require.Equal(t, Wrapup, r.state("tina"))
		require.Equal(t, "lost", r.records("01A")[0].Ending)

		ctx, cancel = context.WithCancel(t.Context())
		_, err = r.Seek(ctx, call.Handover{Call: "01B", Department: "buergeramt", Language: "de"})
		require.NoError(t, err)
		cancel()
		pass(time.Second)
		require.Zero(t, r.Figures().Waiting)
	})
}

func TestErasedOnTheFloor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.works("tina")
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "tina", "01A")
		s.Leave(call.Connected)
		r.Erase("01A")
		snap, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Empty(t, snap.Hand.Preview.From)
		require.Empty(t, snap.Hand.Preview.Concern)
		p.Over(call.EndedByCaller)
		require.Empty(t, r.records("01A"))
	})
}

func TestWrittenCallNeedsNoAudio(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		gone := r.Seen("tina")
		audio, _ := r.works("tina")
		_ = audio.Hangup(t.Context(), leg.CauseNormal)
		settle()
		voice := r.seek("01V", "buergeramt", "de")
		require.Equal(t, call.Waiting, latest(voice).Kind)
		require.ErrorIs(t, r.Accept(t.Context(), "tina", "01V"), ErrNoDevice)
		s, err := r.Seek(t.Context(), call.Handover{Call: "01A", Department: "buergeramt", Language: "de", Written: true})
		require.NoError(t, err)
		require.Equal(t, "01A", r.offer("tina"))
		p := r.person(s, "tina", "01A")
		l, err := p.Leg(t.Context())
		require.NoError(t, err)
		require.Nil(t, l)
		gone()
		pass(time.Minute)
		select {
		case <-p.Orders():
			t.Fatal("the other page is still open")
		default:
		}
		voice.Leave(call.HungUp)
	})
}

func TestSupervisorListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heard := make(chan string, 1)
		r := open(t, func(o *Options) {
			o.Listening = true
			o.Listen = func(ctx context.Context, id string, ear leg.Leg) error {
				heard <- id
				<-ctx.Done()
				return nil
			}
		})
		r.works("tina")
		r.works("chef")
		require.ErrorIs(t, r.Listen(t.Context(), "chef", "01A"), ErrNoCall)
		s := r.seek("01A", "buergeramt", "de")
		r.person(s, "tina", "01A")
		require.ErrorIs(t, r.Listen(t.Context(), "udo", "01A"), ErrNoSupervisor)
		r.journal.Begin(journal.Call{ID: "01A"})
		r.journal.Add("01A", journal.Line{Segment: transcript.Segment{Call: "01A", Leg: "caller", Text: "vertraulich", Final: true}})
		require.NoError(t, r.Follow("tina", "01A"))
		require.ErrorIs(t, r.Follow("udo", "01A"), ErrNotInHand, "a colleague's call is theirs")
		require.ErrorIs(t, r.Follow("chef", "01A"), ErrNotInHand, "who has not told that they listen hears and reads nothing")
		require.ErrorIs(t, r.Follow("vera", "01A"), ErrNotYours)
		require.ErrorIs(t, r.Follow("chef", "01Z"), ErrNoCall)
		kept, err := r.Preview("chef", "01A", "de")
		require.NoError(t, err)
		require.Empty(t, kept.Lines)
		require.NoError(t, r.Listen(t.Context(), "chef", "01A"))
		require.Equal(t, "01A", <-heard)
		settle()
		require.Equal(t, Paused, r.state("chef"))
		snap, err := r.Snapshot("chef", "de")
		require.NoError(t, err)
		require.Equal(t, "01A", snap.Listening)
		require.NoError(t, r.Follow("chef", "01A"))
		shown, err := r.Preview("chef", "01A", "de")
		require.NoError(t, err)
		require.Len(t, shown.Lines, 1)
		tina, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.True(t, tina.Hand.Listened, "whoever is heard sees it")
		r.Deafen("chef")
		settle()
		require.Equal(t, Ready, r.state("chef"))
		require.ErrorIs(t, r.Follow("chef", "01A"), ErrNotInHand)
		tina, err = r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.False(t, tina.Hand.Listened)

		require.NoError(t, r.Present("chef", Paused, "lunch"))
		require.NoError(t, r.Listen(t.Context(), "chef", "01A"))
		<-heard
		settle()
		require.NoError(t, r.Present("chef", Offline, ""))
		r.Deafen("chef")
		settle()
		require.Equal(t, Offline, r.state("chef"), "who went home stays there")
		s.Leave(call.HungUp)
	})
}

func TestOptionsAreChecked(t *testing.T) {
	_, err := New(Options{Agents: []AgentOptions{{Name: "a"}, {Name: "a"}}})
	require.Error(t, err)
	f, err := New(Options{Anyone: true})
	require.NoError(t, err)
	s, err := f.Snapshot("new", "de")
	require.NoError(t, err)
	require.Equal(t, "new", s.Me.Title)
	_, err = f.Snapshot("", "de")
	require.ErrorIs(t, err, ErrNobody)
}

// TestAcceptedWhileTheCallLooksForSomebody has the next person faster than the call.
func TestAcceptedWhileTheCallLooksForSomebody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		audio, _ := r.works("tina")
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "tina", "01A")
		_ = audio.Hangup(t.Context(), leg.CauseNormal)
		settle()
		_, err := p.Leg(t.Context())
		require.ErrorIs(t, err, ErrNoDevice)
		r.works("udo")
		p.Over(call.EndedLost)
		require.Equal(t, "no_audio", r.reason("tina"))
		require.NoError(t, r.Accept(t.Context(), "udo", "01A"))
		<-s.News() // by the reader of before
		again := r.seek("01A", "buergeramt", "de")
		n := latest(again)
		require.Equal(t, call.Found, n.Kind)
		require.Equal(t, "Udo Ufer", n.Person.Name())
		again.Leave(call.HungUp)
		require.Len(t, r.records("01A"), 1)
	})
}

// TestLineBreaksWhileTheyTalk pauses who cannot be heard, after the wrap-up.
func TestLineBreaksWhileTheyTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		audio, _ := r.works("tina")
		s := r.seek("01A", "buergeramt", "de")
		p := r.person(s, "tina", "01A")
		l, err := p.Leg(t.Context())
		require.NoError(t, err)
		s.Leave(call.Connected)
		_ = audio.Hangup(t.Context(), leg.CauseNormal)
		settle()
		<-l.Done()
		p.Over(call.EndedLost)
		require.Equal(t, Wrapup, r.state("tina"))
		pass(61 * time.Second)
		require.Equal(t, Paused, r.state("tina"))
		require.Equal(t, "line", r.reason("tina"))
		require.False(t, func() bool { s, _ := r.Snapshot("tina", "de"); return s.Me.Device.Ready }())
	})
}
