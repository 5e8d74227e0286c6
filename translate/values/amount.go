package values

import "strings"

// amount is money: 37,50 €, €37.50, twenty-eight euros eighty.
func (f *finder) amount(i int) (Value, int) {
	if e, n := f.money(i); n > 0 && e.key != cent { // the sign before
		it := f.number(i + n)
		if it.n > 0 && it.literal != "" && (f.toks[i].kind == sign || e.first == strings.ToLower(e.key) || f.toks[i].folded == "r") {
			n += it.n
			if _, again := f.money(i + n); again > 0 && f.toks[i].kind == sign {
				n += again
			}
			return Value{Kind: Amount, number: it.number, currency: e.key, Foreign: it.foreign, scale: it.scale, Prose: it.scale > 0, Spelt: it.words}, n
		}
		return Value{}, 0
	}
	it := f.number(i)
	if it.n == 0 || it.ordinal || it.vague {
		return Value{}, 0
	}
	if n := f.halfOnly(i + it.n); n > 0 && it.whole {
		it.number, it.n, it.whole = it.number+".5", it.n+n, false
	}
	p := i + it.n
	if it.scale > 0 && p < len(f.toks) && isOne(f.toks[p], ".") && !f.toks[p].gap {
		if _, n := f.money(p + 1); n > 0 { // 27 Mio. €
			p++
		}
	}
	if f.of(p) {
		p++ // um milhão de euros, d'euros
		if p < len(f.toks) && isOne(f.toks[p], "'") {
			p++
		}
	}
	e, n := f.money(p)
	if n == 0 {
		return Value{}, 0
	}
	v := Value{Kind: Amount, number: it.number, currency: e.key, Spelt: it.words, Foreign: it.foreign, scale: it.scale, Prose: it.scale > 0 || it.weak}
	if e.key == cent {
		v.number = hundredth(it)
		return v, p + n - i
	}
	n += p - i
	if m, cents, words := f.cents(i + n); m > 0 && it.whole {
		v.number = strings.TrimSuffix(strings.TrimRight(it.number+"."+cents, "0"), ".")
		v.Spelt, v.Prose = v.Spelt || words, false
		n += m
	}
	if f.toks[i+n-1].kind == word {
		if _, m := f.key(i+n, "half"); m > 0 && it.whole { // dois euros e meio
			v.number += ".5"
			n += m
		}
	}
	v.Spelt = v.Spelt || it.words
	return v, n
}

func (f *finder) halfOnly(i int) int {
	_, n := f.key(i, "half")
	return n
}

func (f *finder) of(i int) bool {
	return i < len(f.toks) && (f.toks[i].folded == "de" || f.toks[i].folded == "di" || f.toks[i].folded == "d")
}

func (f *finder) money(i int) (entry, int) {
	return f.at(i, func(e entry) bool { return e.key == cent || len(e.key) == 3 && e.key == strings.ToUpper(e.key) })
}

// cents after the whole amount: "28 euros (and) 80 (cents)".
func (f *finder) cents(i int) (n int, fraction string, words bool) {
	p := i
	if _, m := f.key(p, "and"); m > 0 {
		p += m
	} else if p < len(f.toks) && f.lang.flags["waw"] && f.toks[p].folded == "و" {
		p++
	}
	it := f.number(p)
	if it.n == 0 || !it.whole || it.value >= 100 || it.ordinal || it.literal != "" && len(it.literal) > 2 {
		return 0, "", false
	}
	fraction = decimal(100 + it.value)[1:]
	end := p + it.n
	if e, m := f.at(end, func(e entry) bool { return e.key == cent }); m > 0 && e.key == cent {
		return end + m - i, fraction, it.words
	}
	if it.value < 10 || !f.ends(end) {
		return 0, "", false // "28 euros and 12 days"
	}
	return end - i, fraction, it.words
}

// closes says whether nothing more is counted by the number before token i.
func (f *finder) closes(i int) bool {
	if i >= len(f.toks) || f.toks[i].kind == sign && !isOne(f.toks[i], "-", ":", "/", "%") {
		return true
	}
	_, n := f.key(i, "and", "glue", "wd", "small", "weak")
	return n > 0
}

func hundredth(it item) string {
	head, _, _ := strings.Cut(it.number, ".")
	for len(head) < 3 {
		head = "0" + head
	}
	out := head[:len(head)-2] + "." + head[len(head)-2:]
	return strings.TrimSuffix(strings.TrimRight(out, "0"), ".")
}
