package meeting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// hold keeps a meeting until its room is over.
func (h *Hall) hold(ctx context.Context, m *Meeting) {
	ctx, cancel := context.WithCancel(ctx)
	m.ctx = ctx
	m.held, m.release = context.WithCancel(ctx)
	h.alive.Go(func() {
		defer cancel()
		defer h.leave(m)
		m.employ(m.sound)
		m.follow(ctx)
		m.mu.Lock()
		m.over = true // nothing is employed any more
		m.mu.Unlock()
		cancel()
		m.alive.Wait()
	})
}

// employ does something until it returns or the meeting is over; false when it
// is already.
func (m *Meeting) employ(do func(ctx context.Context)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return false
	}
	m.alive.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				// Its value may quote what was said.
				m.hall.o.Log.Error("a part of a meeting broke", "meeting", m.Room.Code(), "panic", fmt.Sprintf("%T", p))
			}
		}()
		do(m.ctx)
	})
	return true
}

// sound runs the booth.
func (m *Meeting) sound(ctx context.Context) {
	if err := m.Booth.Run(ctx); err != nil && ctx.Err() == nil {
		m.hall.o.Log.Error("the sound of a meeting failed", "meeting", m.Room.Code(), "err", err)
	}
}

// leave takes a meeting out of the hall.
func (h *Hall) leave(m *Meeting) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.meetings[m.Room.Code()] == m {
		delete(h.meetings, m.Room.Code())
	}
	delete(h.pins, m.keys.PIN)
}

// Start announces, the first time, that a machine writes along, and begins the
// meeting or goes on after a pause.
func (m *Meeting) Start(ctx context.Context) error {
	if err := m.steer(ctx); err != nil {
		return err
	}
	defer func() { <-m.steering }()
	if err := m.announce(ctx); err != nil {
		return err
	}
	return m.Room.Start(ctx)
}

// announce says what was asked to be said, unless an organiser did already.
func (m *Meeting) announce(ctx context.Context) error {
	status, err := m.Room.Status(ctx)
	if err != nil {
		return err
	}
	if status.State.Life != rooms.Created {
		return nil
	}
	for _, e := range status.Consent {
		if e.Act == rooms.Announced {
			return nil
		}
	}
	if err := m.Room.Announce(ctx, m.Consent(), m.asked.Keep); err != nil {
		return err
	}
	if m.asked.Keep {
		return m.Room.Keep(ctx, true)
	}
	return nil
}

// steer waits until nobody else starts or stops the meeting.
func (m *Meeting) steer(ctx context.Context) error {
	select {
	case m.steering <- struct{}{}:
		return nil
	case <-m.ctx.Done():
		return rooms.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Stop ends the inputs, waits for their last words, and ends the meeting. When
// ctx ends first, it ends the meeting all the same, which takes last words for
// some seconds more.
func (m *Meeting) Stop(ctx context.Context) error {
	if err := m.steer(ctx); err != nil {
		return err
	}
	defer func() { <-m.steering }()
	m.note(func(s *State) { s.Ending = true })
	if err := m.Booth.Settle(ctx); err != nil {
		m.hall.o.Log.Warn("the last words of a meeting were not settled", "meeting", m.Room.Code(), "err", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return m.Room.Stop(ctx)
}

// stopTime is how long a room may take to hear that it is over.
const stopTime = 5 * time.Second

// Close ends the meeting now and leaves nothing; it does not wait for a Stop.
func (m *Meeting) Close(ctx context.Context) error {
	if err := m.Room.Close(ctx); err != nil && !errors.Is(err, rooms.ErrClosed) {
		return err
	}
	return nil
}
