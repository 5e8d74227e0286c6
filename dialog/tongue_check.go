package dialog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

var (
	placeMark = regexp.MustCompile(`\{[a-z_]+\}`)
	figures   = regexp.MustCompile(`[0-9]+`)
)

// markStyles are the shapes of what stands for a place while a text is
// translated. Engines leave a strange name alone, mostly; else a number.
func markStyles() []func(n int) string {
	return []func(n int) string{
		func(n int) string { return "XQ" + string(rune('A'+n)) },
		func(n int) string { return fmt.Sprint(7301 + n) },
	}
}

// marked is a text with marks for its places.
type marked struct {
	text   string
	marks  []string
	places []string
	counts []int
}

// mark puts a mark for each place, the same one where it stands twice.
func mark(text string, style func(n int) string) marked {
	m := marked{}
	m.text = placeMark.ReplaceAllStringFunc(text, func(place string) string {
		at := slices.Index(m.places, place)
		if at < 0 {
			at = len(m.places)
			m.places, m.marks, m.counts = append(m.places, place), append(m.marks, style(at)), append(m.counts, 0)
		}
		m.counts[at]++
		return m.marks[at]
	})
	return m
}

// restore puts the places back; false says that one was lost, or said more
// often than before.
func (m marked) restore(out string) (string, bool) {
	for i, mk := range m.marks {
		if strings.Count(out, mk) != m.counts[i] {
			return "", false
		}
		out = strings.ReplaceAll(out, mk, m.places[i])
	}
	return strings.TrimSpace(out), true
}

// Bounds of a sound translation.
const (
	shrinks    = 4  // times shorter ...
	grows      = 4  // ... or longer than the text, in letters, ...
	slackIn    = 24 // ... and some letters more: single words differ freely
	mostAgain  = 3  // times the same word in a row
	longerSame = 4  // words that may come back as they were: names
)

// sound says that the output can be a translation of the text, and that no
// figure was lost: fees, days, telephone numbers.
func sound(text, out string) bool { return likely(text, out) && keepsFigures(text, out) }

// likely says that the output can be a translation at all: of fitting length,
// no loop, nothing that cannot be spoken, and not the text itself.
func likely(text, out string) bool {
	out = strings.TrimSpace(out)
	was, is := utf8.RuneCountInString(text), utf8.RuneCountInString(out)
	words := strings.Fields(out)
	switch {
	case is == 0, is > grows*was+slackIn, was > shrinks*is+slackIn:
		return false
	case strings.EqualFold(text, out) && len(words) > longerSame:
		return false
	case strings.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == utf8.RuneError }):
		return false
	}
	again := 1
	for i := 1; i < len(words); i++ {
		if again++; words[i] != words[i-1] {
			again = 1
		}
		if again > mostAgain {
			return false
		}
	}
	return true
}

// keepsFigures says that the numbers in figures are all there, in any order and
// however they are grouped; a number that was a word may have become one.
func keepsFigures(text, out string) bool {
	was, is := figures.FindAllString(text, -1), figures.FindAllString(out, -1)
	if strings.Join(was, "") == strings.Join(is, "") {
		return true
	}
	left := map[string]int{}
	for _, f := range is {
		left[strings.TrimLeft(f, "0")]++
	}
	for _, f := range was {
		f = strings.TrimLeft(f, "0")
		if left[f]--; left[f] < 0 {
			return false
		}
	}
	return true
}

// How much of a text must be found again when its translation is translated
// back, and in the worst of its sentences for a wording that is preferred. Found
// with the demo's model for English and Portuguese: what lies below says
// something else.
const (
	leastKinship = 0.4
	sureKinship  = 0.8
)

// likeness compares a text with what came back of it, 0 to 1: as its worst
// sentence, since one strange sentence is enough; 0 where the whole is another.
func likeness(text, back string) float64 {
	if alike(text, back) < leastKinship {
		return 0
	}
	was, is := sentences(text), sentences(back)
	if len(was) != len(is) {
		return alike(text, back)
	}
	least := 1.0
	for i := range was {
		least = min(least, alike(was[i], is[i]))
	}
	return max(least, leastKinship)
}

// alike counts lost and added words alike: the harmonic mean of both shares.
func alike(a, b string) float64 {
	lost, added := kinship(intent.Split(a), intent.Split(b)), kinship(intent.Split(b), intent.Split(a))
	if lost+added == 0 {
		return 0
	}
	return 2 * lost * added / (lost + added)
}

// kinship is the share of the longer words of a text that stand in another
// one, 0 to 1; by their beginnings, as endings differ.
func kinship(text, back intent.Words) float64 {
	known := map[string]bool{}
	for _, w := range back {
		known[beginning(w)] = true
	}
	all, found := 0, 0
	for _, w := range text {
		if utf8.RuneCountInString(w) < shortestKin {
			continue
		}
		all++
		if known[beginning(w)] {
			found++
		}
	}
	if all == 0 {
		return 1 // nothing to compare
	}
	return float64(found) / float64(all)
}

const shortestKin = 3

func beginning(w string) string {
	r := []rune(w)
	return string(r[:min(len(r), 4)])
}
