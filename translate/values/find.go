package values

import (
	"strings"
	"unicode"
)

// mostBytes of a text that are looked at; what comes after is not found.
const mostBytes = 200_000

// finder reads one text.
type finder struct {
	text  string
	lang  *language
	toks  []token
	found []Value
	taken []bool // bytes of the text that belong to a claim
}

// Options say what a city knows beside the languages.
type Options struct {
	Streets []string // names without numbers
}

// Find returns the values of a text in their order.
func Find(text, language string) []Value { return Options{}.Find(text, language) }

// Find returns the values of a text in their order; they do not overlap.
func (o Options) Find(text, language string) []Value {
	if len(text) > mostBytes {
		return nil
	}
	f := &finder{text: text, lang: languageOf(language), toks: tokens(text, language)}
	claims := f.claims(o)
	limit := 0
	for i, next := 0, 0; i < len(f.toks); {
		for next < len(claims) && claims[next].End <= f.toks[i].start {
			next++
		}
		if next < len(claims) && f.toks[i].end > claims[next].Start {
			f.found = append(f.found, claims[next])
			for i < len(f.toks) && f.toks[i].start < claims[next].End {
				i++
			}
			continue
		}
		if i >= limit { // values do not reach into a claim
			for limit = i + 1; limit < len(f.toks) && (next == len(claims) || f.toks[limit].start < claims[next].Start); limit++ {
			}
		}
		i += max(1, f.within(limit, func() int { return f.take(i) }))
	}
	return f.found
}

// within hides the tokens from limit on.
func (f *finder) within(limit int, read func() int) int {
	all := f.toks
	f.toks = all[:limit]
	n := read()
	f.toks = all
	return n
}

// take reads the value that begins at token i and returns its tokens.
func (f *finder) take(i int) int {
	if n := f.percentAfter(i); n > 0 { // "por cento" is no hundred
		return n
	}
	for _, read := range []func(i int) (Value, int){f.dictated, f.date, f.amount, f.time, f.plain, f.weekday} {
		v, n := read(i)
		if n == 0 {
			continue
		}
		f.add(v, i, n)
		return n
	}
	return 0
}

func (f *finder) add(v Value, i, n int) {
	i, n = i+v.lead, n-v.lead
	v.Start, v.End = f.toks[i].start, f.toks[i+n-1].end
	v.Text = f.text[v.Start:v.End]
	f.found = append(f.found, v)
}

// plain is a number alone.
func (f *finder) plain(i int) (Value, int) {
	before := f.percentBefore(i)
	i += before
	it := f.number(i)
	if it.n == 0 {
		return Value{}, 0
	}
	n, loose := it.n, false
	if more := f.halfAfter(i + it.n); more > 0 && it.whole {
		it.number += ".5"
		it.weak, loose = false, f.halfOnly(i+it.n) == 0
		n += more
	}
	if !it.words {
		n += f.mark(i + n)
	}
	after := f.percentAfter(i + n)
	v := Value{Kind: Number, number: it.number, Foreign: it.foreign, Weak: it.weak, Loose: loose, scale: it.scale, percent: before+after > 0}
	v.Ordinal = it.ordinal && it.words
	if v.Ordinal {
		v.Weak = !f.counted(i + n)
	}
	v.Spelt = it.words && !loose && !v.Ordinal
	v.Prose = v.Spelt && !it.year && (it.parts <= mostProse || it.scale > 0)
	return v, before + n + after
}

// mostProse is how many words of a number an engine is trusted with.
const mostProse = 2

// percentAfter is "%" or its words, percentBefore those of Turkish.
func (f *finder) percentAfter(i int) int {
	if i < len(f.toks) && isOne(f.toks[i], "%", "٪") && !f.lang.flags["percentfirst"] {
		return 1
	}
	_, n := f.key(i, "percent")
	return n
}

func (f *finder) percentBefore(i int) int {
	if _, n := f.key(i, "percentbefore"); n > 0 && i+n < len(f.toks) && f.toks[i+n].kind != sign {
		return n
	}
	return 0
}

// counted says whether people are sent by the ordinal before token i: to a
// floor, a counter, a room.
func (f *finder) counted(i int) bool {
	_, n := f.key(i, "place")
	return n > 0
}

// mark is "th" of 12th.
func (f *finder) mark(i int) int {
	if i < len(f.toks) && !f.toks[i].gap {
		_, n := f.key(i, "mark")
		return n
	}
	return 0
}

// halfAfter is "and a half", at once or after one word: "three weeks and a half".
func (f *finder) halfAfter(i int) int {
	if _, n := f.key(i, "half"); n > 0 {
		return n
	}
	if i < len(f.toks) && f.toks[i].kind == word {
		if _, n := f.key(i+1, "half"); n > 0 {
			return n + 1
		}
	}
	return 0
}

