package dialog

import (
	"cmp"
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
	failed  error
}

// ask looks the question up and answers, asks back, or owns up.
func (c *Conversation) ask(ctx context.Context, r *reply, u utterance) {
	if c.askBoth(ctx, r, u) {
		return
	}
	v := c.lookUp(ctx, r.now, u)
	if c.askOffice(ctx, r, u, v) || !c.elsewhere(v) && c.askFact(r, u) {
		return
	}
	switch {
	case v.failed != nil:
		c.searchFailed(r, v.failed)
	case v.answer != nil && !chatty(u, v.answer.Confidence):
		if c.reported(r, u, *v.answer) {
			return
		}
		c.wants(u)
		c.answer(r, *v.answer)
	case c.insulted(r, u), len(v.choices) == 0 && c.likelyWish(r, u):
	case len(v.choices) > 0:
		c.wants(u)
		c.pending = true
		c.clarify(r, v.choices)
	default:
		c.wants(u)
		c.pending = true
		c.noAnswer(r)
	}
}

// elsewhere says that a question leads to another article than the topic:
// "was kostet ein Reisepass?" is no follow-up, however much it sounds like one.
func (c *Conversation) elsewhere(v verdict) bool {
	if c.topic == nil {
		return false
	}
	best := v.answer
	if best == nil && len(v.choices) > 0 {
		best = &v.choices[0]
	}
	return best != nil && best.Article.ID != c.topic.article.ID
}

// lookUp searches for the question; the topic of the call gives follow-up
// questions their meaning ("und was kostet das?").
func (c *Conversation) lookUp(ctx context.Context, now time.Time, u utterance) verdict {
	hits, err := c.find(ctx, now, knowledge.Query{Text: u.Text, Language: c.language, Words: u.Words})
	if err != nil {
		return verdict{failed: fmt.Errorf("search for an answer: %w", err)}
	}
	v := c.judge(hits)
	if v.answer != nil || u.meant == "" {
		return v
	}
	more, err := c.find(ctx, now, knowledge.Query{Text: u.meant, Language: c.lexicon()})
	if err != nil {
		return v
	}
	return c.judge(second(hits, more))
}

// find searches for what may be spoken now.
func (c *Conversation) find(ctx context.Context, now time.Time, q knowledge.Query) ([]knowledge.Hit, error) {
	if c.topic != nil {
		q.Topic = c.topic.article.ID
	}
	hits, err := c.opt.Search.Search(ctx, q)
	return slices.DeleteFunc(slices.Clone(hits), func(h knowledge.Hit) bool {
		return h.Article == nil || !now.IsZero() && !h.Article.Valid(now)
	}), err
}

// trustInMeant scales what only the translation of a question finds.
const trustInMeant = 0.95

