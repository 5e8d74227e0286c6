package dialog

import (
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/turn"
)

// reply collects one turn of the bot.
type reply struct {
	c       *Conversation
	now     time.Time
	actions []Action
	content []Action // what a repetition says again, without its lead-in
	outcome Outcome
	// repair turns (repeat, slower) leave the history as it is.
	repair bool
	closed bool
	asked  string // a question in between, in the caller's words
}

// say speaks the next wording of a prompt.
func (r *reply) say(key prompts.Key, pairs ...string) {
	b := r.c.bookWith(key)
	r.speak(b.Language, r.c.wording(b, key, pairs...), true)
}

// lead speaks a prompt that a repetition leaves out.
func (r *reply) lead(key prompts.Key, pairs ...string) {
	b := r.c.bookWith(key)
	r.speak(b.Language, r.c.wording(b, key, pairs...), false)
}

// firm speaks a prompt of a book that cannot be interrupted.
func (r *reply) firm(b *prompts.Book, key prompts.Key, pairs ...string) {
	a := Action{Kind: Say, Lang: b.Language, Text: r.c.wording(b, key, pairs...), Firm: true}
	r.content = append(r.content, a)
	r.emit(a)
}

// speak joins the text to what was said before in the same language, so that
// the last Say of a turn is one piece.
func (r *reply) speak(language, text string, content bool) {
	if text == "" {
		return
	}
	a := Action{Kind: Say, Lang: language, Text: text}
	if content {
		r.content = append(r.content, a)
	}
	if n := len(r.actions); n > 0 {
		last := &r.actions[n-1]
		if last.Kind == Say && last.Lang == language && !last.Firm {
			last.Text += " " + text
			return
		}
	}
	r.emit(a)
}

// again speaks what was said before.
func (r *reply) again(content []Action) {
	for _, a := range content {
		r.speak(a.Lang, a.Text, true)
	}
}

func (r *reply) emit(a Action) { r.actions = append(r.actions, a) }

// listen ends the turn; without it the state says what is awaited.
func (r *reply) listen(expect turn.Expect, timeout time.Duration) {
	if r.c.writes {
		timeout = max(timeout, writtenSilence)
	}
	r.emit(Action{Kind: Listen, Expect: expect, Timeout: timeout})
	r.closed = true
}

func (r *reply) end() {
	r.emit(Action{Kind: End})
	r.closed, r.c.over = true, true
}

func (r *reply) transfer(target string) {
	r.emit(Action{Kind: Transfer, Target: target, Text: r.c.concern(), Lang: r.c.language})
	r.closed, r.c.handing = true, true
}

// finish ends the turn and remembers it. Events without an answer of the bot
// (it was interrupted, it has spoken) stay without one.
func (r *reply) finish() []Action {
	if len(r.actions) == 0 {
		return nil
	}
	if !r.closed {
		expect, timeout := r.c.state.awaits()
		r.listen(expect, timeout)
	}
	for i := range r.actions {
		r.actions[i].Outcome = r.outcome
	}
	r.c.remember(r)
	if said := spokenIn(r.actions); len(said) > 0 {
		r.c.said = said
	}
	return r.actions
}
