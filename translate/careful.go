package translate

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/translate/values"
)

// Careful is what the care for values goes by. The zero value checks numbers,
// dates, times, amounts, accounts, addresses and names.
type Careful struct {
	Glossary *Glossary // nil: no words of the city
	Streets  []string  // of the city, without numbers
}

type careful struct{ options Careful }

func newCareful(o Careful) *careful { return &careful{o} }

// piece is a part of a text that must come through: a value, a word of the
// glossary, or something personal.
type piece struct {
	values.Value
	put      string   // how it is written in the target language
	accepted []string // other renderings that will do; terms only
	personal bool     // found by the mask
	marked   bool     // the engine gets a mark for it
	named    bool     // a number in a name: "Six Flags"
	digits   bool     // the engine gets it in digits though the source has words
	tried    bool     // it had a mark, or its mark was taken away
	unsure   bool     // put cannot be known for sure: a name in another script
}

func (p piece) doubt() Doubt { return Doubt{Kind: p.kind(), Value: p.Text} }

// kind is one of those that Doubt names.
func (p piece) kind() string {
	switch p.Kind {
	case values.Code, values.Email, values.URL:
		return "number"
	}
	return p.Kind
}

const termKind = "term"

// kept is a literal that the next engine must keep, too.
type kept struct{ kind, text string }

func (c *careful) find(text, language string) []values.Value {
	return values.Options{Streets: c.options.Streets}.Find(text, language)
}

// pieces of a text, in order and apart: what is kept from an earlier hop goes
// before the city's words, and those before values.
func (c *careful) pieces(text string, d direction, keep []kept) []piece {
	var list []piece
	for _, k := range keep {
		for at := 0; k.text != ""; {
			i := strings.Index(text[at:], k.text)
			if i < 0 {
				break
			}
			v := values.Value{Kind: k.kind, Text: k.text, Start: at + i, End: at + i + len(k.text)}
			list = add(list, piece{Value: v, put: k.text, marked: true})
			at = v.End
		}
	}
	found := c.find(text, d.from)
	for _, v := range found { // addresses before terms: "Rathausplatz 1" is no "Rathaus"
		if v.Literal() {
			list = add(list, c.literal(v, d))
		}
	}
	list = longRuns(list, text)
	for _, p := range c.options.Glossary.find(text, d) {
		list = add(list, p)
	}
	for _, v := range found {
		if !v.Literal() {
			list = add(list, piece{Value: v, put: v.Write(d.to), named: inName(text, v), digits: v.Spelt && !v.Prose && !v.Weak && !v.Loose})
		}
	}
	slices.SortFunc(list, func(a, b piece) int { return cmp.Compare(a.Start, b.Start) })
	return list
}

// inName says whether a number in words has a capital within a sentence: then
// it may stay as it is.
func inName(text string, v values.Value) bool {
	first, _ := utf8.DecodeRuneInString(v.Text)
	before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:v.Start], " "))
	return v.Kind == values.Number && unicode.IsUpper(first) && unicode.IsLetter(before)
}

// mostRun letters without a space are given to an engine: on more, some lose
// the thread for seconds.
const mostRun = 50

// longRuns finds what has no spaces though its script has.
func longRuns(list []piece, text string) []piece {
	at := 0
	for f := range strings.FieldsSeq(text) {
		start := at + strings.Index(text[at:], f)
		at = start + len(f)
		if len(f) <= mostRun || utf8.RuneCountInString(f) <= mostRun || strings.ContainsFunc(f, spaceless) {
			continue
		}
		v := values.Value{Kind: values.Code, Text: f, Start: start, End: at}
		list = add(slices.DeleteFunc(list, func(p piece) bool { return p.Start >= start && p.End <= at }), piece{Value: v, put: f, marked: true})
	}
	return list
}

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func add(list []piece, p piece) []piece {
	for _, q := range list {
		if p.Start < q.End && p.End > q.Start {
			return list
		}
	}
	return append(list, p)
}

