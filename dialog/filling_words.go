package dialog

import (
	"fmt"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// phrases are what is said about forms, in the language that the bot speaks, or
// in the one that it is translated from.
func (c *Conversation) phrases() *form.Book {
	language := c.book().Language
	if c.foreign() && language == c.language {
		language = c.source()
	}
	return c.data.Forms.Book(language)
}

// source is the language that the bot's words are translated from.
func (c *Conversation) source() string {
	if c.tongues != nil {
		if from := c.tongues.from(c.language); from != "" {
			return from
		}
	}
	return c.fallback().Language
}

// utter makes an utterance of words that were heard before.
func (c *Conversation) utter(text string) utterance {
	u := utterance{Event: Event{Kind: Heard, Text: text}, words: intent.Split(text)}
	c.understand(&u)
	u.content = c.data.Intents.Content(u.words, c.lexicon())
	return u
}

// phrase speaks the next wording of a phrase that all forms share.
func (r *reply) phrase(key form.Key, pairs ...string) {
	b := r.c.phrases()
	if r.c.writes {
		key = phraseWritten(key)
	}
	list := b.All(key)
	if r.c.writes && strings.HasPrefix(string(key), "ask_") {
		list = list[:min(1, len(list))] // the others speak of keys and of spelling
	}
	r.wordings(b.Language, "form/"+string(key), list, pairs...)
}

// texts speaks the next wording of a form's own text; false says that there
// is none in a language that fits.
func (r *reply) texts(t form.Texts, key string) bool {
	language := r.c.phrases().Language
	list, in := t.For(language)
	if len(list) == 0 || transcript.Primary(in) != transcript.Primary(language) {
		return false
	}
	r.wordings(language, "form/"+key, list)
	return true
}

// wordings speaks the next of the wordings that holds no sentence of the last
// turn.
func (r *reply) wordings(language, key string, list []string, pairs ...string) {
	if len(list) == 0 {
		return
	}
	c, k := r.c, prompts.Key(key)
	if b := c.book(); c.foreign() && b.Language == c.language && language != c.language {
		if out := c.abroad.render(list, language, c.language); len(out) > 0 {
			list, language = out, c.language
		}
	}
	begin, chosen := c.uses[k], 0
	for n := range list {
		if !c.saidJustNow(form.Fill(list[(begin+n)%len(list)], pairs...)) {
			chosen = n
			break
		}
	}
	c.uses[k] = begin + chosen + 1
	r.speak(language, capital(form.Fill(list[(begin+chosen)%len(list)], pairs...)), true)
}

// question asks for a slot's value in the form's words, or in those for its kind.
func (r *reply) question(f *form.Slot) {
	if r.texts(f.Question, "ask/"+f.Name) {
		return
	}
	switch f.Spec.Kind {
	case slot.Phone:
		r.say(prompts.NumberAsk)
	case slot.Choice:
		r.phrase(form.Choices, "choices", r.c.either(r.c.options(f)))
	case slot.YesNo:
		r.phrase(form.Help(slot.YesNo))
	default:
		r.phrase(form.Ask(f.Spec.Kind))
	}
}

// help says what can be said; who has just heard that is asked again.
func (r *reply) help(f *form.Slot) {
	if r.c.writes && r.example(f) {
		return
	}
	b := r.c.phrases()
	list, in := f.Help.For(b.Language)
	if len(list) == 0 || transcript.Primary(in) != transcript.Primary(b.Language) {
		list = b.All(form.Help(f.Spec.Kind))
	}
	if len(list) == 1 && r.c.saidJustNow(list[0]) {
		r.question(f)
		return
	}
	if !r.texts(f.Help, "help/"+f.Name) {
		r.phrase(form.Help(f.Spec.Kind))
	}
	if f.Spec.Kind == slot.Choice && len(f.Help) == 0 {
		r.phrase(form.Choices, "choices", r.c.either(r.c.options(f)))
	}
}

func (c *Conversation) options(f *form.Slot) []string {
	var out []string
	for _, o := range f.Spec.Choices {
		language := c.phrases().Language
		out = append(out, c.inWords(c.data.Slots.Say(f.Spec, slot.Value{Text: o.ID}, language), language))
	}
	return out
}

// either joins a list for a choice, in the language that is spoken.
func (c *Conversation) either(list []string) string {
	if b := c.phrases(); b.Language == c.book().Language {
		return b.Or(list)
	}
	return strings.Join(list, ", ")
}

// all joins a list.
func (c *Conversation) all(list []string) string {
	if b := c.phrases(); b.Language == c.book().Language {
		return b.And(list)
	}
	return strings.Join(list, ", ")
}

// sayKeys names the options with their keys.
func (c *Conversation) sayKeys(r *reply, f *form.Slot) {
	if c.writes {
		r.example(f)
		return
	}
	var out []string
	for i, o := range c.options(f) {
		out = append(out, fmt.Sprintf("%d: %s", i+1, o))
	}
	r.phrase(form.Keys, "choices", strings.Join(out, ", "))
}

// sayFurther reads back what there is of a value that goes on.
func (c *Conversation) sayFurther(r *reply, f *form.Slot, v slot.Value) {
	if f.Spec.Kind == slot.Phone {
		r.say(prompts.NumberFurther, "number", c.readOut(v.Text))
		return
	}
	r.phrase(form.Further, "value", c.sayValue(f, v))
}

// sayValue is a value as the form reads it back.
func (c *Conversation) sayValue(f *form.Slot, v slot.Value) string {
	language := c.phrases().Language
	if language != c.book().Language {
		return c.sayForeign(f, v, language)
	}
	said := c.data.Slots.Say(f.Spec, v, language)
	if c.writes {
		said = c.asWritten(f, v, said)
	}
	if list, in := f.ReadBack.For(language); len(list) > 0 && transcript.Primary(in) == transcript.Primary(language) {
		return form.Fill(list[0], "value", said)
	}
	return said
}

// sayForeign is a value in a language without words of its own: days, times and
// choices are translated, everything that somebody has written or spelt stays.
func (c *Conversation) sayForeign(f *form.Slot, v slot.Value, from string) string {
	switch f.Spec.Kind {
	case slot.Date, slot.Time, slot.Choice, slot.YesNo:
		return c.inWords(c.data.Slots.Say(f.Spec, v, from), from)
	case slot.Phone:
		return c.readOut(v.Text)
	case slot.Count:
		if v.Note != "" && c.abroad != nil { // the caller's words: they are not kept
			if out, err := c.abroad.word(v.Note, c.lexicon(), c.language); err == nil {
				return out
			}
		}
	}
	return v.Text
}

// sayNamed is a value that stands alone: a number says what it is one of.
func (c *Conversation) sayNamed(f *form.Slot, v slot.Value) string {
	said := c.sayValue(f, v)
	if c.phrases().Language != c.book().Language {
		return said
	}
	if named := c.phrases().Named(f.Spec.Kind); named != "" && len(f.ReadBack) == 0 {
		return form.Fill(named, "value", said)
	}
	return said
}

func (c *Conversation) sayValues(s sheet) map[string]string {
	out := map[string]string{}
	for _, f := range s.filled() {
		out[f.Name] = c.sayValue(f, s.values[f.Name])
	}
	return out
}

// labels are the words by which callers name a slot.
func (c *Conversation) labels(f *form.Slot) []string {
	own, in := f.Label.For(c.lexicon())
	if transcript.Primary(in) == transcript.Primary(c.lexicon()) && len(own) > 0 {
		return own
	}
	return c.data.Forms.Book(c.lexicon()).Labels(f.Spec.Kind)
}

// label is how the bot names a slot.
func (c *Conversation) label(f *form.Slot) string {
	language := c.phrases().Language
	if own, in := f.Label.For(language); len(own) > 0 && transcript.Primary(in) == transcript.Primary(language) {
		return c.inWords(own[0], language)
	}
	if l := c.phrases().Labels(f.Spec.Kind); len(l) > 0 {
		return c.inWords(l[0], language)
	}
	return f.Name
}
