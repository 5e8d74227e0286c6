package live

import (
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/guard"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// onResult takes the answer of the worker.
func (s *Stream) onResult(r result) {
	s.desk.done(r)
	s.count(func(st *Stats) {
		st.Took += r.Took
		switch {
		case r.err == nil && !r.dropped:
			st.Windows++
		case r.kind == look:
			st.Shed++
		}
	})
	switch {
	case r.kind == check:
		s.onCheck(r)
	case r.kind == final:
		s.onFinal(r)
	case r.dropped:
	case r.err != nil:
		s.pace.dropped()
		s.covered = max(s.covered, r.heard-s.pace.step) // not at once again
	default:
		s.onLook(r)
	}
}

func (s *Stream) onLook(r result) {
	s.pace.learn(r.Took, r.Waited)
	s.covered = max(s.covered, r.heard)
	st := r.stretch
	if st.to != 0 {
		if r.pause == st.last {
			st.guess = &r // it is over: plan settles it
		}
		return
	}
	if r.pause > 0 && r.pause == s.ear.last {
		st.guess = &r
	}
	h := s.take(r)
	words := s.policy.Hear(h)
	s.tell(words, false, st.shift)
	if st.guess != nil {
		return // it may be all: the window stays as it was heard
	}
	if c, ok := s.policy.Cut(r.to); ok {
		s.policy.Shorten(c, s.tape.quietest(c.Low, c.High, quiet))
	}
}

func (s *Stream) onFinal(r result) {
	if r.err != nil {
		s.options.Log.Error("speech could not be recognised", "err", r.err, "length", r.to-r.from)
		s.count(func(st *Stats) { st.Lost += r.to - r.from })
		r.Rejected, r.Segments = guard.Unsure, nil
	}
	s.settle(r)
}

// settle commits all of the first stretch.
func (s *Stream) settle(r result) {
	h := s.take(r)
	if h.Unsure && r.language != "" && s.tongue.settled == "" && !r.stretch.again {
		r.stretch.again, r.stretch.guess = true, nil // plan asks which language it is
		return
	}
	if len(h.Words) == 0 && s.widen(r) {
		return // plan hears it again
	}
	if s.skip(h, r.stretch) {
		return // plan hears the rest
	}
	s.covered = max(s.covered, r.stretch.to)
	s.tell(s.policy.Settle(h), r.stretch.sentence, r.stretch.shift)
	s.queue = s.queue[1:]
	if len(s.queue) > 0 {
		s.head()
	}
}

// skip settles a stretch up to where the recogniser left something out, and
// leaves the rest in it.
func (s *Stream) skip(h Heard, st *stretch) bool {
	c, ok := skipped(h.Words, s.policy.edge, st.to)
	if !ok {
		return false
	}
	at := s.tape.quietest(c.Low, c.High, quiet)
	h.Words, h.To = append([]Word(nil), h.Words[:c.Words]...), at
	h.Words[c.Words-1].End = at
	s.tell(s.policy.Settle(h), false, st.shift)
	s.policy.Begin(at)
	st.from, st.guess, st.wider = at, nil, true
	return true
}

// widen gives a stretch in which somebody surely spoke, and of which nothing
// could be told, a second hearing with more of the quiet around it: where a
// window begins decides much of what is heard in a short one.
func (s *Stream) widen(r result) bool {
	st := r.stretch
	doubtful := r.Rejected == "" || r.Rejected == guard.Unsure || r.Rejected == guard.NoSpeech
	if r.err != nil || !doubtful || st.wider || !st.sentence || st.voiced < surelySpoken || !s.policy.Fresh() {
		return false
	}
	from, to := st.from, st.to
	if s.policy.From() == st.from { // else it was cut, and what lies before is told
		st.from = max(st.from-moreAround, st.floor)
		s.policy.Begin(st.from)
	}
	if len(s.queue) == 1 && s.ear.voiced == 0 {
		st.to = min(st.to+moreAround, s.heard)
		s.settled = st.to
	}
	st.wider, st.guess = true, nil
	return st.from < from || st.to > to
}

// take makes what was heard ready for the policy.
func (s *Stream) take(r result) Heard {
	length := media.Duration(len(r.pcm))
	h := Heard{To: r.heard, Language: r.Language, Looped: r.Rejected == guard.Repetition || r.Rejected == guard.TooFast}
	if r.kind == final {
		h.To = r.to
	}
	if r.Rejected == "" && s.policy.Fresh() && (length < doubtfulLength || r.stretch.wider) {
		r.Hypothesis = s.strict.Check(r.Hypothesis, length)
	}
	h.Words = placed(r)
	if len(h.Words) > 0 {
		h.Unsure = !s.tongue.learn(r.Language, r.LanguageProbability, length)
		s.language = r.Language
	}
	return h
}

// doubtfulLength: noise that voice activity takes for speech is short; what is
// heard in so little, with nothing said before, must be more certain.
const doubtfulLength = 2500 * time.Millisecond

// placed are the words with times of the tape.
func placed(r result) []Word {
	var out []Word
	for _, segment := range r.Segments {
		for _, w := range segment.Words {
			w.Start += r.from
			w.End += r.from
			out = append(out, w)
		}
		if len(segment.Words) == 0 && segment.Text != "" {
			out = append(out, spread(segment.Text, r.from+segment.Start, r.from+segment.End)...)
		}
	}
	return out
}

// spread gives the words of a text without times their share of it.
func spread(text string, from, to time.Duration) []Word {
	var out []Word
	for f := range strings.FieldsSeq(text) {
		out = append(out, Word{Text: f})
	}
	transcript.Spread(out, from, to)
	return out
}
