package intent

import (
	"errors"
	"fmt"
	"strings"
)

// maxGap is how many words ".." may skip.
const maxGap = 4

// pattern is a sequence of words to look for. In the data files:
//
//	word       this word            word*  begins so    *word  ends so    *word*  holds it
//	(a|b c)    one of these         x?     may be missing
//	_          any one word         ..     up to four words between
//	^ at the begin and $ at the end: nothing but fillers before or after
//
// Groups may stand in groups. It is compiled into a graph of nodes that is
// walked without allocation.
type pattern struct {
	start *node
	begin bool
}

// node is one step: a word, a gap, a choice of ways, the end of the words
// (last), or, as nil, the end of the pattern.
type node struct {
	word word
	gap  bool
	last bool
	ways []*node
	next *node
}

type word struct {
	text           string
	before, behind bool // more letters may stand before or behind
	wild           bool
}

// compile reads the notation above.
func compile(notation string) (pattern, error) {
	var p pattern
	rest := strings.TrimSpace(notation)
	rest, p.begin = strings.CutPrefix(rest, "^")
	s := scanner{rest: rest}
	build, err := s.sequence()
	if err == nil && s.rest != "" {
		err = fmt.Errorf("unexpected %q", s.rest)
	}
	if err == nil && len(build) == 0 {
		err = errors.New("no word in it")
	}
	if err != nil {
		return pattern{}, fmt.Errorf("pattern %q: %w", notation, err)
	}
	p.start = chain(build, nil)
	return p, nil
}

// builder makes the node of an item in front of what follows it.
type builder func(next *node) *node

func chain(items []builder, next *node) *node {
	for i := len(items) - 1; i >= 0; i-- {
		next = items[i](next)
	}
	return next
}

type scanner struct{ rest string }

// sequence reads items up to the end or the end of the alternative.
func (s *scanner) sequence() ([]builder, error) {
	var items []builder
	for {
		s.rest = strings.TrimLeft(s.rest, " \t\n")
		if s.rest == "" || s.rest[0] == ')' || s.rest[0] == '|' {
			return items, nil
		}
		item, err := s.item()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
}

func (s *scanner) item() (builder, error) {
	if s.rest[0] == '(' {
		return s.group()
	}
	end := strings.IndexAny(s.rest, " \t\n()|")
	if end < 0 {
		end = len(s.rest)
	}
	token := s.rest[:end]
	s.rest = s.rest[end:]
	switch token {
	case "..":
		return func(next *node) *node { return &node{gap: true, next: next} }, nil
	case "$":
		return func(next *node) *node { return &node{last: true, next: next} }, nil
	}
	token, optional := strings.CutSuffix(token, "?")
	w, err := compileWord(token)
	if err != nil {
		return nil, err
	}
	return maybe(optional, func(next *node) *node { return &node{word: w, next: next} }), nil
}

func (s *scanner) group() (builder, error) {
	var alternatives [][]builder
	for {
		s.rest = s.rest[1:] // the bracket or the bar
		items, err := s.sequence()
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return nil, errors.New("empty alternative")
		}
		alternatives = append(alternatives, items)
		if s.rest == "" {
			return nil, errors.New("a ) is missing")
		}
		if s.rest[0] == ')' {
			break
		}
	}
	s.rest = s.rest[1:]
	var optional bool
	s.rest, optional = strings.CutPrefix(s.rest, "?")
	return maybe(optional, func(next *node) *node {
		choice := &node{}
		for _, items := range alternatives {
			choice.ways = append(choice.ways, chain(items, next))
		}
		return choice
	}), nil
}

func maybe(optional bool, b builder) builder {
	if !optional {
		return b
	}
	return func(next *node) *node { return &node{ways: []*node{b(next), next}} }
}

func compileWord(s string) (word, error) {
	if s == "_" {
		return word{wild: true}, nil
	}
	var w word
	s, w.before = strings.CutPrefix(s, "*")
	s, w.behind = strings.CutSuffix(s, "*")
	if strings.Contains(s, "*") {
		return word{}, fmt.Errorf("%q has a star inside", s)
	}
	folded := Split(s)
	if len(folded) != 1 {
		return word{}, fmt.Errorf("%q is not one word", s)
	}
	w.text = folded[0]
	return w, nil
}

func (w word) match(s string) bool {
	switch {
	case w.wild:
		return true
	case w.before && w.behind:
		return strings.Contains(s, w.text)
	case w.before:
		return strings.HasSuffix(s, w.text)
	case w.behind:
		return strings.HasPrefix(s, w.text)
	}
	return s == w.text
}

// find says whether the pattern occurs and where it ends. An anchor at the
// begin counts from the trimmed words, one at the end allows fillers behind.
func (p pattern) find(words, trimmed Words) (end int, ok bool) {
	if p.begin {
		return p.start.match(trimmed, 0, len(trimmed))
	}
	last := len(words)
	for last > 0 && len(trimmed) > 0 && words[last-1] != trimmed[len(trimmed)-1] {
		last--
	}
	for at := range words {
		if end, ok := p.start.match(words, at, last); ok {
			return end, true
		}
	}
	return 0, false
}

// match walks from position at; last is behind the last word that counts.
func (n *node) match(words Words, at, last int) (int, bool) {
	for n != nil {
		switch {
		case n.ways != nil:
			return n.choose(words, at, last)
		case n.gap:
			return n.skip(words, at, last)
		case n.last:
			if at < last {
				return 0, false
			}
		case at >= len(words) || !n.word.match(words[at]):
			return 0, false
		default:
			at++
		}
		n = n.next
	}
	return at, true
}

func (n *node) choose(words Words, at, last int) (int, bool) {
	for _, way := range n.ways {
		if end, ok := way.match(words, at, last); ok {
			return end, true
		}
	}
	return 0, false
}

func (n *node) skip(words Words, at, last int) (int, bool) {
	for skipped := 0; skipped <= maxGap && at+skipped <= len(words); skipped++ {
		if end, ok := n.next.match(words, at+skipped, last); ok {
			return end, true
		}
	}
	return 0, false
}
