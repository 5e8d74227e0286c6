package crisis

import (
	"context"
	"slices"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// First ranks the articles of a crisis before ordinary ones that fit as well.
type First struct {
	knowledge.Searcher
	Articles func() []string // that rank first now
}

const (
	// urgency multiplies the odds of a crisis article: e to the 4th, as an
	// article's own priority of 4 does.
	urgency = 54.6
	// faint is the confidence below which nothing speaks for an article.
	faint = 0.005
	// wide is how many hits are looked at for crisis articles.
	wide = 20
	// usual is a query's limit when it names none.
	usual = 5
)

// Search is the Searcher's, with the odds of crisis articles raised.
func (f First) Search(ctx context.Context, q knowledge.Query) ([]knowledge.Hit, error) {
	ids := f.Articles()
	if len(ids) == 0 {
		return f.Searcher.Search(ctx, q)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = usual
	}
	q.Limit = max(limit, wide)
	hits, err := f.Searcher.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	hits = raise(hits, ids)
	return hits[:min(len(hits), limit)], nil
}

// raise is Bayes' rule: the confidences of all hits, and that nothing answers,
// still sum up to one.
func raise(hits []knowledge.Hit, ids []string) []knowledge.Hit {
	out := slices.Clone(hits)
	total := 1.0
	for i := range out {
		if h := &out[i]; h.Confidence >= faint && slices.Contains(ids, h.Article.ID) {
			total += (urgency - 1) * h.Confidence
			h.Confidence *= urgency
		}
	}
	for i := range out {
		out[i].Confidence /= total
	}
	slices.SortStableFunc(out, func(a, b knowledge.Hit) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return 0
	})
	return out
}

// Concerns is the Searcher's own splitting of two concerns, if it has one.
func (f First) Concerns(ctx context.Context, q knowledge.Query) ([]knowledge.Query, error) {
	if s, ok := f.Searcher.(knowledge.Splitter); ok {
		return s.Concerns(ctx, q)
	}
	return []knowledge.Query{q}, nil
}
