// Package live writes speech down while it is spoken: frames of one speaker
// flow in, words flow out, each once, never taken back. What is settled when is
// a Policy, pure and without audio; a Stream runs it on a stateless recogniser.
package live

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Word is one with its times since the start of the stream.
type Word = transcript.Word

// Update is what became known.
type Update struct {
	// Committed are new words only; they stay as they are.
	Committed []Word
	// Tail is what was heard behind them and may change; calm viewers never show it.
	Tail string
	// Sentence: with these words a sentence, or speech, has ended; all before is settled.
	Sentence bool
	Language string
	// Behind is how much audio waits to be recognised; At is how much was taken in.
	Behind, At time.Duration
	// Corrections replace words committed earlier that Options.Unread allows to change.
	Corrections []Correction
}

// Vocabulary tells the recogniser which words to expect; knowledge.Base is one.
type Vocabulary interface {
	Vocabulary(language string) string // a prompt
	Terms(language string) []string
}

// Options of a Stream. Recognizer and Voice are needed.
type Options struct {
	Recognizer stt.Recognizer
	// Voice makes the voice activity detection of the stream, and what frees it.
	Voice func() (Voice, func(), error)
	// Language that is spoken; "" is detected among Languages (empty: all) until it is sure.
	Language   string
	Languages  []string
	Vocabulary Vocabulary // nil is none
	// Prompt is told with every window, before what Vocabulary says.
	Prompt string
	// Translate asks for English, whatever is spoken.
	Translate bool
	Rules     Rules
	// Beams is how many texts the recogniser weighs against each other; 0 is 5.
	// In nine languages a tenth of the wrong words goes away with them.
	Beams int
	// Step is the time from one look at what is being said to the next, if the
	// machine keeps up; 0 is 500 ms.
	Step time.Duration
	// Share of the time that the recogniser may work for this stream's looks
	// at unfinished speech; 0 is 0.6.
	Share float64
	// Pause is how long it must be quiet until what was said is settled; 0 is
	// 600 ms, and 1 s where Accurate is set.
	Pause time.Duration
	// Longest stretch that is recognised at once; 0 is 20 s. It is cut at its
	// quietest place.
	Longest time.Duration
	// Accurate recognises only whole stretches of speech, for recordings; there
	// is no Tail then.
	Accurate bool
	// Lossless lets WriteFrame wait for the recogniser, for recordings, of which
	// all is kept; live audio is kept for Most (0 is 10 min) and the oldest is lost
	// behind that.
	Lossless bool
	Most     time.Duration
	// Patience: when the recogniser is busy for so long, or broken, Run ends with
	// its error. 0 asks a busy one for ever and counts as lost what a broken one
	// has missed.
	Patience time.Duration
	// Unread says that nobody has read a committed word yet. Then a finished
	// sentence is recognised again with Final more audio before it (0 is 6 s), and
	// what is unread may be corrected. nil: nothing is.
	Unread func(Word) bool
	Final  time.Duration
	// Priority of the work; the zero value is taken for inference.Subtitles.
	Priority inference.Priority
	Now      func() time.Time // nil is time.Now
	Log      *slog.Logger     // nil is none
	// Update is called from the goroutine of Run; it must not block.
	Update func(Update)
}

func (o Options) filled() Options {
	o.Step = cmp.Or(o.Step, 500*time.Millisecond)
	o.Share = cmp.Or(o.Share, 0.6)
	o.Beams = cmp.Or(o.Beams, 5)
	if o.Accurate {
		o.Pause = cmp.Or(o.Pause, time.Second)
	}
	o.Pause = cmp.Or(o.Pause, 600*time.Millisecond)
	o.Longest = cmp.Or(o.Longest, 20*time.Second)
	o.Most = cmp.Or(o.Most, 10*time.Minute)
	if o.Lossless {
		o.Most = math.MaxInt64
	}
	o.Final = cmp.Or(o.Final, 6*time.Second)
	o.Priority = cmp.Or(o.Priority, inference.Subtitles)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Update == nil {
		o.Update = func(Update) {}
	}
	return o
}

// Stats are what a stream has done so far.
type Stats struct {
	Audio   time.Duration // taken in
	Lost    time.Duration // never recognised: the recogniser failed, or Most was waiting
	Took    time.Duration // of the recogniser
	Windows int           // recognised
	Shed    int           // looks that were turned away or given up for better work
}

