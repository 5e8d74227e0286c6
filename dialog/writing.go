package dialog

import (
	"context"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// writtenSilence is how long somebody who writes may take: reading, looking
// for a paper and typing with one finger.
const writtenSilence = 3 * time.Minute

// Writes changes between writing and speaking within a conversation, e.g.
// when somebody who wrote begins to speak. Options.Written is how it begins.
func (c *Conversation) Writes(on bool) {
	if c.writes != on {
		c.writes, c.silences = on, 0
	}
}

// typedKey takes a lone digit where the question offers choices by number; it
// is a value where one is asked for.
func (c *Conversation) typedKey(ctx context.Context, r *reply, text string) bool {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".")
	if !c.writes || len(text) != 1 || text[0] < '1' || text[0] > '9' {
		return false
	}
	switch s := c.state.(type) {
	case filling:
		if s.at.Spec.Kind != slot.Choice && s.at.Spec.Kind != slot.YesNo {
			return false
		}
	case open:
		if !c.menued {
			return false
		}
	}
	if !c.state.key(ctx, c, r, rune(text[0])) {
		return false
	}
	c.silences, c.isWaiting = 0, false
	c.utterances++
	return true
}

// silentInWriting asks once whether somebody is still there.
func (c *Conversation) silentInWriting(r *reply) {
	if c.silences > 1 {
		r.say(prompts.SilenceEnd)
		r.end()
		return
	}
	r.repair = true
	r.lead(prompts.Silence1)
}

// readOut is a number for the ear, or for the eye.
func (c *Conversation) readOut(number string) string {
	if c.writes {
		return number
	}
	return c.data.Numbers.Read(number, c.book().Language)
}

// asWritten is a value for the eye: what is spelt out for the ear stands as
// it is written.
func (c *Conversation) asWritten(f *form.Slot, v slot.Value, said string) string {
	switch f.Spec.Kind {
	case slot.Phone:
		return c.readOut(v.Text)
	case slot.Email, slot.Plate, slot.HouseNumber:
		return v.Text
	}
	return said
}

// site is where an answer stands: the name of the site for the ear, the whole
// address for the eye.
func (c *Conversation) site(address string) string {
	if c.writes {
		return address
	}
	return spokenHost(c.bookWith(prompts.Dot), address)
}

// phraseWritten is the phrase that fits the eye: what offers keys, asks to
// spell or says things twice has a plainer one.
func phraseWritten(key form.Key) form.Key {
	plainer := map[form.Key]form.Key{
		form.Insist: form.Confirm, form.SumInsist: form.SumAsk, form.Spell: form.WrittenSpell,
		form.Further: form.WrittenFurther, form.Reference: form.WrittenReference,
	}
	if k, ok := plainer[key]; ok {
		return k
	}
	return key
}

// example shows somebody who writes how a value may look; false says that its
// kind needs none.
func (r *reply) example(f *form.Slot) bool {
	examples := map[slot.Kind]string{
		slot.Name: "Anna Schmidt", slot.HouseNumber: "12 a", slot.Date: "03.05.", slot.Time: "14:30",
		slot.Phone: "030 123456", slot.Email: "anna.schmidt@example.org", slot.Plate: "M-AB 123", slot.Count: "3",
	}
	text, ok := examples[f.Spec.Kind]
	switch {
	case ok:
		r.phrase(form.Example, "value", text)
	case f.Spec.Kind == slot.YesNo:
		say := func(v string) string {
			language := r.c.phrases().Language
			return r.c.inWords(r.c.data.Slots.Say(f.Spec, slot.Value{Text: v}, language), language)
		}
		r.phrase(form.Choices, "choices", r.c.either([]string{say("yes"), say("no")}))
	case f.Spec.Kind == slot.Choice:
		r.phrase(form.Choices, "choices", r.c.either(r.c.options(f)))
	default:
		return false
	}
	return true
}
