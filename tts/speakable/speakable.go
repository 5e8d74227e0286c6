// Package speakable makes written text fit to be read aloud: an answer flows
// in, sentences flow out in which numbers, dates, times, money, telephone and
// file numbers, abbreviations and addresses are words. What a language needs
// for that is a table in languages/.
package speakable

import (
	"maps"
	"slices"
	"strings"
)

// Text makes one sentence or more speakable. For a language without a table it
// only cleans; engines of such languages read numbers themselves. The result
// is never empty unless nothing can be said, and never much longer than the
// text read digit by digit.
func Text(text, language string) string {
	text = strings.ReplaceAll(Clean(text), "\n", " ")
	l := find(language)
	if l == nil {
		return tidy(text)
	}
	for _, r := range l.rules {
		text = r.apply(text)
	}
	return tidy(text)
}

// Languages lists those with a table.
func Languages() []string { return slices.Sorted(maps.Keys(tables())) }

// makeRules sets the order: what looks most special goes first, bare numbers
// and symbols last.
func (l *language) makeRules() []rule {
	var all []rule
	for _, group := range [][]rule{
		l.addressRules(), l.genderRules(), l.lawRules(), l.weekdayRules(), l.ordinalLists(), l.dateRules(), l.clockRules(),
		l.referenceRules(), l.phoneRules(), l.moneyRules(), l.unitRules(), l.ordinalRules(),
		l.abbreviationRules(), l.wordRules(), l.numberRules(), l.symbolRules(),
	} {
		all = append(all, group...)
	}
	return all
}
