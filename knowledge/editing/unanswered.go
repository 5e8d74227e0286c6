package editing

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/store"
)

// What is never kept of a question: numbers, addresses of the net, names.
var personal = []*regexp.Regexp{
	regexp.MustCompile(`\S+@\S+`),
	regexp.MustCompile(`\b[A-Za-z]{2}\d{2}[ \d]{10,}`),
	regexp.MustCompile(`\+?\d[\d /.-]{4,}\d`),
	regexp.MustCompile(`\b[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?\d{1,4}\b`),
	regexp.MustCompile(`(?i:(?:ich heiße|ich heisse|mein name ist|ich bin (?:der|die|herr|frau)|my name is|benim adım|меня зовут|мене звати|je m'appelle|me llamo|mi chiamo|nazywam się|mă numesc|اسمي))\s+\pL+(?:\s+\p{Lu}\pL+)?`),
}

// Mask takes out of a text what could tell who said it.
func Mask(text string) string {
	for _, p := range personal {
		text = p.ReplaceAllString(text, "•••")
	}
	return text
}

// Missed keeps a question that no article answered, masked.
func (l *Library) Missed(ctx context.Context, language, text string) error {
	if text = strings.TrimSpace(Mask(text)); text == "" || len(text) > 500 {
		return nil // nothing said, or no question
	}
	return l.store.AddUnanswered(ctx, language, text)
}

// Group are questions that are alike.
type Group struct {
	Questions []store.Unanswered // newest first
}

// IDs of the group's questions.
func (g Group) IDs() []int64 {
	out := make([]int64, len(g.Questions))
	for i, q := range g.Questions {
		out[i] = q.ID
	}
	return out
}

// alike is the share of common letter triples from which on two questions are
// one concern.
const alike = 0.5

// Unanswered groups the open questions, largest group first.
func (l *Library) Unanswered(ctx context.Context) ([]Group, error) {
	all, err := l.store.Unanswered(ctx, 500)
	if err != nil {
		return nil, err
	}
	var groups []Group
	var grams []map[string]bool // of each group's first question
	for _, q := range all {
		own := triples(q.Text)
		i, best := -1, alike
		for k, g := range grams {
			if l := likeness(g, own); l >= best {
				i, best = k, l
			}
		}
		if i < 0 {
			groups, grams = append(groups, Group{}), append(grams, own)
			i = len(groups) - 1
		}
		groups[i].Questions = append(groups[i].Questions, q)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return len(b.Questions) - len(a.Questions) })
	return groups, nil
}

// CloseUnanswered takes questions off the list.
func (l *Library) CloseUnanswered(ctx context.Context, who string, ids []int64) error {
	return l.store.CloseUnanswered(ctx, who, ids)
}

// triples are the letter triples of the longer words, which carry the concern.
func triples(text string) map[string]bool {
	out := map[string]bool{}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .,;:!?\"'„“-", r) })
	for _, w := range words {
		r := []rune(w)
		if len(r) < 5 && len(words) > 2 {
			continue
		}
		for i := 0; i+3 <= len(r); i++ {
			out[string(r[i:i+3])] = true
		}
	}
	return out
}

// likeness is Dice's coefficient.
func likeness(a, b map[string]bool) float64 {
	common := 0
	for g := range a {
		if b[g] {
			common++
		}
	}
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
