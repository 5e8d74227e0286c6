package subtitles

import "time"

// row is the line that is being filled in word scroll.
type row struct {
	cells int
	start time.Duration
}

// held is how many words at the end may wait for the next one in word scroll.
const held = 5

// scroll gives words out at once, a cue for each line they are in. Only a word that no line may end with
// (an article, a number before its unit) waits for the next one.
func (s *Segmenter) scroll(settled bool) []Cue {
	n := len(s.pending)
	if !settled {
		n = s.ready()
	}
	var out []Cue
	from, goes := 0, s.row.cells > 0
	for i := 0; i < n; {
		unit := s.unit(i, n)
		text := wide(s.pending[i : i+unit])
		if s.pending[i].spaced && s.row.cells > 0 {
			text++
		}
		if s.row.cells > 0 && s.row.cells+text > s.rules.Width {
			if i > from {
				out = append(out, s.roll(from, i, goes))
			}
			from, goes = i, false
			s.row, text = row{}, wide(s.pending[i:i+unit])
		}
		if s.row.cells == 0 {
			s.row.start = s.pending[i].start
		}
		s.row.cells += text
		i += unit
	}
	if n > from {
		out = append(out, s.roll(from, n, goes))
	}
	s.pending = s.pending[n:]
	if settled && s.row.cells > s.rules.Width/2 {
		s.row = row{}
	}
	return out
}

// ready is how many of the waiting pieces may go out.
func (s *Segmenter) ready() int {
	n := len(s.pending)
	unknown := piece{text: "x", spaced: true}
	for ; n > max(0, len(s.pending)-held); n-- {
		last := s.pending[n-1]
		if s.grammar.joint(last, unknown) < torn && !number(core(last.text)) {
			return n
		}
	}
	if n > 0 || len(s.pending) <= held {
		return n
	}
	return len(s.pending)
}

// unit is how many of the pieces from i to n must stand in one line.
func (s *Segmenter) unit(i, n int) int {
	unit := 1
	for i+unit < n && s.pending[i+unit].cost >= torn &&
		wide(s.pending[i:i+unit+1]) <= s.rules.Width {
		unit++
	}
	return unit
}

// roll makes a cue of pieces in one line.
func (s *Segmenter) roll(from, to int, goes bool) Cue {
	c := s.cue(s.pending[from:to])
	c.Goes = goes
	c.Start = max(c.Start, s.shown).Round(time.Millisecond)
	c.End = max(s.pending[to-1].end, c.Start+flash/10).Round(time.Millisecond)
	s.shown = c.End
	lasted := max(c.End-s.row.start, s.rules.Least)
	c.Fast = float64(s.row.cells) > s.rules.CPS*lasted.Seconds()
	return c
}
