package dialog

import (
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// account is what has happened in a conversation so far, for its summary.
type account struct {
	concerns []string
	told     []Told
	request  string
	alarm    bool
	danger   string // words that told of an emergency, until another concern
	turns    int
	meant    map[string]meaning // of concerns that were translated to be understood
}

// meaning is what a machine made of the caller's words.
type meaning struct{ text, language string }

// add notes a concern in the caller's words, each once.
func (a *account) add(words string) {
	if words = strings.TrimSpace(words); words != "" && !slices.Contains(a.concerns, words) {
		a.concerns = append(a.concerns, words)
	}
}

// wants notes what the caller wants to know now.
func (c *Conversation) wants(u utterance) {
	c.question, c.account.danger = u.Text, ""
	c.account.add(u.Text)
	c.means(u)
}

// means keeps the translation of a concern for whoever takes the call over.
func (c *Conversation) means(u utterance) {
	if u.meant == "" {
		return
	}
	if c.account.meant == nil {
		c.account.meant = map[string]meaning{}
	}
	c.account.meant[u.Text] = meaning{u.meant, c.lexicon()}
}

// answered says that the last answer was to this question.
func (a *account) answered(question string) bool {
	n := len(a.told)
	return n > 0 && a.told[n-1].Question == question
}

// warns notes the words of an emergency.
func (a *account) warns(words string) {
	a.add(words)
	a.alarm, a.danger = true, words
}

// tell notes an answer; what follows of the same text belongs to it.
func (c *Conversation) tell(r *reply, t topic, text string) {
	question := c.question
	if r.asked != "" {
		question = r.asked
	}
	if n := len(c.account.told); n > 0 {
		last := &c.account.told[n-1]
		if last.Article == t.article.ID && last.Question == question {
			if !strings.Contains(last.Text, text) {
				last.Text += " " + text
			}
			return
		}
	}
	c.account.told = append(c.account.told, Told{
		Question: question, Article: t.article.ID, Version: t.article.Version, Title: t.title(), Text: text,
		Source: t.article.Source, Confidence: t.confidence, Translated: t.from != "",
	})
}

// settled notes a request that was taken; nothing of it is left to do.
func (c *Conversation) settled(s sheet, reference string) {
	c.account.request = reference
	c.why = OpenNothing
	if s.form.ID != form.CallbackID {
		c.shelved = nil
		c.pending = false
	}
}

// slotValue is a value of a form as others get it.
func (c *Conversation) slotValue(f *form.Slot, v slot.Value) SlotValue {
	return SlotValue{
		Name: f.Name, Title: c.clerksTitle(f, "de"), Kind: f.Spec.Kind, Value: v.Text,
		Spoken: c.sayValue(f, v), Listed: v.Doubt != slot.Unlisted,
	}
}

// longestArticle is how many letters an article in front of a name has.
const longestArticle = 3

// clerksTitle is what clerks call a value: its label without the article.
func (c *Conversation) clerksTitle(f *form.Slot, language string) string {
	labels, in := f.Label.For(language)
	if len(labels) == 0 || in != language {
		labels = c.data.Forms.Book(language).Labels(f.Spec.Kind)
	}
	if len(labels) == 0 {
		return f.Name
	}
	name := labels[0]
	if article, rest, ok := strings.Cut(name, " "); ok && len(article) <= longestArticle {
		name = rest
	}
	return capital(name)
}

// clerksValue is a value as clerks read it.
func (c *Conversation) clerksValue(f *form.Slot, v slot.Value, language string) string {
	switch f.Spec.Kind {
	case slot.Choice, slot.Count, slot.Date, slot.Time, slot.YesNo:
		return c.data.Slots.Say(f.Spec, v, language)
	}
	return v.Text
}

// title is what a clerk reads: a translated one tells them nothing.
func (t *topic) title() string {
	if t.from != "" {
		return germanTitle(t)
	}
	return plain(t.variant.Title)
}

// germanTitle is the title of an article for clerks.
func germanTitle(t *topic) string {
	if v, ok := t.article.Variants["de"]; ok && v.Title != "" {
		return plain(v.Title)
	}
	return plain(t.variant.Title)
}

// left says what is left to do.
func (c *Conversation) left() Open {
	switch {
	case c.why == OpenDecision:
		return OpenDecision
	case c.unfinished() != nil:
		return OpenForm
	case c.pending, c.why == OpenUnanswered:
		return OpenUnanswered
	}
	return c.why
}

// unfinished is the request that is being taken, or was when a person was
// looked for; nil is none.
func (c *Conversation) unfinished() *sheet {
	if s, ok := c.state.(request); ok && s.page().form.ID != form.CallbackID {
		page := s.page()
		return &page
	}
	if c.shelved != nil {
		return c.shelved
	}
	if s, ok := c.state.(request); ok {
		page := s.page()
		return &page
	}
	return nil
}
