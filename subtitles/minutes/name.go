package minutes

import (
	"slices"
	"strings"
	"unicode"
)

// names are those who may own a task, by the first word of what they are called.
type names struct {
	first map[string][][]string
	words map[string]bool
}

// What a name looks like to patterns.
const (
	subject = "@"
	oblique = "°"
)

// newNames learns whole names ("Sabine Sommer", "Officer Kent") and their
// words that are no titles.
func newNames(people []string) *names {
	n := &names{first: map[string][][]string{}, words: map[string]bool{}}
	add := func(words []string) {
		n.first[words[0]] = append(n.first[words[0]], words)
	}
	for _, p := range people {
		words := strings.Fields(strings.ToLower(p))
		if len(words) == 0 || len([]rune(p)) < 2 { // "a" is a word, not a name
			continue
		}
		add(words)
		for i, w := range words {
			if titles[w] || strings.IndexFunc(w, unicode.IsLetter) != 0 || len([]rune(w)) < 3 {
				continue
			}
			n.words[w] = true
			if len(words) > 1 && (i > 0 || !roles[w]) {
				add([]string{w})
			}
		}
	}
	for _, all := range n.first {
		slices.SortFunc(all, func(a, b []string) int { return len(b) - len(a) })
	}
	return n
}

// Words before a name, and within one. They are names of their field, no prose.
var (
	titles    = wordSet("frau herr herrn mr mrs ms miss dr prof professor")
	roles     = wordSet("councillor cllr officer mikrofon microphone speaker sprecher raum room kanal channel gast guest chair mayor stadtrat stadträtin")
	particles = wordSet("von van de der den zu la al el dos da")
	articles  = wordSet("der die das dem den des ein eine einen einem einer the a an im am zum zur vom unser unsere our this dieser diesen jeder every")
	before    = wordSet("mit von bei für an zu ohne über gegen durch nach um wegen with to for from by of at about without like than wie als vom beim zum zur against on")
	bodies    = []string{"amt", "abteilung", "verwaltung", "kämmerei", "behörde", "büro", "team", "stelle", "referat", "betriebshof", "bauhof", "stadtwerke", "geschäftsstelle", "fachbereich", "dezernat", "agentur"}
	bodiesEN  = wordSet("team office department committee agency administration council division")
)

// mark turns names in a sentence into what patterns see.
func (n *names) mark(s *sentence) {
	for i := 0; i < len(s.tokens); {
		used := n.person(s.tokens[i:])
		sign, office := subject, used == 0
		switch {
		case used > 0:
			if i > 0 && (before[s.tokens[i-1].low] || s.tokens[i].low == "herrn") {
				sign = oblique
			} else if i > 0 && articles[s.tokens[i-1].low] && !titles[s.tokens[i].low] {
				used = 0
			}
		default:
			if used = body(s.tokens[i:]); used > 0 && i > 0 && before[s.tokens[i-1].low] {
				sign = oblique
			}
		}
		if used == 0 {
			i++
			continue
		}
		s.tokens[i].low, s.tokens[i].name, s.tokens[i].office = sign, used, office
		for k := i + 1; k < i+used; k++ {
			s.tokens[k].low = ""
		}
		i += used
	}
}

// person is how many tokens a name has: one that is known, or a title with a word.
func (n *names) person(toks []token) int {
	for _, words := range n.first[toks[0].low] {
		if len(words) <= len(toks) && same(words, toks) {
			return len(words)
		}
	}
	if !titles[toks[0].low] {
		return 0
	}
	used := 1
	for used < len(toks) && (titles[toks[used].low] || particles[toks[used].low]) {
		used++
	}
	if used == len(toks) || toks[used].mark || strings.IndexFunc(toks[used].raw, unicode.IsLetter) != 0 {
		return 0
	}
	used++
	if used < len(toks) && n.words[toks[used].low] { // "Frau Sabine Sommer"
		used++
	}
	return used
}

func same(words []string, toks []token) bool {
	for i, w := range words {
		if toks[i].low != w {
			return false
		}
	}
	return true
}

// body is an office with its article: "das Hochbauamt", "the finance team".
func body(toks []token) int {
	if len(toks) < 2 || !slices.Contains([]string{"die", "das", "der", "the"}, toks[0].low) {
		return 0
	}
	if toks[0].low == "the" {
		for i := 1; i < min(4, len(toks)) && !toks[i].mark; i++ {
			if bodiesEN[toks[i].low] {
				return i + 1
			}
		}
		return 0
	}
	for _, b := range bodies {
		if strings.HasSuffix(toks[1].low, b) {
			return 2
		}
	}
	return 0
}

// alike says that two names may be one person's: they share a word that is no title.
func alike(a, b string) bool {
	other := strings.Fields(strings.ToLower(b))
	for _, w := range strings.Fields(strings.ToLower(a)) {
		if !titles[w] && !roles[w] && !particles[w] && slices.Contains(other, w) {
			return true
		}
	}
	return strings.EqualFold(a, b)
}
