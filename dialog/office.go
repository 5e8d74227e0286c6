package dialog

import (
	"context"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// officeFacts are what people ask about an office by its name.
func officeFacts() []fact {
	return slices.DeleteFunc(facts(), func(f fact) bool { return f.key != "hours" && f.key != "address" && f.key != "phone" })
}

// askOffice answers when an office is open, where it is and how to call it.
// The question is about nothing else; the source is an article of the office.
func (c *Conversation) askOffice(ctx context.Context, r *reply, u utterance, v verdict) bool {
	if v.failed != nil || c.foreign() {
		return false
	}
	for i := range c.opt.Departments {
		d := &c.opt.Departments[i]
		rest, named := c.naming(u.words, d)
		if !named {
			continue
		}
		for _, f := range officeFacts() {
			text := plain(d.Facts[f.key][c.language])
			asked := c.is(u, f.name) || f.key == "hours" && c.is(u, "fact_open")
			if text == "" || !asked || !c.nothingElse(rest, f.name) {
				continue
			}
			if c.answers(v, text) {
				return false
			}
			if h, ok := c.articleOf(ctx, r, d, v); ok {
				c.answerOffice(r, u, d, f, text, h)
				return true
			}
		}
	}
	return false
}

// answers says that the article that was found tells the same, and more.
func (c *Conversation) answers(v verdict, text string) bool {
	if v.answer == nil {
		return false
	}
	variant, _ := c.variant(v.answer.Article)
	gist, _, _ := strings.Cut(text, ",")
	return strings.Contains(plain(variant.Answer), gist)
}

// naming finds the office in the words; rest are those beside its name.
func (c *Conversation) naming(words intent.Words, d *Department) (rest intent.Words, named bool) {
	for title := range strings.SplitSeq(d.Titles[c.language], ",") {
		names := []string{title}
		if _, last, ok := strings.Cut(title, "- und "); ok { // "Zulassungs- und Führerscheinstelle"
			names = append(names, last)
		}
		for _, n := range names {
			name := intent.Split(n)
			for i := 0; len(name) > 0 && i+len(name) <= len(words); i++ {
				if slices.Equal(words[i:i+len(name)], name) {
					return slices.Concat(words[:i], words[i+len(name):]), true
				}
			}
		}
	}
	for i, w := range words {
		if len(d.Name) >= shortestOffice && strings.HasPrefix(w, d.Name) && len(w)-len(d.Name) <= longestEnding {
			return slices.Concat(words[:i], words[i+1:]), true
		}
	}
	return nil, false
}

const (
	shortestOffice = 6 // letters of a name that may stand with an ending
	longestEnding  = 3 // letters: "Standesamtes", "Standesamtu"
)

// nothingElse says that the words only ask for the fact.
func (c *Conversation) nothingElse(words intent.Words, name intent.Name) bool {
	for _, w := range c.data.Intents.Content(words, c.lexicon()) {
		one := intent.Words{w}
		if c.data.Intents.Evidence(one, c.lexicon()) > 0 {
			continue
		}
		if _, ok := c.data.Intents.First(one, c.lexicon(), name, "fact_beside"); !ok {
			return false
		}
	}
	return true
}

// articleOf is an article of the office, for its source.
func (c *Conversation) articleOf(ctx context.Context, r *reply, d *Department, v verdict) (knowledge.Hit, bool) {
	found := v.choices
	if v.answer != nil {
		found = []knowledge.Hit{*v.answer}
	}
	ofOffice := func(h knowledge.Hit) bool {
		_, own := c.variant(h.Article)
		return own && h.Article.HandOver == d.Name
	}
	at := slices.IndexFunc(found, ofOffice)
	if at < 0 {
		var err error
		if found, err = c.find(ctx, r.now, knowledge.Query{Text: d.Titles[c.language], Language: c.language}); err != nil {
			return knowledge.Hit{}, false
		}
		at = slices.IndexFunc(found, ofOffice)
	}
	if at < 0 {
		return knowledge.Hit{}, false
	}
	return found[at], true
}

func (c *Conversation) answerOffice(r *reply, u utterance, d *Department, f fact, text string, h knowledge.Hit) {
	r.outcome = OutcomeAnswer
	c.wants(u)
	c.misses, c.pending = 0, false
	variant, _ := c.variant(h.Article)
	t := topic{article: h.Article, variant: variant, confidence: 1}
	c.topic = &t
	title, _, _ := strings.Cut(d.Titles[c.language], ",")
	r.speak(c.language, title+".", true)
	c.speakFact(r, f.prompt, text, c.language)
	c.state = open{closing: true}
	c.state.ask(c, r)
	c.evidence(r, t, text)
}
