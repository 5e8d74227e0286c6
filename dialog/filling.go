package dialog

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/turn"
)

// maxTries is how often a value is asked for in vain.
const maxTries = 3

// How long silence may last while a form is filled.
const (
	spelledSilence = 10 * time.Second
	textSilence    = 12 * time.Second
)

// request is a state in which a form is being filled.
type request interface {
	state
	page() sheet
	// unheard goes one step down the ladder of misunderstandings.
	unheard(c *Conversation, r *reply)
	// silent reacts to silence; what was keyed so far may be all.
	silent(c *Conversation, r *reply)
}

// sheet is a form as far as it is filled. It is never changed: states that
// were left can be gone back to.
type sheet struct {
	form    *form.Form
	values  map[string]slot.Value
	heard   map[string]slot.Value // given unasked, to be confirmed when their turn comes
	skipped map[string]bool
	order   []string // as the values were filled
	summed  bool     // the summary was read
}

func (s sheet) with(name string, v slot.Value) sheet {
	s.values, s.heard, s.skipped = maps.Clone(s.values), maps.Clone(s.heard), maps.Clone(s.skipped)
	if s.values == nil {
		s.values = map[string]slot.Value{}
	}
	s.values[name] = v
	delete(s.heard, name)
	delete(s.skipped, name)
	s.order = append(slices.DeleteFunc(slices.Clone(s.order), func(o string) bool { return o == name }), name)
	return s
}

func (s sheet) without(name string) sheet {
	s.values, s.heard = maps.Clone(s.values), maps.Clone(s.heard)
	delete(s.values, name)
	delete(s.heard, name)
	s.order = slices.DeleteFunc(slices.Clone(s.order), func(o string) bool { return o == name })
	return s
}

func (s sheet) skip(name string) sheet {
	s = s.without(name)
	s.skipped = maps.Clone(s.skipped)
	if s.skipped == nil {
		s.skipped = map[string]bool{}
	}
	s.skipped[name] = true
	return s
}

func (s sheet) noticed(name string, v slot.Value) sheet {
	s.heard = maps.Clone(s.heard)
	if s.heard == nil {
		s.heard = map[string]slot.Value{}
	}
	s.heard[name] = v
	return s
}

// missing is the first slot that is still to be asked.
func (s sheet) missing() (*form.Slot, bool) {
	for i := range s.form.Slots {
		f := &s.form.Slots[i]
		if _, ok := s.values[f.Name]; !ok && !s.skipped[f.Name] && s.applies(f) {
			return f, true
		}
	}
	return nil, false
}

// applies says whether the slot's condition holds.
func (s sheet) applies(f *form.Slot) bool {
	return f.When == nil || slices.Contains(f.When.In, s.values[f.When.Slot].Text)
}

// confirmed kinds are always read back for a yes or no.
func confirmed(k slot.Kind) bool {
	return k == slot.Phone || k == slot.Email || k == slot.Plate || k == slot.Name
}

// private values are not repeated but to have them confirmed.
func private(k slot.Kind) bool { return confirmed(k) || k == slot.Text }

// next asks for the first value that is missing, or sums up.
func (c *Conversation) next(r *reply, s sheet) {
	f, more := s.missing()
	if !more {
		c.finishForm(r, s)
		return
	}
	if v, ok := s.heard[f.Name]; ok {
		c.readBack(r, s, f, v)
		return
	}
	switch {
	case f.Source == form.SourceConcern && c.concern() != "":
		c.next(r, s.with(f.Name, slot.Value{Kind: f.Spec.Kind, Text: c.concern(), Confidence: 1}))
	case f.Source == form.SourceCaller && numbers.Valid(c.opt.Caller):
		c.state = offeringCaller{sheet: s, at: f}
		c.state.ask(c, r)
	default:
		c.state = filling{sheet: s, at: f}
		c.state.ask(c, r)
	}
}

