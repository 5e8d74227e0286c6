package minutes

import (
	"slices"
	"strings"
)

// uncontract takes "the engineer's sending" apart: who it is, and "is".
func (s *sentence) uncontract() {
	if s.book.Language != "en" {
		return
	}
	for i := 0; i+1 < len(s.tokens); i++ {
		t := s.tokens[i]
		who, ok := strings.CutSuffix(t.low, "'s")
		next := s.tokens[i+1].low
		if !ok || pronouns[who] || !(strings.HasSuffix(next, "ing") && len(next) > 4 || strings.HasSuffix(next, "ly") || next == "going" || next == "already") {
			continue
		}
		is := token{raw: t.raw[len(t.raw)-(len(t.low)-len(who)):], low: "is", line: t.line}
		if !strings.HasSuffix(is.raw, "s") || len(is.raw) > len(t.raw) {
			continue
		}
		s.tokens[i].raw, s.tokens[i].low = strings.TrimSuffix(t.raw, is.raw), who
		s.tokens = slices.Insert(s.tokens, i+1, is)
	}
}

// pronouns keep their "'s": rules know "she's".
var pronouns = wordSet("he she it that this there here who what where how when let everybody everyone somebody someone nobody one")
