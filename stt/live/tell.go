package live

import (
	"slices"
	"time"
)

// telling is what the receiver of the updates knows.
type telling struct {
	words  []Word // since the last end of a sentence
	tail   string
	checks []*job // sentences to hear again
}

// mostChecks wait; of more the oldest are not worth it.
const mostChecks = 2

// check takes the next sentence to hear again.
func (t *telling) check() *job {
	if len(t.checks) == 0 {
		return nil
	}
	j := t.checks[0]
	t.checks = t.checks[1:]
	return j
}

// tell gives committed words to the receiver, an update for each sentence.
// over says that speech has ended behind them.
func (s *Stream) tell(words []Word, over bool, shift time.Duration) {
	for i := range words {
		words[i].Start += shift
		words[i].End += shift
	}
	if len(words) > 0 && s.sentenceBefore(words[0]) {
		s.sentence(nil, shift)
	}
	from := 0
	for i := range words {
		if i+1 < len(words) && endsSentence(words[i].Text) && begins(words[i+1].Text) {
			s.sentence(words[from:i+1], shift)
			from = i + 1
		}
	}
	if over && len(s.told.words)+len(words)-from > 0 {
		s.sentence(words[from:], shift)
		return
	}
	s.update(words[from:], false)
}

// sentenceBefore says that a sentence has ended before a word.
func (s *Stream) sentenceBefore(w Word) bool {
	n := len(s.told.words)
	return n > 0 && endsSentence(s.told.words[n-1].Text) && begins(w.Text)
}

func (s *Stream) sentence(words []Word, shift time.Duration) {
	s.update(words, true)
	s.recheck(s.told.words, shift)
	s.told.words = nil
}

// update tells what is new, if anything is.
func (s *Stream) update(words []Word, sentence bool) {
	tail := s.policy.Tail()
	if len(words) == 0 && !sentence && tail == s.told.tail {
		return
	}
	s.told.tail = tail
	s.told.words = append(s.told.words, words...)
	s.options.Update(Update{
		Committed: slices.Clip(words), Tail: tail, Sentence: sentence, Language: s.language,
		Behind: s.behind(), At: s.tape.end() + s.shift,
	})
}

// recheck keeps a sentence to be heard again with more audio before it, if
// somebody may still change its end.
func (s *Stream) recheck(words []Word, shift time.Duration) {
	if s.options.Unread == nil || len(words) == 0 || !s.options.Unread(words[len(words)-1]) {
		return
	}
	j := &job{kind: check, words: words, language: s.language, shift: shift}
	j.to = words[len(words)-1].End - shift + postRoll
	j.pcm, j.from = s.tape.cut(words[0].Start-shift-s.options.Final, j.to)
	s.expect(j)
	if s.told.checks = append(s.told.checks, j); len(s.told.checks) > mostChecks {
		s.told.checks = s.told.checks[1:]
		s.count(func(st *Stats) { st.Shed++ })
	}
}

func (s *Stream) onCheck(r result) {
	if r.err != nil || r.Rejected != "" {
		return
	}
	heard := placed(r)
	for i := range heard {
		heard[i].Start += r.shift
		heard[i].End += r.shift
	}
	if c, ok := correct(r.words, heard, s.options.Unread); ok {
		s.options.Update(Update{Corrections: []Correction{c}, Tail: s.told.tail, Language: r.Language, Behind: s.behind(), At: s.tape.end() + s.shift})
	}
}
