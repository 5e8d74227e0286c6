package minutes

import "strings"

// antecedent is who "he" or "she" at a place of the norm is: the last name
// before it in the sentence, or in the one before (the i-th's) of the same
// speaker, that the pronoun can stand for. "" is nobody.
func (c *clerk) antecedent(i int, s *sentence, at int) string {
	k := s.index(at)
	pronoun := s.tokens[k].low
	if owner := s.lastName(k, pronoun); owner != "" {
		return owner
	}
	if i > 0 && c.sentences[i-1].speaker == s.speaker && !c.sentences[i-1].asks() {
		return c.sentences[i-1].lastName(len(c.sentences[i-1].tokens), pronoun)
	}
	return ""
}

// lastName is the name nearest before a token that the pronoun can stand for.
func (s *sentence) lastName(before int, pronoun string) string {
	for k := before - 1; k >= 0; k-- {
		if t := s.tokens[k]; (t.low == subject || t.low == oblique) && s.standsFor(pronoun, k) {
			return s.said(k, k+t.name)
		}
	}
	return ""
}

// Words at the beginning of a name, or an office's article, that a pronoun cannot stand for.
var (
	feminine  = wordSet("frau die unsere meine mrs ms miss das")
	masculine = wordSet("herr herrn der unser mein mr das")
)

// standsFor says that a pronoun goes with the name at a token: "er" is no woman and no "Amt", "sie" no man.
func (s *sentence) standsFor(pronoun string, k int) bool {
	first := strings.ToLower(s.tokens[k].raw)
	switch pronoun, _, _ = strings.Cut(pronoun, "'"); pronoun {
	case "er":
		return !feminine[first] && !(s.tokens[k].office && !masculine[first])
	case "sie":
		return !masculine[first]
	case "he":
		return !feminine[first] && !s.tokens[k].office
	case "she":
		return !masculine[first] && !s.tokens[k].office
	}
	return true
}

// anaphor says that a word points back: "den" does before a verb, and not
// before a noun ("den besorge ich", "den Schlüssel").
func (s *sentence) anaphor(k int) bool {
	low, next := s.tokens[k].low, token{}
	if k+1 < len(s.tokens) {
		next = s.tokens[k+1]
	}
	if s.book.Language == "de" && articles[low] {
		if called[low] && next.low == subject && !next.office {
			return s.book.anaphors[low] // "das übernimmt ...", "dann macht das Frau Kern"
		}
		return !isName(next) && (s.book.verbs[next.low] || s.book.anaphors[low])
	}
	if k > 0 && s.book.Language == "de" && polite[s.tokens[k].raw] {
		return false // "bestellen Sie"
	}
	return s.book.anaphors[low]
}

// drops says that the object of a German statement is left out, as it was just
// named: "Bestelle ich morgen."
func (s *sentence) drops(h hit) bool {
	if s.book.Language != "de" || s.end == "?" {
		return false
	}
	k := s.index(h.at)
	_, to := s.clause(h.at)
	return s.leading(k) && k+2 <= to && s.tokens[k+1].low == "ich" && !isUpper(s.tokens[k].raw[1:]) && len(s.content(k+2, to)) <= 2
}

// polite are forms of address that would point back in lower case.
var polite = wordSet("Sie Ihnen Ihr")
