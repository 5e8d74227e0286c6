package floor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
)

// handedKept is how long what is known of a call that was handed outside stays
// once the service has no part in it any more.
const handedKept = time.Hour

// settles is how long a call may take to be with somebody outside after Handed.
const settles = 10 * time.Second

// handed is a call for somebody outside.
type handed struct {
	h     call.Handover
	until time.Time
}

// Handed says that a caller is being handed to somebody outside: a telephone
// that is no place of the desk. Whoever works for the city and knows the call's
// id, which comes to that telephone with the call, may then see its page.
func (f *Floor) Handed(h call.Handover) {
	_ = f.do(context.Background(), func(now time.Time) error {
		f.handed[h.Call] = handed{h, now.Add(handedKept)}
		return nil
	})
}

// outside says whether a call is, or is being put, in the hands of somebody
// outside: not with the bot, and not with a person of the desk alone.
func (f *Floor) outside(id string) bool {
	_, known := f.handed[id]
	if f.o.Journal == nil {
		return known
	}
	c, there := f.o.Journal.Find(id)
	if !there {
		return known // the caller's exchange has it
	}
	if !known && !slices.Contains(f.o.Targets, c.Department) {
		return false
	}
	for _, v := range f.visits {
		if v.h.Call == id && v.ended.IsZero() && (v.person == nil || !slices.Contains(withOthers(), v.state.Phase)) {
			return false // waits for the desk, or is in somebody's hand
		}
	}
	return slices.Contains([]string{journal.Ringing, journal.Talking, journal.Held}, c.State) || known && c.State == journal.Ended
}

// sweep forgets calls that were handed outside: after a while, and those that
// the bot has taken back.
func (f *Floor) sweep(now time.Time) {
	for id, h := range f.handed {
		c, there := journal.Call{}, false
		if f.o.Journal != nil {
			c, there = f.o.Journal.Find(id)
		}
		over := !h.until.After(now) && (!there || !c.Ended.IsZero())
		back := slices.Contains([]string{journal.Speaking, journal.Listening, journal.Thinking}, c.State) && h.until.Add(settles-handedKept).Before(now)
		if over || back {
			delete(f.handed, id)
		}
	}
}

// withOthers are the phases of a call in hand in which somebody else has to do with it.
func withOthers() []string { return []string{"consulting", "merged", "transferring"} }

// goesOn says whether a call is in progress here.
func (f *Floor) goesOn(id string) bool {
	if f.o.Journal == nil {
		return false
	}
	c, ok := f.o.Journal.Find(id)
	return ok && c.Ended.IsZero()
}

// Context is all that is known of one call, for who may see it.
type Context struct {
	Call string `json:"call"`
	// Live says that the call is in progress and may be followed; Mine, that it
	// is in the hand of who asks, or waits for them.
	Live bool `json:"live"`
	Mine bool `json:"mine"`
	// Preview is what was known when the caller was handed over; null where the
	// service does not know any more.
	Preview *Preview `json:"preview"`
	// Lines are what was said, as far as it is still there.
	Lines []journal.Line `json:"lines"`
	// Records are the parts of the call that are over, as they are kept.
	Records []store.CallRecord `json:"-"`
}

// Context of a call: one in progress that somebody may follow, or one that is
// over and on record. ErrNoCall says that there is none, or not for them.
func (f *Floor) Context(ctx context.Context, agent, id, lang string) (Context, error) {
	out := f.context(agent, id, lang)
	records, err := f.Record(ctx, agent, id)
	switch {
	case err == nil:
		out.Records = records
	case !errors.Is(err, ErrNoCall) && !errors.Is(err, ErrNotYours) && !errors.Is(err, ErrNobody):
		return Context{}, err
	}
	if out.Preview == nil && len(out.Lines) == 0 && !out.Live && len(out.Records) == 0 {
		return Context{}, ErrNoCall
	}
	return out, nil
}

// context is what the floor and the journal have.
func (f *Floor) context(agent, id, lang string) Context {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := Context{Call: id, Lines: []journal.Line{}}
	if f.outside(id) {
		out.Live, out.Lines = f.goesOn(id), f.lines(id)
		if h, ok := f.handover(id); ok {
			known := f.known(h, lang)
			out.Preview = &known
		}
		return out
	}
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return out
	}
	v := f.find(s, id)
	if v == nil || !f.follows(s, v) {
		return out
	}
	known := f.preview(s, v, lang)
	out.Lines, known.Lines = known.Lines, []journal.Line{}
	out.Preview, out.Live = &known, v.ended.IsZero() && f.goesOn(id)
	who, _ := f.q.Person(s.Name)
	out.Mine = v.id == s.hand || who.Ticket == v.id || v.person == nil && f.q.May(s.Name, v.id)
	return out
}

// handover is what the desk or the call itself knows of a caller.
func (f *Floor) handover(id string) (call.Handover, bool) {
	if h, ok := f.handed[id]; ok {
		return h.h, true
	}
	for _, v := range f.visits {
		if v.h.Call == id && !v.erased {
			return v.h, true
		}
	}
	return call.Handover{}, false
}
