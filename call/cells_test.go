package call

import "errors"

// Phases of a transfer, as the matrix has them.
const (
	inRinging  = "ringing"
	inBriefing = "briefing"
	inMerging  = "merging"
	inBridged  = "bridged"
)

// What happens in a phase.
const (
	callerHangsUp = "caller hangs up"
	otherHangsUp  = "other hangs up"
	clerkHangsUp  = "clerk hangs up" // where the desk consults another one
	busy          = "busy"
	noAnswer      = "no answer"
	declined      = "declined"
	refused       = "5xx"
	browserClosed = "browser closed"
	networkLost   = "network lost 5 s"
)

// cell is one field of the matrix: what comes of it.
type cell struct {
	mode, phase, event string
	reason             string    // in the record
	callerHears        string    // from then on, in prompts
	otherHears         string    // the same
	ending             Ending    // of the clerk's part
	leaving            []Leaving // of the searches, in order
	talking            bool      // both still hear each other
	interpreted        bool      // caller and other speak different languages
}

var errServer = errors.New("500 server internal error")

func matrix() []cell {
	return append(append(append(deskCells(), phoneCells()...), consultCells()...), outsideCells()...)
}

// interpretedMatrix are the same cells, but those that the caller's exchange
// has a part in: nothing of how a call goes on or ends depends on whether it
// is interpreted, and on whether somebody is just being translated.
func interpretedMatrix() []cell {
	var out []cell
	for _, c := range matrix() {
		if c.mode == string(Blind) || c.mode == string(Attended) && c.phase == inMerging {
			continue
		}
		c.interpreted = true
		out = append(out, c)
	}
	return out
}

func deskCells() []cell {
	const m = "desk, browser"
	back := []Leaving{Connected, HungUp}
	return []cell{
		{mode: m, phase: inRinging, event: callerHangsUp, reason: "caller", leaving: []Leaving{HungUp}},
		{mode: m, phase: inRinging, event: declined, reason: "caller", leaving: []Leaving{HungUp}},
		{mode: m, phase: inRinging, event: browserClosed, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: []Leaving{ConnectFailed, HungUp}},
		{mode: m, phase: inRinging, event: networkLost, reason: "caller", leaving: []Leaving{HungUp}},
		{mode: m, phase: inBridged, event: callerHangsUp, reason: "caller", ending: EndedByCaller, leaving: back[:1]},
		{mode: m, phase: inBridged, event: clerkHangsUp, reason: "person", callerHears: "person_left", ending: EndedByPerson, leaving: back[:1]},
		{mode: m, phase: inBridged, event: browserClosed, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: back},
		{mode: m, phase: inBridged, event: networkLost, reason: "caller", ending: EndedByCaller, leaving: back[:1], talking: true},
	}
}

func phoneCells() []cell {
	const m = "desk, telephone"
	again := []Leaving{ConnectFailed, HungUp}
	out := []cell{
		{mode: m, phase: inRinging, event: callerHangsUp, reason: "caller", ending: EndedByCaller, leaving: []Leaving{HungUp}},
		{mode: m, phase: inBridged, event: callerHangsUp, reason: "caller", ending: EndedByCaller, leaving: []Leaving{Connected}},
		{mode: m, phase: inBridged, event: otherHangsUp, reason: "person", callerHears: "person_left", ending: EndedByPerson, leaving: []Leaving{Connected}},
		{mode: m, phase: inBridged, event: browserClosed, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: []Leaving{Connected, HungUp}},
		{mode: m, phase: inBridged, event: networkLost, reason: "caller", ending: EndedByCaller, leaving: []Leaving{Connected}, talking: true},
	}
	for _, e := range []string{busy, noAnswer, declined, refused, browserClosed} {
		out = append(out, cell{mode: m, phase: inRinging, event: e, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: again})
	}
	return out
}

