// Package scribe writes down what one party of a call says to another person:
// frames flow in, lines of the journal flow out while they are spoken. It
// answers nobody and never holds the audio up.
package scribe

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// lastWords is how long the words that were spoken when ctx ended may still take.
const lastWords = 5 * time.Second

// Vocabulary tells the recogniser which words to expect; knowledge.Base is one.
type Vocabulary interface {
	Vocabulary(language string) string // a prompt
	Terms(language string) []string
}

// Options of a Scribe. Journal, Call, Leg, Recognizer and Detect are needed.
type Options struct {
	Journal *journal.Journal
	Call    string
	Leg     string // the party's name in the journal
	// Next numbers the segments of the leg; nil asks the journal.
	Next       func() int
	Recognizer stt.Recognizer
	// Detect makes the turn detector of a party; release frees it.
	Detect func(emit func(turn.Event)) (d *turn.Detector, release func(), err error)
	// Language that is spoken; "" is detected among Languages until it is sure.
	Language  string
	Languages []string
	// Vocabulary is what the recogniser is told of a language; nil is nothing.
	Vocabulary Vocabulary
	// OpenEnds knows after which words nobody stops; nil: silence alone decides
	// when a turn is over.
	OpenEnds *turn.OpenEnds
	Now      func() time.Time // nil is time.Now
	Log      *slog.Logger     // nil is none
	// Heard gets the final lines, in the order they were spoken, from the
	// goroutine of Run; it must not block. nil: only the journal gets them.
	Heard func(Utterance)
	// Hearing gets the words while they are spoken, each time more are known. A
	// final line is one that had to be given up, or, without a text, a voice that
	// had no words (its id may be -1: it was never shown): neither comes to Heard.
	// Speaking is told when the party's voice begins and when it has been silent
	// for a moment (0.2 s), which may be a pause within a sentence, or was no
	// speech. From the goroutine of Run, as Heard; nil: nobody is told.
	Hearing  func(Utterance)
	Speaking func(on bool)
}

// Utterance is a line with how it sounded.
type Utterance struct {
	journal.Line
	PCM   []int16   // 16 kHz, of the words; not changed any more. nil when they are being spoken
	Ended time.Time // when the last word was over, by the clock of the service
}

// Scribe writes one party down. WriteFrame, Pause and SetLanguage may be
// called from any goroutine.
type Scribe struct {
	options Options
	inbox   *inbox
	paused  atomic.Bool
	forced  atomic.Pointer[string]

	// The rest belongs to Run.
	detector *turn.Detector
	tape     tape
	at       time.Duration // media time of the next frame
	segment  *segment      // being spoken; nil in between
	settled  time.Duration // media time up to which words are final
	lost     uint64        // segments that could not be recognised
	desk     *desk
	tongue   tongue
	speaking bool // as Options.Speaking was told
	often    atomic.Bool
}

// New makes a scribe; it starts nothing.
func New(o Options) *Scribe {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Next == nil {
		o.Next = func() int { return o.Journal.Next(o.Call, o.Leg) }
	}
	s := &Scribe{options: o, inbox: newInbox(), desk: newDesk()}
	s.SetLanguage(o.Language)
	return s
}

// WriteFrame copies the frame; when Run is late the oldest are dropped.
func (s *Scribe) WriteFrame(f media.Frame) error {
	if s.paused.Load() {
		f.PCM = silence[:]
	}
	s.inbox.put(f)
	return nil
}

// Pause lets the scribe hear nothing, while the party is on hold or speaks to
// nobody. What was being said until then is still written.
func (s *Scribe) Pause(on bool) { s.paused.Store(on) }

// SetLanguage says what is spoken from the next words on; "" detects it again.
func (s *Scribe) SetLanguage(language string) {
	language = transcript.Primary(language)
	s.forced.Store(&language)
}

// Run hears until ctx ends, which is no error, and returns once the words that
// were spoken by then are written, at most 5 s later.
func (s *Scribe) Run(ctx context.Context) error {
	if s.options.Journal == nil || s.options.Recognizer == nil || s.options.Detect == nil {
		return errors.New("a scribe needs a journal, a recogniser and turn detection")
	}
	d, release, err := s.options.Detect(s.onTurn)
	if err != nil {
		return err
	}
	defer release()
	s.detector = d

	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var tasks sync.WaitGroup
	tasks.Go(func() { s.desk.run(work, s.recognize) })
	defer func() {
		stop()
		s.desk.cancel()
		tasks.Wait()
	}()

	err = s.hear(ctx)
	s.close()
	s.finish()
	if n := s.inbox.dropped.Load() + s.lost; n > 0 {
		s.options.Log.Info("not all was written down", "leg", s.options.Leg,
			"frames", s.inbox.dropped.Load(), "segments", s.lost)
	}
	return err
}

func (s *Scribe) hear(ctx context.Context) error {
	for {
		select {
		case f := <-s.inbox.frames:
			if err := s.frame(&f); err != nil {
				return err
			}
		case r := <-s.desk.results:
			s.onResult(r)
		case <-ctx.Done():
			return nil
		}
	}
}

// finish waits for the final words that are still under way.
func (s *Scribe) finish() {
	patience := time.NewTimer(lastWords)
	defer patience.Stop()
	for s.desk.owes() {
		select {
		case r := <-s.desk.results:
			s.onResult(r)
		case <-patience.C:
			s.desk.abandon()
			s.tellLost()
			return
		}
	}
}

// frame takes 20 ms. Media time goes on evenly while somebody speaks; a leap
// (the leg was held) counts from the next segment on.
func (s *Scribe) frame(f *frame) error {
	if leap := f.at - s.at; s.segment == nil && (leap > media.FrameDuration || leap < -media.FrameDuration) {
		s.at, s.settled = f.at, f.at
		s.tape.reset(f.at)
	}
	s.tape.write(f.pcm[:])
	err := s.detector.WriteFrame(media.Frame{PCM: f.pcm[:], At: s.at})
	s.at += media.FrameDuration
	if s.segment == nil {
		s.tape.trim(s.at - idleTape)
		return err
	}
	s.peek()
	return err
}

func (s *Scribe) String() string {
	return "scribe of " + s.options.Leg + " -> journal"
}