// weekday or month alone.
func (f *finder) weekday(i int) (Value, int) {
	e, n := f.key(i, "wd", "mo")
	if n == 0 {
		return Value{}, 0
	}
	v := Value{Kind: Date}
	if e.key == "mo" {
		v.month = e.value
		v.Weak = e.maybe && !f.sureMonth(i)
		return v, n
	}
	v.weekday = e.value
	v.Weak = e.maybe && !(f.afterDayWord(i) && f.dayEnds(i+n))
	if v.Weak { // "a quinta" may be the fifth
		if o, m := f.key(i, "o"); m > 0 {
			v.number = decimal(int64(o.value))
		}
	}
	return v, n
}

// sureMonth says whether "May" or "mai" at token i is no other word.
func (f *finder) sureMonth(i int) bool {
	if i == 0 {
		return false
	}
	_, n := f.key(i-1, "mobefore")
	return n > 0 || f.toks[i].upper && f.toks[i-1].kind == word
}

// afterDayWord says whether what stands before token i goes with a day of the
// week: "na segunda", "de segunda a sexta".
func (f *finder) afterDayWord(i int) bool {
	if f.lang.name("wdnot") != "" { // "trei luni" are months
		_, not := f.key(max(i-1, 0), "wdnot", "", "weak")
		return i == 0 || not == 0 && f.toks[i-1].kind != digits
	}
	if i == 0 {
		return false
	}
	if _, n := f.key(i-1, "wdbefore"); n > 0 {
		return true
	}
	if _, n := f.key(i-1, "wdlink"); n > 0 && i > 1 {
		if _, n = f.key(i-2, "wd"); n > 0 {
			return true
		}
		return i > 3 && f.toks[i-2].folded == "feira"
	}
	if _, n := f.key(i-1, "wdfrom"); n > 0 { // "de segunda a sexta"
		if _, n = f.key(i+1, "wdlink"); n > 0 {
			_, m := f.key(i+1+n, "wd")
			return m > 0
		}
	}
	return false
}

// dayEnds says whether no word follows that the one before could be an
// adjective of: "na segunda parte" is no Monday.
func (f *finder) dayEnds(i int) bool {
	if f.lang.name("wdafter") == "" || f.closes(i) {
		return true
	}
	_, n := f.key(i, "wdafter", "wdlink", "am", "pm", "night", "wdbefore")
	return n > 0
}

// dictated is a number that is said figure by figure, or a phone number.
func (f *finder) dictated(i int) (Value, int) {
	var b strings.Builder
	p, items, words := i, 0, false
	for p < len(f.toks) && items < mostFigures {
		s, n, spelt := f.figure(p)
		if n == 0 {
			break
		}
		b.WriteString(s)
		p, items, words = p+n, items+1, words || spelt
		if p+1 < len(f.toks) && isOne(f.toks[p], ",", "-", ".") {
			if _, n, _ := f.figure(p + 1); n > 0 && items > 0 {
				p++
			}
		}
	}
	for p > i && f.toks[p-1].kind == sign {
		p--
	}
	if items < fewestFigures || !words {
		return Value{}, 0
	}
	v := Value{Kind: Number, number: b.String(), Spelt: true}
	if len(v.number) >= fewestPhone {
		v.Kind = Phone
	}
	return v, p - i
}

const (
	fewestFigures = 3
	mostFigures   = 40
	fewestPhone   = 5
)

// figure is one figure in words or digits, or several by "double four".
func (f *finder) figure(i int) (s string, n int, words bool) {
	if i >= len(f.toks) {
		return "", 0, false
	}
	t := f.toks[i]
	if t.kind == digits {
		if i+1 < len(f.toks) && f.toks[i+1].kind == word && !f.toks[i+1].gap {
			return "", 0, false
		}
		if f.grouping(i) {
			return "", 0, false // "two 9,000 year leases"
		}
		return t.folded, 1, false
	}
	if e, n := f.key(i, "twice", "thrice"); n > 0 {
		if _, again := f.key(i+n, "twice", "thrice"); again > 0 {
			return "", 0, false
		}
		if s, m, _ := f.figure(i + n); m > 0 && len(s) == 1 {
			if e.key == "twice" {
				return s + s, n + m, true
			}
			return s + s + s, n + m, true
		}
		return "", 0, false
	}
	e, n := f.at(i, func(e entry) bool { return (e.key == "" || e.key == "digit") && e.value < 10 })
	if n == 0 {
		if e, n = f.key(i, "weak"); n == 0 || e.value > 9 || i+1 < len(f.toks) && f.toks[i+1].kind == digits {
			return "", 0, false
		}
	}
	return decimal(int64(e.value)), n, true
}

// grouping says whether digits are the first of a longer number: 9,000.
func (f *finder) grouping(i int) bool {
	return i+2 < len(f.toks) && isOne(f.toks[i+1], ",", ".") && !f.toks[i+1].gap && f.toks[i+2].kind == digits && !f.toks[i+2].gap
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
