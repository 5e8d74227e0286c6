package dialog

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/turn"
)

// maxTries is how often a number is asked for in vain.
const maxTries = 3

// takeNumber begins a callback request: with the number the call comes from,
// if there is one, else by asking.
func (c *Conversation) takeNumber(r *reply) {
	c.silences = 0
	if n := len(c.opt.Caller); numbers.Valid(c.opt.Caller) {
		c.state = callerNumber{}
		r.say(prompts.NumberCaller, "tail", c.data.Numbers.Read(c.opt.Caller[n-2:], c.book().Language))
		return
	}
	c.state = takingNumber{}
	if c.degraded {
		r.say(prompts.NumberKeys)
		return
	}
	r.say(prompts.NumberAsk)
}

// digitsIn reads the digits of an utterance.
func (c *Conversation) digitsIn(u utterance) string {
	return c.data.Numbers.Parse(u.Text, c.language)
}

// cancels says that no callback is wanted after all.
func (c *Conversation) cancels(u utterance) bool { return c.is(u, "cancel") }

func (c *Conversation) cancelNumber(r *reply) {
	c.state = open{closing: true}
	r.say(prompts.NumberCancelled)
}

// readNumber reads the number back and asks whether it is right.
func (c *Conversation) readNumber(r *reply, number string) {
	r.outcome = OutcomeRequest
	c.state = confirmingNumber{number: number}
	r.say(prompts.NumberRead, "number", c.data.Numbers.Read(number, c.book().Language))
}

// takeCallback leaves the request and tells its reference twice.
func (c *Conversation) takeCallback(r *reply, number string) {
	reference := c.reference(r.now)
	r.outcome = OutcomeRequest
	r.emit(Action{Kind: Callback, Number: number, Reference: reference, Text: c.concern(), Lang: c.language})
	r.say(prompts.NumberDone, "reference", c.data.Numbers.Read(letters(reference), c.book().Language))
	c.state = open{closing: true}
	c.state.ask(c, r)
}

func (c *Conversation) reference(now time.Time) string {
	if c.opt.Reference != nil {
		return c.opt.Reference()
	}
	return fmt.Sprintf("%06d", now.UnixMilli()/100%1_000_000)
}

// letters leaves what is worth spelling.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// callerNumber has offered the number the call comes from.
type callerNumber struct{}

func (s callerNumber) heard(_ context.Context, c *Conversation, r *reply, u utterance) bool {
	number := c.digitsIn(u)
	switch {
	case numbers.Valid(number):
		c.readNumber(r, number)
	case c.cancels(u):
		c.cancelNumber(r)
	case c.agrees(u):
		c.takeCallback(r, c.opt.Caller)
	case c.declines(u):
		c.state = takingNumber{}
		c.state.ask(c, r)
	default:
		return false
	}
	return true
}

func (s callerNumber) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	switch key {
	case '1':
		c.takeCallback(r, c.opt.Caller)
	case '2', '#':
		c.state = takingNumber{}
		c.state.ask(c, r)
	default:
		return false
	}
	return true
}

func (s callerNumber) awaits() (turn.Expect, time.Duration) { return turn.YesNo, yesNoSilence }

func (s callerNumber) ask(c *Conversation, r *reply) {
	n := len(c.opt.Caller)
	r.say(prompts.NumberCaller, "tail", c.data.Numbers.Read(c.opt.Caller[n-2:], c.book().Language))
}

// takingNumber collects digits, spoken in any number of breaths or keyed.
type takingNumber struct {
	digits string
	keyed  bool
	tries  int
}

func (s takingNumber) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	said := c.digitsIn(u)
	switch {
	case said != "" && (len(said) > 1 || len(u.content) <= spokenChoice):
		s.add(c, r, said)
	case c.cancels(u), s.digits == "" && c.declines(u):
		c.cancelNumber(r)
	case c.is(u, "startover"):
		s.digits = ""
		c.state = s
		r.say(prompts.NumberCleared)
	default:
		return s.other(ctx, c, r, u)
	}
	return true
}

// other lets wishes and questions pass, and asks again for what is neither.
func (s takingNumber) other(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if name, ok := c.data.Intents.Anywhere(u.words, c.language, "human", "callback"); ok && name != "" {
		r.outcome = OutcomeRequest
		s.fail(c, r) // a person will call back: for that the number is needed
		return true
	}
	if _, ok := c.data.Intents.First(u.words, c.language, "repeat", "slower", "faster", "louder", "easy", "normal", "wait", "continue",
		"goodbye", "back", "source", "meaning", "robot", "who", "help", "decision"); ok {
		return false
	}
	if len(u.content) > spokenChoice || c.lookUp(ctx, r.now, u).answer != nil {
		return false // a question after all
	}
	s.fail(c, r)
	return true
}

