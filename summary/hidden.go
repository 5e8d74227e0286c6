package summary

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// hidden is a text without what tells who somebody is.
type hidden struct {
	text string
	was  []string // by placeholder: the first is [1]
}

// shortest value that is hidden wherever it stands, letters: a shorter one
// tells nothing without the others.
const shortest = 3

// hide replaces the values of the request, and whatever dialog.Mask knows.
func hide(s dialog.Summary, lines []string) *hidden {
	h := &hidden{text: strings.Join(lines, "\n")}
	var values []string
	for _, v := range s.Slots {
		if personal(v.Kind) {
			values = append(values, v.Value, v.Spoken)
		}
	}
	values = slices.DeleteFunc(values, func(v string) bool { return len([]rune(v)) < shortest })
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) }) // whole names before their parts
	for _, v := range slices.Compact(values) {
		whole := regexp.MustCompile(`(?i)(^|[^\p{L}\d])(` + regexp.QuoteMeta(v) + `)($|[^\p{L}\d])`)
		h.text = whole.ReplaceAllStringFunc(h.text, func(found string) string {
			m := whole.FindStringSubmatch(found)
			return m[1] + h.mark("", m[2]) + m[3]
		})
	}
	h.text = dialog.Conceal(h.text, h.mark)
	h.text = marks.ReplaceAllStringFunc(h.text, func(m string) string { return fmt.Sprintf("[%d]", number(m)) })
	return h
}

// personal kinds of values; the others are hidden where dialog.Mask knows them.
func personal(k slot.Kind) bool {
	switch k {
	case slot.Choice, slot.Count, slot.YesNo, slot.Text, slot.Date, slot.Time:
		return false
	}
	return true
}

// mark keeps what was there. While texts are hidden marks are letters, as
// dialog.Conceal wants them; the server gets numbers.
func (h *hidden) mark(_, was string) string {
	h.was = append(h.was, was)
	mark := ""
	for n := len(h.was); n > 0; n /= 26 {
		mark = string(rune('a'+n%26)) + mark
	}
	return "[x" + mark + "]"
}

var (
	marks        = regexp.MustCompile(`\[x[a-z]+\]`)
	placeholders = regexp.MustCompile(`\[\d+\]`)
)

// number is that of a mark.
func number(mark string) int {
	n := 0
	for _, r := range mark[2 : len(mark)-1] {
		n = 26*n + int(r-'a')
	}
	return n
}

// restore puts back what was hidden.
func (h *hidden) restore(lines []string) []string {
	var pairs []string
	for i, was := range h.was {
		pairs = append(pairs, fmt.Sprintf("[%d]", i+1), was)
	}
	r := strings.NewReplacer(pairs...)
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = r.Replace(line)
	}
	return out
}
