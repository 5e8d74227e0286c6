package numbers

import (
	"strconv"
	"strings"
)

// unit reads one number from the front of the words: its digits, and how many
// words it took; none when the first word is no number.
func (l *language) unit(words []string) (digits string, used int) {
	w := words[0]
	if w == "+" || l.plus[w] {
		return "+", 1
	}
	if isDigits(w) {
		return w, 1
	}
	if n, ok := l.times[w]; ok {
		return l.repeated(n, words)
	}
	for word, n := range l.times {
		if tail, ok := strings.CutPrefix(w, word); ok && tail != "" {
			if v, ok := l.value(tail); ok && v < 10 {
				return strings.Repeat(strconv.Itoa(v), n), 1
			}
		}
	}
	v, ok := l.value(w)
	if !ok {
		return "", 0
	}
	if v, used = l.combined(v, words); used == 1 && l.inside[w] {
		return "", 1
	}
	return strconv.Itoa(v), used
}

// repeated reads "doppel drei" and "dreimal die null".
func (l *language) repeated(n int, words []string) (string, int) {
	i := 1
	for i < len(words) && l.filler[words[i]] {
		i++
	}
	if i >= len(words) {
		return "", 0
	}
	if v, ok := l.value(words[i]); ok && v < 10 {
		return strings.Repeat(strconv.Itoa(v), n), i + 1
	}
	if len(words[i]) == 1 && isDigits(words[i]) {
		return strings.Repeat(words[i], n), i + 1
	}
	return "", 0
}

// value reads a number of one word: small ones, and compounds such as
// "siebenundsiebzig" and "zweihundertachtundzwanzig".
func (l *language) value(w string) (int, bool) {
	if v, ok := l.small[w]; ok {
		return v, true
	}
	for h := range l.hundred {
		left, right, ok := strings.Cut(w, h)
		if !ok {
			continue
		}
		hundreds, rest := 1, 0
		if left != "" {
			if hundreds, ok = l.units[left]; !ok || hundreds == 0 {
				continue // another of the words may fit: "cien", "ciento"
			}
		}
		if right != "" {
			if rest, ok = l.value(strings.TrimPrefix(right, "und")); !ok || rest > 99 {
				continue
			}
		}
		return hundreds*100 + rest, true
	}
	if !l.unitFirst {
		return 0, false
	}
	for and := range l.and {
		if left, right, ok := strings.Cut(w, and); ok {
			u, isUnit := l.units[left]
			t, isTen := l.tens[right]
			if isUnit && isTen && u > 0 {
				return t + u, true
			}
		}
	}
	return 0, false
}

// combined joins numbers said in several words: "seventy seven", "sieben und
// siebzig", "two hundred and five".
func (l *language) combined(v int, words []string) (int, int) {
	used := 1
	next := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	if l.unitFirst && v > 0 && v < 10 && l.and[next(1)] {
		if t, ok := l.tens[next(2)]; ok {
			return v + t, 3
		}
	}
	if l.vigesimal {
		v, used = l.twenties(v, words)
	}
	if _, ten := l.tens[words[0]]; !l.unitFirst && v > 0 && v < 100 && v%10 == 0 && (ten || used > 1) {
		at := used
		if l.and[next(at)] && !l.alone {
			at++
		}
		if u, ok := l.units[next(at)]; ok && u > 0 {
			v, used = v+u, at+1
		}
	}
	if v > 0 && v < 10 && l.hundred[next(used)] {
		return l.hundreds(v*100, used+1, words, 10)
	}
	if v >= 100 && v%100 == 0 && used == 1 { // "sto", "trzysta", "yüz"
		return l.hundreds(v, used, words, 1)
	}
	return v, used
}

// hundreds adds what is said after them, from least on: after a bare "two
// hundred" a digit stands for itself, after "two hundred and" it does not.
func (l *language) hundreds(v, used int, words []string, least int) (int, int) {
	at := used
	if at < len(words) && l.and[words[at]] {
		at, least = at+1, 1
	}
	if at >= len(words) {
		return v, used
	}
	rest, ok := l.value(words[at])
	if !ok || rest < least || rest >= 100 {
		return v, used
	}
	rest, n := l.combined(rest, words[at:])
	return v + rest, at + n
}

// twenties counts as French does: four twenties, sixty and twelve. The joining
// word may stand between.
func (l *language) twenties(v int, words []string) (int, int) {
	used := 1
	word := func(i int) int {
		if i < len(words) {
			if n, ok := l.small[words[i]]; ok {
				return n
			}
		}
		return -1
	}
	if u := word(1); v == 10 && u >= 7 && u <= 9 {
		return v + u, 2
	}
	if v == 4 && word(1) == 20 {
		v, used = 80, 2
	}
	at := used
	if v == 60 && at < len(words) && l.and[words[at]] {
		at++
	}
	if n := word(at); (v == 60 || v == 80) && n >= 10 && n < 20 {
		v, used = v+n, at+1
		if n == 10 {
			if u := word(used); u >= 7 && u <= 9 {
				v, used = v+u, used+1
			}
		}
	}
	return v, used
}
