package booth

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// stage is what the booth knows of its room, for readers in the audio's way.
type stage struct {
	now atomic.Pointer[standing]
}

// standing is how things stand at a moment. Nobody changes one.
type standing struct {
	id        uint64 // of the newest event in it
	life      rooms.Life
	delay     time.Duration
	languages []string
	glossary  []string
	muted     []string // inputs
}

func (s *stage) read() *standing { return s.now.Load() }

// hears says whether what an input says is for the meeting.
func (s *standing) hears(input string) bool { return s.life == rooms.Running && !s.shut(input) }

func (s *standing) shut(input string) bool { return slices.Contains(s.muted, input) }

// enter reads how the room stands and follows it from there.
func (b *Booth) enter(ctx context.Context) (*rooms.Viewer, error) {
	id, err := b.look(ctx)
	if err != nil {
		return nil, err
	}
	return b.room.FollowStaff(id)
}

func (b *Booth) look(ctx context.Context) (uint64, error) {
	st, err := b.room.Status(ctx)
	if err != nil {
		return 0, err
	}
	now := standing{id: st.ID, life: st.State.Life, delay: st.State.Delay, languages: st.State.Languages, glossary: st.Glossary}
	for _, in := range st.Inputs {
		now = now.input(in)
	}
	b.stage.now.Store(&now)
	return st.ID, nil
}

// watch follows the room until it is closed or ctx ends.
func (b *Booth) watch(ctx context.Context, v *rooms.Viewer) {
	var events []*rooms.Event
	for {
		var err error
		if events, err = v.Next(ctx, events[:0]); err != nil {
			return
		}
		for _, e := range events {
			if err := b.follow(ctx, e); err != nil {
				if ctx.Err() == nil && !errors.Is(err, rooms.ErrClosed) {
					b.options.Log.Error("booth: event of the room", "room", b.room.Code(), "kind", e.Kind, "err", err)
				}
			}
		}
	}
}

// follow takes one event.
func (b *Booth) follow(ctx context.Context, e *rooms.Event) error {
	now := *b.stage.read()
	if e.Kind != rooms.Gap && e.ID <= now.id {
		return nil // from before the last look
	}
	now.id = e.ID
	switch e.Kind {
	case rooms.KindState:
		var s rooms.StateEvent
		if err := json.Unmarshal(e.Data, &s); err != nil {
			return err
		}
		now.life, now.delay, now.languages = s.Life, s.Delay, s.Languages
	case rooms.KindInput:
		var in rooms.Input
		if err := json.Unmarshal(e.Data, &in); err != nil {
			return err
		}
		now = now.input(in)
	case rooms.KindTerms:
		var t rooms.Terms
		if err := json.Unmarshal(e.Data, &t); err != nil {
			return err
		}
		now.glossary = t.Glossary
	case rooms.Gap:
		_, err := b.look(ctx)
		return err
	default:
		return nil
	}
	b.stage.now.Store(&now)
	return nil
}

// input is how things stand after news of an input.
func (s standing) input(in rooms.Input) standing {
	s.muted = slices.DeleteFunc(slices.Clone(s.muted), func(id string) bool { return id == in.ID })
	if in.Muted && !in.Gone {
		s.muted = append(s.muted, in.ID)
	}
	return s
}