// take goes on with what was understood for a slot.
func (c *Conversation) take(r *reply, s sheet, f *form.Slot, v slot.Value, tries int) {
	retry := filling{sheet: s, at: f, tries: tries + 1}
	switch v.Doubt {
	case slot.Incomplete:
		retry.sofar = v.Text
		c.state = retry
		c.sayFurther(r, f, v)
	case slot.Past, slot.Late, slot.Closed, slot.Impossible:
		c.state = retry
		c.refuse(r, f, v)
	case slot.Ambiguous, slot.Unlisted, slot.Unsure:
		c.readBack(r, s, f, v)
	default:
		if confirmed(f.Spec.Kind) {
			c.readBack(r, s, f, v)
			return
		}
		c.accept(r, s, f, v)
	}
}

// accept puts the value in, says so in passing, and goes on.
func (c *Conversation) accept(r *reply, s sheet, f *form.Slot, v slot.Value) {
	_, before := s.values[f.Name]
	changed := s.summed || before
	s = s.with(f.Name, v)
	_, more := s.missing()
	switch {
	case changed && !private(f.Spec.Kind):
		r.phrase(form.Changed, "value", c.sayNamed(f, v))
	case !more && !s.summed:
		// The summary says it.
	case private(f.Spec.Kind) || v.Doubt != slot.Sure:
		r.phrase(form.Thanks)
	default:
		r.phrase(form.Ack, "value", c.sayNamed(f, v))
	}
	c.next(r, s)
}

// refuse says why a value cannot be and asks for another.
func (c *Conversation) refuse(r *reply, f *form.Slot, v slot.Value) {
	value := c.sayValue(f, v)
	switch {
	case f.Spec.Kind == slot.Phone:
		r.say(prompts.NumberLong)
	case f.Spec.Kind == slot.Count:
		r.phrase(form.Range, "min", c.count(f.Spec.Min), "max", c.count(f.Spec.Max))
	case v.Doubt == slot.Past && f.Spec.Kind == slot.Date:
		first := slot.Value{Text: r.now.AddDate(0, 0, f.Spec.Min).Format(time.DateOnly)}
		r.phrase(form.Past, "value", value, "first", c.sayValue(f, first))
	case v.Doubt == slot.Late:
		r.phrase(form.Late, "value", value)
	case v.Doubt == slot.Closed:
		r.phrase(form.Closed, "value", value)
	default:
		r.phrase(form.Impossible)
		r.question(f)
	}
}

// filling asks for one value.
type filling struct {
	sheet
	at      *form.Slot
	sofar   string // what there is of a value that goes on
	keys    string // keys pressed
	tries   int
	spelled bool // spelling was asked for
}

func (s filling) page() sheet { return s.sheet }

func (s filling) awaits() (turn.Expect, time.Duration) {
	switch s.at.Spec.Kind {
	case slot.Phone, slot.HouseNumber:
		return turn.Digits, digitsSilence
	case slot.Name, slot.Email, slot.Plate, slot.Street:
		return turn.Name, spelledSilence
	case slot.Date, slot.Time:
		return turn.Date, digitsSilence
	case slot.YesNo:
		return turn.YesNo, yesNoSilence
	case slot.Text:
		return turn.Free, textSilence
	}
	return turn.Free, digitsSilence
}

func (s filling) ask(c *Conversation, r *reply) {
	if s.sofar != "" {
		c.sayFurther(r, s.at, slot.Value{Kind: s.at.Spec.Kind, Text: s.sofar})
		return
	}
	if s.at.Spec.Kind == slot.Phone && c.degraded {
		r.say(prompts.NumberKeys)
		return
	}
	r.question(s.at)
	if c.degraded && s.at.Spec.Kind == slot.Choice {
		c.sayKeys(r, s.at)
	}
}

func (s filling) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	if done, mine := s.steer(ctx, c, r, u); done {
		return mine
	}
	v := c.read(s.at, u, s.sofar, r.now)
	if v.Found() && s.plausible(ctx, c, u, v, r.now) {
		sheet := s.sheet
		if v.Doubt.Taken() {
			sheet = c.notice(sheet, u, s.at, r.now)
		}
		c.take(r, sheet, s.at, v, s.tries)
		return true
	}
	return s.other(ctx, c, r, u)
}

