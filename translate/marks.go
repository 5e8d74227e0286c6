package translate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/translate/values"
)

// marks stand for what an engine shall not touch. A capital and a number, like
// a file number, is what small models keep best: of eleven forms tried with
// bergamot en-pt only these came through each time; {1}, #1, @1 and <1> became
// "1 euros".
type marks struct {
	letter string
	form   *regexp.Regexp
	seen   map[int]int // piece to times restored
	given  []int       // pieces by number of the mark
}

// letters whose marks are tried; one that is not in the text is taken.
const markLetters = "XQKZWVYJ"

func newMarks(text string) *marks {
	for _, l := range markLetters {
		form := markForms[l]
		if !form.MatchString(text) {
			return &marks{letter: string(l), form: form, seen: map[int]int{}}
		}
	}
	return &marks{letter: "XQ", form: markForms[0], seen: map[int]int{}}
}

var markForms = func() map[rune]*regexp.Regexp {
	forms := map[rune]*regexp.Regexp{0: markForm("XQ")}
	for _, l := range markLetters {
		forms[l] = markForm(string(l))
	}
	return forms
}()

// markForm also finds what engines make of a mark: "x1", "X 1", "X-1".
func markForm(letters string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b` + letters + `[ -]?(\d{1,4})\b`)
}

// write replaces the pieces by marks or, if they are spelt, by digits.
func (m *marks) write(text string, pieces []piece, from string) string {
	var b strings.Builder
	at := 0
	for i, p := range pieces {
		put := p.Text
		switch {
		case p.marked:
			m.given = append(m.given, i)
			put = m.letter + strconv.Itoa(len(m.given))
		case p.digits:
			put = p.Write(from)
		}
		b.WriteString(text[at:p.Start])
		b.WriteString(put)
		at = p.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// words says whether there is anything to translate.
func (m *marks) words(given string) bool {
	return strings.ContainsFunc(m.form.ReplaceAllString(given, ""), unicode.IsLetter)
}

// restore puts the pieces in place of their marks.
func (m *marks) restore(out string, pieces []piece) string {
	return m.form.ReplaceAllStringFunc(out, func(was string) string {
		n, err := strconv.Atoi(m.form.FindStringSubmatch(was)[1])
		if err != nil || n < 1 || n > len(m.given) {
			return was
		}
		m.seen[m.given[n-1]]++
		return pieces[m.given[n-1]].put
	})
}

// lost are the pieces whose mark did not come back once.
func (m *marks) lost() map[int]bool {
	lost := map[int]bool{}
	for _, i := range m.given {
		if m.seen[i] != 1 {
			lost[i] = true
		}
	}
	return lost
}

// hidden is what the mask has taken out of a text.
type hidden struct{ kinds, was []string }

// maskForm is what stands in the text: small letters in brackets, which the
// mask does not mask again.
var maskForm = regexp.MustCompile(`\[x[a-z]{2}\]`)

func (h *hidden) hide(kind, was string) string {
	const letters = 26
	n := len(h.was)
	if n >= letters*letters {
		return "[" + kind + "]" // for ever
	}
	h.kinds, h.was = append(h.kinds, kind), append(h.was, was)
	return fmt.Sprintf("[x%c%c]", 'a'+n/letters, 'a'+n%letters)
}

// mask takes personal data out of what goes to a remote engine.
func (c *Chain) mask(h hop, text string) (string, *hidden) {
	hid := &hidden{}
	if !h.engine.Remote {
		return text, hid
	}
	return c.options.Mask(maskForm.ReplaceAllString(text, ""), hid.hide), hid
}

// reveal puts the words back, also those that were hidden within others.
func (h *hidden) reveal(text string) string {
	if len(h.was) == 0 {
		return text
	}
	for range 3 {
		text = maskForm.ReplaceAllStringFunc(text, func(mark string) string {
			if n := int(mark[2]-'a')*26 + int(mark[3]-'a'); n < len(h.was) {
				return h.was[n]
			}
			return mark
		})
	}
	return text
}

// pieces are the marks of the mask as parts of the text.
func (h *hidden) pieces(text string, d direction) []piece {
	var list []piece
	if len(h.was) == 0 {
		return nil
	}
	for _, m := range maskForm.FindAllStringIndex(text, -1) {
		was := h.reveal(text[m[0]:m[1]])
		p := piece{Value: values.Value{Kind: h.kind(text[m[0]:m[1]]), Text: text[m[0]:m[1]], Start: m[0], End: m[1]}, put: was, personal: true, marked: true}
		if found := values.Find(was, d.from); len(found) == 1 && found[0].Text == was && !found[0].Weak {
			p.put = found[0].Write(d.to)
		}
		list = append(list, p)
	}
	return list
}

// kind translates the mask's kinds to those of doubts.
func (h *hidden) kind(mark string) string {
	kind := h.kinds[int(mark[2]-'a')*26+int(mark[3]-'a')]
	switch kind {
	case "iban", "date", "name", "street":
		return kind
	case "address":
		return "street"
	}
	return "number"
}
