package minutes

// antecedent is who "he" or "she" at a place of the norm is: the last name
// before it in the sentence, or in the one before of the same speaker. "" is
// nobody, or more than one.
func (c *clerk) antecedent(s *sentence, at int) string {
	if owner := s.lastName(s.index(at)); owner != "" {
		return owner
	}
	for i, o := range c.sentences {
		if o == s && i > 0 && c.sentences[i-1].speaker == s.speaker && !c.sentences[i-1].asks() {
			return c.sentences[i-1].lastName(len(c.sentences[i-1].tokens))
		}
	}
	return ""
}

// lastName is the name nearest before a token.
func (s *sentence) lastName(before int) string {
	for k := before - 1; k >= 0; k-- {
		if t := s.tokens[k]; t.low == subject || t.low == oblique {
			return s.said(k, k+t.name)
		}
	}
	return ""
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
	return s.book.anaphors[low]
}
