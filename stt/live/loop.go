package live

import (
	"context"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// stretch is speech between two pauses, or the cuts of one that is too long.
type stretch struct {
	from, onset time.Duration
	to          time.Duration // behind it; 0 while somebody speaks
	sentence    bool          // it ends with a pause, not with a cut
	shift       time.Duration
	last        time.Duration // end of the last voice, once it is over
	again       bool          // it was asked again in which language it is
	floor       time.Duration // what lies before belongs to others
	voiced      time.Duration // of it, once it is over
	wider       bool          // it was heard again with more around it
	guessed     time.Duration // the pause that was looked at last
	guess       *result       // of all that was said up to the pause that lasts
}

func (s *Stream) hear(ctx context.Context) error {
	end := s.end
	for {
		s.plan(ctx)
		if end == nil && s.desk.current == nil {
			return ctx.Err()
		}
		frames := s.frames
		if s.options.Lossless && s.full() {
			frames = nil
		}
		select {
		case f := <-frames:
			if err := s.frame(&f); err != nil {
				return err
			}
		case r := <-s.desk.results:
			s.onResult(r)
		case <-end:
			end = nil
			if err := s.finish(); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// full says that a recording must wait. Looks at unfinished speech are made at
// their moments of the recording; whole stretches may be read ahead of, though
// not far into a silence that would all stay in memory.
func (s *Stream) full() bool {
	const (
		ahead = 3 // stretches
		far   = 2 * time.Minute
	)
	return s.desk.current != nil && (!s.options.Accurate || len(s.queue) >= ahead || s.tape.end()-s.tape.begin() > far)
}

// finish settles what is being said when no frame follows.
func (s *Stream) finish() error {
	for {
		select {
		case f := <-s.frames:
			if err := s.frame(&f); err != nil {
				return err
			}
			continue
		default:
		}
		if open := s.open(); open != nil {
			s.close(open, s.tape.end(), true)
		}
		return nil
	}
}

// frame takes 20 ms.
func (s *Stream) frame(f *frame) error {
	s.leap(f.at)
	s.tape.write(f.pcm[:])
	s.count(func(st *Stats) { st.Audio += media.FrameDuration })
	for s.tape.end()-s.heard >= voiceDuration {
		i := s.tape.at(s.heard)
		p, err := s.voice.Probability(s.tape.pcm[i : i+VoiceSamples])
		if err != nil {
			return fmt.Errorf("voice activity: %w", err)
		}
		s.heard += voiceDuration
		s.onTurn(s.ear.hear(p, s.heard))
	}
	s.shorten()
	s.overflow()
	s.tape.trim(s.needed())
	return nil
}

// leap takes a hole in the media time: the speaker was muted or held.
func (s *Stream) leap(at time.Duration) {
	if hole := at - (s.tape.end() + s.shift); hole > media.FrameDuration {
		if open := s.open(); open != nil {
			s.close(open, s.tape.end(), true)
		}
		s.ear = ear{endAfter: s.ear.endAfter}
		s.settled = s.tape.end()
		s.shift += hole
	}
}

func (s *Stream) onTurn(t turned) {
	open := s.open()
	switch t {
	case started:
		floor := max(s.settled, s.tape.begin())
		s.begin(max(s.tape.soundFrom(s.ear.from, s.heard, floor)-preRoll, floor), s.ear.from)
		s.open().floor = floor
	case resumed:
		if open != nil {
			open.guess = nil
		}
	case ended:
		if open != nil {
			s.close(open, min(s.ear.last+postRoll, s.heard), true)
		}
	}
}

// open is the stretch that is being spoken.
func (s *Stream) open() *stretch {
	if n := len(s.queue); n > 0 && s.queue[n-1].to == 0 {
		return s.queue[n-1]
	}
	return nil
}

func (s *Stream) begin(from, onset time.Duration) {
	s.queue = append(s.queue, &stretch{from: from, onset: onset, shift: s.shift})
	if len(s.queue) == 1 {
		s.head()
	}
}

// head gives the first stretch to the policy.
func (s *Stream) head() {
	s.policy.Begin(s.queue[0].from)
	s.covered = max(s.covered, s.queue[0].onset)
}

// close ends a stretch. A look that is under way is of no use any more, unless
// it has all that was said.
func (s *Stream) close(st *stretch, to time.Duration, sentence bool) {
	st.to, st.sentence, st.last, st.voiced = to, sentence, s.ear.last, s.ear.spoken
	s.settled = to
	if j := s.desk.current; j != nil && j.stretch == st && j.kind == look && (j.pause == 0 || j.pause != s.ear.last || !sentence) {
		s.desk.drop()
	}
	if g := st.guess; g != nil && (g.pause != s.ear.last || !sentence) {
		st.guess = nil
	}
}

// shorten cuts speech without a pause at its quietest place.
func (s *Stream) shorten() {
	const soonest = 0.6 // of the longest
	open := s.open()
	if open == nil {
		return
	}
	from, low := open.from, time.Duration(0)
	if open == s.queue[0] {
		from, low = s.policy.From(), s.policy.edge
	}
	to := s.tape.end()
	if to-from < s.options.Longest {
		return
	}
	low = min(to, max(low, from+time.Duration(soonest*float64(s.options.Longest))))
	at := s.tape.quietest(low, to, quiet)
	s.close(open, at, false)
	s.begin(at, at)
}

// quiet is the length of a place to cut at.
const quiet = 120 * time.Millisecond

// overflow gives up the oldest speech when too much waits.
func (s *Stream) overflow() {
	for len(s.queue) > 2 && s.tape.end()-s.queue[0].from > s.options.Most {
		i := 0
		if s.desk.current != nil && s.desk.current.stretch == s.queue[0] {
			i = 1
		}
		lost := s.queue[i]
		s.queue = append(s.queue[:i], s.queue[i+1:]...)
		s.count(func(st *Stats) { st.Lost += lost.to - lost.from })
		if i == 0 {
			s.head()
			continue
		}
		return // one a frame while the first is being recognised
	}
}

// needed is the begin of the audio that may still be asked for.
func (s *Stream) needed() time.Duration {
	const before = floorBefore + earlier + preRoll + moreAround
	from := s.heard - before - time.Second
	if s.ear.voiced > 0 {
		from = min(from, s.ear.from-before)
	}
	if len(s.queue) > 0 {
		from = min(from, s.policy.From()-moreAround)
	}
	if s.options.Unread != nil {
		from -= s.options.Final + s.options.Longest
	}
	return from
}

// behind is how much audio waits.
func (s *Stream) behind() time.Duration {
	if len(s.queue) == 0 {
		return 0
	}
	return max(0, s.tape.end()-s.covered)
}

// plan gives the idle worker the next window: first what is over, then a look
// at what is being said, at last the sentences to hear again.
func (s *Stream) plan(ctx context.Context) {
	for s.desk.current == nil {
		if len(s.queue) == 0 {
			s.planCheck(ctx)
			return
		}
		head := s.queue[0]
		if head.to == 0 {
			s.planLook(ctx, head)
			return
		}
		if head.guess == nil {
			s.start(ctx, s.window(final, head, head.to))
			return
		}
		s.settle(*head.guess)
	}
}

func (s *Stream) planLook(ctx context.Context, head *stretch) {
	if s.options.Accurate {
		return
	}
	if s.ear.quiet >= pauseAfter {
		if head.guessed != s.ear.last {
			j := s.window(look, head, min(s.ear.last+postRoll, s.heard))
			j.pause, head.guessed = s.ear.last, s.ear.last
			s.start(ctx, j)
		}
		return
	}
	if s.tape.end()-s.covered >= s.pace.next() {
		s.start(ctx, s.window(look, head, s.tape.end()))
		return
	}
	if s.pace.took < s.pace.step/2 {
		s.planCheck(ctx)
	}
}

func (s *Stream) planCheck(ctx context.Context) {
	if j := s.told.check(); j != nil {
		s.start(ctx, j)
	}
}

func (s *Stream) window(k kind, st *stretch, to time.Duration) *job {
	j := &job{kind: k, stretch: st, to: to, heard: s.tape.end(), language: s.tongue.settled, prompt: s.policy.Prompt(), shift: st.shift}
	j.pcm, j.from = s.tape.cut(s.policy.From(), to)
	s.expect(j)
	return j
}

// expect tells the recogniser the words of the language.
func (s *Stream) expect(j *job) {
	v := s.options.Vocabulary
	if v == nil || j.language == "" {
		return
	}
	j.terms = v.Terms(j.language)
	if p := v.Vocabulary(j.language); p != "" {
		j.prompt = p + " " + j.prompt
	}
}
