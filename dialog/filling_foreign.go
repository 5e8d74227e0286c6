package dialog

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// seek finds a value that was given unasked.
func (c *Conversation) seek(f *form.Slot, u utterance, now time.Time) (slot.Value, bool) {
	own, ok := c.data.Slots.Find(f.Spec, u.Text, c.setting("", now))
	if u.meant == "" {
		return own, ok
	}
	meant, found := c.data.Slots.Find(f.Spec, u.meant, c.setting("", now))
	switch {
	case !found:
		return own, ok && !worded(f.Spec.Kind)
	case !ok:
		own = slot.Value{}
	}
	v := c.ownWords(f, u, own, meant)
	return v, v.Found()
}

// worded are kinds that are said in words of the language, not in names and
// figures.
func worded(k slot.Kind) bool {
	switch k {
	case slot.Date, slot.Time, slot.Choice, slot.YesNo, slot.Count:
		return true
	}
	return false
}

// ownWords chooses between a value as the caller said it and as its translation
// reads. Translation finds where a name begins ("my name is"), but what it is
// stands in the caller's words: a machine may have put it into others.
func (c *Conversation) ownWords(f *form.Slot, u utterance, own, meant slot.Value) slot.Value {
	switch kind := f.Spec.Kind; {
	case worded(kind):
		if meant.Found() {
			return meant
		}
		return own
	case kind == slot.Text:
		return own
	case kind == slot.Phone:
		if !c.data.Numbers.Knows(c.language) && numbers.Count(meant.Text) > numbers.Count(own.Text) {
			return meant
		}
		return own
	case !meant.Found(), kind == slot.Email, kind == slot.Plate:
		return own
	case !own.Found(), own.Doubt > slot.Sure && meant.Doubt == slot.Sure, len(meant.Text) < len(own.Text):
		for _, w := range intent.Split(meant.Text) {
			if !slices.Contains(u.own, w) && kind != slot.HouseNumber {
				return own
			}
		}
		return meant
	}
	return own
}
