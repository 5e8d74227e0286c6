package slot

import (
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
)

// Confidences of names: what is spelt is sure, what was only heard is not.
const (
	speltSure = 0.95
	heardName = 0.6
)

// longestName is how many words a name may have.
const longestName = 5

// name reads "mein Name ist Anna Müller, M Ü L L E R" and "Meier mit a i".
func (h *hearing) name() Value {
	begin, _ := h.lead(h.l.nameLead)
	for begin < len(h.toks) && (h.toks[begin].mark || h.l.fillers[h.word(begin)] && h.spelling(begin).units < 2) {
		begin++
	}
	if h.Sofar != "" {
		if run := h.spelling(begin); run.units > 0 && run.end >= len(h.toks) {
			return h.named(join(h.Sofar, run.text), begin, run.end, true)
		}
	}
	return h.nameFrom(begin)
}

// introduced finds a name only behind "ich heiße".
func (h *hearing) introduced() Value {
	begin, ok := h.lead(h.l.nameLead)
	if !ok || h.l.fillers[h.word(begin-1)] {
		return Value{}
	}
	v := h.with(h.clause(begin)).nameFrom(begin)
	for _, t := range h.toks[min(v.from, len(h.toks)):min(v.to, len(h.toks))] { // a name has a capital
		if t.mark || v.Spelt {
			continue
		}
		if t.raw == strings.ToLower(t.raw) {
			return Value{}
		}
	}
	return v
}

// clause ends at a comma behind which the sentence goes on with small letters.
func (h *hearing) clause(begin int) []token {
	for i := begin + 1; i+1 < len(h.toks); i++ {
		next := h.toks[i+1]
		if h.toks[i].is(",") && !h.spelling(i+1).sure() && !h.l.with[next.fold] && next.raw == strings.ToLower(next.raw) {
			return h.toks[:i]
		}
	}
	return h.toks
}

// lead finds the end of the first of the phrases.
func (h *hearing) lead(phrases [][]string) (end int, ok bool) {
	for _, p := range phrases {
		for i := range h.toks {
			if n := h.phrase(i, p); n > 0 && i+n > end && i+n < len(h.toks) {
				end, ok = i+n, true
				break
			}
		}
	}
	return end, ok
}

func (h *hearing) nameFrom(begin int) Value {
	var parts []string
	wasSpelt, end := false, begin
	for at := begin; at < len(h.toks) && len(parts) <= longestName; {
		t := h.toks[at]
		if run := h.spelling(at); run.sure() || run.units >= 1 && run.end == len(h.toks) && at == begin && run.clear >= 1 {
			parts, wasSpelt = merge(parts, run.text), true
			at, end = run.end, run.end
			continue
		}
		if h.l.with[t.fold] && len(parts) > 0 {
			if changed, n := h.written(parts[len(parts)-1], at+1); n > 0 {
				parts[len(parts)-1], wasSpelt = changed, true
				at += 1 + n
				end = at
				continue
			}
		}
		switch {
		case t.mark && (t.is("-") || t.is("–")) || h.l.hyphen[t.fold] && len(parts) > 0:
			if len(parts) > 0 && at+1 < len(h.toks) && !h.toks[at+1].mark && !strings.HasSuffix(parts[len(parts)-1], "-") {
				parts[len(parts)-1] += "-"
			}
		case t.mark:
		case t.digits() || h.l.nameStop[t.fold]:
			if len(parts) > 0 {
				at = len(h.toks)
				continue
			}
		default:
			if n := len(parts); n > 0 && strings.HasSuffix(parts[n-1], "-") {
				parts[n-1] += title(t.raw)
			} else {
				parts = append(parts, h.namePart(t))
			}
			end = at + 1
		}
		at++
	}
	return h.named(strings.TrimSuffix(strings.Join(parts, " "), "-"), begin, end, wasSpelt)
}

