package values

import (
	"slices"
	"strconv"
	"strings"
)

// item is a number of a text, in digits or words.
type item struct {
	n       int    // tokens; 0 is none
	number  string // canonical
	whole   bool   // no fraction
	value   int64  // of whole ones
	words   bool
	parts   int // words it is made of
	ordinal bool
	weak    bool
	literal string // how it is written in digits
	foreign bool   // with the decimal point of other languages
	scale   int    // zeros of "million" and the like where that is all that follows
	year    bool   // said in two pairs
	vague   bool   // "millions"
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// at finds a phrase of the language at a token.
func (f *finder) at(i int, accept func(e entry) bool) (entry, int) {
	if i >= len(f.toks) || f.lang.words == nil {
		return entry{}, 0
	}
	t := f.toks[i]
	for _, e := range f.lang.words[t.folded] {
		if accept(e) && f.follow(i+1, e.rest) {
			return e, 1 + len(e.rest)
		}
	}
	for _, p := range f.lang.prefixes {
		if strings.HasPrefix(t.folded, p.start) && accept(p.entry) {
			return p.entry, 1
		}
	}
	return entry{}, 0
}

func (f *finder) follow(i int, rest []string) bool {
	for k, w := range rest {
		if i+k >= len(f.toks) || f.toks[i+k].folded != w {
			return false
		}
	}
	return true
}

func (f *finder) key(i int, keys ...string) (entry, int) {
	return f.at(i, func(e entry) bool { return slices.Contains(keys, e.key) })
}

// number reads one at token i.
func (f *finder) number(i int) item {
	if i >= len(f.toks) {
		return item{}
	}
	var it item
	if f.toks[i].kind == digits {
		it = f.literal(i)
	} else if f.toks[i].kind == word {
		it = f.spelt(i)
	}
	if it.n == 0 {
		return it
	}
	return f.extend(i, it)
}

// literal reads "1.234,56" by the habits of the language.
func (f *finder) literal(i int) item {
	end := i + 1
	for end+1 < len(f.toks) && isOne(f.toks[end], ".", ",", "'", "·") && !f.toks[end].gap && f.toks[end+1].kind == digits && !f.toks[end+1].gap {
		end += 2
	}
	var b strings.Builder
	for _, t := range f.toks[i:end] {
		b.WriteString(t.folded)
	}
	text := b.String()
	if end == i+1 && len(text) <= 3 {
		for end < len(f.toks) && f.grouped(end) {
			text += f.toks[end].folded
			end++
		}
		if end > i+1 && end+1 < len(f.toks) && isOne(f.toks[end], ",") && f.toks[end+1].kind == digits && !f.toks[end+1].gap {
			text += "," + f.toks[end+1].folded
			end += 2
		}
	}
	it := item{n: end - i, literal: text}
	it.number, it.whole = canonical(text, f.lang.flags["dotdecimal"])
	if it.whole {
		it.value, _ = strconv.ParseInt(it.number, 10, 64)
	} else if f.lang.words != nil {
		at := strings.LastIndexAny(text, ".,")
		it.foreign = at >= 0 && text[at:at+1] != f.lang.point()
	}
	return it
}

// grouped says whether token i continues a number with a space for the thousands.
func (f *finder) grouped(i int) bool {
	t := f.toks[i]
	if t.kind != digits || !t.gap || len(t.folded) != 3 {
		return false
	}
	between := f.text[f.toks[i-1].end:t.start]
	return between == "\u00a0" || between == "\u202f" || between == " " && f.lang.flags["spacethousand"]
}

func isOne(t token, signs ...string) bool { return t.kind == sign && slices.Contains(signs, t.folded) }

// canonical makes one notation of all: no thousands, a point, no zeros at the
// end of a fraction. Zeros at the begin stay: they are parts of a code.
func canonical(text string, dotDecimal bool) (number string, whole bool) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "'", ""), "·", "")
	point := ","
	if dotDecimal {
		point = "."
	}
	dots, commas := strings.Count(text, "."), strings.Count(text, ",")
	switch {
	case dots > 0 && commas > 0:
		point = string(text[strings.LastIndexAny(text, ".,")])
	case dots+commas > 1:
		point = ""
	case dots+commas == 1:
		at := strings.IndexAny(text, ".,")
		if string(text[at]) != point && (len(text)-at-1 != 3 || at > 3 || text[0] == '0') {
			point = string(text[at]) // 8.50 in a language of commas
		}
	}
	head, fraction := text, ""
	if point != "" {
		if at := strings.LastIndex(text, point); at >= 0 {
			head, fraction = text[:at], text[at+1:]
		}
	}
	head = strings.ReplaceAll(strings.ReplaceAll(head, ".", ""), ",", "")
	fraction = strings.TrimRight(fraction, "0")
	if fraction == "" {
		return head, true
	}
	return head + "." + fraction, false
}

