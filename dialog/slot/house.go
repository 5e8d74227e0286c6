package slot

import (
	"strconv"
	"strings"
)

// house reads "zwölf a", "12 bis 14", "Nummer 7 b wie Berta" from token i on.
// In a sentence (inside) the number must stand right there.
func (h *hearing) house(i int, inside bool) Value {
	for at := i; at < len(h.toks); at++ {
		if h.toks[at].mark {
			continue
		}
		v := h.houseAt(at)
		if v.Found() {
			return v
		}
		if inside && !h.l.house[h.word(at)] {
			return Value{}
		}
	}
	return Value{}
}

func (h *hearing) houseAt(at int) Value {
	n, used := h.number(at)
	if used == 0 || n < 1 || n > 9999 || h.word(at) == "ein" || h.word(at) == "eine" {
		return Value{}
	}
	end := at + used
	text := strconv.Itoa(n)
	for n < 10 && len(text) < 4 { // "eins vier" is 14
		m, more := h.number(end)
		if more == 0 || m > 9 || end < len(h.toks) && h.toks[end].mark {
			break
		}
		text, end = text+strconv.Itoa(m), end+more
	}
	letter, more := h.houseLetter(end)
	text, end = text+letter, end+more
	if to, more := h.houseRange(end); more > 0 {
		text, end = text+"-"+to, end+more
	}
	v := Value{Text: text, Confidence: 0.9, from: at, to: end}
	for rest := end; rest < len(h.toks); rest++ { // another number elsewhere
		if m, used := h.number(rest); used > 0 && m > 1 && m != n && !h.l.house[h.word(at-1)] {
			v.Confidence, v.Doubt = 0.6, Unsure
		}
	}
	return v
}

// houseLetter is the letter behind a house number.
func (h *hearing) houseLetter(i int) (string, int) {
	at := i
	if at < len(h.toks) && (h.toks[at].is("-") || h.toks[at].is("/")) {
		at++
	}
	letter, used, clear := h.unit(at)
	if used == 0 || len(letter) != 1 || letter[0] < 'a' || letter[0] > 'z' {
		return "", 0
	}
	if !clear && len(h.word(at)) > 2 && !h.l.as[h.word(at+1)] && at+used < len(h.toks) {
		return "", 0 // a word of the spelling alphabet in mid-sentence
	}
	return letter, at + used - i
}

func (h *hearing) houseRange(i int) (string, int) {
	if i >= len(h.toks) {
		return "", 0
	}
	at := i
	if t := h.toks[at]; !h.l.ranges[t.fold] && !t.is("-") && !t.is("–") && !t.is("/") && !h.l.hyphen[t.fold] {
		return "", 0
	}
	at++
	n, used := h.number(at)
	if used == 0 || n < 1 || n > 9999 {
		return "", 0
	}
	at += used
	letter, more := h.houseLetter(at)
	return strconv.Itoa(n) + letter, at + more - i
}

// houseInSentence finds a house number behind a word for it, or behind the
// name of a street.
func (h *hearing) houseInSentence() Value {
	for i := range h.toks {
		if h.l.house[h.word(i)] {
			if v := h.house(i+1, true); v.Found() {
				return v
			}
		}
	}
	if s := h.street(true); s.Found() {
		return h.house(s.to, true)
	}
	for i, t := range h.toks { // a street that no list knows
		if !t.mark && len(t.fold) > 6 && (strings.HasSuffix(t.fold, "strasse") || strings.HasSuffix(t.fold, "weg") || strings.HasSuffix(t.fold, "street")) {
			if v := h.house(i+1, true); v.Found() {
				return v
			}
		}
	}
	return Value{}
}
