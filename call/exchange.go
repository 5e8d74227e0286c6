package call

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/leg"
)

// Why what is done for a caller ends.
var (
	errCallerGone = errors.New("the caller has gone")
	errStopped    = errors.New("the service stops")
	errWithdrawn  = errors.New("no longer wanted")
)

// theCaller is the caller's name in the bridge and in the journal.
const theCaller = "caller"

// exchange looks after a caller whom the bot has handed over, until they were
// served, hang up, or are back with the bot. Its state belongs to the
// goroutine of run: what takes time runs in tasks, and those post what follows.
type exchange struct {
	bot    *Bot
	log    *slog.Logger
	caller leg.Leg
	h      Handover
	record *record
	// tidings are what the city wants everybody to hear, from the dialog; nil: there are none.
	tidings func() ([]phrase, error)
	missed  bool // tidings that came while the caller talked to somebody

	ctx    context.Context // of all tasks
	posted chan func()
	fatal  chan error
	tasks  sync.WaitGroup
	// lingering may go on when the caller is back with the bot; who made the
	// exchange waits for them.
	lingering *sync.WaitGroup
	bridge    *bridge.Bridge

	stage    stage
	talked   bool // a person has been connected
	failures int  // to connect, in a row
	result   Result
	reason   string // for the journal

	sound soundscape
	// interpreting is of those who talk, ledger where it is written what they say.
	interpreting interpreting
	ledger       ledger
	ear          tap           // of the caller
	pen          *pen          // that writes down what the caller says to a person
	joined       bool          // the caller is in the bridge
	unread       []leg.Event   // of the caller, when all was over
	done         chan struct{} // closed when all is over
	legs         owned
}

// stage is what is done for the caller at present.
type stage interface {
	digit(rune)
	wrote(text string)
	// close ends it because the caller has gone or the service stops.
	close(why error)
}

func newExchange(b *Bot, caller leg.Leg, h Handover, r *record, lingering *sync.WaitGroup, log *slog.Logger) *exchange {
	x := &exchange{
		bot: b, log: log, caller: caller, h: h, record: r, lingering: lingering,
		posted: make(chan func()), done: make(chan struct{}), fatal: make(chan error, 1),
		bridge: bridge.New(bridge.Options{Log: log, Now: b.Now}),
	}
	x.ledger.journal = b.Journal
	x.interpreting = newInterpreting(x)
	return x
}

// run looks after the caller from begin on. An error means that the call
// cannot go on: the service stops, or something of ours broke.
func (x *exchange) run(ctx context.Context, begin func()) (Result, error) {
	base := context.WithoutCancel(ctx)
	inner, stop := context.WithCancelCause(base)
	x.ctx = inner
	room, leave := context.WithCancel(base)
	var rooms sync.WaitGroup
	rooms.Go(func() {
		if err := x.bot.guard("bridge", func() error { return x.bridge.Run(room) }); err != nil {
			x.fail(err)
		}
	})
	call := x.h.Call
	x.bot.exchanges.add(call, x)
	defer func() {
		x.bot.exchanges.remove(call)
		x.abandon(errStopped)
		stop(errWithdrawn)
		x.tasks.Wait() // with the last words to others
		leave()
		rooms.Wait()
		close(x.done)
		x.legs.hangup(base, x.log)
	}()
	x.watchCaller()
	x.enter()
	begin()
	return x.loop(ctx)
}

func (x *exchange) loop(ctx context.Context) (Result, error) {
	var tidings <-chan struct{}
	if x.bot.Announcements != nil {
		tidings = x.bot.Announcements.Changed()
	}
	for x.result == 0 {
		select {
		case f := <-x.posted:
			f()
		case <-tidings:
			tidings = x.bot.Announcements.Changed()
			if err := x.proclaim(); err != nil {
				return 0, err
			}
		case err := <-x.fatal:
			return 0, err
		case <-ctx.Done():
			if !errors.Is(context.Cause(ctx), leg.ErrEnded) {
				return 0, ctx.Err()
			}
			x.callerGone()
		}
	}
	return x.result, nil
}

// end says how it ended; the first word counts.
func (x *exchange) end(r Result, reason string) {
	if x.result == 0 {
		x.result, x.reason = r, reason
	}
	x.stage = nil
}

// callerGone ends whatever is done for the caller.
func (x *exchange) callerGone() {
	x.abandon(errCallerGone)
	if x.talked {
		x.end(Served, "caller")
		return
	}
	x.end(Left, "caller")
}

func (x *exchange) abandon(why error) {
	if s := x.stage; s != nil {
		x.stage = nil
		s.close(why)
	}
}

// watchCaller brings what the caller does to the stage.
func (x *exchange) watchCaller() {
	x.watch(x.ctx, x.caller, func(e leg.Event) {
		switch e.Kind {
		case leg.Voice:
			x.enter()
			if s, ok := x.stage.(*serving); ok {
				s.voice()
			}
		case leg.Text:
			x.written(theCaller, x.record.wrote(theCaller, e.Text, x.h.Language), e.Text)
			if x.stage != nil {
				x.stage.wrote(e.Text)
			}
		case leg.Digit:
			if x.stage != nil {
				x.stage.digit(e.Digit)
			}
		}
	}, x.callerGone)
}

// watch tells what happens on a leg until ctx ends.
func (x *exchange) watch(ctx context.Context, l leg.Leg, on func(leg.Event), gone func()) {
	x.spawn("watch", func() {
		events := l.Events()
		for {
			select {
			case e, ok := <-events:
				if !ok {
					events = nil
					continue
				}
				if !x.post(ctx, func() { on(e) }) && l == x.caller {
					x.unread = append(x.unread, e)
				}
			case <-l.Done():
				x.post(ctx, gone)
				return
			case <-ctx.Done():
				return
			}
		}
	})
}

// post has f run by the exchange, unless ctx has ended by then; false says
// that it will not be run.
func (x *exchange) post(ctx context.Context, f func()) bool {
	current := func() {
		if ctx.Err() == nil {
			f()
		}
	}
	select {
	case x.posted <- current:
		return true
	case <-ctx.Done():
	case <-x.ctx.Done():
	}
	return false
}

// after posts f once d has passed.
func (x *exchange) after(ctx context.Context, d time.Duration, f func()) {
	x.spawn("timer", func() {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			x.post(ctx, f)
		case <-ctx.Done():
		}
	})
}

// spawn runs a task; its panic ends the call.
func (x *exchange) spawn(what string, f func()) {
	x.tasks.Go(func() {
		if err := x.bot.guard(what, func() error { f(); return nil }); err != nil {
			x.fail(err)
		}
	})
}

func (x *exchange) fail(err error) {
	select {
	case x.fatal <- err:
	default:
	}
}
