package scribe

import "github.com/amtsleitung/amtsleitung/turn"

// How probable it is that a turn is over after such words, for the detector,
// which waits accordingly (turn.EndSilence). What says nothing leaves it to
// the silence: whoever speaks to a person is not to be cut short.
const (
	afterOpen    = 0.02 // "... a passport for": 1.6 s
	afterHanging = 0.1  // "I need...", or a group of digits: 1.2 s
	afterAsking  = 0.9
)

// judge tells the detector what the words of a pause say about the end of the turn.
func (s *Scribe) judge(r result) {
	if s.options.OpenEnds == nil || r.err != nil || !r.job.pause || r.job.final {
		return
	}
	switch s.options.OpenEnds.Words(r.Language, r.Text()) {
	case turn.GoesOn:
		s.detector.Verdict(r.job.serial, afterOpen)
	case turn.Hanging, turn.Counting:
		s.detector.Verdict(r.job.serial, afterHanging)
	case turn.Question, turn.Answered:
		s.detector.Verdict(r.job.serial, afterAsking)
	}
}
