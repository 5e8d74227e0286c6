package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/store"
)

// ErrWrap says that a wrap-up has words that it must not have.
var ErrWrap = errors.New("resolution must be solved, forwarded or open, and the bot right, wrong, missing or not judged")

// longest note in bytes.
const longestNote = 8000

// Note keeps what somebody writes during a call; the last text counts.
func (f *Floor) Note(agent, id, text string) error {
	if len(text) > longestNote {
		return ErrWrap
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return err
	}
	v := f.find(s, id)
	if v == nil || v.id != s.hand {
		return ErrNotInHand
	}
	v.notes = text
	return nil
}

// Wrap stores what somebody notes after a call they had, also when the time
// for it is over. It lasts when Wrap returns; the next call may come then.
func (f *Floor) Wrap(ctx context.Context, agent, id string, w Wrap) error {
	if !slices.Contains([]string{"", "solved", "forwarded", "open"}, w.Resolution) || !slices.Contains([]string{"", "right", "wrong", "missing"}, w.Bot) ||
		len(w.Note) > longestNote || len(w.Topic) > 200 {
		return ErrWrap
	}
	v, err := f.toWrap(agent, id)
	if err != nil {
		return err
	}
	if v.h.Call == "" { // not on the floor any more
		err = f.wrapLate(ctx, agent, id, &v, w)
	} else if f.o.Store != nil {
		err = f.keepWrap(ctx, f.o.Store, &v, store.CallWrap(w))
	}
	if err != nil {
		return err
	}
	f.judge(ctx, agent, &v, w)
	f.settleRequest(ctx, agent, &v, w)
	return f.do(ctx, func(now time.Time) error {
		if own := f.visits[v.id]; own != nil && own.h.Call == v.h.Call {
			own.wrapped = true
			f.q.Finish(now, agent)
		}
		return nil
	})
}

// toWrap copies the visit that somebody wraps up; without a call in it, when
// the time for that is over.
func (f *Floor) toWrap(agent, id string) (visit, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return visit{}, err
	}
	v := f.find(s, id)
	if v == nil || v.id != s.hand {
		return visit{}, nil
	}
	if v.ended.IsZero() {
		return visit{}, fmt.Errorf("the call is not over: %w", ErrState)
	}
	return *v, nil
}

// keepWrap writes a wrap-up into the record of a visit, once that is there.
func (f *Floor) keepWrap(ctx context.Context, db *store.Store, v *visit, w store.CallWrap) error {
	if v.saved == nil {
		return nil // calls are not recorded
	}
	select {
	case <-v.saved:
	case <-ctx.Done():
		return fmt.Errorf("wrap-up of call %s: %w", v.h.Call, ctx.Err())
	}
	return db.WrapCall(ctx, *v.record, w)
}

