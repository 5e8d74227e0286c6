package dialog

import (
	"context"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/turn"
)

// choosing has asked which of up to three articles is meant.
type choosing struct {
	hits   []knowledge.Hit
	titles []string
	meant  []string // titles in the language of the lexicon, where that is another one
	asked  int
}

// offer names the choices; the keys are mentioned once in a call.
func (s choosing) offer(c *Conversation, r *reply) {
	t := s.titles
	switch len(t) {
	case 1:
		r.say(prompts.ClarifyOne, "a", t[0])
	case 2:
		r.say(prompts.ClarifyTwo, "a", t[0], "b", t[1])
	default:
		r.say(prompts.ClarifyThree, "a", t[0], "b", t[1], "c", t[2])
	}
	if len(t) > 1 && c.uses[prompts.ClarifyKeys] == 0 {
		r.say(prompts.ClarifyKeys)
	}
	for i := range r.actions {
		if r.actions[i].Kind == Say {
			r.actions[i].Articles, r.actions[i].Confidence = s.ids(), s.hits[0].Confidence
		}
	}
}

func (s choosing) ids() []string {
	ids := make([]string, 0, len(s.hits))
	for _, h := range s.hits {
		ids = append(ids, h.Article.ID)
	}
	return ids
}

func (s choosing) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if i := s.choice(c, u); i >= 0 {
		c.answer(r, s.hits[i])
		return true
	}
	consent := c.yesNo(ctx, r, u)
	switch {
	case len(s.hits) == 1 && consent == yes:
		c.answer(r, s.hits[0])
	case len(s.hits) > 1 && c.is(u, "both"):
		s.answerTwo(c, r)
	case consent != yes && c.is(u, "none"), consent == no:
		s.reject(c, r)
	case consent == yes:
		s.askWhich(c, r)
	default:
		return s.heardAnew(ctx, c, r, u)
	}
	return true
}

// heardAnew takes the sentence for another wording of the question; what
// matches one of the choices at all is that choice.
func (s choosing) heardAnew(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if _, wish := c.data.Intents.First(u.words, c.lexicon(), "repeat", "slower", "louder", "easy", "source", "wait", "startover", "back", "stop", "goodbye", "meaning"); wish {
		return false
	}
	if _, ok := c.data.Intents.Anywhere(u.words, c.lexicon(), "human", "callback", "decision"); ok {
		return false
	}
	v := c.lookUp(ctx, r.now, u)
	if v.answer != nil || v.failed != nil {
		return false
	}
	for _, h := range v.choices {
		for i := range s.hits {
			if s.hits[i].Article.ID == h.Article.ID {
				c.answer(r, s.hits[i])
				return true
			}
		}
	}
	if s.asked > 0 || len(v.choices) > 0 {
		return false
	}
	s.askWhich(c, r)
	return true
}

// spokenChoice is the longest sentence in which a number names a choice.
const spokenChoice = 5

// choice finds the choice meant by its number, or by words that only its
// title holds; -1 is none.
func (s choosing) choice(c *Conversation, u utterance) int {
	if c.declines(u) {
		return -1
	}
	if len(u.content) <= spokenChoice && len(s.hits) > 1 {
		for i, name := range []intent.Name{"first", "second", "third"} {
			if i < len(s.hits) && c.is(u, name) {
				return i
			}
		}
		if c.is(u, "last") {
			return len(s.hits) - 1
		}
	}
	if u.own == nil {
		return byTitle(s.titles, u.words)
	}
	if i := byTitle(s.titles, u.own); i >= 0 {
		return i
	}
	return byTitle(s.meant, u.words)
}

// titleMeant is the article's title in the language into which the caller's
// words are translated.
func (c *Conversation) titleMeant(a *knowledge.Article) string {
	return plain(a.Variants[c.lexicon()].Title)
}

// stem is how much of a word must be alike.
const stem = 5

// byTitle scores each title by the words that stand in no other.
func byTitle(titles []string, words intent.Words) int {
	best, score, tie := -1, 0, false
	for i, title := range titles {
		n := 0
		for _, w := range intent.Split(title) {
			if len(w) >= stem && holds(words, w) && !elsewhere(titles, i, w) {
				n++
			}
		}
		switch {
		case n > score:
			best, score, tie = i, n, false
		case n == score:
			tie = true
		}
	}
	if score == 0 || tie {
		return -1
	}
	return best
}

func elsewhere(titles []string, own int, word string) bool {
	for i, title := range titles {
		if i != own && holds(intent.Split(title), word) {
			return true
		}
	}
	return false
}

func holds(words intent.Words, w string) bool {
	for _, o := range words {
		if n := min(len(w), len(o), stem+2); n >= stem && o[:n] == w[:n] || strings.EqualFold(o, w) {
			return true
		}
	}
	return false
}

// answerTwo speaks both short answers, the more after the second only.
func (s choosing) answerTwo(c *Conversation, r *reply) {
	c.answerBoth(r, s.hits[:2])
}

func (s choosing) reject(c *Conversation, r *reply) {
	if c.misses++; c.misses >= 2 {
		c.misses = 0
		r.outcome = OutcomeNoAnswer
		r.say(prompts.NoAnswerLast)
		c.why = OpenUnanswered
		c.handOver(r, nil)
		return
	}
	c.state = open{}
	r.say(prompts.NoneOfThem)
}

func (s choosing) askWhich(c *Conversation, r *reply) {
	s.asked++
	c.state = s
	r.outcome = OutcomeClarify
	s.ask(c, r)
}

func (s choosing) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	if len(s.hits) == 1 && key == '2' {
		s.reject(c, r)
		return true
	}
	if i := int(key - '1'); i >= 0 && i < len(s.hits) {
		c.answer(r, s.hits[i])
		return true
	}
	return false
}

// awaits a sentence: titles are said as often as numbers.
func (s choosing) awaits() (turn.Expect, time.Duration) { return turn.Free, freeSilence }

func (s choosing) ask(c *Conversation, r *reply) {
	r.say(prompts.ClarifyWhich)
	s.offer(c, r)
}
