package values

import "strconv"

// clock checks hours and minutes in digits.
func clock(h, m string) (minutes int, ok bool) {
	if len(h) == 0 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hours, err := strconv.Atoi(h)
	if err != nil {
		return 0, false
	}
	mins, err := strconv.Atoi(m)
	return hours*hour + mins, err == nil && hours <= 24 && mins < hour
}

// time reads a time of the day.
func (f *finder) time(i int) (Value, int) {
	v, n := f.clockTime(i)
	if n == 0 {
		v, n = f.patternTime(i)
	}
	if n == 0 {
		v, n = f.bareHour(i)
	}
	if n > 0 {
		return v, n
	}
	for _, key := range []string{"noon", "midnight"} {
		if _, n := f.key(i, key); n > 0 {
			v := Value{Kind: Time, known: true, Spelt: true, Prose: true}
			if key == "noon" {
				v.minute, v.known = halfDay, false
			}
			return v, n
		}
	}
	return Value{}, 0
}

// clockTime is 8:30, 14h30, 14h, 8.30 Uhr, with what may follow.
func (f *finder) clockTime(i int) (Value, int) {
	if f.toks[i].kind != digits || len(f.toks[i].folded) > 2 {
		return Value{}, 0
	}
	p := i + 1
	between := func(signs ...string) bool {
		return p < len(f.toks) && (isOne(f.toks[p], signs...) || f.toks[p].kind == word && contains(signs, f.toks[p].folded))
	}
	tight := func(k int) bool { return k < len(f.toks) && !f.toks[k].gap }
	switch {
	case between(":") && tight(p) && tight(p+1) && f.toks[p+1].kind == digits:
		m, ok := clock(f.toks[i].folded, f.toks[p+1].folded)
		if !ok {
			return Value{}, 0
		}
		return f.halfDayAfter(i, p+2-i, m, f.toks[i].folded[0] == '0')
	case between("h") && (tight(p) || f.lang.tag == "fr" || f.lang.tag == "pt"):
		if tight(p+1) && f.toks[p+1].kind == digits || p+1 < len(f.toks) && f.lang.tag == "fr" && f.toks[p+1].kind == digits && len(f.toks[p+1].folded) == 2 {
			m, ok := clock(f.toks[i].folded, f.toks[p+1].folded)
			if !ok {
				return Value{}, 0
			}
			n := p + 2 - i
			if p+2 < len(f.toks) && contains([]string{"min", "m"}, f.toks[p+2].folded) {
				n++
			}
			return f.halfDayAfter(i, n, m, false)
		}
		m, ok := clock(f.toks[i].folded, "00")
		if !ok {
			return Value{}, 0
		}
		return f.halfDayAfter(i, p+1-i, m, false)
	case between(".") && tight(p) && tight(p+1) && f.toks[p+1].kind == digits && len(f.toks[p+1].folded) == 2 && !(p+3 < len(f.toks) && isOne(f.toks[p+2], ".", ",") && f.toks[p+3].kind == digits && !f.toks[p+3].gap):
		m, ok := clock(f.toks[i].folded, f.toks[p+1].folded)
		if !ok {
			return Value{}, 0
		}
		v, n := f.halfDayAfter(i, p+2-i, m, f.toks[i].folded[0] == '0')
		if n > p+2-i { // "8.30 Uhr", "8.30 a.m."
			return v, n
		}
	}
	return Value{}, 0
}

func contains(list []string, s string) bool {
	for _, w := range list {
		if w == s {
			return true
		}
	}
	return false
}

// halfDayAfter adds "Uhr", "o'clock", "in the afternoon" to a time of n tokens.
func (f *finder) halfDayAfter(i, n, minute int, known bool) (Value, int) {
	v := Value{Kind: Time, minute: minute % (2 * halfDay), known: known || minute < hour || minute >= halfDay+hour}
	for _, w := range []string{"uhr", "horas", "heures", "ore", "годин", "часов"} {
		if i+n < len(f.toks) && f.toks[i+n].folded == w {
			n++
			break
		}
	}
	return f.withHalf(i, n, v)
}

