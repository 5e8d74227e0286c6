package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/turn"
)

// completeness is what is known of whether a pause is the end: what the voice
// says (the end-of-turn model) and what the words say (the recogniser's text).
type completeness struct {
	voice   float64 // probability, negative: not known
	openEnd bool    // the words point to more
	whole   bool    // the words are a question, an answer, or a concern that can be answered
}

// verdict joins both into the probability that the turn is over; words is
// what the text says, turn.Unclear before it is known.
func (c completeness) verdict(words turn.Words, u turn.Utterance) float64 {
	e := turn.Evidence{Voice: c.voice, Words: words}
	// A question or an answer has its own weight; whole is then no further news.
	e.Whole = c.whole && words != turn.Question && words != turn.Yes && words != turn.Answered
	return e.Complete(u.Speech)
}

// judge tells the detector what is known of the present pause.
func (s *session) judge() {
	h := &s.caller
	words := turn.Unclear
	if h.result != nil && s.bot.OpenEnds != nil {
		words = s.bot.OpenEnds.Words(h.result.Language, h.result.Text())
	}
	s.detector.Verdict(h.utterance.Serial, h.complete.verdict(words, h.utterance))
}

// senses asks what the words of a pause say, in the recognition's own task.
func (s *session) senses(ctx context.Context, r *hypothesis) {
	text := r.Text()
	if r.err != nil || text == "" {
		return
	}
	words := turn.Unclear
	if s.bot.OpenEnds != nil {
		words = s.bot.OpenEnds.Words(r.Language, text)
	}
	switch words {
	case turn.GoesOn, turn.Hanging, turn.Counting:
		r.openEnd = true
	case turn.Question, turn.Yes, turn.Answered:
		r.whole = true
	default:
		r.whole = s.bot.Whole != nil && s.bot.Whole(ctx, text, r.Language)
	}
}
