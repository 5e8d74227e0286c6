package call

import (
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// record writes what is said into the journal, with the timing of each turn.
type record struct {
	journal *journal.Journal
	call    string
	now     func() time.Time

	began    time.Time
	callerID int          // of what the caller is saying, -1 is nothing
	line     journal.Line // the bot's last line
	pending  *journal.Timing
	spokeAt  time.Time // when the caller's last word ended
	complete bool
}

func newRecord(b *Bot, call string) *record {
	return &record{journal: b.Journal, call: call, now: b.Now, began: b.Now(), callerID: -1}
}

func (r *record) state(state string) {
	r.journal.Change(r.call, func(c *journal.Call) { c.State = state })
}

func (r *record) language(lang string) {
	r.journal.Change(r.call, func(c *journal.Call) { c.Language = lang })
}

// queue shows where in it the caller is; the zero News takes it away.
func (r *record) queue(state string, n News) {
	r.journal.Change(r.call, func(c *journal.Call) {
		c.State, c.Position, c.Wait, c.Callback = state, n.Position, int(n.Wait/time.Second), n.CallBack
	})
}

// with shows whom the caller is looked after by.
func (r *record) with(department, person string) {
	r.journal.Change(r.call, func(c *journal.Call) { c.Department, c.Agent = department, person })
}

// caller shows what was heard; a final text moves on to the next segment.
func (r *record) caller(h hypothesis, u turn.Utterance, final bool) {
	if r.callerID < 0 {
		r.callerID = r.next(theCaller)
	}
	r.journal.Add(r.call, journal.Line{Segment: transcript.Segment{
		Call: r.call, Leg: theCaller, ID: r.callerID, Language: h.Language, Text: h.Text(),
		Start: u.Start, End: u.SpeechEnd, Final: final, Confidence: h.Confidence(),
	}})
	if final {
		r.callerID = -1
	}
}

// next numbers a segment of a leg.
func (r *record) next(leg string) int { return r.journal.Next(r.call, leg) }

// wrote shows what a party has written, and numbers it.
func (r *record) wrote(leg, text, language string) (segment int) {
	at, segment := r.now().Sub(r.began), r.next(leg)
	r.journal.Add(r.call, journal.Line{Segment: transcript.Segment{
		Call: r.call, Leg: leg, ID: segment, Language: language, Text: text,
		Start: at, End: at, Final: true, Confidence: 1,
	}})
	return segment
}

// said shows a sentence of the bot that answers nothing.
func (r *record) said(text, language string) (segment int) { return r.wrote("bot", text, language) }

// bot shows what is being said.
func (r *record) bot(t *botTurn, language string) {
	texts := make([]string, len(t.texts))
	for i, p := range t.texts {
		texts[i] = p.text
	}
	r.line = journal.Line{
		Segment: transcript.Segment{
			Call: r.call, Leg: "bot", ID: r.next("bot"), Language: language,
			Text: strings.Join(texts, " "), Final: true, Confidence: t.answer.Confidence, Start: r.now().Sub(r.began),
		},
		Outcome: string(t.outcome), Article: t.answer.Article, Version: t.answer.Version, Source: t.answer.Source,
	}
	if t.answer.Kind != dialog.Answered {
		r.line.Segment.Confidence = 1
	}
	r.journal.Add(r.call, r.line)
	if r.pending != nil {
		r.pending.Search = r.now().Sub(r.spokeAt)
	}
}

// begin starts the timing of an answer.
func (r *record) begin(t journal.Timing, spokeAt time.Time) {
	r.pending, r.spokeAt, r.complete = &t, spokeAt, false
}

// firstAudio completes it: the first frame of the answer went out.
func (r *record) firstAudio(at time.Time) {
	if r.pending == nil {
		return
	}
	r.pending.FirstAudio = at.Sub(r.spokeAt)
	r.line.Timing = r.pending
	r.complete = true
	r.journal.Add(r.call, r.line)
}

// timing hands out a completed timing once.
func (r *record) timing() (journal.Timing, string, bool) {
	if !r.complete {
		return journal.Timing{}, "", false
	}
	t := *r.pending
	r.pending, r.complete = nil, false
	return t, r.line.Outcome, true
}

// timingOf measures the stages of hearing from the caller's last word on.
func (s *session) timingOf(r hypothesis) journal.Timing {
	h := &s.caller
	return journal.Timing{
		Decision:    h.endedAt.Sub(h.spokeAt),
		Recognition: max(r.at.Sub(h.spokeAt), 0),
		Inference:   r.Took,
		Queue:       r.Waited,
		Audio:       h.utterance.SpeechEnd - h.utterance.Start,
	}
}