// withHalf reads which half of the day follows.
func (f *finder) withHalf(i, n int, v Value) (Value, int) {
	e, m := f.key(i+n, "am", "pm", "night")
	if m == 0 {
		return v, n
	}
	h := v.minute / hour
	switch {
	case e.key == "am" && h == 12 && v.minute >= halfDay && v.minute < halfDay+hour:
		v.minute -= halfDay
	case e.key == "pm" && h < 12 && h > 0, e.key == "night" && h >= 5 && h < 12:
		v.minute += halfDay
	case e.key == "night" && h == 12:
		v.minute -= halfDay
	}
	v.known = true
	n += m
	if v.Kind == Time && i+n < len(f.toks) && isOne(f.toks[i+n], ".") && !f.toks[i+n].gap && i+n+1 < len(f.toks) && len(f.toks[i+n-1].folded) == 1 {
		n++ // the last point of "a.m."
	}
	return v, n
}

// bareHour is "3 pm", "três da tarde", "half past" is a pattern.
func (f *finder) bareHour(i int) (Value, int) {
	it := f.number(i)
	if it.n == 0 || !it.whole || it.value < 1 || it.value > 12 || it.ordinal && !f.lang.flags["ordinalhours"] {
		return Value{}, 0
	}
	v, n := f.withHalf(i, it.n, Value{Kind: Time, minute: int(it.value) * hour, Spelt: it.words})
	if n == it.n {
		return Value{}, 0
	}
	return v, n
}

// patternTime tries the phrases of the language.
func (f *finder) patternTime(i int) (Value, int) {
	var best Value
	most := 0
	for _, p := range f.lang.times {
		if v, n := f.match(i, p); n > most {
			best, most = v, n
		}
	}
	if most == 0 {
		return Value{}, 0
	}
	return f.withHalf(i, most, best)
}

func (f *finder) match(i int, p pattern) (Value, int) {
	at, hours, minutes, lead := i, 0, 0, 0
	exactHour := false
	words, said := true, p.fixed != 0
	for _, part := range p.parts {
		n := 0
		switch {
		case part.end:
			if !f.ends(at) {
				return Value{}, 0
			}
			continue
		case part.hour:
			it := f.hourAt(at, part.ordinal)
			if n = it.n; n > 0 {
				hours, words = int(it.value), words && it.words
				exactHour = hours > 12 || hours == 0
			}
		case part.minutes:
			it := f.minutesAt(at, part.exact)
			if part.round && (it.value%5 != 0 || it.value > 25 || f.ranges(at-1)) {
				return Value{}, 0
			}
			if n = it.n; n > 0 {
				said = true
				minutes, words = int(it.value), words && it.words
			}
		default:
			n = f.anyOf(at, part.any)
			if part.lead {
				lead += n
			}
		}
		if n == 0 && !part.optional {
			return Value{}, 0
		}
		at += n
	}
	if p.bare() && !words {
		return Value{}, 0 // "8 30" may be anything
	}
	total := hours*hour + p.fixed + p.minutes*minutes
	if hours <= 12 && total < hour && !p.absolute && hours != 0 {
		total += halfDay
	}
	total = (total + 2*halfDay) % (2 * halfDay)
	return Value{Kind: Time, minute: total, known: exactHour || p.absolute && total >= halfDay+hour, Spelt: said, lead: lead}, at - i
}

func (f *finder) anyOf(at int, ways [][]string) int {
	for _, w := range ways {
		if f.follow(at, w) && at+len(w) <= len(f.toks) {
			return len(w)
		}
	}
	return 0
}

func (f *finder) hourAt(at int, ordinal bool) item {
	it := f.number(at)
	if it.n == 0 || !it.whole || it.value > 24 || it.value < 0 || ordinal && it.words && !it.ordinal {
		return item{}
	}
	if !ordinal && it.ordinal {
		return item{}
	}
	return it
}

// minutesAt reads minutes; exact ones are those that stand after an hour
// without a word: two figures, or a spelt number from ten on.
func (f *finder) minutesAt(at int, exact bool) item {
	it := f.number(at)
	if it.n == 0 || !it.whole || it.ordinal || it.value >= hour || it.value < 1 && len(it.literal) != 2 {
		return item{}
	}
	if exact && (it.words && it.value < 10 || !it.words && len(it.literal) != 2) {
		return item{}
	}
	return it
}

// ends says whether token i counts nothing that the number before it is of.
func (f *finder) ends(i int) bool {
	if f.closes(i) {
		return true
	}
	_, n := f.key(i, "am", "pm", "night", "mo")
	return n > 0
}

// ranges says whether the word at i begins a range: "from five to nine".
func (f *finder) ranges(i int) bool {
	return i >= 0 && contains([]string{"from", "between", "of", "von", "zwischen", "de", "das", "entre"}, f.toks[i].folded)
}
