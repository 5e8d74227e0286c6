package dialog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// verdict is what to do with the hits of a search.
type verdict struct {
	answer  *knowledge.Hit
	choices []knowledge.Hit // to clarify; one means: ask whether it is that
}

// ask looks the question up and answers, asks back, or owns up.
func (c *Conversation) ask(ctx context.Context, r *reply, u utterance) error {
	if c.askFact(r, u) {
		return nil
	}
	v, err := c.lookUp(ctx, r.now, u)
	if err != nil {
		c.searchFailed(r)
		return err
	}
	switch {
	case v.answer != nil:
		c.question = u.Text
		c.answer(r, *v.answer)
	case c.is(u, "insult"):
		r.outcome = OutcomeRefuse
		r.say(prompts.Insult)
		c.state = open{}
	case len(v.choices) > 0:
		c.question = u.Text
		c.clarify(r, v.choices)
	default:
		c.question = u.Text
		c.noAnswer(r)
	}
	return nil
}

// lookUp searches for the question itself and, when it leans on the last
// topic ("und was kostet das?"), for both together.
func (c *Conversation) lookUp(ctx context.Context, now time.Time, u utterance) (verdict, error) {
	hits, err := c.search(ctx, now, u.Text)
	if err != nil {
		return verdict{}, err
	}
	v := c.judge(hits)
	if v.answer != nil || c.topic == nil || !c.is(u, "followup") {
		return v, nil
	}
	hits, err = c.search(ctx, now, c.topic.variant.Title+": "+u.Text)
	if err != nil {
		return verdict{}, err
	}
	if with := c.judge(hits); with.answer != nil && with.answer.Article.ID == c.topic.article.ID {
		return with, nil
	}
	return v, nil
}

// search asks the knowledge base and drops what is not valid now.
func (c *Conversation) search(ctx context.Context, now time.Time, text string) ([]knowledge.Hit, error) {
	hits, err := c.opt.Search.Search(ctx, knowledge.Query{Text: text, Language: c.language})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSearch, err)
	}
	return slices.DeleteFunc(slices.Clone(hits), func(h knowledge.Hit) bool {
		return h.Article == nil || !now.IsZero() && !h.Article.Valid(now)
	}), nil
}

// judge decides by the calibrated confidence and the lead over the next.
func (c *Conversation) judge(hits []knowledge.Hit) verdict {
	if len(hits) == 0 {
		return verdict{}
	}
	t := c.opt.Thresholds
	best, next := hits[0], 0.0
	if len(hits) > 1 {
		next = hits[1].Confidence
	}
	if best.Confidence >= t.Answer && best.Confidence-next >= t.Margin {
		return verdict{answer: &best}
	}
	if best.Confidence < t.Clarify {
		return verdict{}
	}
	var choices []knowledge.Hit
	for _, h := range hits[:min(3, len(hits))] {
		if h.Confidence >= t.Clarify || h.Confidence >= best.Confidence-t.Margin {
			choices = append(choices, h)
		}
	}
	return verdict{choices: choices}
}

// answer speaks the article's short answer and offers more.
func (c *Conversation) answer(r *reply, h knowledge.Hit) {
	v, own := c.variant(h.Article)
	if v.Answer == "" {
		c.noAnswer(r)
		return
	}
	c.misses = 0
	if c.topic != nil && c.topic.article.ID == h.Article.ID && len(c.past) > 0 {
		r.lead(prompts.Repeat)
	}
	if !own {
		r.lead(prompts.OnlyGerman)
	}
	c.answerTopic(r, topic{article: h.Article, variant: v, confidence: h.Confidence})
}

// variant is the article's text for the caller: in their language, else the
// reviewed German one; own is false when they should be told.
func (c *Conversation) variant(a *knowledge.Article) (v knowledge.Variant, own bool) {
	wanted := []string{c.language, "de"}
	if c.easy && c.language == "de" {
		wanted = []string{easyGerman, "de"}
	}
	for _, l := range wanted {
		if v, ok := a.Variants[l]; ok {
			v.Language = l
			return v, l == wanted[0]
		}
	}
	return knowledge.Variant{Language: "de"}, false
}

