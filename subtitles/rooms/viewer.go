package rooms

import (
	"context"
	"encoding/json"
	"sync"
)

// MostTracks a viewer follows at once: a translation, and the original beside it.
const MostTracks = 2

// Viewer follows one track, or two, from its own position. It belongs to one
// goroutine; Close may be called from any.
type Viewer struct {
	hub    *Hub
	tracks [MostTracks]*track // the second may be nil; the first counts the viewer
	at     uint64             // id of the last event it has
	ahead  bool               // came with an id that was never given
	closed sync.Once
}

// gap says which ids are no longer there; the page takes a snapshot.
type gap struct {
	After uint64 `json:"after"` // what the viewer had
	Until uint64 `json:"until"` // up to here all is gone
}

// Follow reads a track after an id: 0 for all that is in history, Last() for
// what comes from now on, Last-Event-ID for who comes back. With another track
// beside it, events of both come in the order of their ids, each once; a gap in
// one is a gap.
func (h *Hub) Follow(name string, after uint64, beside ...string) (*Viewer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	v := &Viewer{hub: h, at: after, ahead: after > h.last}
	for i, name := range append([]string{name}, beside...) {
		if i == MostTracks || h.tracks[name] == nil {
			return nil, ErrLanguage
		}
		v.tracks[i] = h.tracks[name]
	}
	if h.viewers >= h.most {
		return nil, ErrFull
	}
	h.viewers++
	v.tracks[0].viewers++
	return v, nil
}

// Next waits for events and appends them to dst, some at a time. It ends with
// ErrClosed when the hub is closed, or a track removed, and all was read.
func (v *Viewer) Next(ctx context.Context, dst []*Event) ([]*Event, error) {
	for {
		taken, changed, over := v.take(dst)
		if len(taken) > len(dst) {
			return taken, nil
		}
		if over {
			return dst, ErrClosed
		}
		select {
		case <-changed[0]:
		case <-changed[1]: // for ever, if there is none
		case <-ctx.Done():
			return dst, context.Cause(ctx)
		}
	}
}

// take appends what is there now.
func (v *Viewer) take(dst []*Event) (taken []*Event, changed [MostTracks]chan struct{}, over bool) {
	v.hub.mu.RLock()
	defer v.hub.mu.RUnlock()
	over = v.hub.closed
	var lost uint64
	for i, t := range v.tracks {
		if t != nil {
			changed[i], over, lost = t.changed, over || t.ended, max(lost, t.lost)
		}
	}
	switch {
	case v.ahead: // an id of another meeting or of before a restart
		v.ahead = false
		dst = append(dst, gapEvent(v.at, v.hub.last))
		v.at = v.hub.last
	case v.at < lost && v.at > 0: // 0 asks for what there is
		dst = append(dst, gapEvent(v.at, lost))
		v.at = lost
	}
	if v.tracks[1] != nil {
		return v.merge(dst), changed, over
	}
	t := v.tracks[0]
	for i, end := t.after(v.at), 0; i < t.n && end < batch; i, end = i+1, end+1 {
		e := t.at(i)
		dst = append(dst, e)
		v.at = e.ID
	}
	return dst, changed, over
}

// merge appends what is new on both tracks, by id.
func (v *Viewer) merge(dst []*Event) []*Event {
	a, b := v.tracks[0], v.tracks[1]
	i, j := a.after(v.at), b.after(v.at)
	for end := 0; (i < a.n || j < b.n) && end < batch; end++ {
		var e *Event
		if i < a.n {
			e = a.at(i)
		}
		if j < b.n && (e == nil || b.at(j).ID <= e.ID) {
			if e != nil && b.at(j).ID == e.ID {
				i++ // the same event
			}
			e = b.at(j)
			j++
		} else {
			i++
		}
		dst = append(dst, e)
		v.at = e.ID
	}
	return dst
}

// At is the id of the last event the viewer has.
func (v *Viewer) At() uint64 { return v.at }

// Close makes room for another viewer.
func (v *Viewer) Close() {
	v.closed.Do(func() {
		v.hub.mu.Lock()
		defer v.hub.mu.Unlock()
		v.hub.viewers--
		v.tracks[0].viewers--
	})
}

// gapEvent carries the id from which reading goes on, so that coming back
// once more brings no second gap.
func gapEvent(after, until uint64) *Event {
	data, _ := json.Marshal(gap{After: after, Until: until}) // two numbers never fail
	return newEvent(until, Gap, data)
}