// namePart is a word of a name with its capital; "von" and "de" keep theirs.
func (h *hearing) namePart(t token) string {
	switch t.fold {
	case "von", "van", "zu", "de", "der", "den", "da", "di", "el", "al", "bin", "ben":
		return strings.ToLower(t.raw)
	}
	return title(t.raw)
}

func (h *hearing) named(text string, from, to int, wasSpelt bool) Value {
	v := Value{Text: text, Confidence: heardName, Doubt: Unsure, Spelt: wasSpelt, from: from, to: to}
	if len([]rune(text)) < 2 || len(strings.Fields(text)) > longestName {
		return Value{}
	}
	if wasSpelt {
		v.Confidence = speltSure
	}
	return v
}

// merge puts a spelt word where the same word was said before.
func merge(parts []string, letters string) []string {
	word := titles(letters)
	if n := len(parts); n > 0 && alike(parts[n-1], letters) {
		return append(parts[:n-1:n-1], word)
	}
	return append(parts, word)
}

// titles gives both halves of a double name their capital.
func titles(s string) string {
	parts := strings.Split(s, "-")
	for i := range parts {
		parts[i] = title(parts[i])
	}
	return strings.Join(parts, "-")
}

func join(sofar, more string) string {
	if sofar == "" || strings.HasSuffix(sofar, " ") || strings.HasSuffix(sofar, "-") {
		return sofar + title(more)
	}
	return sofar + more
}

// alike says whether two writings may be the same name.
func alike(a, b string) bool {
	a, b = intent.Fold(a), intent.Fold(b)
	return a != "" && b != "" && (lexical.Cologne(a) == lexical.Cologne(b) || similarity(a, b) >= 0.6)
}

// spellings are letters that sound alike: "mit ü" changes one into another.
func spellings() [][]string {
	return [][]string{
		{"ai", "ei", "ay", "ey", "aj"}, {"ü", "ue", "y", "u"}, {"ä", "ae", "e"}, {"ö", "oe", "o"}, {"ß", "ss", "s", "tz", "z"}, {"dt", "tt", "th", "t", "d"},
		{"ph", "pf", "ff", "f", "v", "w"}, {"ck", "kk", "k", "c", "g", "ch", "q"}, {"ie", "ih", "y", "i", "j"}, {"tz", "zz", "z", "c"}, {"ll", "l"}, {"mm", "m"},
		{"nn", "n"}, {"rr", "r", "rh"}, {"pp", "p", "b"}, {"ah", "aa", "a"}, {"eh", "ee", "e"}, {"oh", "oo", "o"}, {"uh", "u"}, {"gg", "g"}, {"chs", "x", "ks", "cks"},
	}
}

// written understands "mit ü", "mit a i", "mit Doppel-S", "mit dt" about a name.
func (h *hearing) written(name string, i int) (string, int) {
	letters, used := "", 0
	if run := h.spelling(i); run.units > 0 && run.end-i > 0 {
		letters, used = run.text, run.end-i
	} else if w := h.word(i); len(w) > 0 && len(w) <= 3 && w == strings.ToLower(w) {
		letters, used = strings.ToLower(h.toks[i].raw), 1
	}
	if letters == "" || len([]rune(letters)) > 3 {
		return name, 0
	}
	if strings.Contains(strings.ToLower(name), letters) && len(letters) > 1 {
		return name, used
	}
	for _, class := range spellings() {
		if !contains(class, letters) {
			continue
		}
		if changed, ok := respell(name, class, letters); ok {
			return changed, used
		}
	}
	return name, used
}

// respell replaces the last place of the class by the letters.
func respell(name string, class []string, letters string) (string, bool) {
	lower := strings.ToLower(name)
	for _, other := range class {
		if other == letters {
			continue
		}
		at := strings.LastIndex(lower, other)
		if at < 0 || at == 0 && len(other) > 1 && len(other) == len(lower) {
			continue
		}
		return title(lower[:at] + letters + lower[at+len(other):]), true
	}
	return name, false
}

func contains(list []string, s string) bool {
	for _, o := range list {
		if o == s {
			return true
		}
	}
	return false
}