// plausible guards against taking any words for digits or names.
func (s filling) plausible(ctx context.Context, c *Conversation, u utterance, v slot.Value, now time.Time) bool {
	switch s.at.Spec.Kind {
	case slot.Phone:
		said := c.digits(u)
		return len(said) > 1 || len(u.content) <= spokenChoice
	case slot.Name:
		return v.Spelt || !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "thanks", "greet", "easy") && !c.agrees(u)
	case slot.Street:
		return v.Doubt != slot.Unlisted || len(u.words) <= 6 && !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "thanks", "greet", "easy", "yes", "no", "human") && !c.asks(ctx, u, now)
	case slot.Email:
		return v.Doubt != slot.Incomplete || len(u.words) <= 8 && !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "thanks", "easy", "human")
	case slot.Text:
		if _, wish := c.data.Intents.Anywhere(u.words, c.lexicon(), "human", "callback"); wish {
			return false
		}
		return len(u.content) > 1 && !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "easy", "normal", "faster")
	}
	return true
}

// steer hears what is said about the form and not into it. done means that
// the words need no further look, mine that they were answered here.
func (s filling) steer(_ context.Context, c *Conversation, r *reply, u utterance) (done, mine bool) {
	book := c.phrases()
	free := s.at.Spec.Kind == slot.Text
	short := !free || len(u.content) <= 3
	switch {
	case s.at.Optional && short && s.sofar == "" && book.Hears(form.WishSkip, u.content) && !c.read(s.at, u, "", r.now).Found():
		c.leaveOut(r, s.sheet, s.at)
	case short && (c.is(u, "cancel") || c.is(u, "stop")), s.at.Spec.Kind == slot.Phone && s.sofar == "" && c.declines(u) && !c.read(s.at, u, "", r.now).Found() && len(s.form.Slots) == 1:
		c.cancelForm(r, s.sheet)
	case c.is(u, "startover"):
		s.startOver(c, r)
	case short && book.Hears(form.WishHelp, u.words):
		r.help(s.at)
		c.state = s
	case short && book.Hears(form.WishSummary, u.words):
		c.recite(r, s.sheet)
		c.state.ask(c, r)
	case c.is(u, "back"):
		c.previous(r, s.sheet)
	case (short || len(u.words) <= 6) && c.correct(r, s.sheet, s.at, u):
	default:
		return false, false
	}
	return true, true
}

func (s filling) startOver(c *Conversation, r *reply) {
	if s.at.Spec.Kind == slot.Phone {
		s.sofar, s.keys = "", ""
		c.state = s
		r.say(prompts.NumberCleared)
		return
	}
	r.phrase(form.Again)
	c.next(r, sheet{form: s.form})
}

// leaveOut goes on without an optional value.
func (c *Conversation) leaveOut(r *reply, s sheet, f *form.Slot) {
	r.phrase(form.Thanks)
	c.next(r, s.skip(f.Name))
}

// other answers wishes and questions in between, and asks again for what is
// neither.
func (s filling) other(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	c.state = s
	if name, ok := c.data.Intents.Anywhere(u.words, c.lexicon(), "human", "callback"); ok && name != "" {
		if s.form.ID != form.CallbackID {
			return false
		}
		s.fail(c, r) // a person will call back: for that the number is needed
		return true
	}
	if also := c.notice(s.sheet, u, s.at, r.now); len(also.values) > len(s.values) {
		s.sheet = also // an answer to a question that was to come
		c.state = s
		r.phrase(form.Thanks)
		r.question(s.at)
		return true
	}
	if c.is(u, "thanks", "greet", "help") {
		s.ask(c, r)
		return true
	}
	if _, ok := c.data.Intents.First(u.words, c.lexicon(), "repeat", "slower", "faster", "louder", "easy", "normal", "wait", "continue",
		"goodbye", "source", "meaning", "robot", "who", "decision"); ok {
		return false
	}
	if c.aside(ctx, r, u) {
		return true
	}
	s.fail(c, r)
	return true
}

