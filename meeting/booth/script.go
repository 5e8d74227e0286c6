package booth

import (
	"slices"
	"sync"
	"time"
)

// passage is a sentence to be said.
type passage struct {
	sentence, input, text string
	at                    time.Time // when it could be read
	number                int       // in the order of being said, from 1
}

// script is what a voice has to say: sentences flow in as viewers get them,
// and out in time, each once.
type script struct {
	mu      sync.Mutex
	waiting []passage
	said    []string // sentences, the newest last
	cut     func()   // ends what is being said
	saying  passage
	taken   int // passages
	news    chan struct{}
}

const (
	// tooLate is how late a sentence may be said: of those that are later all but
	// the newest are left out.
	tooLate = 15 * time.Second
	// hurry is how late the voice becomes faster, and fastest twice as late.
	hurry   = 4 * time.Second
	fastest = 1.25
	// mostWaiting bounds what waits for a voice that hangs.
	mostWaiting = 100
	// mostSaid bounds what is remembered; corrections come soon or are not heard.
	mostSaid = 200
)

func newScript() *script { return &script{news: make(chan struct{}, 1)} }

// put adds a sentence; one that waits is replaced, one that was said stays.
func (s *script) put(p passage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.said, p.sentence) {
		return
	}
	i := slices.IndexFunc(s.waiting, func(w passage) bool { return w.sentence == p.sentence })
	switch {
	case i >= 0 && p.text == "": // an editor took it away
		s.waiting = slices.Delete(s.waiting, i, i+1)
	case i >= 0:
		s.waiting[i].text = p.text
	case p.text != "":
		s.waiting = append(s.waiting, p)
	}
	if len(s.waiting) > mostWaiting {
		s.waiting = slices.Delete(s.waiting, 0, 1)
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// take gives the next sentence, and whether others were left out before it.
// cut is called if it is taken back while it is being said.
func (s *script) take(now time.Time, cut func()) (p passage, skipped, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return p, false, false
	}
	if n := len(s.waiting); n > 1 && now.Sub(s.waiting[0].at) > tooLate {
		for _, w := range s.waiting[:n-1] {
			s.remember(w.sentence)
		}
		s.waiting, skipped = s.waiting[n-1:], true
	}
	p = s.waiting[0]
	s.taken++
	p.number = s.taken
	s.waiting = slices.Delete(s.waiting, 0, 1)
	s.remember(p.sentence)
	s.saying, s.cut = p, cut
	return p, skipped, true
}

func (s *script) remember(sentence string) {
	if s.said = append(s.said, sentence); len(s.said) > mostSaid {
		s.said = slices.Delete(s.said, 0, mostSaid/4)
	}
}

// over says that the sentence was said.
func (s *script) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saying, s.cut = passage{}, nil
}

// retract takes all of an input back, also what is being said: up to the last
// passage, whose number it returns, nothing of it is to be heard any more.
func (s *script) retract(input string) (last int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(p passage) bool { return p.input == input })
	if s.cut != nil && s.saying.input == input {
		s.cut()
	}
	return s.taken
}

// rate is how fast to say something that is so late.
func rate(late time.Duration) float64 {
	if late <= hurry {
		return 1
	}
	return 1 + (fastest-1)*min(1, float64(late-hurry)/float64(hurry))
}
