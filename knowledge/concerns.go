package knowledge

import (
	"context"
	"regexp"
	"strings"
)

// maxParts bounds the pieces of a sentence that are searched for on their own.
const maxParts = 6

// minTopic is the least a piece must name to be a concern: "Guten Tag" and
// "und danke" name nothing (words counted by their rarity, 0..1 each).
const minTopic = 0.15

// halfElsewhere is the most that may speak for none of the articles in half a
// sentence: halves are short, and say less than a whole one.
const halfElsewhere = 0.35

// joints are where a caller goes on to something else: ends of sentences, and
// "and", "besides", "then" in the languages of the line. A joint belongs to
// neither side.
var joints = regexp.MustCompile(`(?i)[.!?;؟۔]+(?:\s+|$)|[,،]\s+|\s+(?:` +
	`und|sowie|außerdem|ausserdem|dann noch|and|also|plus|besides|ve|ayrıca|bir de|` +
	`і|й|та|також|ще|и|а также|ещё|еще|و|ثم|وأيضا|وأيضاً|كذلك|oraz|i|a także|też|et|aussi|ainsi que|y|e|también|anche|inoltre|și|si|de asemenea)\s+`)

// Concerns returns the two (or three) concerns of a sentence such as "Mein Hund
// ist weg und wann hat die Bücherei offen?" as queries of their own, or q alone.
// It splits only where every side alone gives a sure answer, each another one.
func (b *Base) Concerns(ctx context.Context, q Query) ([]Query, error) {
	whole := []Query{q}
	parts := pieces(bounded(q.Text))
	if len(parts) < 2 {
		return whole, nil
	}
	found, sure, err := b.concerns(ctx, q, parts)
	if err != nil || !sure || len(found) < 2 {
		return whole, err
	}
	return found, nil
}

// concerns joins neighbouring pieces that belong to one article; sure is false
// when a piece alone leaves a doubt.
func (b *Base) concerns(ctx context.Context, q Query, parts []string) (found []Query, sure bool, err error) {
	seen := map[string]bool{}
	last, waiting := "", "" // waiting: words before the first sure piece
	s := b.state.Load()
	for _, part := range parts {
		text := strings.TrimSpace(waiting + " " + part)
		if !s.names(text, q.Language) {
			waiting = text
			continue
		}
		hits, err := b.Search(ctx, Query{Text: text, Language: q.Language})
		if err != nil {
			return nil, false, err
		}
		choice, about := Thresholds{Elsewhere: halfElsewhere}.Decide(hits)
		if choice != Answer {
			waiting = text
			continue
		}
		id := about[0].Article.ID
		if id == last {
			found[len(found)-1].Text += ", " + text
		} else if seen[id] {
			return nil, false, nil
		} else {
			found = append(found, Query{Text: text, Language: q.Language, Limit: q.Limit})
		}
		seen[id], last, waiting = true, id, ""
	}
	return found, !s.names(waiting, q.Language), nil
}

// names says whether a piece names anything.
func (s *state) names(text, language string) bool {
	words := s.words(Query{Text: text, Language: language})
	if words == nil {
		return len(strings.Fields(text)) > 1
	}
	return words.Topic >= minTopic
}

// pieces cuts text at its joints.
func pieces(text string) []string {
	var out []string
	for _, part := range joints.Split(text, maxParts) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
