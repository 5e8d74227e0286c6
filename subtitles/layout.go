package subtitles

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// layout breaks pieces into lines at their best joints, and says what it costs; lines of much the same length are
// better than uneven ones. The pieces must fit (see fits).
func (s *Segmenter) layout(pieces []piece) (starts []int, cost int) {
	if wide(pieces) <= s.rules.Width {
		return nil, 0
	}
	for n := s.count(pieces); n <= s.rules.Lines; n++ {
		if starts, cost := s.lines(pieces, n); cost != impossible {
			return starts, cost
		}
	}
	return nil, never
}

const impossible = math.MaxInt / 2

// lines are the cheapest starts of the second and later of n lines: from the last line to the first, for each
// piece a line may begin with, what it and the lines after it cost.
func (s *Segmenter) lines(pieces []piece, n int) (starts []int, cost int) {
	share := float64(wide(pieces)) / float64(n)
	places := len(pieces) + 1
	next := scratch(&s.next, n*places) // for each line and its first piece, where the following line begins
	after, costs := scratch(&s.after, places), scratch(&s.costs, places)
	for i := range pieces {
		after[i] = impossible
	}
	after[len(pieces)] = 0
	for line := n - 1; line >= 0; line-- {
		costs[len(pieces)] = impossible
		for from := range pieces {
			costs[from], next[line*places+from] = s.line(pieces, from, after, share)
		}
		after, costs = costs, after
	}
	if after[0] == impossible || n == 1 {
		return nil, after[0]
	}
	starts = make([]int, n-1)
	at := 0
	for line := range starts {
		at = next[line*places+at]
		starts[line] = at
	}
	return starts, after[0]
}

// scratch is room for n numbers that is used again; it is not cleared.
func scratch(room *[]int, n int) []int {
	if cap(*room) < n {
		*room = make([]int, n)
	}
	return (*room)[:n]
}

// line is the cheapest end of a line that begins with a piece, when the lines after it cost so much.
func (s *Segmenter) line(pieces []piece, from int, after []int, share float64) (cost, end int) {
	cost, end = impossible, len(pieces)
	length := 0
	for to := from + 1; to <= len(pieces); to++ {
		length += pieces[to-1].cells
		if to-1 > from && pieces[to-1].spaced {
			length++
		}
		if length > s.rules.Width {
			break
		}
		if after[to] >= impossible || length+hyphen(pieces, to) > s.rules.Width {
			continue
		}
		c := after[to] + int(10*math.Abs(float64(length)-share)/float64(s.rules.Width))
		if to < len(pieces) {
			c += pieces[to].cost
		}
		if c < cost {
			cost, end = c, to
		}
	}
	return cost, end
}

// hyphen is the cell a word needs that goes on in the next line.
func hyphen(pieces []piece, to int) int {
	if to < len(pieces) && pieces[to].part {
		return 1
	}
	return 0
}

// count is how many lines pieces need at least.
func (s *Segmenter) count(pieces []piece) int {
	lines := 0
	for len(pieces) > 0 {
		n, length := 1, pieces[0].cells
		for to := 2; to <= len(pieces); to++ {
			length += pieces[to-1].cells
			if pieces[to-1].spaced {
				length++
			}
			if length > s.rules.Width {
				break
			}
			if length+hyphen(pieces, to) <= s.rules.Width {
				n = to
			}
		}
		lines, pieces = lines+1, pieces[n:]
	}
	return lines
}

// fits reports whether pieces can be shown in one cue.
func (s *Segmenter) fits(pieces []piece) bool {
	return len(pieces) <= s.rules.Lines*s.rules.Width*2 && s.count(pieces) <= s.rules.Lines
}

// render writes the lines; a word that goes on in the next line gets a hyphen.
func render(pieces []piece, starts []int) []string {
	var out []string
	from := 0
	for _, to := range append(slices.Clone(starts), len(pieces)) {
		line := joined(pieces[from:to])
		if to < len(pieces) && pieces[to].part && letters(line, pieces[to].text) {
			line += "-"
		}
		out, from = append(out, line), to
	}
	return out
}

func letters(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	return unicode.In(last, unicode.Latin, unicode.Cyrillic, unicode.Greek) && unicode.In(first, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}
