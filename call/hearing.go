package call

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Limits of listening.
const (
	// recognitionPatience is how long a hypothesis may take beyond the audio's length.
	recognitionPatience = 6 * time.Second
	// deafPatience is the same once the recogniser has failed: the caller has
	// been told to use the keys and shall not wait for it again.
	deafPatience = 2 * time.Second
	// coughLength: shorter speech without recognisable words is no question.
	coughLength = 350 * time.Millisecond
	// maxPrefix bounds what is joined to the next turn: 15 s.
	maxPrefix = 15 * media.SampleRate
)

// hearing is the caller's half of the floor.
type hearing struct {
	active    bool           // the caller speaks or has just spoken
	utterance turn.Utterance // of the last pause
	ended     bool           // the turn is decided
	cancel    context.CancelFunc
	result    *hypothesis
	complete  completeness
	prefix    []int16   // words of a turn that was decided too early, not yet answered
	spokeAt   time.Time // wall time of the last speech
	endedAt   time.Time // wall time of the decision
}

// unanswered is the audio of a turn that was decided but whose words are not
// known yet when the caller goes on: it belongs to the next one.
func (h *hearing) unanswered() []int16 {
	if !h.ended || h.result != nil || len(h.utterance.PCM) > maxPrefix {
		return nil
	}
	h.cancel()
	return h.utterance.PCM
}

func (h *hearing) take(u turn.Utterance) {
	if len(h.prefix) > 0 {
		u.PCM = append(append([]int16(nil), h.prefix...), u.PCM...)
		u.Start -= media.Duration(len(h.prefix))
	}
	h.utterance = u
}

// hypothesis is the recogniser's answer for one pause.
type hypothesis struct {
	serial int
	stt.Hypothesis
	err            error
	at             time.Time
	openEnd, whole bool
}

type verdict struct {
	serial   int
	complete float64
}

// onTurn is called by the detector within hear, in the call's goroutine.
func (s *session) onTurn(e turn.Event) {
	h := &s.caller
	s.fail(s.floor(s.barge.Handle(e)))
	switch e.Kind {
	case turn.Started:
		*h = hearing{active: true, prefix: h.unanswered()}
		s.silence.Stop()
	case turn.Paused:
		h.take(e.Utterance)
		h.spokeAt = s.bot.Now().Add(e.Utterance.SpeechEnd - e.At)
		s.recognize(h.utterance, e.Unsure)
	case turn.Resumed:
		s.dropRecognition()
	case turn.Ended:
		h.ended, h.endedAt = true, s.bot.Now()
		s.record.state("thinking")
		if h.utterance.Serial != e.Utterance.Serial { // a hard cut without a pause
			h.take(e.Utterance)
			h.spokeAt = h.endedAt
			s.dropRecognition()
			s.recognize(h.utterance, false)
		}
		s.fail(s.decide())
	case turn.Discarded:
		s.dropRecognition()
		*h = hearing{}
		s.waitOn()
	}
}

// fail keeps an error of a turn's event for hear, which returns it.
func (s *session) fail(err error) { s.failed = errors.Join(s.failed, err) }

// floor does what the barge-in decision says.
func (s *session) floor(d turn.Decision) error {
	switch d {
	case turn.Pause:
		s.leg.Playout().Pause()
	case turn.Resume:
		s.leg.Playout().Resume()
	case turn.Stop:
		return s.interrupt()
	}
	return nil
}

// waitOn listens on after something that was no turn.
func (s *session) waitOn() {
	if !s.voice.active {
		s.waitForCaller()
	}
}

