package call

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
)

// Times of waiting.
const (
	remindEvery = 45 * time.Second // position and time, or a word of comfort
	// longWait: a callback is offered at once to who will wait longer, to
	// everybody after offerAfter.
	longWait   = 2 * time.Minute
	offerAfter = time.Minute
)

// maxFailures is how often a person's line may fail before the bot takes the
// caller back.
const maxFailures = 3

// waiting is a caller in the queue.
type waiting struct {
	x      *exchange
	ctx    context.Context
	stop   context.CancelFunc
	search Search

	news    News // the last of the queue
	told    News // what the caller was told of it
	begun   bool // the caller has been told that they wait
	offered bool // a callback
	rang    bool
}

// seek lets the caller wait for a person.
func (x *exchange) seek(h Handover) {
	if x.bot.People == nil {
		x.end(Failed, "")
		return
	}
	search, err := x.bot.People.Seek(x.ctx, h)
	if err != nil {
		x.log.Info("nobody can be found", "department", h.Department, "err", err)
		x.end(Failed, "")
		return
	}
	x.wait(h, search)
}

// wait is a search that has begun.
func (x *exchange) wait(h Handover, search Search) {
	x.h = h
	w := &waiting{x: x, search: search}
	w.ctx, w.stop = context.WithCancel(x.ctx)
	x.stage = w
	x.record.queue(journal.Waiting, News{})
	x.record.with(h.Department, "")
	x.surround(x.music())
	follow(w.ctx, x, search.News(), w.hear, func() { w.nobody() })
	x.after(w.ctx, remindEvery, w.remind)
	x.after(w.ctx, offerAfter, w.offer)
}

// follow posts what comes from a channel, and its end.
func follow[T any](ctx context.Context, x *exchange, from <-chan T, each func(T), end func()) {
	x.spawn("follow", func() {
		for {
			select {
			case v, ok := <-from:
				if !ok {
					x.post(ctx, end)
					return
				}
				x.post(ctx, func() { each(v) })
			case <-ctx.Done():
				return
			}
		}
	})
}

func (w *waiting) hear(n News) {
	x := w.x
	switch n.Kind {
	case Waiting:
		w.news = n
		x.record.queue(journal.Waiting, n)
		if !w.begun {
			w.begun = true
			w.standing()
		}
		if n.Wait > longWait {
			w.offer()
		}
	case Ringing:
		x.record.state(journal.Ringing)
		if !w.rang {
			w.rang = true
			x.tell(prompts.WaitRinging, nil)
		}
	case Found:
		w.stop()
		x.connect(n.Person, w.search)
	case Overflow:
		w.stop()
		w.search.Leave(OverflowTaken)
		x.overflow(n.Target)
	case Nobody:
		w.nobody()
	}
}

func (w *waiting) nobody() {
	w.stop()
	w.x.end(Failed, "")
}

// standing tells position and time; what is not known is not said.
func (w *waiting) standing() {
	x, n := w.x, w.news
	w.told = n
	if n.Position == 1 {
		x.tell(prompts.WaitNext, nil)
	} else if n.Position > 1 {
		x.tell(prompts.WaitPosition, nil, "position", strconv.Itoa(n.Position))
	}
	switch m := minutes(n.Wait); {
	case m == 1:
		x.tell(prompts.WaitEstimateShort, nil)
	case m > 1:
		x.tell(prompts.WaitEstimate, nil, "minutes", strconv.Itoa(m))
	}
}

// minutes rounds a wait up, so that nobody waits longer than was said; 0 is unknown.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// remind says what has changed, or that the caller is not forgotten.
func (w *waiting) remind() {
	defer w.x.after(w.ctx, remindEvery, w.remind)
	if w.news.Position != w.told.Position || minutes(w.news.Wait) != minutes(w.told.Wait) {
		w.standing()
		return
	}
	w.x.tell(prompts.WaitStill, nil)
}

// offer names the callback, once.
func (w *waiting) offer() {
	if w.news.CallBack && !w.offered {
		w.offered = true
		w.x.tell(prompts.WaitCallback, nil)
	}
}

func (w *waiting) digit(key rune) {
	if key == '1' {
		w.callback()
	}
}

// wrote takes the word for a callback; all else is for the person to read.
func (w *waiting) wrote(text string) {
	wants := w.x.bot.WantsCallback
	if strings.TrimSpace(text) == "1" || wants != nil && wants(text, w.x.h.Language) {
		w.callback()
	}
}

func (w *waiting) callback() {
	if !w.news.CallBack {
		return
	}
	w.stop()
	w.search.Leave(WantsCallback)
	w.x.end(CallbackWon, "")
}

func (w *waiting) close(why error) {
	w.stop()
	w.search.Leave(leaving(why))
}

func leaving(why error) Leaving {
	if errors.Is(why, errCallerGone) {
		return HungUp
	}
	return ServiceStopped
}
