package scribe

import (
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Often lets the words be looked at as often as the recogniser allows while
// the party speaks on: for who translates before the end of a sentence.
func (s *Scribe) Often(on bool) { s.often.Store(on) }

// voice tells whether the party speaks, each change once.
func (s *Scribe) voice(on bool) {
	if s.speaking == on {
		return
	}
	s.speaking = on
	if s.options.Speaking != nil {
		s.options.Speaking(on)
	}
}

// tell gives the words that were shown last to those who wait for them.
func (s *Scribe) tell(seg *segment, pcm []int16) {
	u := Utterance{Line: s.line(seg), Ended: seg.ended}
	switch {
	case seg.shown.Final && s.options.Heard != nil:
		u.PCM = pcm
		s.options.Heard(u)
	case !seg.shown.Final && s.options.Hearing != nil:
		s.options.Hearing(u)
	}
}

// tellNothing says that a voice had no words.
func (s *Scribe) tellNothing(seg *segment) {
	if s.options.Hearing == nil {
		return
	}
	t := transcript.Segment{Call: s.options.Call, Leg: s.options.Leg, ID: seg.id, Final: true, Start: seg.start, End: seg.start + seg.spoken}
	s.options.Hearing(Utterance{Line: journal.Line{Segment: t}, Ended: seg.ended})
}

func (s *Scribe) line(seg *segment) journal.Line {
	return journal.Line{Segment: seg.shown, Model: s.options.Recognizer.Name()}
}

// wall is when the clock showed a moment of media time that is over. Frames
// that still wait have been heard already.
func (s *Scribe) wall(at time.Duration) time.Time {
	waiting := time.Duration(len(s.inbox.frames)) * media.FrameDuration
	return s.options.Now().Add(at - s.tape.end() - waiting)
}
