package minutes

// together is where the names end that "and" joins: "Frau Sommer und Herr Winter".
func (s *sentence) together(k int) int {
	end := k + s.tokens[k].name
	if end+1 < len(s.tokens) && (s.tokens[end].low == "und" || s.tokens[end].low == "and") && s.tokens[end+1].low == subject {
		return end + 1 + s.tokens[end+1].name
	}
	return end
}

// vocative is who is spoken to where a sentence opens with a name and a mark.
func (s *sentence) vocative() string {
	for k, t := range s.tokens {
		if t.low == subject {
			if end := k + t.name; end >= len(s.tokens) || s.tokens[end].mark && s.tokens[end].raw != ":" {
				return s.said(k, end)
			}
			return ""
		}
		if !t.mark && !s.book.fillers[t.low] {
			return ""
		}
	}
	return ""
}

// addressed says that the name stands where one who is spoken to stands: at the
// beginning, at the end, between commas, or as the subject of the question.
func (c *clerk) addressed(s *sentence, k int, h hit) bool {
	end := k + s.tokens[k].name
	free := func(i int) bool {
		return i < 0 || i >= len(s.tokens) || s.tokens[i].mark || s.book.fillers[s.tokens[i].low]
	}
	if free(k-1) && s.leading(k) || end >= len(s.tokens) || s.tokens[end].mark {
		return true
	}
	if k > 0 && free(k-1) && free(end) {
		return true
	}
	return h.rule.Is == "ask" && s.index(h.at)+1 == k // "kann Herr Winter"
}

// leading says that only small words stand before.
func (s *sentence) leading(k int) bool {
	for i := range k {
		if t := s.tokens[i]; !t.mark && !s.book.fillers[t.low] {
			return false
		}
	}
	return true
}