// add appends what was said. A full number after a fragment replaces it.
func (s takingNumber) add(c *Conversation, r *reply, said string) {
	r.outcome = OutcomeRequest
	if s.digits == "" || strings.HasPrefix(said, "+") || numbers.Count(said) > 6 && said[0] == '0' {
		s.digits = said
	} else {
		s.digits += said
	}
	s.check(c, r)
}

// check goes on with what has been collected.
func (s takingNumber) check(c *Conversation, r *reply) {
	switch n := numbers.Count(s.digits); {
	case n > numbers.MaxDigits:
		s.digits = ""
		s.tries++
		c.state = s
		r.say(prompts.NumberLong)
	case n >= numbers.MinDigits+1, n >= numbers.MinDigits && s.keyed:
		c.readNumber(r, s.digits)
	default:
		c.state = s
		r.say(prompts.NumberFurther, "number", c.data.Numbers.Read(s.digits, c.book().Language))
	}
}

// fail asks again, then for keys, then gives up the number.
func (s takingNumber) fail(c *Conversation, r *reply) {
	s.tries++
	c.state = s
	switch {
	case s.tries >= maxTries:
		c.cancelNumber(r)
	case s.tries == maxTries-1:
		r.say(prompts.NumberKeys)
	default:
		r.say(prompts.NumberMissing)
	}
}

func (s takingNumber) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	switch {
	case key >= '0' && key <= '9':
		if !s.keyed {
			s.digits, s.keyed = "", true
		}
		s.digits += string(key)
		if len(s.digits) > numbers.MaxDigits {
			s.check(c, r)
			return true
		}
		c.state = s
		r.repair = true
		r.listen(turn.Digits, keyedSilence)
	case key == '*':
		c.state = takingNumber{tries: s.tries}
		r.say(prompts.NumberCleared)
	case key == '#':
		s.finish(c, r)
	default:
		return false
	}
	return true
}

// finish takes what was keyed as the whole number.
func (s takingNumber) finish(c *Conversation, r *reply) {
	if s.digits == "" {
		s.fail(c, r)
		return
	}
	s.check(c, r)
}

func (s takingNumber) awaits() (turn.Expect, time.Duration) { return turn.Digits, digitsSilence }

func (s takingNumber) ask(c *Conversation, r *reply) {
	if s.digits != "" {
		r.say(prompts.NumberFurther, "number", c.data.Numbers.Read(s.digits, c.book().Language))
		return
	}
	r.say(prompts.NumberAsk)
}

// confirmingNumber has read the number back.
type confirmingNumber struct {
	number string
	tries  int
}

func (s confirmingNumber) heard(_ context.Context, c *Conversation, r *reply, u utterance) bool {
	amended, changed := c.data.Numbers.Amend(s.number, u.Text, c.language)
	switch {
	case changed && amended != s.number && numbers.Valid(amended):
		c.readNumber(r, amended)
	case c.cancels(u):
		c.cancelNumber(r)
	case changed && amended == s.number, c.agrees(u) && !c.is(u, "wrong"):
		c.takeCallback(r, s.number)
	case c.is(u, "startover", "wrong"), c.declines(u):
		s.reject(c, r)
	default:
		return s.unclear(c, r, u)
	}
	return true
}

func (s confirmingNumber) reject(c *Conversation, r *reply) {
	c.state = takingNumber{}
	r.say(prompts.NumberWrong)
}

func (s confirmingNumber) unclear(c *Conversation, r *reply, u utterance) bool {
	if len(u.content) > shortAnswer || c.is(u, mixed()...) || c.is(u, "repeat", "faster", "back", "stop") {
		return false
	}
	if s.tries++; s.tries >= maxTries {
		c.state = takingNumber{}
		r.say(prompts.NumberKeys)
		return true
	}
	c.state = s
	s.ask(c, r)
	return true
}

func (s confirmingNumber) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	switch key {
	case '1', '#':
		c.takeCallback(r, s.number)
	case '2':
		s.reject(c, r)
	default:
		return false
	}
	return true
}

// awaits more than a yes or no: a correction holds digits.
func (s confirmingNumber) awaits() (turn.Expect, time.Duration) { return turn.YesNo, yesNoSilence }

func (s confirmingNumber) ask(_ *Conversation, r *reply) { r.say(prompts.NumberConfirm) }
