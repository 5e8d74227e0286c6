package rooms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Errors of a hub.
var (
	ErrLanguage = errors.New("this language is not offered in the meeting")
	ErrFull     = errors.New("the meeting has as many viewers as it may have")
	ErrClosed   = errors.New("the meeting is over")
)

// Bounds of a hub.
const (
	usualHistory = 4096
	usualViewers = 5000
	largestEvent = 64 << 10 // bytes; a cue has some hundred
	batch        = 64       // events a viewer takes at once
)

// Gap is the kind of the event a viewer gets instead of what is no longer in
// history: a page that sees it takes a snapshot.
const Gap = "gap"

// Event is something that happened on one or more tracks. It is shared by all
// viewers: nobody changes it.
type Event struct {
	ID   uint64 // increasing over all tracks of a hub
	Kind string
	// Wire is the event as server-sent event with its empty line (HTML Standard,
	// section 9.2.6); Data is the JSON inside it.
	Wire, Data []byte
	// At is when it was published, for measuring.
	At  time.Time
	key string
}

// Hub passes events on to viewers, one track per language. Each track is a
// bounded history all its viewers read at their own pace: a viewer owns a
// position and no queue, so one that stands still costs nobody anything and
// loses nothing that is still in history. It is safe for concurrent use.
type Hub struct {
	mu      sync.RWMutex
	tracks  map[string]*track
	last    uint64
	history int
	most    int
	viewers int
	closed  bool
	now     func() time.Time
}

// HubOptions of a hub; zero values are usual ones.
type HubOptions struct {
	History int // events kept per track, 4,096
	Viewers int // at most at once, 5,000
	Now     func() time.Time
}

// NewHub has no tracks yet.
func NewHub(o HubOptions) *Hub {
	h := &Hub{tracks: map[string]*track{}, history: o.History, most: o.Viewers, now: o.Now}
	if h.history <= 0 {
		h.history = usualHistory
	}
	if h.most <= 0 {
		h.most = usualViewers
	}
	if h.now == nil {
		h.now = time.Now
	}
	return h
}

// Open adds tracks; those that are there stay as they are. A track that is
// opened later has no history, which is no gap.
func (h *Hub) Open(names ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range names {
		if h.tracks[name] == nil {
			h.tracks[name] = &track{most: h.history, changed: make(chan struct{})}
		}
	}
}

// Remove ends tracks: their viewers get ErrClosed.
func (h *Hub) Remove(names ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range names {
		if t := h.tracks[name]; t != nil {
			delete(h.tracks, name)
			t.ended = true
			t.wake()
		}
	}
}

// Publish puts one event on the named tracks. value is encoded once, whatever
// the number of tracks and viewers; an object says on which tracks it is, for
// who follows several. key names what the event is about, for Forget. Names
// without a track are passed over.
func (h *Hub) Publish(kind, key string, value any, names ...string) (uint64, error) {
	return h.publish(kind, key, value, names, func(e *Event) {
		for _, name := range names {
			if t := h.tracks[name]; t != nil {
				t.add(e)
			}
		}
	})
}

// Broadcast puts one event on all tracks.
func (h *Hub) Broadcast(kind, key string, value any) (uint64, error) {
	return h.publish(kind, key, value, nil, func(e *Event) {
		for _, t := range h.tracks {
			t.add(e)
		}
	})
}

func (h *Hub) publish(kind, key string, value any, names []string, add func(*Event)) (uint64, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return 0, fmt.Errorf("event %s: %w", kind, err)
	}
	data = appendTracks(data, names)
	if len(data) > largestEvent {
		return 0, fmt.Errorf("event %s has %d bytes; at most %d are sent at once", kind, len(data), largestEvent)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return 0, ErrClosed
	}
	h.last++
	e := newEvent(h.last, kind, data)
	e.key, e.At = key, h.now()
	add(e)
	return e.ID, nil
}

// appendTracks adds the tracks to an object, but for those of viewers nobody is told of.
func appendTracks(data []byte, names []string) []byte {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.HasPrefix(n, "@") })
	if len(names) == 0 || !bytes.HasPrefix(data, []byte(`{"`)) {
		return data
	}
	list, _ := json.Marshal(names) // strings never fail
	data = append(data[:len(data)-1], `,"tracks":`...)
	return append(append(data, list...), '}')
}

// Last is the id of the newest event.
func (h *Hub) Last() uint64 {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.last
}

// Viewers counts who follows, by track.
func (h *Hub) Viewers() map[string]int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	counts := make(map[string]int, len(h.tracks))
	for name, t := range h.tracks {
		counts[name] = t.viewers
	}
	return counts
}

// Tracks are the names of all tracks, sorted.
func (h *Hub) Tracks() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Sorted(maps.Keys(h.tracks))
}

// Forget takes all events about a key out of history.
func (h *Hub) Forget(about func(key string) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.tracks {
		t.forget(about)
	}
}

// Clear takes everything out of history. Who comes back later gets a gap.
func (h *Hub) Clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.tracks {
		t.clear(h.last)
	}
}

// Close ends all viewers once they have read what is left in history.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.closed = true
	for _, t := range h.tracks {
		t.wake()
	}
}

// newEvent writes the wire form; json.Marshal writes no line ends, so data is
// one line.
func newEvent(id uint64, kind string, data []byte) *Event {
	wire := make([]byte, 0, len(data)+len(kind)+40)
	wire = append(wire, "id: "...)
	wire = strconv.AppendUint(wire, id, 10)
	wire = append(wire, "\nevent: "...)
	wire = append(wire, kind...)
	wire = append(wire, "\ndata: "...)
	start := len(wire)
	wire = append(wire, data...)
	end := len(wire)
	wire = append(wire, "\n\n"...)
	return &Event{ID: id, Kind: kind, Wire: wire, Data: wire[start:end:end]}
}
