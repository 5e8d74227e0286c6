package rooms

import (
	"context"
	"encoding/json"
	"sync"
)

// Viewer follows one track from its own position. It belongs to one goroutine;
// Close may be called from any.
type Viewer struct {
	hub    *Hub
	track  *track
	at     uint64 // id of the last event it has
	ahead  bool   // came with an id that was never given
	closed sync.Once
}

// gap says which ids are no longer there; the page takes a snapshot.
type gap struct {
	After uint64 `json:"after"` // what the viewer had
	Until uint64 `json:"until"` // up to here all is gone
}

// Follow reads a track after an id: 0 for all that is in history, Last() for
// what comes from now on, Last-Event-ID for who comes back.
func (h *Hub) Follow(name string, after uint64) (*Viewer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	t := h.tracks[name]
	if t == nil {
		return nil, ErrLanguage
	}
	if h.viewers >= h.most {
		return nil, ErrFull
	}
	h.viewers++
	t.viewers++
	return &Viewer{hub: h, track: t, at: after, ahead: after > h.last}, nil
}

// Next waits for events and appends them to dst, some at a time. It ends with
// ErrClosed when the hub is closed and all was read.
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
		case <-changed:
		case <-ctx.Done():
			return dst, context.Cause(ctx)
		}
	}
}

// take appends what is there now.
func (v *Viewer) take(dst []*Event) (taken []*Event, changed chan struct{}, over bool) {
	v.hub.mu.RLock()
	defer v.hub.mu.RUnlock()
	t := v.track
	over = v.hub.closed || t.ended
	switch {
	case v.ahead: // an id of another meeting or of before a restart
		v.ahead = false
		dst = append(dst, gapEvent(v.at, v.hub.last))
		v.at = v.hub.last
	case v.at < t.lost && v.at > 0: // 0 asks for what there is
		dst = append(dst, gapEvent(v.at, t.lost))
		v.at = t.lost
	}
	for i, end := t.after(v.at), 0; i < t.n && end < batch; i, end = i+1, end+1 {
		e := t.at(i)
		dst = append(dst, e)
		v.at = e.ID
	}
	return dst, t.changed, over
}

// At is the id of the last event the viewer has.
func (v *Viewer) At() uint64 { return v.at }

// Close makes room for another viewer.
func (v *Viewer) Close() {
	v.closed.Do(func() {
		v.hub.mu.Lock()
		defer v.hub.mu.Unlock()
		v.hub.viewers--
		v.track.viewers--
	})
}

// gapEvent carries the id from which reading goes on, so that coming back
// once more brings no second gap.
func gapEvent(after, until uint64) *Event {
	data, _ := json.Marshal(gap{After: after, Until: until}) // two numbers never fail
	return newEvent(until, Gap, data)
}
