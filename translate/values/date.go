package values

import "strconv"

// date is a day of a month, a month with a year, or 12.03.2026.
func (f *finder) date(i int) (Value, int) {
	for _, read := range []func(int) (Value, int){f.numericDate, f.dayFirst, f.monthFirst, f.monthYear} {
		if v, n := read(i); n > 0 {
			v.Kind = Date
			return v, n
		}
	}
	return Value{}, 0
}

// numericDate is 12.03.2026, 12/3/26, 2026-03-12, and German 12.3.
func (f *finder) numericDate(i int) (Value, int) {
	if f.toks[i].kind != digits {
		return Value{}, 0
	}
	a, s1, b := f.toks[i].folded, "", ""
	if i+2 < len(f.toks) && f.toks[i+1].kind == sign && f.toks[i+2].kind == digits && !f.toks[i+1].gap {
		s1, b = f.toks[i+1].folded, f.toks[i+2].folded
	}
	if s1 != "." && s1 != "/" && s1 != "-" || f.toks[i+2].gap && s1 != "." {
		return Value{}, 0
	}
	if i+4 >= len(f.toks) || !isOne(f.toks[i+3], s1) || f.toks[i+3].gap || f.toks[i+4].kind != digits || f.toks[i+4].gap && s1 != "." {
		return f.shortDate(i, s1, a, b)
	}
	c := f.toks[i+4].folded
	v, ok := Value{}, false
	switch {
	case len(a) == 4 && len(b) <= 2 && len(c) <= 2:
		v, ok = dayOf(c, b, a)
	case len(a) <= 2 && len(b) <= 2 && (len(c) == 4 || len(c) == 2):
		if v, ok = dayOf(a, b, c); !ok && s1 == "/" {
			v, ok = dayOf(b, a, c) // American, where nothing else is possible
		}
	}
	if !ok {
		return f.shortDate(i, s1, a, b)
	}
	return v, 5
}

// shortDate is 12.3. without a year, where a point follows the month.
func (f *finder) shortDate(i int, s, a, b string) (Value, int) {
	if s != "." || f.lang.flags["dotdecimal"] || i+3 >= len(f.toks) || !isOne(f.toks[i+3], ".") || f.toks[i+3].gap || len(a) > 2 || len(b) > 2 {
		return Value{}, 0
	}
	v, ok := dayOf(a, b, "")
	if !ok || i+4 >= len(f.toks) && !f.toks[i+2].gap && len(b) == 2 && len(a) == 1 {
		return Value{}, 0 // "1.50." at the end of a sentence
	}
	return v, 4
}

const mostYear = 2999

func dayOf(day, month, year string) (Value, bool) {
	d, err1 := strconv.Atoi(day)
	m, err2 := strconv.Atoi(month)
	y := 0
	if year != "" {
		y, err1 = strconv.Atoi(year)
		if len(year) == 2 {
			y = century(y)
		}
	}
	ok := err1 == nil && err2 == nil && d >= 1 && d <= 31 && m >= 1 && m <= 12 && (year == "" || y >= 1000 && y <= mostYear)
	return Value{day: d, month: m, year: y}, ok
}

// century of two figures: people speak of the years up to thirty years ahead.
func century(y int) int {
	if y > 55 {
		return 1900 + y
	}
	return 2000 + y
}

// dayFirst is 12 de março de 2026, 12. März, the twelfth of March.
func (f *finder) dayFirst(i int) (Value, int) {
	it := f.number(i)
	if it.n == 0 || !it.whole || it.value < 1 || it.value > 31 {
		return Value{}, 0
	}
	p := i + it.n
	if !it.words {
		p += f.mark(p)
	}
	spelt := it.words
	q := f.glue(p, false)
	e, n := f.key(q, "mo")
	if n == 0 && it.ordinal && f.lang.tag == "de" { // am zwölften dritten
		if m := f.number(p); m.n > 0 && m.ordinal && m.value >= 1 && m.value <= 12 {
			e, n, q = entry{value: int(m.value)}, m.n, p
		}
	}
	if n == 0 || f.noMonth(e, q) && q == p && it.words && !it.ordinal {
		return Value{}, 0 // "you two may come"
	}
	v := Value{day: int(it.value), month: e.value}
	end := q + n
	year, m, words := f.year(end)
	v.year = year
	v.Spelt = spelt || words
	return v, end + m - i
}

// monthFirst is March 12, 2026.
func (f *finder) monthFirst(i int) (Value, int) {
	e, n := f.key(i, "mo")
	if n == 0 {
		return Value{}, 0
	}
	p := i + n
	if p < len(f.toks) && f.toks[p].folded == "the" {
		p++
	}
	it := f.number(p)
	if it.n == 0 || !it.whole || it.value < 1 || it.value > 31 || f.lang.tag != "en" || len(it.literal) > 2 {
		return Value{}, 0
	}
	p += it.n
	marked := f.mark(p)
	if f.noMonth(e, i) && !it.ordinal && marked == 0 {
		return Value{}, 0 // "we march 5 miles"
	}
	if !it.words {
		p += marked
	}
	year, m, words := f.year(p)
	return Value{day: int(it.value), month: e.value, year: year, Spelt: it.words || words}, p + m - i
}

// noMonth says whether an English "may" or "march" at token i is more likely the verb.
func (f *finder) noMonth(e entry, i int) bool {
	return e.maybe && f.lang.tag == "en" && !f.toks[i].upper
}

// monthYear is março de 2026.
func (f *finder) monthYear(i int) (Value, int) {
	e, n := f.key(i, "mo")
	if n == 0 {
		return Value{}, 0
	}
	year, m, words := f.year(i + n)
	if m == 0 {
		return Value{}, 0
	}
	return Value{month: e.value, year: year, Spelt: words}, n + m
}

// year after a month; its glue belongs to it.
func (f *finder) year(i int) (year, n int, words bool) {
	p := f.glue(i, true)
	it := f.number(p)
	if it.n == 0 || !it.whole || it.value < 1000 || it.value > mostYear || len(it.literal) > 4 {
		return 0, 0, false
	}
	n = p + it.n - i
	for _, w := range []string{"року", "года", "roku"} {
		if i+n < len(f.toks) && f.toks[i+n].folded == w {
			n++
		}
	}
	return int(it.value), n, it.words
}

// glue skips what stands between day, month and year.
func (f *finder) glue(i int, comma bool) int {
	for k := 0; k < 2 && i < len(f.toks); k++ {
		_, n := f.key(i, "glue")
		if n == 0 || !comma && isOne(f.toks[i], ",") {
			break
		}
		i += n
	}
	return i
}