// extend joins what follows a number: year pairs, millions after digits, halves.
func (f *finder) extend(i int, it item) item {
	p := i + it.n
	if it.words && f.lang.flags["yearpairs"] && it.whole && it.value >= 15 && it.value <= 20 {
		if next := f.spelt(p); next.n > 0 && next.whole && next.value >= 10 && next.value < 100 && !next.weak {
			it.value = it.value*100 + next.value
			it.number, it.n, it.parts, it.ordinal, it.year = decimal(it.value), it.n+next.n, it.parts+next.parts, next.ordinal, true
			return it
		}
	}
	if !it.words {
		if e, n := f.at(p, func(e entry) bool { return e.key == "" && e.value >= 1000 && e.value != 2000 }); n > 0 {
			zeros := len(decimal(int64(e.value))) - 1
			if it.number = shift(it.number, zeros); zeros >= scales[len(scales)-1] {
				it.scale = zeros
			}
			it.whole = !strings.Contains(it.number, ".")
			it.value, _ = strconv.ParseInt(it.number, 10, 64)
			it.n, it.words, it.parts = it.n+n, true, 2
		}
	}
	return it
}

// otherWord says whether token i is more likely what is written like a number:
// "tu sei", "un passeport neuf".
func (f *finder) otherWord(i int) bool {
	if _, n := f.key(max(i-1, 0), "nonumber"); f.lang.name("nonumber") != "" {
		return i == 0 || f.toks[i-1].kind != word || n > 0
	}
	if i == 0 || f.toks[i-1].kind != word || !f.closes(i+1) {
		return false
	}
	_, n := f.key(i-1, "numbefore", "place", "small", "and", "glue", "", "weak")
	return n == 0
}

// scales are the zeros of the words that stay words when a number is written,
// the largest first; thousands are written in digits.
var scales = [...]int{12, 9, 6}

func power(zeros int) int64 {
	n := int64(1)
	for range zeros {
		n *= 10
	}
	return n
}

// shift multiplies by a power of ten; zeros may be negative.
func shift(number string, zeros int) string {
	head, fraction, _ := strings.Cut(number, ".")
	for ; zeros < 0; zeros++ {
		if head == "" {
			head = "0"
		}
		head, fraction = head[:len(head)-1], head[len(head)-1:]+fraction
	}
	for range zeros {
		if fraction == "" {
			head += "0"
			continue
		}
		head, fraction = head+fraction[:1], fraction[1:]
	}
	if head, fraction = strings.TrimLeft(head, "0"), strings.TrimRight(fraction, "0"); head == "" {
		head = "0"
	}
	if fraction != "" {
		return head + "." + fraction
	}
	return head
}

// numberBefore: "twenty one", where "one" is no pronoun.
func (f *finder) numberBefore(i int) bool {
	_, n := f.at(i-1, func(e entry) bool { return e.key == "" && e.value >= 20 })
	return n > 0
}
