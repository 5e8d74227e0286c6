package subtitles

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// layout breaks pieces into lines at their best joints, and says what it costs; lines of much the same length are
// better than uneven ones. The pieces must fit (see fits).
func (s *Segmenter) layout(pieces []piece) (lines []string, cost int) {
	if s.wide(pieces) <= s.rules.Width {
		return []string{joined(pieces)}, 0
	}
	for n := s.count(pieces); n <= s.rules.Lines; n++ {
		if cuts, cost := s.cuts(pieces, n); cost != math.MaxInt {
			return render(pieces, cuts), cost
		}
	}
	return []string{joined(pieces)}, never
}

// cuts are the cheapest starts of the second and later lines, when there are so many lines.
func (s *Segmenter) cuts(pieces []piece, lines int) ([]int, int) {
	if lines == 1 {
		if s.wide(pieces) > s.rules.Width {
			return nil, math.MaxInt
		}
		return nil, 0
	}
	var best []int
	least := math.MaxInt
	for i := 1; i < len(pieces) && s.wide(pieces[:i]) <= s.rules.Width; i++ {
		if hyphenated(pieces, i) > s.rules.Width {
			continue
		}
		rest, cost := s.cuts(pieces[i:], lines-1)
		if cost == math.MaxInt {
			continue
		}
		cost += s.grammar.joint(pieces[i-1], pieces[i]) + s.uneven(pieces[:i], pieces[i:], lines)
		if cost < least {
			least, best = cost, append([]int{i}, shifted(rest, i)...)
		}
	}
	return best, least
}

// uneven is what a line costs that is longer or shorter than its share: at most 10.
func (s *Segmenter) uneven(line, rest []piece, lines int) int {
	share := float64(s.wide(line)+s.wide(rest)) / float64(lines)
	return int(10 * math.Abs(float64(s.wide(line))-share) / float64(s.rules.Width))
}

func shifted(cuts []int, by int) []int {
	for i := range cuts {
		cuts[i] += by
	}
	return cuts
}

// wide is the width of a line.
func (s *Segmenter) wide(pieces []piece) int { return cells(joined(pieces)) }

// hyphenated is the width of the first n pieces as a line, with the hyphen of a word that goes on in the next.
func hyphenated(pieces []piece, n int) int {
	wide := cells(joined(pieces[:n]))
	if n < len(pieces) && pieces[n].part {
		wide++
	}
	return wide
}

// count is how many lines pieces need at least.
func (s *Segmenter) count(pieces []piece) int {
	lines := 0
	for len(pieces) > 0 {
		n := 1
		for i := 2; i <= len(pieces) && s.wide(pieces[:i]) <= s.rules.Width; i++ {
			if hyphenated(pieces, i) <= s.rules.Width {
				n = i
			}
		}
		lines, pieces = lines+1, pieces[n:]
	}
	return lines
}

// fits reports whether pieces can be shown in one cue.
func (s *Segmenter) fits(pieces []piece) bool { return s.count(pieces) <= s.rules.Lines }

// render writes the lines; a word that goes on in the next line gets a hyphen.
func render(pieces []piece, cuts []int) []string {
	var out []string
	from := 0
	for _, to := range append(cuts, len(pieces)) {
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
