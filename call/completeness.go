package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/turn"
)

// completeness is what is known of whether a pause is the end: what the voice
// says (the end-of-turn model) and what the words say (the recogniser's text).
type completeness struct {
	voice   float64 // probability, negative: not known
	openEnd bool    // the words cannot end here
	whole   bool    // the words are a concern that can be answered
}

// verdict joins both. Words that cannot end outweigh any voice. A whole
// concern spares the caller the long wait for an incomplete voice, but
// not the usual one: people add "... für mein Kind".
func (c completeness) verdict(e turn.Expect, u turn.Utterance) float64 {
	const unknown = -1
	switch {
	case c.openEnd:
		return 0
	case c.whole && turn.EndSilence(e, c.voice, u.Speech) > turn.EndSilence(e, unknown, u.Speech):
		return unknown
	}
	return c.voice
}

// judge tells the detector what is known of the present pause.
func (s *session) judge() {
	h := &s.caller
	s.detector.Verdict(h.utterance.Serial, h.complete.verdict(s.listen.Expect, h.utterance))
}

// senses asks what the words of a pause say, in the recognition's own task.
func (s *session) senses(ctx context.Context, r *hypothesis) {
	text := r.Text()
	if r.err != nil || text == "" {
		return
	}
	r.openEnd = s.bot.OpenEnds != nil && s.bot.OpenEnds.Is(r.Language, text)
	r.whole = !r.openEnd && s.bot.Whole != nil && s.bot.Whole(ctx, text, r.Language)
}