// Stream writes down one speaker. Run hears; WriteFrame is for one goroutine.
type Stream struct {
	options Options
	frames  chan frame
	end     chan struct{} // Close was called
	ended   chan struct{} // Run has returned
	closing sync.Once
	dropped atomic.Uint64 // frames

	mu    sync.Mutex
	stats Stats

	// The rest belongs to Run. Its times are those of the tape, which has no
	// holes; shift makes them times of the stream.
	shift    time.Duration
	tape     tape
	heard    time.Duration // end of what Voice has heard
	ear      ear
	voice    Voice
	queue    []*stretch // the first is the policy's, the last may be open
	policy   *Policy
	tongue   *tongue
	pace     pace
	strict   *guard.Guard
	desk     *desk
	covered  time.Duration // all before was recognised, or quiet
	settled  time.Duration // end of the last closed stretch
	language string
	told     telling
	giveUp   context.CancelCauseFunc // ends Run with an error
}

type frame struct {
	pcm [media.FrameSamples]int16
	at  time.Duration
}

// waitingFrames between WriteFrame and Run: 10 s.
const waitingFrames = 500

// NewStream makes one; it starts nothing.
func NewStream(o Options) *Stream {
	o = o.filled()
	s := &Stream{
		options: o, frames: make(chan frame, waitingFrames), end: make(chan struct{}), ended: make(chan struct{}),
		policy: NewPolicy(o.Rules), tongue: newTongue(o.Language, o.Languages), desk: newDesk(),
		pace:   pace{step: o.Step, share: o.Share},
		strict: guard.New(guard.Options{}),
	}
	if o.Lossless {
		s.frames = make(chan frame)
	}
	s.ear.endAfter = max(1, int(o.Pause/voiceDuration))
	return s
}

// ErrEnded is returned for frames behind Close, or when Run has returned.
var ErrEnded = errors.New("the live stream has ended")

// WriteFrame copies the frame. A Lossless stream lets it wait for Run; any other
// drops the oldest waiting frame when Run is late, and counts.
func (s *Stream) WriteFrame(f media.Frame) error {
	h := frame{at: f.At}
	copy(h.pcm[:], f.PCM)
	select {
	case <-s.end:
		return ErrEnded
	case <-s.ended:
		return ErrEnded
	default:
	}
	if s.options.Lossless {
		select {
		case s.frames <- h:
			return nil
		case <-s.ended:
			return ErrEnded
		}
	}
	for {
		select {
		case s.frames <- h:
			return nil
		default:
		}
		select {
		case <-s.frames:
			s.dropped.Add(1)
		default:
		}
	}
}

// Close says that no frame follows: Run settles what was said, and returns.
func (s *Stream) Close() error {
	s.closing.Do(func() { close(s.end) })
	return nil
}

// Stats are for any goroutine.
func (s *Stream) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *Stream) count(f func(*Stats)) {
	s.mu.Lock()
	f(&s.stats)
	s.mu.Unlock()
}

// Run hears until Close, and returns once all that was said is settled; or
// until ctx ends, at once and with its error.
func (s *Stream) Run(ctx context.Context) error {
	defer close(s.ended)
	if s.options.Recognizer == nil || s.options.Voice == nil {
		return errors.New("live recognition needs a recogniser and voice activity detection")
	}
	voice, release, err := s.options.Voice()
	if err != nil {
		return err
	}
	defer release()
	s.voice = voice

	work, stop := context.WithCancelCause(ctx)
	s.giveUp = stop
	var tasks sync.WaitGroup
	tasks.Go(func() { s.desk.run(work) })
	defer func() {
		stop(nil)
		tasks.Wait()
		s.summary()
	}()
	err = s.hear(work)
	if work.Err() != nil && ctx.Err() == nil {
		return context.Cause(work) // the worker gave up
	}
	return err
}

func (s *Stream) summary() {
	st, frames := s.Stats(), s.dropped.Load()
	if st.Lost > 0 || frames > 0 {
		s.options.Log.Warn("not all was written down", "lost", st.Lost, "frames", frames)
	}
}

func (s *Stream) String() string { return "live recognition by " + s.options.Recognizer.Name() }