// second adds what the translated question found to what the caller's own
// words did, each article by its better evidence.
func second(own, meant []knowledge.Hit) []knowledge.Hit {
	all := slices.Clone(own)
	for _, h := range meant {
		h.Confidence *= trustInMeant
		at := slices.IndexFunc(all, func(o knowledge.Hit) bool { return o.Article.ID == h.Article.ID })
		switch {
		case at < 0:
			all = append(all, h)
		case all[at].Confidence < h.Confidence:
			all[at] = h
		}
	}
	slices.SortStableFunc(all, func(a, b knowledge.Hit) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return all
}

// judge decides as the knowledge base advises; a configured margin turns a
// narrow answer into a question back.
func (c *Conversation) judge(hits []knowledge.Hit) verdict {
	t := c.opt.Thresholds
	choice, chosen := knowledge.Thresholds{Answer: t.Answer, Clarify: t.Clarify, Option: t.Option}.Decide(hits)
	switch {
	case choice == knowledge.Answer && len(hits) > 1 && hits[0].Confidence-hits[1].Confidence < t.Margin:
		return verdict{choices: hits[:2]}
	case choice == knowledge.Answer:
		return verdict{answer: &chosen[0]}
	case choice == knowledge.Clarify:
		return verdict{choices: chosen}
	}
	return verdict{}
}

// answer speaks the article's short answer and offers more.
func (c *Conversation) answer(r *reply, h knowledge.Hit) {
	v, own := c.variant(h.Article)
	if v.Answer == "" {
		c.noAnswer(r)
		return
	}
	t := topic{article: h.Article, variant: v, confidence: h.Confidence}
	if !own && !c.bridge(r, &t) {
		c.offerGerman(r, h)
		return
	}
	c.misses = 0
	if c.topic != nil && c.topic.article.ID == h.Article.ID && len(c.past) > 0 {
		r.lead(prompts.Repeat)
	}
	c.answerTopic(r, t)
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
	if len(rest) == 0 || c.degraded || c.busy() {
		c.state = open{closing: true}
	}
	if s, ok := c.offerForm(t.article.Form, rest); ok {
		c.state = s
	}
	c.state.ask(c, r)
	c.evidence(r, t, text)
}

// speakTopic speaks the short answer and returns it as it is spoken.
func (c *Conversation) speakTopic(r *reply, t topic) string {
	r.outcome = OutcomeAnswer
	c.misses, c.pending = 0, false
	text := plain(t.variant.Answer)
	r.speak(t.variant.Language, text, true)
	return text
}

// evidence records what was answered from where.
func (c *Conversation) evidence(r *reply, t topic, text string) {
	c.tell(r, t, text)
	r.emit(Action{
		Kind: Answered, Text: text, Lang: t.variant.Language, Article: t.article.ID,
		Version: t.article.Version, Source: t.article.Source, Confidence: t.confidence, Translated: t.from != "",
	})
}

// clarify asks which of two or three articles is meant.
func (c *Conversation) clarify(r *reply, hits []knowledge.Hit) {
	r.outcome = OutcomeClarify
	s := choosing{}
	for _, h := range hits {
		s.hits = append(s.hits, h)
		s.titles = append(s.titles, c.titleIn(h.Article))
		s.meant = append(s.meant, c.titleMeant(h.Article))
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
		c.why = OpenUnanswered
		c.handOver(r, nil)
		return
	}
	r.say(prompts.NoAnswer)
	c.state = offeringHuman{}
	c.state.ask(c, r)
}

func (c *Conversation) searchFailed(r *reply, err error) {
	c.fail(err)
	r.outcome = OutcomeNoAnswer
	r.say(prompts.SearchFailed)
	c.state = offeringHuman{}
	c.state.ask(c, r)
}

// fact pairs the intent of a follow-up question with the name of the fact and
// the words that lead to it.
type fact struct {
	name   intent.Name
	key    string
	prompt prompts.Key
}

func facts() []fact {
	return []fact{
		{"fact_fee", "fee", prompts.FactFee},
		{"fact_documents", "documents", prompts.FactDocuments},
		{"fact_deadline", "deadline", prompts.FactDeadline},
		{"fact_appointment", "appointment", prompts.FactAppointment},
		{"fact_online", "online", prompts.FactOnline},
		{"fact_phone", "phone", prompts.FactPhone},
		{"fact_hours", "hours", prompts.FactHours},
		{"fact_duration", "duration", prompts.FactDuration},
		{"fact_address", "address", prompts.FactAddress},
	}
}

// askFact answers a follow-up from the facts of the last article.
func (c *Conversation) askFact(r *reply, u utterance) bool {
	if c.topic == nil || !c.is(u, "followup") {
		return false
	}
	for _, f := range facts() {
		text := plain(c.topic.variant.Facts[f.key])
		if text == "" || !c.is(u, f.name) {
			continue
		}
		r.outcome = OutcomeAnswer
		c.wants(u)
		c.misses, c.pending = 0, false
		text, in := c.topic.spoken(c, text)
		c.speakFact(r, f.prompt, text, in)
		c.state = open{closing: true}
		c.state.ask(c, r)
		c.evidence(r, *c.topic, text)
		return true
	}
	return false
}

// speakFact leads to a fact, which is often no sentence, in its language.
func (c *Conversation) speakFact(r *reply, lead prompts.Key, text, in string) {
	if !ends(text) {
		text += "."
	}
	b, ok := c.bookIn(in)
	if ok && b.Has(lead) {
		text = c.wording(b, lead, "text", text)
	}
	r.speak(in, text, true)
}
