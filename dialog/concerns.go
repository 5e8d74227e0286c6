package dialog

import (
	"context"
	"fmt"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// What two concerns in one sentence need. "Ich bin umgezogen und muss mein Auto
// umschreiben lassen" is one, and its first half another article's. Chosen on
// the development questions, of which 5 in 1,000 are still split, and 36
// sentences with two concerns; see TestConcernsOfDemoCity.
const (
	fewestInTwo  = 5    // words altogether
	fewestInOne  = 2    // words of each that are no fillers
	surelyOne    = 0.9  // confidence of each alone
	aloneAhead   = 0.97 // confidence of one article for the whole sentence: it is one concern ...
	aloneBeyond  = 0.02 // ... when no other has more than this
	twoQuestions = 2    // marks: then it is two, whatever is ahead, and any sure answer will do
)

// askBoth answers the concerns of one sentence one after the other, where the
// knowledge base can tell them apart and knows both.
func (c *Conversation) askBoth(ctx context.Context, r *reply, u utterance) bool {
	splitter, ok := c.opt.Search.(knowledge.Splitter)
	if !ok || len(u.words) < fewestInTwo {
		return false
	}
	parts, err := splitter.Concerns(ctx, knowledge.Query{Text: u.Text, Language: c.language})
	if err == nil && len(parts) > 1 && c.isOne(ctx, u) {
		return false
	}
	if err != nil {
		c.fail(fmt.Errorf("tell two concerns apart: %w", err))
		return false
	}
	hits := c.surely(ctx, r, u, parts)
	if len(hits) < 2 {
		return false
	}
	c.wants(u)
	c.answerBoth(r, hits)
	return true
}

// isOne says that one article is far ahead for the whole sentence.
func (c *Conversation) isOne(ctx context.Context, u utterance) bool {
	if asksTwice(u.Text) {
		return false
	}
	hits, err := c.opt.Search.Search(ctx, knowledge.Query{Text: u.Text, Language: c.language})
	return err == nil && len(hits) > 0 && hits[0].Confidence >= aloneAhead &&
		(len(hits) == 1 || hits[1].Confidence <= aloneBeyond)
}

func asksTwice(text string) bool {
	return strings.Count(text, "?")+strings.Count(text, "؟") >= twoQuestions
}

// surely finds the answer to each concern; nil when one is missing or unsure,
// or when two lead to the same article.
func (c *Conversation) surely(ctx context.Context, r *reply, u utterance, parts []knowledge.Query) []knowledge.Hit {
	least := surelyOne
	if asksTwice(u.Text) {
		least = 0
	}
	var hits []knowledge.Hit
	seen := map[string]bool{}
	for _, part := range parts {
		if len(c.data.Intents.Content(intent.Split(part.Text), c.lexicon())) < fewestInOne {
			return nil
		}
		one := u
		one.Text, one.Words = part.Text, part.Words
		v := c.lookUp(ctx, r.now, one)
		if v.answer == nil || v.answer.Confidence < least || seen[v.answer.Article.ID] {
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
