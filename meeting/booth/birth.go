package booth

import (
	"context"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// birth is how an input stood when it came: the stage hears of it a little later.
type birth struct {
	id    uint64 // of the newest event in it
	muted bool
}

// attach leaves no input behind when ctx ends while the room is asked: the room
// runs where the booth does, and then answers at once.
func (b *Booth) attach(ctx context.Context, s rooms.Source) (string, birth, error) {
	if err := b.spawn(ctx, func(context.Context) {}); err != nil {
		return "", birth{}, err
	}
	id, born, err := b.attached(context.WithoutCancel(ctx), s)
	if err == nil && ctx.Err() != nil {
		b.detach(ctx, id)
		return "", birth{}, context.Cause(ctx)
	}
	return id, born, err
}

// attached is a new input of the room, and how it stands there.
func (b *Booth) attached(ctx context.Context, s rooms.Source) (string, birth, error) {
	id, err := b.room.Attach(ctx, s)
	if err != nil {
		return "", birth{}, err
	}
	born, err := b.born(ctx, id)
	if err != nil {
		b.detach(ctx, id)
	}
	return id, born, err
}

// patience is how long the room is asked to let an input go.
const patience = 2 * time.Second

func (b *Booth) detach(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = b.room.Detach(ctx, id) // it is gone, or the room is
}

func (b *Booth) born(ctx context.Context, input string) (birth, error) {
	st, err := b.room.Status(ctx)
	if err != nil {
		return birth{}, err
	}
	i := slices.IndexFunc(st.Inputs, func(in rooms.Input) bool { return in.ID == input })
	return birth{st.ID, i >= 0 && st.Inputs[i].Muted}, nil
}