// asks says that the sentence is a question for the knowledge base.
func (c *Conversation) asks(ctx context.Context, u utterance, now time.Time) bool {
	if len(u.content) <= shortAside {
		return false
	}
	v := c.lookUp(ctx, now, u)
	return v.answer != nil && v.answer.Confidence >= sureAside
}

// shortAside is the longest sentence that is no question of its own.
const shortAside = 3

// sureAside is the confidence from which a sentence within a form is a
// question of its own.
const sureAside = 0.8

// aside answers a question put in the middle of a form and goes back to it.
func (c *Conversation) aside(ctx context.Context, r *reply, u utterance) bool {
	if len(u.content) <= shortAside {
		return false
	}
	v := c.lookUp(ctx, r.now, u)
	if v.answer == nil || v.answer.Confidence < sureAside {
		return false
	}
	variant, own := c.variant(v.answer.Article)
	if variant.Answer == "" {
		return false
	}
	t := topic{article: v.answer.Article, variant: variant, confidence: v.answer.Confidence}
	if !own && !c.bridge(r, &t) {
		r.lead(prompts.OnlyGerman) // nobody is asked about that in the middle of a form
	}
	r.asked = u.Text
	c.evidence(r, t, c.speakTopic(r, t))
	c.state.ask(c, r)
	return true
}

// fail asks again, then helps, then gives up.
func (s filling) fail(c *Conversation, r *reply) {
	s.tries++
	s.keys = ""
	c.state = s
	kind := s.at.Spec.Kind
	switch {
	case s.tries >= maxTries && s.form.ID == form.CallbackID:
		c.cancelForm(r, s.sheet)
	case s.tries >= maxTries && s.at.Optional:
		c.leaveOut(r, s.sheet, s.at)
	case s.tries >= maxTries:
		r.phrase(form.GaveUp)
		c.handOver(r, c.named(s.form.Department))
	case kind == slot.Phone && s.tries == maxTries-1:
		r.say(prompts.NumberKeys)
	case kind == slot.Phone:
		r.say(prompts.NumberMissing)
	case s.tries == maxTries-1 && (kind == slot.Choice || kind == slot.YesNo):
		r.phrase(form.Unclear)
		if kind == slot.Choice {
			c.sayKeys(r, s.at)
		} else {
			r.help(s.at)
		}
	case s.tries == maxTries-1:
		r.phrase(form.Unclear)
		r.help(s.at)
	default:
		r.phrase(form.Unclear)
		r.question(s.at)
	}
}

func (s filling) unheard(c *Conversation, r *reply) { s.fail(c, r) }

func (s filling) silent(c *Conversation, r *reply) {
	if s.keys != "" && c.silences == 1 {
		s.finish(c, r)
		return
	}
	c.silenceInForm(r, func() {
		if s.at.Spec.Kind == slot.Phone && c.silences == 2 {
			r.lead(prompts.NumberKeys)
			return
		}
		c.state.ask(c, r)
	})
}

// silenceInForm asks once more and then ends the call: whoever was asked for a
// value and says nothing is no longer there.
func (c *Conversation) silenceInForm(r *reply, again func()) {
	if c.silences >= 3 {
		r.say(prompts.SilenceEnd)
		r.end()
		return
	}
	r.repair = true
	again()
}

func (s filling) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	most := s.at.Spec.Keyed()
	zero := key == '0' && s.keys == "" && s.at.Spec.Kind != slot.Phone && s.at.Spec.Kind != slot.Date && s.at.Spec.Kind != slot.Time
	switch {
	case key >= '0' && key <= '9' && most > 0 && !zero:
		s.press(c, r, key, most)
	case key == '*' && (s.keys != "" || s.at.Spec.Kind == slot.Phone):
		s.keys, s.sofar = "", ""
		c.state = s
		if s.at.Spec.Kind == slot.Phone {
			r.say(prompts.NumberCleared)
			return true
		}
		r.phrase(form.Again)
		r.question(s.at)
	case key == '#':
		s.finish(c, r)
	default:
		return false
	}
	return true
}

