package meeting

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// State is how a meeting stands, for those who wait for it.
type State struct {
	Life    rooms.Life
	Ending  bool   // an organiser stops it: last words are still being written
	Notice  string // the last announcement; "" is none yet
	Keeps   bool   // it says that the meeting is kept
	Notices int    // announcements so far
}

// Over says that nothing more is said.
func (s State) Over() bool {
	return s.Ending || s.Life == rooms.Stopping || s.Life == rooms.Stopped || s.Life == rooms.Closed
}

// refusal says why nothing can be done any more; nil: it can.
func (s State) refusal() error {
	switch {
	case !s.Over():
		return nil
	case s.Ending:
		return fmt.Errorf("%w: it is %s", rooms.ErrState, rooms.Stopping)
	}
	return fmt.Errorf("%w: it is %s", rooms.ErrState, s.Life)
}

// State is how the meeting stands; the channel is closed when that changes.
func (m *Meeting) State() (State, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state, m.changed
}

// follow notes how the meeting stands, until its room is over.
func (m *Meeting) follow(ctx context.Context) {
	defer m.note(func(s *State) { s.Life = rooms.Closed })
	v, err := m.Room.FollowStaff(0)
	if err != nil {
		return
	}
	defer v.Close()
	var known uint64 // up to this event
	for {
		events, err := v.Next(ctx, nil)
		known = m.take(ctx, events, known)
		if err != nil {
			return
		}
	}
}

// take hears events that are newer than what is known, and says up to where that is.
func (m *Meeting) take(ctx context.Context, events []*rooms.Event, known uint64) uint64 {
	for _, e := range events {
		switch {
		case e.Kind == rooms.Gap:
			known = m.catchUp(ctx)
		case e.ID > known:
			m.hear(e)
		}
	}
	return known
}

func (m *Meeting) hear(e *rooms.Event) {
	switch e.Kind {
	case rooms.KindState:
		var state rooms.StateEvent
		if json.Unmarshal(e.Data, &state) == nil {
			m.note(func(s *State) { s.Life = state.Life })
		}
	case rooms.KindNotice:
		var notice rooms.Notice
		if json.Unmarshal(e.Data, &notice) == nil {
			m.note(func(s *State) { s.Notice, s.Keeps, s.Notices = notice.Text, notice.Keeps, s.Notices+1 })
		}
	}
}

// catchUp asks for what was missed, and says up to which event.
func (m *Meeting) catchUp(ctx context.Context) uint64 {
	snapshot, err := m.Room.Snapshot(ctx, rooms.Original, 1)
	if err != nil {
		return 0
	}
	m.note(func(s *State) {
		s.Life = snapshot.State.Life
		if n := snapshot.Notice; n != nil && n.Text != s.Notice {
			s.Notice, s.Keeps, s.Notices = n.Text, n.Keeps, s.Notices+1
		}
	})
	return snapshot.ID
}

// note changes the state and tells who waits.
func (m *Meeting) note(change func(*State)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.state
	change(&m.state)
	if m.state != before {
		close(m.changed)
		m.changed = make(chan struct{})
	}
	if m.state.Over() {
		m.release()
	}
}
