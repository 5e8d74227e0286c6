package rooms

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Passage is a row of lines of a track, for who reads back in a meeting.
type Passage struct {
	ID    uint64 `json:"id"`    // events after it are not in here
	Lines []Line `json:"lines"` // oldest first
	More  bool   `json:"more"`  // there are earlier ones
}

// passage are the last lines before a sentence, or of all where it is "". It may
// be one that has been taken back or forgotten since.
func (m *meeting) passage(track, before string, lines int) (Passage, error) {
	l := m.lane(track)
	if l == nil {
		return Passage{}, fmt.Errorf("%w: %q", ErrLanguage, clean(track, 35))
	}
	end := len(m.sentences)
	if before != "" {
		n, ok := number(before)
		if !ok {
			return Passage{}, fmt.Errorf("%w: sentence %q", ErrCue, clean(before, 20))
		}
		end = sort.Search(end, func(i int) bool { at, _ := number(m.sentences[i].id); return at >= n })
	}
	p := Passage{ID: m.hub.Last()}
	p.Lines, p.More = m.linesBefore(l, end, lines)
	return p, nil
}

// linesBefore are the last lines of a lane in front of a sentence.
func (m *meeting) linesBefore(l *lane, end, lines int) (out []Line, more bool) {
	out, lines = []Line{}, min(max(0, lines), mostLines)
	for i := end - 1; i >= 0 && !more; i-- {
		line, ok := l.shown(m.sentences[i])
		switch {
		case !ok:
		case len(out) == lines:
			more = true
		default:
			out = append(out, line)
		}
	}
	slices.Reverse(out)
	return out, more
}

// number is which sentence of the meeting an id names.
func number(id string) (int, bool) {
	digits, found := strings.CutPrefix(id, "s")
	n, err := strconv.Atoi(digits)
	return n, found && err == nil
}
