package translate

import (
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/translate/values"
)

// result is a translation whose values are being checked.
type result struct {
	care    *careful
	text    string
	pieces  []piece
	lost    map[int]bool // pieces whose mark did not come back
	missing []int        // pieces that are not in the text
	extra   []values.Value
}

// check looks for each piece of the source in the translation.
func (r *result) check(to string) {
	found := r.care.find(r.text, to)
	used := make([]bool, len(found))
	r.missing, r.extra = nil, nil
	for _, strict := range []bool{true, false} { // what fits one value best is its own first
		for i, p := range r.pieces {
			if p.Literal() || p.Kind == termKind || p.personal || strict == p.Weak {
				continue
			}
			if at := r.match(p, found, used); at >= 0 {
				used[at] = true
			} else if strict {
				r.missing = append(r.missing, i)
			}
		}
	}
	for i, p := range r.pieces {
		if !r.holds(i, p) {
			r.missing = append(r.missing, i)
		}
	}
	slices.Sort(r.missing)
	for i, v := range found {
		if !used[i] && !v.Weak && !v.Literal() && !r.within(v) {
			r.extra = append(r.extra, v)
		}
	}
}

// within says whether a value is part of something that was put literally.
func (r *result) within(v values.Value) bool {
	for _, p := range r.pieces {
		if !p.marked || p.put == "" {
			continue
		}
		for at := 0; ; {
			i := strings.Index(r.text[at:], p.put)
			if i < 0 {
				break
			}
			at += i
			if v.Start < at+len(p.put) && v.End > at {
				return true
			}
			at += len(p.put)
		}
	}
	return false
}

func (r *result) match(p piece, found []values.Value, used []bool) int {
	for exact := range 2 { // the same kind before another one
		for i, v := range found {
			if !used[i] && (exact == 1 || v.Kind == p.Kind) && p.Same(v) {
				return i
			}
		}
	}
	if p.Kind == values.Number { // "fifteen Baker Street" and "15 Baker Street"
		for i, v := range found {
			if !used[i] && v.Literal() && slices.ContainsFunc(wordsOf(v.Text), func(w span) bool { return w.text == p.Digits() }) {
				return i
			}
		}
	}
	return -1
}

// holds says whether what must stand there literally does.
func (r *result) holds(i int, p piece) bool {
	switch {
	case p.marked && r.lost[i]: // some engines know what a mark stands for by other means
		return p.put != "" && strings.Count(r.text, p.put) == 1
	case p.marked:
		return true
	case p.Kind == termKind:
		return slices.ContainsFunc(append([]string{p.put}, p.accepted...), func(s string) bool { return hasForm(r.text, s) })
	case p.Literal():
		return strings.Contains(strings.ToLower(r.text), strings.ToLower(p.put)) || strings.Contains(onlyLetters(r.text), onlyLetters(p.put))
	}
	return true
}

func onlyLetters(s string) string { return strings.ToLower(letters(s)) }

// splice writes a missing value over the only other value of its kind that the
// source does not explain.
func (r *result) splice(to string) {
	for _, kind := range []string{values.Date, values.Time, values.Amount, values.Number} {
		var gone []int
		for _, i := range r.missing {
			if p := r.pieces[i]; p.Kind == kind && !p.Loose && p.put != "" {
				gone = append(gone, i)
			}
		}
		if len(gone) != 1 {
			continue
		}
		at := -1
		for i, v := range r.extra {
			if v.Kind == kind || kind != values.Date && v.Kind == values.Number {
				if at >= 0 {
					at = len(r.extra)
					break
				}
				at = i
			}
		}
		if at < 0 || at >= len(r.extra) {
			continue
		}
		v, was := r.extra[at], *r
		r.text = r.text[:v.Start] + r.pieces[gone[0]].put + r.text[v.End:]
		r.check(to)
		if len(r.missing) >= len(was.missing) {
			*r = was
		}
	}
}

// leg is the result as the chain goes on with it; before is what was missing at first.
func (r *result) leg(before []int) leg {
	l := leg{Translation: Translation{Text: r.text}}
	for _, i := range r.missing {
		l.Doubts = append(l.Doubts, r.pieces[i].doubt())
		l.lost = l.lost || r.pieces[i].personal
	}
	for _, i := range before {
		if !slices.Contains(r.missing, i) {
			l.Repaired = append(l.Repaired, r.pieces[i].doubt())
		}
	}
	for i, p := range r.pieces {
		if p.unsure && !slices.Contains(r.missing, i) {
			l.Doubts = append(l.Doubts, p.doubt())
		}
		if p.Literal() || p.Kind == termKind && p.marked || p.personal {
			l.keep = append(l.keep, kept{p.Kind, p.put})
		}
	}
	return l
}
