package meeting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
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
// is nothing. Who refuses while they are written stands in none: then they are
// written once more.
func (m *Meeting) Minutes(ctx context.Context) (minutes.Minutes, error) {
	for {
		ledger, err := m.consents(ctx)
		if err != nil {
			return minutes.Minutes{}, err
		}
		made, err := m.minutes(ctx, ledger)
		if err != nil {
			return minutes.Minutes{}, err
		}
		now, err := m.consents(ctx)
		if err != nil {
			return minutes.Minutes{}, err
		}
		if refusals(now) == refusals(ledger) {
			return made, nil
		}
	}
}

func (m *Meeting) minutes(ctx context.Context, ledger []rooms.Entry) (minutes.Minutes, error) {
	kept, err := m.Room.Meeting(ctx)
	if err != nil {
		return minutes.Minutes{}, err
	}
	o := m.hall.o.Minutes
	o.Title, o.Code, o.Began, o.Language = kept.Title, kept.Code, kept.Began, m.asked.Languages[0]
	o.Participants, o.LeftOut = kept.Speakers, leftOut(ledger)
	return minutes.Write(ctx, minutes.Of(spoken(kept)), o)
}

func (m *Meeting) consents(ctx context.Context) ([]rooms.Entry, error) {
	status, err := m.Room.Status(ctx)
	return status.Consent, err
}

func refusals(ledger []rooms.Entry) (n int) {
	for _, e := range ledger {
		if e.Act == rooms.Refused {
			n++
		}
	}
	return n
}

// leftOut are those whose last word on being written down was no.
func leftOut(ledger []rooms.Entry) (names []string) {
	last := map[string]rooms.Entry{} // by input
	for _, e := range ledger {
		if e.Act == rooms.Refused || e.Act == rooms.Agreed {
			last[e.Input] = e
		}
	}
	for _, e := range ledger {
		if l, ok := last[e.Input]; ok && l == e && e.Act == rooms.Refused && e.Who != "" && !slices.Contains(names, e.Who) {
			names = append(names, e.Who)
		}
	}
	return names
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
	before, after := unedited(kept, edits)
	return minutes.Compare(before, after), nil
}

// unedited are the lines of a meeting as the machine wrote them, and as they
// are. A sentence that was said and corrected in another language stands there
// as it was said, not as it was translated.
func unedited(kept subtitles.Meeting, edits []rooms.Edit) (machine, now []minutes.Line) {
	cues := slices.Clone(spoken(kept))
	first, last := map[string]rooms.Edit{}, map[string]rooms.Edit{}
	for _, e := range edits {
		if _, ok := first[e.Cue]; !ok {
			first[e.Cue] = e
		}
		last[e.Cue] = e
	}
	for i, c := range cues {
		if e, ok := last[c.ID]; ok && c.Text != e.After {
			cues[i] = said(kept, e, c)
		}
	}
	now = minutes.Of(cues)
	machine = slices.Clone(now)
	for i, l := range now {
		if _, ok := first[l.ID]; ok && l.Text == last[l.ID].After {
			machine[i].Text = first[l.ID].Before
		}
	}
	for _, e := range edits {
		if first[e.Cue] == e && last[e.Cue].After == "" { // an editor took it away
			machine = append(machine, minutes.Line{ID: e.Cue, Speaker: e.Speaker, Text: e.Before, Start: e.Start, End: e.Start})
		}
	}
	slices.SortStableFunc(machine, func(a, b minutes.Line) int { return cmp.Compare(a.Start, b.Start) })
	return machine, now
}

// said finds the cue that was corrected among the tracks; without one it is
// what stands there.
func said(kept subtitles.Meeting, e rooms.Edit, instead subtitles.Cue) subtitles.Cue {
	for _, track := range kept.Tracks {
		for _, c := range track {
			if c.ID == e.Cue && c.Text == e.After {
				return c
			}
		}
	}
	return instead
}
