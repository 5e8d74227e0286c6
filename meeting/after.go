package meeting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// ErrFormat is an export nobody can write.
var ErrFormat = errors.New("this format is not known")

// Export writes what is kept; language "" is all of them, or the spoken one in
// formats that hold one. It fails with rooms.ErrVolatile when nothing is kept.
func (m *Meeting) Export(ctx context.Context, w io.Writer, format, language string) error {
	write, ok := subtitles.Formats()[format]
	if !ok {
		known := slices.Sorted(maps.Keys(subtitles.Formats()))
		return fmt.Errorf("%w: %q is none of %s", ErrFormat, cut(format), strings.Join(known, ", "))
	}
	kept, err := m.Room.Meeting(ctx)
	if err != nil {
		return err
	}
	if language != "" {
		if kept, err = kept.In(language); err != nil {
			return err
		}
	}
	return write(w, kept)
}

// Minutes are made anew each time, of what is kept: rooms.ErrVolatile when that
// is nothing.
func (m *Meeting) Minutes(ctx context.Context) (minutes.Minutes, error) {
	kept, err := m.Room.Meeting(ctx)
	if err != nil {
		return minutes.Minutes{}, err
	}
	o := m.hall.o.Minutes
	o.Title, o.Code, o.Began, o.Language = kept.Title, kept.Code, kept.Began, m.asked.Languages[0]
	o.Participants = kept.Speakers
	return minutes.Write(ctx, minutes.Of(spoken(kept)), o)
}

// spoken is what was said, in the order of the meeting.
func spoken(kept subtitles.Meeting) []subtitles.Cue {
	if len(kept.Languages) == 0 {
		return nil
	}
	return kept.Tracks[kept.Languages[0]]
}

// Compare lines up what the machine wrote with what editors made of it.
func (m *Meeting) Compare(ctx context.Context) (minutes.Comparison, error) {
	kept, err := m.Room.Meeting(ctx)
	if err != nil {
		return minutes.Comparison{}, err
	}
	edits, err := m.Room.Edits(ctx)
	if err != nil {
		return minutes.Comparison{}, err
	}
	corrected := minutes.Of(spoken(kept))
	machine := slices.Clone(corrected)
	for i := range machine {
		for _, e := range edits {
			if e.Cue == machine[i].ID {
				machine[i].Text = e.Before // of the first correction
				break
			}
		}
	}
	return minutes.Compare(machine, corrected), nil
}
