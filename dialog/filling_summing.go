package dialog

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// summing has read everything back and waits for a yes.
type summing struct {
	sheet
	tries int
}

// finishForm sums up, or takes the request where the last yes was about all
// of it.
func (c *Conversation) finishForm(r *reply, s sheet) {
	if len(s.form.Summary) == 0 && len(s.form.Slots) == 1 && confirmed(s.form.Slots[0].Spec.Kind) {
		c.takeRequest(r, s)
		return
	}
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	if !s.summed {
		c.recite(r, s)
	}
	s.summed = true
	c.state = summing{sheet: s}
	r.phrase(form.SumAsk)
}

// recite says what has been noted so far.
func (c *Conversation) recite(r *reply, s sheet) {
	r.phrase(form.Sum)
	language := c.phrases().Language
	if spoken := c.book().Language; spoken != language {
		c.reciteForeign(r, s, spoken)
		return
	}
	if text, in := s.form.Summarise(language, c.sayValues(s)); text != "" && in == language || text != "" && transcript.Primary(in) == transcript.Primary(language) {
		r.speak(c.phrases().Language, sentence(text), true)
		return
	}
	var list []string
	for _, f := range s.form.Slots {
		if v, ok := s.values[f.Name]; ok && f.Spec.Kind != slot.Text {
			list = append(list, c.sayValue(&f, v))
		}
	}
	r.speak(language, sentence(strings.Join(list, ", ")), true)
}

// reciteForeign names each value: a summary in sentences would have to be
// translated with the values in it.
func (c *Conversation) reciteForeign(r *reply, s sheet, language string) {
	for _, f := range s.filled() {
		r.speak(language, sentence(c.label(f)+": "+c.sayValue(f, s.values[f.Name])), true)
	}
}

// sentence ends with a full stop and begins with a capital letter.
func sentence(text string) string {
	text = strings.TrimRight(strings.TrimSpace(text), ",;")
	if text == "" {
		return ""
	}
	if !ends(text) {
		text += "."
	}
	return capital(text)
}

// capital begins a sentence.
func capital(text string) string {
	r := []rune(text)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

func (s summing) page() sheet { return s.sheet }

func (s summing) awaits() (turn.Expect, time.Duration) { return turn.YesNo, yesNoSilence }

func (s summing) ask(c *Conversation, r *reply) {
	c.recite(r, s.sheet)
	r.phrase(form.SumAsk)
}

func (s summing) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	book := c.phrases()
	switch {
	case c.correct(r, s.sheet, nil, u):
	case c.is(u, "cancel"):
		c.cancelForm(r, s.sheet)
	case c.agrees(u) && !c.is(u, "wrong"):
		c.takeRequest(r, s.sheet)
	case book.Hears(form.WishSummary, u.words):
		s.ask(c, r)
	case c.is(u, "startover"):
		r.phrase(form.Again)
		c.next(r, sheet{form: s.form})
	case c.is(u, "back"):
		c.previous(r, s.sheet)
	case c.replaced(r, s.sheet, u):
	case c.declines(u), c.is(u, "wrong"), book.Hears(form.WishChange, u.words):
		s.change(c, r)
	default:
		return s.unclear(ctx, c, r, u)
	}
	return true
}

func (s summing) change(c *Conversation, r *reply) {
	c.state = changing{sheet: s.sheet}
	c.state.ask(c, r)
}

func (s summing) unclear(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if c.is(u, mixed()...) || c.is(u, "repeat", "faster", "stop", "robot", "who") {
		return false
	}
	c.state = s
	if c.aside(ctx, r, u) {
		return true
	}
	s.again(c, r)
	return true
}

func (s summing) again(c *Conversation, r *reply) {
	if s.tries++; s.tries >= maxTries {
		r.phrase(form.GaveUp)
		c.handOver(r, c.named(s.form.Department))
		return
	}
	c.state = s
	r.phrase(form.SumInsist)
}

func (s summing) unheard(c *Conversation, r *reply) { s.again(c, r) }

func (s summing) silent(c *Conversation, r *reply) {
	c.silenceInForm(r, func() { r.phrase(form.SumInsist) })
}

func (s summing) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	switch key {
	case '1', '#':
		c.takeRequest(r, s.sheet)
	case '2':
		s.change(c, r)
	default:
		return false
	}
	return true
}

// changing has asked what is wrong.
type changing struct {
	sheet
	tries int
}

func (s changing) page() sheet { return s.sheet }

func (s changing) awaits() (turn.Expect, time.Duration) { return turn.Free, freeSilence }

func (s changing) ask(c *Conversation, r *reply) {
	var labels []string
	for _, f := range s.filled() {
		labels = append(labels, c.label(f))
	}
	r.phrase(form.Change, "labels", c.either(labels))
}

// filled are the slots with values, as the form orders them.
func (s sheet) filled() []*form.Slot {
	var out []*form.Slot
	for i := range s.form.Slots {
		if _, ok := s.values[s.form.Slots[i].Name]; ok {
			out = append(out, &s.form.Slots[i])
		}
	}
	return out
}

func (s changing) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	if f := c.labelled(s.sheet, u, nil); f != nil {
		if !c.corrected(r, s.sheet, f, u) {
			s.askAnew(c, r, f)
		}
		return true
	}
	switch {
	case c.is(u, "cancel") && !c.is(u, "none"):
		c.cancelForm(r, s.sheet)
	case c.replaced(r, s.sheet, u):
	case c.agrees(u), c.declines(u), c.is(u, "none"): // nothing after all
		c.state = summing{sheet: s.sheet}
		r.phrase(form.SumAsk)
	case c.is(u, "back"):
		c.previous(r, s.sheet)
	case c.is(u, mixed()...) || c.is(u, "repeat", "faster", "robot", "who"):
		return false
	default:
		c.state = s
		if c.aside(ctx, r, u) {
			return true
		}
		s.unheard(c, r)
	}
	return true
}

