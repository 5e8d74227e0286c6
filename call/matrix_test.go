package call

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// scene is a call of the matrix being played.
type scene struct {
	*town
	*office // of interpreted cells
	cell
	l     leg.Leg
	clerk *clerk
	line  *party     // the clerk's
	refer chan error // the outcome of a REFER
	// said is what caller and other had heard before it happened.
	said [2]int
}

func TestTransferMatrix(t *testing.T) {
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-17s %-9s %-17s | %-23s %-30s %-12s %-13s %-12s %s\n", "transfer", "phase", "what happens", "caller hears", "other hears", "clerk's part", "then both", "record", "legs left")
	for _, c := range append(matrix(), interpretedMatrix()...) {
		name := c.mode + "/" + c.phase + "/" + c.event
		if c.interpreted {
			name = "interpreted/" + name
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, c)
				s.serve(s.l, 10*second, func() {
					s.reach()
					if s.interpreted && s.phase == inBridged {
						require.Contains(t, strings.Join(s.otherWords(), ","), "interpret_notice/de")
						s.talkAtOnce()
					}
					s.said = [2]int{len(s.caller.words()), len(s.otherWords())}
					s.happen()
					pass(12 * second)
					if c.talking {
						s.bothHear()
					}
				})
				s.verify(&table)
			})
		})
	}
	t.Log(table.String())
}

func newScene(t *testing.T, c cell) *scene {
	s := &scene{cell: c, refer: make(chan error)}
	switch Mode(c.mode) {
	case Blind, Attended, Bridged:
		s.town = newTown(t, target(Mode(c.mode)))
	default:
		s.town = newTown(t)
		s.bot.Permit = func(string) (Target, error) { return Target{Address: "sip:x", RingTime: 20 * second}, nil }
	}
	if c.interpreted {
		s.office = newOffice(s.town)
		s.bot.Interpretation.Original = 1 // so that all is heard that is in the other matrix
	}
	s.trunk.ring = 60 * second
	s.l = s.caller
	if c.mode == string(Blind) || c.mode == string(Attended) && c.phase == inMerging {
		s.l = movable{s.caller, func(ctx context.Context, _ leg.Referral) error {
			return rings(ctx, 60*second, s.refer)
		}}
	}
	return s
}

// reach brings the call into the phase.
func (s *scene) reach() {
	pass(2 * second)
	switch s.mode {
	case string(Blind):
		return
	case string(Attended), string(Bridged):
		if s.phase == inRinging {
			return
		}
		s.trunk.outcome <- nil
		pass(7 * second) // the briefing is heard
		if s.mode == string(Attended) && s.phase != inBriefing {
			s.trunk.leg(0).press('1')
			pass(second)
		}
		return
	}
	s.reachDesk()
}

func (s *scene) reachDesk() {
	search := s.desk.sought(0)
	search.news <- News{Kind: Ringing}
	pass(2 * second)
	transport := "webrtc"
	if s.mode == "desk, telephone" {
		transport = "udp"
	}
	if s.phase == inRinging && s.mode == "desk, browser" && s.event != browserClosed {
		return // it rings at a page
	}
	if s.phase == inRinging && s.mode == "desk, telephone" {
		s.clerk = s.desk.clerk("Tina", nil)
	} else {
		s.line = s.arrive("agent", transport, personTone)
		s.clerk = s.desk.clerk("Tina", s.line)
	}
	if s.phase == inRinging && s.mode != "desk, consulting" {
		s.clerk.ring = 60 * second
	}
	search.news <- News{Kind: Found, Person: s.clerk}
	pass(2 * second)
	if s.mode != "desk, consulting" {
		return
	}
	require.NoError(s.t, s.clerk.order(Order{Kind: Consult, Target: "030 1"}))
	if s.phase != inRinging {
		s.trunk.outcome <- nil
		pass(second)
	}
	if s.phase == inBridged {
		require.NoError(s.t, s.clerk.order(Order{Kind: Merge}))
	}
	pass(second)
}

// happen is what the matrix is about.
func (s *scene) happen() {
	switch s.event {
	case callerHangsUp:
		if s.mode == string(Blind) && s.phase == inMerging {
			s.caller.leave("normal, by their exchange")
			s.refer <- nil // the NOTIFY comes after the BYE
			return
		}
		s.caller.leave("normal, by caller")
	case otherHangsUp:
		s.other().leave("normal, by them")
		if s.mode == string(Attended) && s.phase == inMerging {
			s.refer <- leg.ErrUnavailable
		}
	case clerkHangsUp:
		require.NoError(s.t, s.clerk.order(Order{Kind: Finish}))
	case browserClosed:
		s.closeBrowser()
	case networkLost:
		s.offline(true)
		pass(5 * second)
		s.offline(false)
		s.goOn()
	default:
		s.fails(map[string]error{busy: leg.ErrBusy, noAnswer: leg.ErrNoAnswer, declined: leg.ErrDeclined, refused: errServer}[s.event])
	}
}