// answerTopic speaks the answer, offers more of it, and leaves the evidence.
func (c *Conversation) answerTopic(r *reply, t topic) {
	text := c.speakTopic(r, t)
	c.topic = &t
	rest := portions(t.variant.More)
	c.state = offering{rest: rest, first: true}
	if len(rest) == 0 || c.degraded {
		c.state = open{closing: true}
	}
	c.state.ask(c, r)
	c.evidence(r, t, text)
}

// speakTopic speaks the short answer and returns it as it is spoken.
func (c *Conversation) speakTopic(r *reply, t topic) string {
	r.outcome = OutcomeAnswer
	c.misses = 0
	text := plain(t.variant.Answer)
	r.speak(t.variant.Language, text, true)
	return text
}

// evidence records what was answered from where.
func (c *Conversation) evidence(r *reply, t topic, text string) {
	r.emit(Action{
		Kind: Answered, Text: text, Lang: t.variant.Language, Article: t.article.ID,
		Version: t.article.Version, Source: t.article.Source, Confidence: t.confidence,
	})
}

// clarify asks which of two or three articles is meant.
func (c *Conversation) clarify(r *reply, hits []knowledge.Hit) {
	r.outcome = OutcomeClarify
	s := choosing{}
	for _, h := range hits {
		v, _ := c.variant(h.Article)
		s.hits = append(s.hits, h)
		s.titles = append(s.titles, plain(v.Title))
	}
	c.state = s
	s.offer(c, r)
}

// noAnswer owns up and offers a human; the second time in a row it hands over.
func (c *Conversation) noAnswer(r *reply) {
	r.outcome = OutcomeNoAnswer
	if c.misses++; c.misses >= 2 {
		c.misses = 0
		r.say(prompts.NoAnswerLast)
		c.handOver(r, nil)
		return
	}
	r.say(prompts.NoAnswer)
	c.state = offeringHuman{}
	c.state.ask(c, r)
}

func (c *Conversation) searchFailed(r *reply) {
	r.outcome = OutcomeNoAnswer
	r.say(prompts.SearchFailed)
	c.state = offeringHuman{}
	c.state.ask(c, r)
}

// facts pairs the intents of follow-up questions with the names under which
// articles may keep the fact.
func facts() []struct {
	name intent.Name
	keys []string
} {
	type fact = struct {
		name intent.Name
		keys []string
	}
	return []fact{
		{"fact_fee", []string{"fee", "fees", "gebuehr", "gebühr", "gebühren", "kosten", "cost"}},
		{"fact_documents", []string{"documents", "unterlagen", "dokumente"}},
		{"fact_deadline", []string{"deadline", "deadlines", "frist", "fristen"}},
		{"fact_online", []string{"online", "link"}},
		{"fact_phone", []string{"phone", "telefon"}},
		{"fact_hours", []string{"hours", "opening_hours", "opening hours", "oeffnungszeiten", "öffnungszeiten"}},
		{"fact_duration", []string{"duration", "dauer", "bearbeitungszeit"}},
		{"fact_address", []string{"address", "adresse", "ort"}},
	}
}

// askFact answers a follow-up from the facts of the last article.
func (c *Conversation) askFact(r *reply, u utterance) bool {
	if c.topic == nil || !c.is(u, "followup") {
		return false
	}
	for _, f := range facts() {
		if !c.is(u, f.name) {
			continue
		}
		for _, key := range f.keys {
			text, ok := c.topic.variant.Facts[key]
			if !ok || text == "" {
				continue
			}
			r.outcome = OutcomeAnswer
			c.question = u.Text
			text = plain(text)
			r.speak(c.topic.variant.Language, text, true)
			c.state = open{closing: true}
			c.state.ask(c, r)
			c.evidence(r, *c.topic, text)
			return true
		}
	}
	return false
}