func (f *Floor) wrapLate(ctx context.Context, agent, id string, v *visit, w Wrap) error {
	if f.o.Store == nil {
		return ErrNotInHand
	}
	list, err := f.o.Store.CallRecords(ctx, store.CallFilter{Call: id, Agent: agent, Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ErrNotInHand
	}
	v.h.Language = list[0].Language
	if list[0].Request != "" {
		v.back = &callback{reference: list[0].Request}
	}
	return f.o.Store.WrapCall(ctx, list[0].ID, store.CallWrap(w))
}

// judge brings what the bot did wrong to the editors.
func (f *Floor) judge(ctx context.Context, agent string, v *visit, w Wrap) {
	var err error
	switch {
	case w.Bot == "wrong" && f.o.Thumb != nil:
		err = f.o.Thumb(ctx, thumb(agent, v, w))
	case w.Bot == "missing" && f.o.Missed != nil:
		text := v.h.Concern
		if text == "" {
			text = w.Topic
		}
		err = f.o.Missed(ctx, v.h.Language, dialog.Mask(text))
	}
	if err != nil {
		f.o.Log.Error("the editors were not told", "call", v.h.Call, "err", err)
	}
}

// thumb is against the answer that was named, or else the last one given.
func thumb(agent string, v *visit, w Wrap) store.Thumb {
	t := store.Thumb{Article: w.Article, Who: agent, Note: dialog.Mask(w.Note)}
	for _, a := range v.h.Summary.Answers {
		if w.Article == "" || a.Article == w.Article {
			t.Article, t.Number = a.Article, a.Version
		}
	}
	return t
}

// settleRequest moves the request of a callback on.
func (f *Floor) settleRequest(ctx context.Context, agent string, v *visit, w Wrap) {
	if v.back == nil || f.o.Desk == nil || w.Resolution == "" || w.Resolution == "open" {
		return
	}
	err := f.o.Desk.Move(ctx, v.back.reference, desk.Done, agent, w.Note)
	if err != nil && !errors.Is(err, desk.ErrStatus) {
		f.o.Log.Error("a callback was not finished", "reference", v.back.reference, "err", err)
	}
}

// write records a visit that is over.
func (f *Floor) write(v *visit) {
	if f.o.Store == nil || !f.o.Records || v.erased {
		return
	}
	r := f.recordOf(v)
	v.saved, v.record = make(chan struct{}), new(int64)
	f.store(func(ctx context.Context, db *store.Store) error {
		defer close(v.saved)
		id, err := db.AddCallRecord(ctx, r, nil)
		*v.record = id
		return err
	})
}

// recordOf is what is kept of a visit, as configured.
func (f *Floor) recordOf(v *visit) store.CallRecord {
	r := store.CallRecord{
		Call: v.h.Call, Part: -1, Kind: "in", From: f.o.Masked(v.h.From), Department: v.h.Department, Language: v.h.Language,
		Started: v.began, Answered: v.answered, Ended: v.ended, Ending: v.ending,
	}
	if f.o.Numbers {
		r.From = v.h.From
	}
	if f.o.Summaries {
		r.Summary = f.o.Lines(v.h.Summary, "de")
	}
	if v.person != nil {
		r.Agent = v.person.agent
	}
	if v.back != nil {
		r.Kind, r.Request = v.back.kind, v.back.reference
	}
	return r
}

// Erase forgets a call that is on the floor: nothing of it is recorded. Who
// has it in hand keeps talking.
func (f *Floor) Erase(id string) {
	_ = f.do(context.Background(), func(now time.Time) error {
		delete(f.places, id)
		delete(f.handed, id)
		for _, v := range f.visits {
			if v.h.Call != id {
				continue
			}
			v.erased, v.notes = true, ""
			v.h.Summary, v.h.Concern, v.h.From, v.machine = dialog.Summary{}, "", "", nil
			if !v.ended.IsZero() && v.person != nil {
				v.wrapped = true
				f.q.Finish(now, v.person.agent)
			}
		}
		return nil
	})
}

// RecordQuery says which records somebody wants to see.
type RecordQuery struct {
	Agent      string // who asks: sees those of their departments and their own
	Department string
	By         string // who had the call
	Words      string // must all occur
	From, To   time.Time
	Limit      int // 0: 100
}

// Records of the times with people, newest first; Record has the whole call.
func (f *Floor) Records(ctx context.Context, q RecordQuery) ([]store.CallRecord, error) {
	who, err := f.Who(q.Agent)
	if err != nil || f.o.Store == nil {
		return nil, err
	}
	list, err := f.o.Store.CallRecords(ctx, store.CallFilter{Department: q.Department, Agent: q.By, From: q.From, To: q.To})
	if err != nil {
		return nil, err
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	var out []store.CallRecord
	for _, r := range list {
		if r.Part > 0 && len(out) < q.Limit && maySee(who, r) && has(r, q.Words) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Record are the times of a call with people, the last one first; a call that
// the bot had alone has none.
func (f *Floor) Record(ctx context.Context, agent, id string) ([]store.CallRecord, error) {
	who, err := f.Who(agent)
	if err != nil {
		return nil, err
	}
	if f.o.Store == nil {
		return nil, ErrNoCall
	}
	list, err := f.o.Store.CallRecords(ctx, store.CallFilter{Call: id})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r store.CallRecord) bool { return r.Part == 0 })
	if len(list) == 0 {
		return nil, ErrNoCall
	}
	if !slices.ContainsFunc(list, func(r store.CallRecord) bool { return maySee(who, r) }) {
		return nil, ErrNotYours
	}
	return list, nil
}

func maySee(who Agent, r store.CallRecord) bool {
	return who.Supervisor || r.Agent == who.Name || works(who.Departments, r.Department)
}

func has(r store.CallRecord, words string) bool {
	text := strings.ToLower(strings.Join([]string{r.Call, r.From, r.Department, r.Topic, r.Note, r.Agent, r.Request, strings.Join(r.Summary, " ")}, " "))
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