func (s changing) askAnew(c *Conversation, r *reply, f *form.Slot) {
	c.state = filling{sheet: s.sheet, at: f}
	c.state.ask(c, r)
}

func (s changing) unheard(c *Conversation, r *reply) {
	if s.tries++; s.tries >= maxTries {
		r.phrase(form.GaveUp)
		c.handOver(r, c.named(s.form.Department))
		return
	}
	c.state = s
	s.ask(c, r)
}

func (s changing) silent(c *Conversation, r *reply) {
	c.silenceInForm(r, func() { s.ask(c, r) })
}

func (s changing) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	slots := s.filled()
	if i := int(key - '1'); i >= 0 && i < len(slots) {
		s.askAnew(c, r, slots[i])
		return true
	}
	return false
}

// correct understands that another value than the one asked for is wrong:
// "nein, die Hausnummer ist 14", "der Name ist falsch".
func (c *Conversation) correct(r *reply, s sheet, at *form.Slot, u utterance) bool {
	if f := c.labelled(s, u, at); f != nil {
		if c.corrected(r, s, f, u) {
			return true
		}
		book := c.phrases()
		if book.Hears(form.WishWrong, u.words) || book.Hears(form.WishChange, u.words) || c.is(u, "wrong") {
			c.state = filling{sheet: s, at: f}
			r.phrase(form.Again)
			r.question(f)
			return true
		}
		return false
	}
	if at == nil || len(s.order) == 0 || len(u.words) < 2 || len(u.words) > 8 {
		return false
	}
	// "nein, 14": what was said in passing was wrong.
	last, _ := s.form.Slot(s.order[len(s.order)-1])
	if _, asking := c.state.(filling); !asking || !c.contradicts(u) || private(last.Spec.Kind) {
		return false
	}
	return c.corrected(r, s, last, u)
}

// contradicts says that the sentence begins with a no.
func (c *Conversation) contradicts(u utterance) bool {
	v := c.data.Slots.Read(slot.Spec{Kind: slot.YesNo}, strings.Join(u.words[:min(2, len(u.words))], " "), c.setting("", time.Time{}))
	return v.Text == "no" || c.phrases().Hears(form.WishWrong, u.words[:1])
}

// corrected puts another value into a slot that has one.
func (c *Conversation) corrected(r *reply, s sheet, f *form.Slot, u utterance) bool {
	v := c.read(f, u, "", r.now)
	was := s.values[f.Name]
	unlikely := f.Spec.Kind == slot.Text || f.Spec.Kind == slot.YesNo || f.Spec.Kind == slot.Name && !c.states(u)
	if !v.Found() || v.Text == was.Text || unlikely || v.Doubt == slot.Unlisted && !c.states(u) || v.Doubt == slot.Incomplete {
		return false
	}
	if other := (slot.Value{}); v.Doubt == slot.Ambiguous && len(v.Others) > 0 && v.Others[0] == was.Text {
		other = v
		other.Doubt, other.Others = slot.Sure, nil
		v = other
	}
	c.take(r, s, f, v, 0)
	return true
}

// states says that the sentence states a value: "ist", "heißt", "lautet".
func (c *Conversation) states(u utterance) bool {
	return c.data.Numbers.States(u.words, c.lexicon()) && !c.is(u, "wrong")
}

// labelled finds the slot that the words name, other than the one asked for.
func (c *Conversation) labelled(s sheet, u utterance, at *form.Slot) *form.Slot {
	said := " " + strings.Join(u.words, " ") + " "
	var found *form.Slot
	longest := 0
	for i := range s.form.Slots {
		f := &s.form.Slots[i]
		if _, has := s.values[f.Name]; !has || at != nil && f.Name == at.Name {
			continue
		}
		for _, l := range c.labels(f) {
			words := intent.Split(l)
			folded := " " + strings.Join(words, " ") + " "
			if len(folded) > longest && strings.Contains(said, folded) {
				found, longest = f, len(folded)
			}
		}
	}
	return found
}

// replaced finds the one value in the sentence that differs from what was
// noted: "nein, am Mittwoch".
func (c *Conversation) replaced(r *reply, s sheet, u utterance) bool {
	if len(u.content) < 2 && !slices.ContainsFunc(u.words, func(w string) bool { return w != "" && w[0] >= '0' && w[0] <= '9' }) {
		return false
	}
	var slots []*form.Slot
	for _, f := range s.filled() {
		if v, ok := c.seek(f, u, r.now); ok && v.Text != s.values[f.Name].Text {
			slots = append(slots, f)
		}
	}
	if len(slots) == 0 && c.contradicts(u) {
		for _, f := range s.filled() {
			switch f.Spec.Kind {
			case slot.HouseNumber, slot.Date, slot.Street, slot.Choice, slot.Time:
				if v := c.read(f, u, "", r.now); v.Found() && v.Doubt == slot.Sure && v.Text != s.values[f.Name].Text {
					slots = append(slots, f)
				}
			}
		}
	}
	if len(slots) != 1 {
		return false
	}
	return c.corrected(r, s, slots[0], u)
}
