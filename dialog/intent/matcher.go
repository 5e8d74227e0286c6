package intent

// Matcher is a set of patterns by itself, for wishes and words that come from
// outside the embedded tables (forms of a city).
type Matcher struct{ rule rule }

// NewMatcher compiles patterns in the notation of the data files. A Matcher
// without patterns matches nothing.
func NewMatcher(any, not []string) (Matcher, error) {
	r, err := intentData{Any: any, Not: not}.compile()
	return Matcher{r}, err
}

// Match says whether one of the patterns is in the words, and none of those
// that speak against it.
func (m Matcher) Match(words Words) bool { return m.rule.match(words, words) }

// Empty says that nothing can match.
func (m Matcher) Empty() bool { return len(m.rule.any) == 0 }