// literal values stay as they are; names in another script are written in Latin letters.
func (c *careful) literal(v values.Value, d direction) piece {
	p := piece{Value: v, put: v.Write(d.to), marked: !wordLike(v)}
	if v.Kind == values.Street {
		p.put = c.options.Glossary.rendering(v.Text, d)
	}
	if v.Kind != values.Name || script(d.to) != unicode.Latin {
		return p
	}
	if latin, changed := values.Latin(v.Text); changed {
		p.put, p.unsure = latin, true
		p.marked = latin != v.Text && !strings.ContainsFunc(latin, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
	}
	return p
}

// wordLike codes are known to engines: COVID-19.
func wordLike(v values.Value) bool {
	const fewestLetters = 4
	return v.Kind == values.Code && strings.ContainsFunc(v.Text, unicode.IsLetter) && strings.IndexFunc(v.Text, func(r rune) bool { return !unicode.IsLetter(r) }) >= fewestLetters
}

// hop translates by one engine and looks after the values.
func (c *Chain) hop(ctx context.Context, h hop, text string, keep []kept, pcm []int16) leg {
	if h.speech {
		return c.speechHop(ctx, h, text, pcm)
	}
	l := c.textHop(ctx, h, text, keep)
	return l
}

// speechHop has the words only to compare with.
func (c *Chain) speechHop(ctx context.Context, h hop, text string, pcm []int16) leg {
	out, err := h.engine.speech(ctx, h.direction, pcm)
	if err == nil && text != "" {
		err = rubbish(text, out, h.direction)
	}
	if err != nil {
		return leg{err: err}
	}
	r := result{care: c.careful, text: strings.TrimSpace(out), pieces: c.careful.pieces(text, h.direction, nil)}
	for i := range r.pieces {
		r.pieces[i].marked = false
	}
	r.check(h.to)
	before := slices.Clone(r.missing)
	r.splice(h.to)
	return r.leg(before)
}

// textHop gives the engine marks for what it would spoil; what is missing
// afterwards is given in digits or marked, too, in further tries, and then put
// in its place.
func (c *Chain) textHop(ctx context.Context, h hop, text string, keep []kept) leg {
	text, hidden := c.mask(h, text)
	pieces := c.careful.pieces(text, h.direction, keep)
	for _, p := range hidden.pieces(text, h.direction) {
		pieces = add(without(pieces, p), p)
	}
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.Start, b.Start) })
	first, err := c.attempt(ctx, h, text, pieces)
	if err != nil {
		return leg{err: err}
	}
	missing := slices.Clone(first.missing)
	best := first
	for range mostTries - 1 {
		if !again(pieces, best.missing, h.from) {
			break
		}
		next, err := c.attempt(ctx, h, text, pieces)
		if ctx.Err() != nil {
			return leg{err: ctx.Err()}
		}
		if err == nil && len(next.missing) < len(best.missing) {
			best = next
		}
	}
	best.splice(h.to)
	l := best.leg(missing)
	for i := range l.Doubts { // nobody but us knows what the mask stands for
		l.Doubts[i].Value = hidden.reveal(l.Doubts[i].Value)
	}
	for i := range l.Repaired {
		l.Repaired[i].Value = hidden.reveal(l.Repaired[i].Value)
	}
	return l
}

// mostTries: as it stands, in the plainest notation, with marks.
const mostTries = 3

// again changes how missing pieces are given to the engine; false: nothing is
// left to try.
func again(pieces []piece, missing []int, from string) bool {
	changed := false
	for _, i := range missing {
		p := &pieces[i]
		switch {
		case p.tried, p.Loose && !p.marked, p.Ordinal: // neither digits nor a mark can stand for "third"
			continue
		case !p.digits && !p.marked && !p.Loose && p.Write(from) != p.Text: // "7:00" for "7h00", too
			p.digits = true
		default: // a mark that was lost is tried as words
			p.marked, p.tried = p.personal || !p.marked, true
		}
		changed = true
	}
	return changed
}

// without takes out what overlaps a piece.
func without(list []piece, p piece) []piece {
	return slices.DeleteFunc(list, func(q piece) bool { return p.Start < q.End && p.End > q.Start })
}

// attempt is one call of the engine.
func (c *Chain) attempt(ctx context.Context, h hop, text string, pieces []piece) (result, error) {
	r := result{care: c.careful, pieces: slices.Clone(pieces)}
	m := newMarks(text)
	given := m.write(text, r.pieces, h.from)
	if !m.words(given) { // nothing but values
		r.text = m.restore(given, r.pieces)
		return r, nil
	}
	out, err := h.engine.text(ctx, h.direction, given)
	if err == nil {
		err = rubbish(given, out, h.direction)
	}
	if err != nil {
		return result{}, err
	}
	r.text = strings.TrimSpace(m.restore(tidy(out), r.pieces))
	r.lost = m.lost()
	r.check(h.to)
	return r, nil
}

// tidy takes control characters out of what an engine answers.
func tidy(out string) string {
	text, err := clean(out)
	if err != nil {
		return ""
	}
	return text
}