// consultCells have a clerk who consults somebody outside.
func consultCells() []cell {
	const m = "desk, consulting"
	one := []Leaving{Connected}
	out := []cell{
		{mode: m, phase: inRinging, event: callerHangsUp, reason: "caller", ending: EndedByCaller, leaving: one},
		{mode: m, phase: inRinging, event: clerkHangsUp, reason: "person", callerHears: "person_left", ending: EndedByPerson, leaving: one},
		{mode: m, phase: inRinging, event: browserClosed, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: []Leaving{Connected, HungUp}},
		{mode: m, phase: inMerging, event: callerHangsUp, reason: "caller", ending: EndedByCaller, leaving: one},
		{mode: m, phase: inRinging, event: networkLost, reason: "caller", ending: EndedByCaller, leaving: one},
		{mode: m, phase: inMerging, event: networkLost, reason: "caller", ending: EndedByCaller, leaving: one},
		{mode: m, phase: inMerging, event: otherHangsUp, reason: "caller", callerHears: "back_from_hold", ending: EndedByCaller, leaving: one, talking: true},
		{mode: m, phase: inMerging, event: clerkHangsUp, reason: "person", callerHears: "person_left", ending: EndedByPerson, leaving: one},
		{mode: m, phase: inMerging, event: browserClosed, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: []Leaving{Connected, HungUp}},
		{mode: m, phase: inBridged, event: callerHangsUp, reason: "caller", ending: EndedByCaller, leaving: one},
		{mode: m, phase: inBridged, event: otherHangsUp, reason: "caller", callerHears: "back_from_hold", ending: EndedByCaller, leaving: one, talking: true},
		{mode: m, phase: inBridged, event: browserClosed, reason: "caller", callerHears: "person_lost, wait_next", ending: EndedLost, leaving: []Leaving{Connected, HungUp}},
		{mode: m, phase: inBridged, event: networkLost, reason: "caller", ending: EndedByCaller, leaving: one, talking: true},
	}
	for _, e := range []string{busy, noAnswer, declined, refused} {
		out = append(out, cell{mode: m, phase: inRinging, event: e, reason: "caller", callerHears: "back_from_hold", ending: EndedByCaller, leaving: one, talking: true})
	}
	return out
}

// outsideCells have the bot transfer to somebody outside.
func outsideCells() []cell {
	out := []cell{
		{mode: string(Blind), phase: inMerging, event: callerHangsUp, reason: "transferred"},
		{mode: string(Attended), phase: inBriefing, event: callerHangsUp, reason: "caller", otherHears: "briefing_gone"},
		{mode: string(Attended), phase: inBriefing, event: otherHangsUp, reason: "goodbye", callerHears: "niemand"},
		{mode: string(Attended), phase: inBriefing, event: declined, reason: "goodbye", callerHears: "niemand"},
		{mode: string(Attended), phase: inBriefing, event: noAnswer, reason: "goodbye", callerHears: "niemand", otherHears: "briefing, briefing_accept"},
		{mode: string(Attended), phase: inBriefing, event: networkLost, reason: "caller", talking: true},
		{mode: string(Attended), phase: inMerging, event: callerHangsUp, reason: "caller"},
		{mode: string(Attended), phase: inMerging, event: otherHangsUp, reason: "goodbye", callerHears: "niemand"},
		{mode: string(Attended), phase: inMerging, event: networkLost, reason: "transferred"},
		{mode: string(Attended), phase: inMerging, event: busy, reason: "caller", talking: true},
		{mode: string(Attended), phase: inMerging, event: refused, reason: "caller", talking: true},
	}
	for _, m := range []Mode{Blind, Attended, Bridged} {
		out = append(out, cell{mode: string(m), phase: inRinging, event: callerHangsUp, reason: "caller"})
		for _, e := range []string{busy, noAnswer, declined} {
			out = append(out, cell{mode: string(m), phase: inRinging, event: e, reason: "goodbye", callerHears: "niemand"})
		}
		if m == Blind { // an exchange that breaks at it: the call is made here
			out = append(out, cell{mode: string(m), phase: inRinging, event: refused, reason: "caller", talking: true},
				cell{mode: string(m), phase: inRinging, event: networkLost, reason: "transferred"})
			continue
		}
		briefed := ""
		if m == Attended {
			briefed = "briefing"
		}
		out = append(out,
			cell{mode: string(m), phase: inRinging, event: refused, reason: "goodbye", callerHears: "niemand"},
			cell{mode: string(m), phase: inRinging, event: networkLost, reason: "caller", otherHears: briefed, talking: true},
			cell{mode: string(m), phase: inBridged, event: callerHangsUp, reason: "caller"},
			cell{mode: string(m), phase: inBridged, event: otherHangsUp, reason: "person", callerHears: "person_left"},
			cell{mode: string(m), phase: inBridged, event: networkLost, reason: "caller", talking: true},
		)
	}
	return out
}
