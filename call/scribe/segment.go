package scribe

import (
	"cmp"
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Lengths of segments.
const (
	// longEnough: from here on a segment ends at the next pause, however short,
	// so that its words are soon settled and are not recognised over and over.
	longEnough = 10 * time.Second
	// peekFirst and peekEvery: words are shown while somebody speaks on and on.
	peekFirst = 1500 * time.Millisecond
	peekEvery = 1800 * time.Millisecond
	// peekShare: a recogniser that is slow, or busy with others, is looked at
	// so many times its own time apart, so that a speaker takes no more than a third of it.
	peekShare = 3
	// oftenFirst, oftenEvery and oftenShare hold instead for who translates
	// while somebody speaks: a new look begins soon after the last.
	oftenFirst = 900 * time.Millisecond
	oftenEvery = 600 * time.Millisecond
	oftenShare = 1.5
	// tail is the quiet left behind the last word.
	tail = 200 * time.Millisecond
	// resumed is how far back the words lie that the detector takes for going on.
	resumed = 400 * time.Millisecond
	// leastSpeech: shorter speech is shown only once it is known to be some.
	leastSpeech = 200 * time.Millisecond
)

// segment is one stretch of speech that becomes one line.
type segment struct {
	id       int // -1 until something is shown
	revision int
	start    time.Duration
	serial   int           // of the last pause
	paused   bool          // nothing was said since
	over     bool          // only final words are shown from now on
	spoken   time.Duration // from its start to the last word
	ended    time.Time     // when that was over, by the service's clock
	peekAt   time.Duration // media time of the next look at what is being said
	shown    transcript.Segment
}

// onTurn is called by the detector within frame, in the goroutine of Run.
func (s *Scribe) onTurn(e turn.Event) {
	seg := s.segment
	switch e.Kind {
	case turn.Started:
		s.open(e.Utterance.Start)
		s.voice(true)
	case turn.Paused:
		s.voice(false)
		s.pause(e.Utterance)
	case turn.Resumed:
		s.voice(true)
		if seg == nil { // the words before were settled at the pause
			s.open(e.At - resumed)
			return
		}
		seg.paused = false
		s.desk.drop(seg)
	case turn.Ended:
		s.voice(false)
		if seg != nil && seg.serial != e.Utterance.Serial {
			s.pause(e.Utterance)
		}
		s.settle()
	case turn.Discarded:
		s.voice(false)
		if seg != nil {
			s.desk.drop(seg)
			s.retract(seg)
			s.segment = nil
		}
	}
}

func (s *Scribe) open(at time.Duration) {
	first := peekFirst
	if s.often.Load() {
		first = oftenFirst
	}
	s.segment = &segment{id: -1, start: max(at, s.settled), peekAt: s.at + first}
}

// pause recognises what was said so far: if nothing follows, that was it.
func (s *Scribe) pause(u turn.Utterance) {
	seg := s.segment
	if seg == nil {
		return
	}
	seg.serial, seg.paused, seg.ended = u.Serial, true, s.wall(u.SpeechEnd)
	seg.spoken = u.SpeechEnd - seg.start
	s.desk.speculate(s.job(u.SpeechEnd+tail, u.Speech >= leastSpeech))
	if u.SpeechEnd-seg.start >= longEnough {
		s.settle()
	}
}

// settle makes what was said up to the last pause final.
func (s *Scribe) settle() {
	seg := s.segment
	if seg == nil {
		return
	}
	s.segment = nil
	seg.over = true
	s.settled = s.tape.end()
	if r := s.desk.settle(seg); r != nil {
		s.write(*r, true)
	}
	s.tellLost()
}

// close settles what is being said when the scribe ends.
func (s *Scribe) close() {
	if s.segment != nil && !s.segment.paused {
		s.segment.ended = s.wall(s.at)
		s.desk.speculate(s.job(s.at, true))
	}
	s.settle()
}

// peek looks at the words of somebody who speaks on.
func (s *Scribe) peek() {
	seg := s.segment
	if seg.paused || s.at < seg.peekAt || s.desk.busy() {
		return
	}
	seg.peekAt = s.at + s.between()
	s.desk.peek(s.job(s.at, true))
}

// between is the time from one look to the next.
func (s *Scribe) between() time.Duration {
	if s.often.Load() {
		return max(oftenEvery, time.Duration(oftenShare*float64(s.desk.took)))
	}
	return max(peekEvery, peekShare*s.desk.took)
}

func (s *Scribe) job(to time.Duration, show bool) *job {
	pcm, from := s.tape.cut(s.segment.start, to)
	return &job{segment: s.segment, pcm: pcm, from: from, show: show, language: s.tongue.speaks(s.forced.Load()), serial: s.segment.serial}
}

func (s *Scribe) onResult(r result) {
	s.judge(r)
	if s.desk.done(r) {
		s.write(r, r.job.final)
	}
	s.tellLost()
}

// write shows words, and settles them when they are final.
func (s *Scribe) write(r result, final bool) {
	s.tongue.learn(r, final)
	seg, text := r.job.segment, r.Text()
	switch {
	case final && r.err != nil:
		s.giveUp(seg)
	case final && text == "":
		s.retract(seg)
		s.tellNothing(seg)
	case final, r.err == nil && text != "" && r.job.show && !seg.over:
		s.show(seg, line(r), final)
		s.tell(seg, r.job.pcm)
	}
}

func (s *Scribe) tellLost() {
	for _, seg := range s.desk.lost {
		s.giveUp(seg)
		s.lost++
	}
	s.desk.lost = s.desk.lost[:0]
}

// line is what was heard, in media time.
func line(r result) transcript.Segment {
	t := transcript.Segment{
		Language: cmp.Or(r.Language, r.job.language), Text: r.Text(), Confidence: r.Confidence(),
		Start: r.job.from, End: r.job.end(),
	}
	for i, p := range r.Segments {
		if i == 0 {
			t.Start += p.Start
		}
		t.End = r.job.from + p.End
		for _, w := range p.Words {
			w.Start += r.job.from
			w.End += r.job.from
			t.Words = append(t.Words, w)
		}
	}
	return t
}

func (s *Scribe) show(seg *segment, t transcript.Segment, final bool) {
	if seg.id < 0 {
		seg.id = s.options.Next()
	} else {
		seg.revision++
	}
	t.Call, t.Leg, t.ID, t.Revision, t.Final = s.options.Call, s.options.Leg, seg.id, seg.revision, final
	seg.shown = t
	s.options.Journal.Add(s.options.Call, s.line(seg))
}

// retract takes back what turned out to be no words.
func (s *Scribe) retract(seg *segment) {
	if seg.over = true; seg.id < 0 {
		return
	}
	t := seg.shown
	t.Text, t.Words, t.Confidence = "", nil, 0
	t.Final, t.Revision = true, t.Revision+1
	s.options.Journal.Add(s.options.Call, journal.Line{Segment: t})
}

// unheard stands for words that could not be recognised.
const unheard = "…"

// giveUp keeps what is known of words that could not be recognised: what was
// shown while they were spoken, or that something was said at all. It is
// nothing to look for answers with.
func (s *Scribe) giveUp(seg *segment) {
	t := seg.shown
	if seg.id < 0 {
		seg.id = s.options.Next()
		t = transcript.Segment{Call: s.options.Call, Leg: s.options.Leg, ID: seg.id, Text: unheard, Start: seg.start, End: seg.start}
	}
	t.Final, t.Confidence, t.Revision = true, 0, t.Revision+1
	s.options.Journal.Add(s.options.Call, journal.Line{Segment: t})
	seg.shown = t
	if s.options.Hearing != nil {
		s.options.Hearing(Utterance{Line: s.line(seg), Ended: seg.ended})
	}
}
