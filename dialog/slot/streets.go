package slot

import (
	"bufio"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
)

// Streets are the streets of a city, found by what a recogniser made of their
// names. It does not change and may be shared.
type Streets struct {
	list    []street
	longest int // compact letters
}

type street struct {
	name, compact, base, code string
	letters                   uint32
}

// ReadStreets reads one name a line; empty lines and # comments are left out.
func ReadStreets(r io.Reader) (*Streets, error) {
	var names []string
	seen := map[string]bool{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		name := strings.Join(strings.Fields(lines.Text()), " ")
		if name == "" || name[0] == '#' {
			continue
		}
		if key := compact(name); seen[key] || key == "" {
			return nil, fmt.Errorf("line %d: street %q stands there twice or has no letters", n, name)
		}
		seen[compact(name)] = true
		names = append(names, name)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return NewStreets(names), nil
}

// NewStreets makes the list searchable.
func NewStreets(names []string) *Streets {
	s := &Streets{}
	for _, name := range names {
		c := compact(name)
		s.longest = max(s.longest, len(c))
		s.list = append(s.list, street{name: name, compact: c, base: base(c), code: lexical.Cologne(c), letters: signature(c)})
	}
	return s
}

// Len is how many there are.
func (s *Streets) Len() int { return len(s.list) }

// Names are all, in the list's order.
func (s *Streets) Names() []string {
	out := make([]string, len(s.list))
	for i := range s.list {
		out[i] = s.list[i].name
	}
	return out
}

// compact is a name without spaces and marks, "str." written out.
func compact(name string) string {
	c := strings.Join(intent.Split(name), "")
	if strings.HasSuffix(c, "str") {
		c += "asse"
	}
	return strings.ReplaceAll(c, "strase", "strasse")
}

// base is what tells streets apart: the name without its kind.
func base(compact string) string {
	for _, kind := range []string{"strasse", "gasse", "platz", "allee", "weg", "ring", "damm", "ufer", "markt", "stieg", "pfad"} {
		if b, ok := strings.CutSuffix(compact, kind); ok && len(b) >= 3 {
			return b
		}
	}
	return compact
}

func signature(s string) uint32 {
	var m uint32
	for _, r := range s {
		if r >= 'a' && r <= 'z' {
			m |= 1 << (r - 'a')
		}
	}
	return m
}

// candidate is a street with how well it fits.
type candidate struct {
	name  string
	score float64
}

// Thresholds of the score of a street.
const (
	streetSure   = 0.90 // taken as heard
	streetMaybe  = 0.68 // asked about
	streetMargin = 0.07 // a narrower lead is a question back
	streetInside = 0.88 // in a sentence that did not answer the question
)

// What is heard differs from the name by no more letters of the alphabet, and
// no more in length.
const (
	mostLetters = 6
	mostLonger  = 5
)

// search returns the streets that fit the compact words, best first.
func (s *Streets) search(heard string) []candidate {
	if len(heard) < 4 || len(heard) > s.longest+mostLonger {
		return nil
	}
	letters, code, own := signature(heard), lexical.Cologne(heard), base(heard)
	var out []candidate
	for i := range s.list {
		t := &s.list[i]
		if bits.OnesCount32(t.letters^letters) > mostLetters || abs(len(t.compact)-len(heard)) > mostLonger {
			if score := t.short(heard); score >= streetMaybe {
				out = append(out, candidate{t.name, score})
			}
			continue
		}
		if score := t.fits(heard, own, code); score >= streetMaybe {
			out = append(out, candidate{t.name, score})
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	return out
}

// fits compares by letters and by sound; what tells streets apart counts more
// than the "straße" that all of them share.
func (t *street) fits(heard, own, code string) float64 {
	if t.compact == heard {
		return 1
	}
	whole := similarity(t.compact, heard)
	part := similarity(t.base, own)
	kinds := strings.TrimPrefix(t.compact, t.base) == strings.TrimPrefix(heard, own)
	score := max(0.4*whole+0.6*part, t.short(heard))
	if sound := similarity(t.code, code); sound > 0.8 {
		score = max(score, 0.55*score+0.45*sound)
	}
	if !kinds {
		score -= 0.08
	}
	return min(score, 0.99)
}

// short fits a name said without its kind: "Linde" may be Lindenstraße.
func (t *street) short(heard string) float64 {
	if t.base == t.compact || abs(len(t.base)-len(heard)) > 2 || len(heard) < 5 || base(heard) != heard {
		return 0
	}
	return 0.85 * similarity(t.base, heard)
}

// similarity is 1 less the share of letters to be changed.
func similarity(a, b string) float64 {
	longest := max(len(a), len(b))
	if longest == 0 {
		return 1
	}
	return 1 - float64(distance(a, b))/float64(longest)
}

// distance counts the letters to insert, drop, exchange or swap (optimal
// string alignment).
func distance(a, b string) int {
	const most = 48
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	var two, one, row [most + 1]int
	for j := range len(b) + 1 {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one = one, row
	}
	return one[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// name is the word without the ending that Turkish adds behind an apostrophe.
func (t token) name() string {
	if at := strings.IndexAny(t.raw, "'’"); at > 3 {
		return intent.Fold(t.raw[:at])
	}
	return t.fold
}

// longestStreet is how many words a street's name may have.
const longestStreet = 5

// street looks for the street that the words name best.
func (h *hearing) street(inside bool) Value {
	if h.Streets == nil || h.Streets.Len() == 0 {
		return h.anyStreet(inside)
	}
	best := map[string]candidate{}
	from, to, top := 0, 0, 0.0
	for i := range h.toks {
		heard := ""
		for j := i; j < len(h.toks) && j < i+2*longestStreet; j++ {
			if h.toks[j].mark {
				continue
			}
			if h.toks[j].digits() {
				break
			}
			heard += h.toks[j].name()
			if h.toks[i].mark || len(heard) > h.Streets.longest+mostLonger {
				break
			}
			for _, c := range h.Streets.search(compact(heard)) {
				if c.score > best[c.name].score {
					best[c.name] = c
				}
				// The longer of two stretches that fit alike is the name.
				if c.score > top || c.score == top && j+1-i > to-from {
					from, to, top = i, j+1, c.score
				}
			}
		}
	}
	return h.streetOf(best, from, to, inside)
}

// nested says that the better one fits wholly and the other only resembles it,
// or that one name stands in the other.
func nested(best, next candidate) bool {
	a, b := compact(best.name), compact(next.name)
	return best.score == 1 && (next.score < 1 || strings.Contains(a, b) || strings.Contains(b, a))
}

func (h *hearing) streetOf(best map[string]candidate, from, to int, inside bool) Value {
	var list []candidate
	for _, c := range best {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b candidate) int {
		if a.score != b.score {
			if a.score > b.score {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	if len(list) == 0 || inside && list[0].score < streetInside {
		if inside {
			return Value{}
		}
		return h.anyStreet(false)
	}
	v := Value{Text: list[0].name, Confidence: list[0].score, from: from, to: to}
	switch {
	case len(list) > 1 && list[0].score-list[1].score < streetMargin && !nested(list[0], list[1]):
		v.Doubt, v.Others = Ambiguous, []string{list[1].name}
		if inside {
			return Value{}
		}
	case list[0].score < streetSure:
		v.Doubt = Unsure
	}
	return v
}

// numberWord says that the word leads to a house number, or nearly sounds so
// ("Ausnummer").
func (l *language) numberWord(w string) bool {
	if l.house[w] {
		return true
	}
	for name := range l.house {
		if len(name) > 6 && similarity(name, w) >= 0.8 {
			return true
		}
	}
	return false
}

// anyStreet takes what looks like the name of a street; it is on no list.
func (h *hearing) anyStreet(inside bool) Value {
	var parts []string
	from, to := 0, 0
	for i, t := range h.toks {
		if t.mark || t.digits() {
			if len(parts) > 0 && t.digits() {
				break
			}
			continue
		}
		if len(parts) == 0 && (h.l.fillers[t.fold] || h.l.nameStop[t.fold] || h.l.lead[t.fold]) {
			continue
		}
		if len(parts) == 0 {
			from = i
		}
		if h.l.numberWord(t.fold) {
			return Value{} // "Hausnummer vierzehn" answers another question
		}
		parts, to = append(parts, t.raw), i+1
		if base(compact(t.raw)) != compact(t.raw) && len(t.fold) > 5 {
			break // a word that ends as streets do
		}
	}
	if len(parts) == 0 || len(parts) > longestStreet || len(compact(strings.Join(parts, ""))) < 4 || inside {
		return Value{}
	}
	return Value{Text: title(strings.Join(parts, " ")), Confidence: 0.4, Doubt: Unlisted, from: from, to: to}
}
