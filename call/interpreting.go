package call

import (
	"context"
	"slices"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// interpreting is how those who talk in one exchange are interpreted for each
// other. How it is done survives a transfer; who speaks what is looked at anew.
// Its state belongs to the exchange's goroutine.
type interpreting struct {
	x        *exchange
	mode     string
	original float64
	ordered  bool            // somebody wanted it: from then on it begins by itself
	told     map[string]bool // parties who have heard that a machine interprets
	lead     string          // goes before that for the caller; "" is nothing
	fault    string          // why it does not work; "": it does
	trouble  string          // with what was written last
	work     *work           // nil: nothing is interpreted
}

// work is one interpreter at work for some parties.
type work struct {
	*interpreter.Interpreter
	ledger  *ledger
	salon   *salon
	notices *notices
	stop    context.CancelFunc
	parties []interpreter.Party
	// informed: the interpreter has taken note of these parties.
	informed bool
}

func newInterpreting(x *exchange) interpreting {
	o := x.bot.Interpretation
	mode := o.Mode
	if mode == "" {
		mode = interpreter.Consecutive
	}
	return interpreting{x: x, mode: mode, original: o.Original, told: map[string]bool{}}
}

// automatic says whether it begins by itself.
func (i *interpreting) automatic() bool { return i.x.bot.Interpretation.Automatic || i.ordered }

// settle has those interpreted who talk with each other now, nobody if there
// are none; quietly: they know it. changed is told of each change from then on.
func (i *interpreting) settle(in *ledger, parties []interpreter.Party, quietly bool, changed func()) {
	switch {
	case len(parties) < 2:
		i.stop()
	case i.work == nil || i.work.ledger != in:
		i.stop()
		i.begin(in, parties, quietly, changed)
	case !slices.Equal(i.work.parties, parties):
		i.regroup(parties)
	}
}

func (i *interpreting) begin(in *ledger, parties []interpreter.Party, quietly bool, changed func()) {
	x, o := i.x, i.x.bot.Interpretation
	ctx, stop := context.WithCancel(x.ctx)
	news := make(chan struct{}, 1)
	w := &work{ledger: in, salon: newSalon(x.bridge), notices: i.notices(parties, quietly), stop: stop, parties: slices.Clone(parties)}
	w.Interpreter = interpreter.New(interpreter.Options{
		Room: w.salon, Renderer: careful{x.bot}, Speaker: ready{x.bot, w.notices.spoken}, Journal: in.journal, Call: x.h.Call,
		Lines: w.notices.line, Backchannels: x.bot.Backchannels, Confidence: o.Confidence, Confirm: o.Confirm,
		Original: i.original, Mode: i.mode, Now: x.bot.Now, Log: x.log,
		Changed: func() {
			select {
			case news <- struct{}{}:
			default: // it is known already
			}
		},
	})
	for _, p := range parties {
		w.Join(p)
	}
	i.work = w
	in.now.Store(w.Interpreter)
	follow(ctx, x, news, func(struct{}) { changed() }, func() {})
	x.lingering.Go(func() { // an engine that hangs takes a moment
		err := x.bot.guard("interpreter", func() error { return w.Run(ctx) })
		if ctx.Err() == nil {
			x.post(ctx, func() { i.broken(w, err, changed) })
		}
	})
}

// regroup lets parties come and go. Who speaks another language than was
// thought has not understood what they were told.
func (i *interpreting) regroup(parties []interpreter.Party) {
	w := i.work
	for _, p := range w.parties {
		if slices.Contains(parties, p) {
			continue
		}
		w.Leave(p.Name)
		if slices.ContainsFunc(parties, func(q interpreter.Party) bool { return q.Name == p.Name }) {
			delete(i.told, p.Name)
		}
	}
	for _, p := range parties {
		if slices.Contains(w.parties, p) {
			continue
		}
		if !i.told[p.Name] {
			w.notices.owe(p.Language)
		}
		w.Join(p)
	}
	w.parties, w.informed = slices.Clone(parties), false
	i.renew()
}

// renew sets mode and volumes again: a line that came back is heard in full at first.
func (i *interpreting) renew() {
	if i.work != nil {
		i.work.Set(interpreter.Settings{Mode: i.mode, Original: i.original})
	}
}

// stop lets everybody hear each other in full, at once.
func (i *interpreting) stop() {
	w := i.work
	if w == nil {
		return
	}
	i.work = nil
	i.remember(w)
	w.ledger.now.Store(nil)
	w.stop()
	w.salon.close()
}

// broken goes on without an interpreter that has failed.
func (i *interpreting) broken(w *work, err error, changed func()) {
	if i.work != w {
		return
	}
	i.x.log.Error("the interpreter has failed", "err", err)
	i.fault = interpreter.ProblemBroken
	i.stop()
	i.announce(prompts.InterpretBroken, w.parties)
	changed()
}

// announce says a sentence to each party in their language, all at once.
func (i *interpreting) announce(key prompts.Key, parties []interpreter.Party) {
	x := i.x
	for _, p := range parties {
		x.spawn("interpreter's word", func() {
			if text := x.clerkLine(p.Language, key); text != "" {
				x.speak(x.ctx, phrase{text: text, language: p.Language}, p.Name)
			}
		})
	}
}

// heard are the languages of those, by their names, who were heard speaking
// otherwise than the interpreter was told. It is told by and by.
func (i *interpreting) heard() map[string]string {
	w := i.work
	if w == nil {
		return nil
	}
	others, status := map[string]string{}, w.Status().Languages
	for _, p := range w.parties {
		if l := status[p.Name]; l != p.Language {
			others[p.Name] = l
		}
	}
	w.informed = w.informed || len(others) == 0
	if !w.informed {
		return nil
	}
	return others
}

// problem is for the page.
func (i *interpreting) problem() string {
	switch {
	case i.fault != "":
		return i.fault
	case i.trouble != "" || i.work == nil:
		return i.trouble
	}
	return i.work.Status().Problem
}

// wrote takes note of whether something written was translated.
func (i *interpreting) wrote(err error) {
	before := i.trouble
	if i.trouble = ""; err != nil {
		i.trouble = interpreter.ProblemFailed
		i.x.log.Warn("not translated", "err", err)
	}
	if s, ok := i.x.stage.(*serving); ok && before != i.trouble {
		s.changed()
	}
}

// remember knows from then on who has heard that a machine interprets.
func (i *interpreting) remember(w *work) {
	for _, p := range w.parties {
		if !w.notices.over(p.Language) || !w.salon.over(p.Name) {
			continue
		}
		i.told[p.Name] = true
		if p.Name == theCaller {
			i.lead = ""
		}
	}
}
