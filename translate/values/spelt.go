package values

import "strings"

// spelt reads a number in words: the longest that is one.
func (f *finder) spelt(i int) item {
	c := composer{units: f.lang.flags["unitsfirst"], last: 1 << 62}
	it := item{words: true, whole: true}
	p := i
	for p < len(f.toks) {
		q, linked := f.link(p, i)
		values, n, ordinal, weak := f.numberWord(q)
		if n == 0 || it.ordinal || weak && p > i && q == p {
			break // "ninety a year" is not 91
		}
		next := c
		next.linked = linked
		if !next.feedAll(values) {
			break
		}
		if linked && !f.linkFits(&c, values) {
			break
		}
		c = next
		p = q + n
		it.parts += len(values)
		it.n, it.ordinal, it.weak = p-i, ordinal, weak && it.parts == 1
	}
	if it.n == 0 {
		return item{}
	}
	it.value = c.total + c.current
	it.number = decimal(it.value)
	if it.parts == 1 && !it.weak { // "millions of people" are no million
		e, _ := f.at(i, func(e entry) bool { return e.key == "" })
		it.vague = e.maybe && e.value >= 100
		it.weak = it.vague || e.maybe && f.otherWord(i)
	}
	for _, zeros := range scales {
		if unit := power(zeros); it.scale == 0 && it.value >= unit && it.value%unit == 0 {
			it.scale = zeros
		}
	}
	return it
}

// link skips what stands between the words of a number: a hyphen, "and".
func (f *finder) link(p, first int) (next int, linked bool) {
	if p == first {
		return p, false
	}
	if isOne(f.toks[p], "-") && !f.toks[p].gap && p+1 < len(f.toks) && !f.toks[p+1].gap {
		p++
	}
	if _, n := f.key(p, "and"); n > 0 {
		p, linked = p+n, true
		if p < len(f.toks) && isOne(f.toks[p], "-") {
			p++
		}
	}
	return p, linked
}

// linkFits says whether "and" joins numbers in this place.
func (f *finder) linkFits(c *composer, values []int64) bool {
	switch {
	case f.lang.flags["andlinks"]:
		return true
	case f.lang.flags["andafterhundred"]:
		return c.current%100 == 0
	case f.lang.flags["unitsfirst"]:
		return false // joined inside a compound, or by waw
	}
	return c.current >= 20 && c.current%10 == 0 && values[0] == 1 // vingt et un
}

// numberWord is a word of a number, or a compound of several.
func (f *finder) numberWord(i int) (values []int64, n int, ordinal, weak bool) {
	e, n := f.at(i, func(e entry) bool { return e.key == "" || e.key == "o" && !e.maybe })
	article, m := f.key(i, "weak")
	switch {
	case n > 0 && (e.key == "o" || m == 0 || f.lang.tag == "en" && i > 0 && f.numberBefore(i)):
		return []int64{int64(e.value)}, n, e.key == "o", false
	case m > 0:
		return []int64{int64(article.value)}, m, false, true
	}
	if i >= len(f.toks) || f.toks[i].kind != word {
		return nil, 0, false, false
	}
	w := f.toks[i].folded
	if rest, ok := strings.CutPrefix(w, "و"); ok && f.lang.flags["waw"] && i > 0 {
		for _, e := range f.lang.words[rest] {
			if e.key == "" && len(e.rest) == 0 {
				return []int64{waw, int64(e.value)}, 1, false, false
			}
		}
	}
	if f.lang.flags["compound"] {
		values, ordinal = f.lang.split(w)
	}
	if values == nil {
		return nil, 0, false, false
	}
	return values, 1, ordinal, false
}

// waw stands for an "and" inside the values of a word.
const waw = -1

// composer adds the words of a number up as long as they can be one number.
type composer struct {
	total, current int64
	last           int64 // the smallest multiplier so far
	units          bool  // "five and twenty"
	begun, closed  bool
	linked         bool
}

func (c *composer) feedAll(values []int64) bool {
	for _, v := range values {
		if v == waw {
			c.linked = true
			continue
		}
		if !c.feed(v) {
			return false
		}
		c.linked = false
	}
	return true
}

func (c *composer) feed(v int64) bool {
	if c.closed {
		return false
	}
	switch {
	case v == 0:
		if c.begun {
			return false
		}
		c.closed = true
	case v >= 1000:
		unit := v
		if v == 2000 { // Arabic has a word for it
			unit = 1000
		}
		if unit >= c.last || v == 2000 && c.current > 0 {
			return false
		}
		c.total += max(c.current, 1) * v
		c.current, c.last = 0, unit
	case v == 100:
		switch {
		case c.current == 0:
			c.current = 100
		case c.current < 20:
			c.current *= 100
		default:
			return false
		}
	case v > 100:
		if c.current != 0 {
			return false
		}
		c.current = v
	case v >= 20:
		unitFirst := c.units && c.linked && c.current%100 > 0 && c.current%100 < 10
		if c.current%100 != 0 && !unitFirst {
			return false
		}
		c.current += v
	case v >= 10:
		if c.current%100 != 0 {
			return false
		}
		c.current += v
	default:
		if c.current%10 != 0 || c.current%100 == 10 || c.current%100 > 99 {
			return false
		}
		c.current += v
	}
	c.begun = true
	return true
}

// longestCompound in bytes; longer words are no numbers.
const longestCompound = 80

// split takes a compound like "zweihundertfünf" apart; nil: it is no number.
func (l *language) split(w string) (values []int64, ordinal bool) {
	if len(w) > longestCompound {
		return nil, false
	}
	dead := map[int]bool{}
	var walk func(at int) ([]int64, bool)
	walk = func(at int) ([]int64, bool) {
		if at == len(w) {
			return []int64{}, true
		}
		if dead[at] {
			return nil, false
		}
		for end := len(w); end > at; end-- {
			piece := w[at:end]
			v, kind := l.piece(piece, at > 0, end == len(w))
			if kind == noPiece {
				continue
			}
			if kind == suffixPiece {
				return []int64{}, true
			}
			if rest, ok := walk(end); ok {
				if kind == ordinalPiece {
					ordinal = true
				}
				return append([]int64{v}, rest...), true
			}
		}
		dead[at] = true
		return nil, false
	}
	values, ok := walk(0)
	if !ok || len(values) == 0 || len(values) == 1 && l.shortWord(values[0]) {
		return nil, false
	}
	return values, ordinal
}

// shortWord is for Turkish: ona, biri, yüzü, bine are other words.
func (l *language) shortWord(v int64) bool {
	return !l.flags["suffixes"] || v == 1 || v == 6 || v == 10 || v == 100 || v == 1000
}

type pieceKind uint8

const (
	noPiece pieceKind = iota
	cardinalPiece
	ordinalPiece
	suffixPiece
)

func (l *language) piece(s string, inside, last bool) (int64, pieceKind) {
	for _, e := range l.words[s] {
		if len(e.rest) > 0 {
			continue
		}
		switch e.key {
		case "", "part":
			return int64(e.value), cardinalPiece
		case "o":
			if last && inside {
				return int64(e.value), ordinalPiece
			}
		case "and":
			if inside && !last && l.flags["unitsfirst"] {
				return waw, cardinalPiece
			}
		}
	}
	if inside && last && l.suffixes[s] {
		return 0, suffixPiece
	}
	return 0, noPiece
}
