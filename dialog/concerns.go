package dialog

import (
	"context"
	"fmt"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// fewestInTwo is how many words two concerns in one sentence need.
const fewestInTwo = 5

// askBoth answers the concerns of one sentence one after the other, where the
// knowledge base can tell them apart and knows both.
func (c *Conversation) askBoth(ctx context.Context, r *reply, u utterance) bool {
	splitter, ok := c.opt.Search.(knowledge.Splitter)
	if !ok || len(u.words) < fewestInTwo {
		return false
	}
	parts, err := splitter.Concerns(ctx, knowledge.Query{Text: u.Text, Language: c.language})
	if err != nil {
		c.fail(fmt.Errorf("tell two concerns apart: %w", err))
		return false
	}
	hits := c.surely(ctx, r, u, parts)
	if len(hits) < 2 {
		return false
	}
	c.question = u.Text
	c.answerBoth(r, hits)
	return true
}

// surely finds the answer to each concern; nil when one is missing, or when
// two lead to the same article.
func (c *Conversation) surely(ctx context.Context, r *reply, u utterance, parts []knowledge.Query) []knowledge.Hit {
	var hits []knowledge.Hit
	seen := map[string]bool{}
	for _, part := range parts {
		one := u
		one.Text = part.Text
		v := c.lookUp(ctx, r.now, one)
		if v.answer == nil || seen[v.answer.Article.ID] {
			return nil
		}
		seen[v.answer.Article.ID] = true
		hits = append(hits, *v.answer)
	}
	return hits
}

// answerBoth speaks the short answers one after the other, each with its
// evidence; more is offered of the last one only. An article that the caller
// must first be asked about (it is there in German only) comes by itself.
func (c *Conversation) answerBoth(r *reply, hits []knowledge.Hit) {
	for i, h := range hits {
		v, own := c.variant(h.Article)
		t := topic{article: h.Article, variant: v, confidence: h.Confidence}
		if i > 0 {
			r.lead(prompts.Second)
		}
		if v.Answer == "" || !own && !c.bridge(r, &t) {
			c.answer(r, h)
			return
		}
		if i == len(hits)-1 {
			c.answerTopic(r, t)
			return
		}
		c.evidence(r, t, c.speakTopic(r, t))
	}
}