// recognize starts on an utterance that may not be over: if the caller goes
// on it is thrown away, if not the decision cost no time. When silence alone
// is unsure the end-of-turn model is consulted first, since it is quicker.
func (s *session) recognize(u turn.Utterance, unsure bool) {
	patience := recognitionPatience
	if s.deafened {
		patience = deafPatience
	}
	ctx, cancel := context.WithTimeout(s.ctx, patience+u.SpeechEnd-u.Start)
	s.caller.cancel, s.caller.result, s.caller.complete = cancel, nil, completeness{voice: -1}
	lang := transcript.Primary(s.language)
	w := stt.Window{
		PCM: u.PCM, Prompt: s.prompt(lang), Terms: s.bot.Vocabulary.Terms(lang), Priority: inference.Turn,
	}
	tongue := tongue{s.bot.Recognizer, s.bot.Languages, lang, s.settled}
	if unsure && s.bot.Complete != nil {
		s.spawn("turn decision", func(context.Context) error {
			p, err := s.bot.Complete(ctx, u.PCM)
			if err == nil { // otherwise silence alone decides
				deliver(s.ctx, s.verdicts, verdict{u.Serial, p})
			}
			return nil
		})
	}
	s.spawn("recognition", func(context.Context) error {
		h, err := tongue.recognize(ctx, w)
		r := hypothesis{serial: u.Serial, Hypothesis: h, err: err, at: s.bot.Now()}
		if unsure {
			s.senses(ctx, &r)
		}
		deliver(s.ctx, s.hypos, r)
		return nil
	})
}

// prompt tells the recogniser what may be said now: words of the city, and
// short answers from the first question of the bot on.
func (s *session) prompt(lang string) string {
	answers := s.bot.Answers[lang]
	switch s.listen.Expect {
	case turn.YesNo:
		if answers != "" {
			return answers
		}
	case turn.Free:
		if s.answered {
			return strings.TrimSpace(answers + " " + s.bot.Vocabulary.Vocabulary(lang))
		}
	}
	return s.bot.Vocabulary.Vocabulary(lang)
}

// deliver hands a result to the call's goroutine, or drops it with the call.
func deliver[T any](ctx context.Context, to chan<- T, v T) {
	select {
	case to <- v:
	case <-ctx.Done():
	}
}

func (s *session) dropRecognition() {
	if s.caller.cancel != nil {
		s.caller.cancel()
	}
	s.caller.cancel, s.caller.result = nil, nil
}

// onHypothesis keeps a result that still counts; one of a pause that was none is void.
func (s *session) onHypothesis(r hypothesis) error {
	h := &s.caller
	if !h.active || h.cancel == nil || r.serial != h.utterance.Serial {
		return nil
	}
	h.result = &r
	if r.openEnd || r.whole {
		h.complete.openEnd, h.complete.whole = r.openEnd, r.whole
		s.judge()
	}
	if r.err == nil {
		if err := s.floor(s.barge.Heard(r.serial, r.Language, r.Text())); err != nil {
			return err
		}
		if r.Text() != "" {
			s.record.caller(r, h.utterance, false)
		}
	}
	return s.decide()
}

// decide acts once the turn is over and its words are known.
func (s *session) decide() error {
	h := &s.caller
	if h.result == nil || !h.ended {
		return nil
	}
	r, u := *h.result, h.utterance
	h.cancel()
	timing, spokeAt := s.timingOf(r), h.spokeAt
	*h = hearing{}
	if r.err != nil {
		return s.deaf(r.err)
	}
	s.deafened = false
	text := r.Text()
	switch {
	case s.barge.Backchannel(), text == "" && u.Speech < coughLength:
		s.waitOn()
		return nil
	case text == "":
		return s.input(dialog.Event{Kind: dialog.NotHeard})
	}
	s.settled = s.settled || r.Language == transcript.Primary(s.language) && r.LanguageProbability >= sureLanguage
	s.record.caller(r, u, true)
	s.record.begin(timing, spokeAt)
	return s.input(dialog.Event{
		Kind: dialog.Heard, Text: text, Confidence: r.Confidence(),
		Language: r.Language, LanguageProbability: r.LanguageProbability, Words: wordsOf(r.Hypothesis),
	})
}

// wordsOf hands the recogniser's trust in each word to the search.
func wordsOf(h stt.Hypothesis) []knowledge.Word {
	var words []knowledge.Word
	for _, s := range h.Segments {
		for _, w := range s.Words {
			words = append(words, knowledge.Word{Text: w.Text, Probability: w.Probability})
		}
	}
	return words
}

// deaf handles a recogniser that did not answer.
func (s *session) deaf(err error) error {
	if errors.Is(err, context.Canceled) {
		s.waitOn()
		return nil
	}
	s.log.Warn("recognition failed", "err", err)
	s.deafened = true
	return s.input(dialog.Event{Kind: dialog.Degraded})
}

// newBarge decides when a caller breaks in.
func newBarge(b *Bot) *turn.BargeIn { return turn.NewBargeIn(b.Backchannels) }
