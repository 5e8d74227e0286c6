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
	moved   []int        // pieces that have changed places with others of their kind
	extra   []values.Value
}

// check looks for each piece of the source in the translation.
func (r *result) check(to string) {
	found := r.care.find(r.text, to)
	used := make([]bool, len(found))
	at := make([]int, len(r.pieces)) // where a piece was found, 0 is nowhere
	r.missing, r.extra = nil, nil
	for _, strict := range []bool{true, false} { // what fits one value best is its own first
		for i, p := range r.pieces {
			if p.Literal() || p.Kind == termKind || p.personal || strict == p.Weak {
				continue
			}
			if k := r.match(p, found, used); k >= 0 {
				used[k], at[i] = true, k+1
			} else if strict && !(p.named && hasForm(r.text, p.Text)) {
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
	r.moved = r.crossed(at)
	r.localise(found, at)
}

// crossed are pieces that stand in another order than in the source among
// those of their kind: "from 8 to 12" must not become "from 12 to 8".
func (r *result) crossed(at []int) []int {
	var list []int
	last := map[string]int{} // by kind, how far the translation has come
	for i, p := range r.pieces {
		if at[i] == 0 || p.Weak {
			continue
		}
		kind := p.Kind
		if kind == values.Time { // "from 8 to 12 o'clock" is a number and a time
			kind = values.Number
		}
		if at[i] < last[kind] {
			list = append(list, i)
		}
		last[kind] = max(last[kind], at[i])
	}
	return list
}

// localise writes numbers that came through in the notation of the source as
// the target language does: "28,80 euros" is not read aloud as 28.80.
func (r *result) localise(found []values.Value, at []int) {
	put := map[int]string{}
	for i, k := range at {
		if k > 0 && found[k-1].Foreign && found[k-1].Kind == r.pieces[i].Kind && !r.pieces[i].Loose && r.pieces[i].put != "" {
			put[k-1] = r.pieces[i].put
		}
	}
	for k := len(found) - 1; k >= 0 && len(put) > 0; k-- {
		s, ok := put[k]
		if !ok {
			continue
		}
		v := found[k]
		r.text = r.text[:v.Start] + s + r.text[v.End:]
		for i, e := range r.extra {
			if e.Start >= v.End {
				r.extra[i].Start, r.extra[i].End = e.Start+len(s)-(v.End-v.Start), e.End+len(s)-(v.End-v.Start)
			}
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
			if p := r.pieces[i]; p.Kind == kind && !p.Loose && !p.Ordinal && p.put != "" {
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
	for _, i := range r.moved {
		l.Doubts = append(l.Doubts, r.pieces[i].doubt())
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
