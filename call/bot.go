// Package call runs what happens on a connected leg: the party's frames flow
// in, through turn detection and recognition to the dialog, and the dialog's
// words flow out through synthesis to the playout. One goroutine owns the
// state of a call.
package call

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Conversation is the dialog of one call; dialog.Conversation is one.
type Conversation interface {
	Handle(ctx context.Context, e dialog.Event, emit func(dialog.Action) error) error
}

// Voice speaks a whole text, sentence after sentence, into the sink. It
// returns when everything is written or ctx is cancelled.
type Voice interface {
	Say(ctx context.Context, text, language string, rate float64, to media.Sink) error
}

// Vocabulary tells the recogniser which words to expect; knowledge.Base is one.
type Vocabulary interface {
	Vocabulary(language string) string // a prompt
	Terms(language string) []string
}

// Evidence is told what must last: answers given and requests taken.
type Evidence interface {
	Answered(ctx context.Context, call string, a dialog.Action) error
	Requested(ctx context.Context, call string, a dialog.Action) error
}

// Figures takes measurements; implementations never block.
type Figures interface {
	CallBegan()
	CallEnded(leg.Stats, string)
	Turn(journal.Timing, string)
	Panicked()
}

// Bot answers legs. What has no word on being nil is needed; one Bot serves
// any number of calls.
type Bot struct {
	Recognizer stt.Recognizer
	// Languages among which speech is detected until one is settled.
	Languages []string
	// Vocabulary is what the recogniser is told of a language.
	Vocabulary Vocabulary
	// Answers are what a question for yes or no may be answered with, by
	// language. Without them the recogniser misses one short word in two.
	Answers map[string]string
	Voice   Voice
	// Converse makes the dialog of a call.
	Converse func(leg.Info) (Conversation, error)
	// Detect makes the turn detector of a call; release frees it.
	Detect func(emit func(turn.Event)) (d *turn.Detector, release func(), err error)
	// Complete is consulted when silence alone is unsure; it runs beside the
	// call's goroutine and may take a while. nil: silence alone decides.
	Complete func(ctx context.Context, pcm []int16) (float64, error)
	// Whole says whether the words alone make a concern that can be answered,
	// OpenEnds whether they cannot end here; nil: the voice alone decides.
	Whole    func(ctx context.Context, text, language string) bool
	OpenEnds *turn.OpenEnds
	Journal  *journal.Journal
	Evidence Evidence // nil: nothing lasts
	// Announcements are heard in calls in progress, too; nil: there are none.
	Announcements Announcements
	Figures       Figures // nil: nothing is measured
	// Ended is told of each call when it is over, as the journal had it; nil: nobody is.
	Ended func(leg.Info, journal.Call)
	Log   *slog.Logger
	// Apology is said when a call ends by our fault, by language.
	Apology map[string]string
	// Recorded is the apology as sound, by language, for when no voice is left;
	// without it a tone is heard.
	Recorded map[string][]int16
	// People bring callers to persons of the service desk; nil: there is no desk.
	People People
	// Targets are the departments that are served outside, by their names in the
	// configuration, and the numbers that a full queue flows over to; what they
	// do not know is the desk's. nil: there are none.
	Targets func(department string) (Target, bool)
	// Permit says whether a number or SIP URI that a person names may be called,
	// and how; its error is shown to them. nil permits none.
	Permit func(target string) (Target, error)
	// Dial calls others; nil: nobody can be called, and only callers whose own
	// exchange transfers them reach a target.
	Dial leg.Dialler
	// Handed is told when a caller is being handed to somebody outside, before
	// it rings there; nil: nobody is.
	Handed func(Handover)
	// Music makes what a caller hears who waits; nil is silence with a soft tone
	// now and then.
	Music func() media.Source
	// Lines are what is said to callers and clerks on the way to a person, from
	// the prompts; pairs are place and value, a department by its name in the
	// configuration. "" says nothing; keys with "written_" before are for who
	// reads. nil: nothing is said but the bot's own words.
	Lines func(language string, key prompts.Key, pairs ...string) string
	// WantsCallback says whether somebody who waits has written that they would
	// rather be called back; nil: only a 1 means it.
	WantsCallback func(text, language string) bool
	// Scribe makes who writes down what people say to each other; nil: nothing
	// of it is written, and the bot cannot join in.
	Scribe func(Scribing) Scribe
	// Renderer translates for people who speak with each other; nil: nobody is
	// interpreted. Interpretation says how.
	Renderer       translate.Renderer
	Interpretation InterpretationOptions
	// Backchannels are the words that do not interrupt.
	Backchannels *turn.Backchannels
	Now          func() time.Time

	exchanges exchanges
}

// Serve answers the leg and converses until either side hangs up or ctx ends.
// A panic anywhere in the call ends this call only, with an apology.
func (b *Bot) Serve(ctx context.Context, l leg.Leg) {
	info := l.Info()
	log := b.Log.With("call", info.Call, "leg", info.Leg)
	if err := l.Answer(ctx); err != nil {
		log.Info("not answered", "err", err)
		return
	}
	b.begin(info, l.Stats().Codec)
	reason := "bot"
	defer func() { b.end(l, info.Call, reason) }()

	s, err := newSession(b, l, log)
	if err != nil {
		log.Error("call cannot start", "err", err)
		reason = "error"
		b.apologise(ctx, l, "")
		return
	}
	err = s.run(ctx)
	switch {
	case err == nil:
		reason = s.reason
	case errors.Is(context.Cause(ctx), leg.ErrEnded):
		reason = "caller" // heard of while something else was under way
	case ctx.Err() != nil:
		reason = "shutdown"
	default:
		log.Error("call failed", "err", err)
		reason = "error"
		b.apologise(ctx, l, s.language)
	}
	if err := l.Hangup(context.WithoutCancel(ctx), leg.CauseNormal); err != nil {
		log.Debug("hang up", "err", err)
	}
}

func (b *Bot) begin(info leg.Info, codec string) {
	if b.Figures != nil {
		b.Figures.CallBegan()
	}
	language := info.Language
	if language == "" {
		language = b.Languages[0]
	}
	b.Journal.Begin(journal.Call{
		ID: info.Call, From: mask(info.From), To: info.To, Trunk: info.Trunk, Codec: codec,
		Language: language, Started: b.Now(), State: "speaking",
	})
}

func (b *Bot) end(l leg.Leg, id, reason string) {
	st, now := l.Stats(), b.Now()
	c, known := b.Journal.Find(id) // it may not be kept beyond its end
	b.Journal.End(id, reason, now, st.MOS)
	if known && b.Ended != nil {
		c.Ended, c.Reason, c.State = now, reason, journal.Ended
		b.Ended(l.Info(), c)
	}
	if b.Figures != nil {
		b.Figures.CallEnded(st, reason)
	}
}

// guard turns a panic into an error, so that one call never harms another.
func (b *Bot) guard(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if b.Figures != nil {
				b.Figures.Panicked()
			}
			value := dialog.Mask(fmt.Sprint(p)) // it may quote what a caller said
			b.Log.Error("panic", "in", what, "value", value, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in %s: %s", what, value)
		}
	}()
	return f()
}

// mask hides the last four digits of a number.
func mask(number string) string {
	r := []rune(number)
	for i := max(0, len(r)-4); i < len(r); i++ {
		r[i] = '•'
	}
	return string(r)
}