// goOn brings what was under way to its end, in spite of the network.
func (s *scene) goOn() {
	switch {
	case s.mode == "desk, consulting" && s.phase == inRinging:
		s.trunk.outcome <- nil
	case s.mode == "desk, browser", s.mode == "desk, telephone", s.mode == "desk, consulting", s.phase == inBridged:
	case s.phase == inBriefing:
		s.trunk.leg(0).press('1')
	case s.mode == string(Blind), s.phase == inMerging:
		s.refer <- nil
	default:
		s.trunk.outcome <- nil
		if s.mode == string(Attended) {
			pass(7 * second)
			s.trunk.leg(0).press('1')
		}
	}
}

// fails lets what is under way come to nothing.
func (s *scene) fails(err error) {
	switch {
	case s.mode == "desk, browser":
		s.desk.sought(0).news <- News{Kind: Waiting} // the next one is asked
	case s.mode == "desk, telephone":
		s.clerk.rung <- err
		s.goOnWaiting()
	case s.phase == inBriefing && s.event == declined:
		s.trunk.leg(0).press('2')
	case s.phase == inBriefing:
		pass(40 * second)
	case s.mode == string(Blind), s.phase == inMerging:
		s.refer <- err
		if s.event == refused && s.mode == string(Blind) {
			s.trunk.outcome <- nil
		}
	case s.event == noAnswer:
		pass(20 * second) // nobody does anything
	default:
		s.trunk.outcome <- err
	}
}

func (s *scene) closeBrowser() {
	if s.line != nil && s.line.info.Transport == "webrtc" {
		s.line.leave("the page was closed")
	}
	close(s.clerk.orders)
	s.goOnWaiting()
}

// goOnWaiting has the desk say where the caller stands who is back in the queue.
func (s *scene) goOnWaiting() {
	s.desk.sought(1).news <- News{Kind: Waiting, Position: 1}
}

func (s *scene) offline(on bool) {
	for _, p := range []*party{s.caller, s.other()} {
		if p != nil {
			p.setOffline(on)
		}
	}
}

// other is who the caller is, or is to be, connected with.
func (s *scene) other() *party {
	if p := s.trunk.leg(0); p != nil {
		return p
	}
	return s.line
}

func (s *scene) bothHear() {
	other, tone := s.other(), guestTone
	if s.line != nil {
		other, tone = s.line, personTone
	}
	_, ok := s.caller.hears(tone)
	require.True(s.t, ok, "the caller does not hear the other")
	_, ok = other.hears(callerTone)
	require.True(s.t, ok, "the other does not hear the caller")
}

func (s *scene) otherWords() []string {
	if p := s.other(); p != nil {
		return p.words()
	}
	return nil
}

// after are the words that were heard since it happened.
func after(words []string, before int) string {
	var since []string
	for _, text := range words[min(before, len(words)):] {
		switch {
		case strings.HasPrefix(text, "Anruf über die 115"):
			since = append(since, "briefing")
		case ofInterpreter(text):
		default:
			since = append(since, text)
		}
	}
	return strings.Join(since, ", ")
}

// verify compares what came of it; orphan legs were looked for by serve.
func (s *scene) verify(table *strings.Builder) {
	caller, other := after(s.caller.words(), s.said[0]), after(s.otherWords(), s.said[1])
	require.Equal(s.t, s.callerHears, caller, "words to the caller")
	require.Equal(s.t, s.otherHears, other, "words to the other party")
	require.Equal(s.t, s.reason, s.record().Reason)
	require.Equal(s.t, journal.Ended, s.record().State)
	var endings []Ending
	if s.clerk != nil {
		endings = s.clerk.endings
		require.Equal(s.t, []Ending{s.ending}, endings)
	}
	var left []Leaving
	for _, search := range s.desk.searches {
		left = append(left, search.left...)
	}
	require.Equal(s.t, s.leaving, left)
	if s.interpreted {
		return
	}
	fmt.Fprintf(table, "%-17s %-9s %-17s | %-23s %-30s %-12s %-13s %-12s %s\n",
		s.mode, s.phase, s.event, caller, other, strings.Trim(fmt.Sprint(endings), "[]"), map[bool]string{true: "hear"}[s.talking], s.record().Reason, "none")
}