// press takes one more key. Where the length is known, the last one ends it.
func (s filling) press(c *Conversation, r *reply, key rune, most int) {
	s.sofar = ""
	s.keys += string(key)
	fixed := s.at.Spec.Kind != slot.Phone && s.at.Spec.Kind != slot.HouseNumber && s.at.Spec.Kind != slot.Count
	if len(s.keys) > most || fixed && len(s.keys) == most {
		s.finish(c, r)
		return
	}
	c.state = s
	r.repair = true
	r.listen(turn.Digits, keyedSilence)
}

// finish takes what was keyed as the whole value.
func (s filling) finish(c *Conversation, r *reply) {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	keys := s.keys
	s.keys = ""
	switch {
	case keys == "" && s.sofar != "":
		v := slot.Value{Kind: s.at.Spec.Kind, Text: s.sofar, Doubt: slot.Incomplete}
		if s.at.Spec.Kind == slot.Phone && numbers.Valid(s.sofar) {
			v.Doubt = slot.Unsure
		}
		c.take(r, s.sheet, s.at, v, s.tries)
		return
	case keys == "" && s.at.Optional:
		c.leaveOut(r, s.sheet, s.at)
		return
	case keys == "":
		s.fail(c, r)
		return
	}
	v := c.data.Slots.Keys(s.at.Spec, keys, c.setting("", r.now))
	if !v.Found() {
		s.fail(c, r)
		return
	}
	c.take(r, s.sheet, s.at, v, s.tries)
}

func (c *Conversation) setting(sofar string, now time.Time) slot.Setting {
	return slot.Setting{Language: c.lexicon(), Now: now, Streets: c.opt.Streets, Sofar: sofar}
}

// read takes the words for the slot's value.
func (c *Conversation) read(f *form.Slot, u utterance, sofar string, now time.Time) slot.Value {
	set := c.setting(sofar, now)
	if f.Spec.Kind == slot.Phone {
		set.Language = c.counting()
	}
	own := c.data.Slots.Read(f.Spec, u.Text, set)
	if u.meant == "" {
		return own
	}
	meant := c.data.Slots.Read(f.Spec, u.meant, c.setting(sofar, now))
	return c.ownWords(f, u, own, meant)
}

// notice fills other slots that the same sentence gave.
func (c *Conversation) notice(s sheet, u utterance, at *form.Slot, now time.Time) sheet {
	for i := range s.form.Slots {
		f := &s.form.Slots[i]
		if _, has := s.values[f.Name]; has || at != nil && (f.Name == at.Name || f.Spec.Kind == at.Spec.Kind) || at != nil && at.Spec.Kind == slot.Text {
			continue
		}
		v, ok := c.seek(f, u, now)
		switch {
		case !ok:
		case v.Doubt == slot.Sure && !confirmed(f.Spec.Kind):
			s = s.with(f.Name, v)
		default:
			s = s.noticed(f.Name, v)
		}
	}
	return s
}

// previous goes back to the value that was filled last.
func (c *Conversation) previous(r *reply, s sheet) {
	if len(s.order) == 0 {
		r.phrase(form.First)
		c.state.ask(c, r)
		return
	}
	name := s.order[len(s.order)-1]
	f, _ := s.form.Slot(name)
	c.state = filling{sheet: s.without(name), at: f}
	r.phrase(form.Again)
	r.question(f)
}

func (c *Conversation) count(n int) string {
	return strings.TrimSpace(c.data.Slots.Say(slot.Spec{Kind: slot.Text}, slot.Value{Text: itoa(n)}, c.lexicon()))
}
