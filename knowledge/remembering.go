package knowledge

import (
	"context"
	"crypto/sha256"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Remembering keeps the vectors of the texts that were asked for last: one
// utterance is searched for, split, and compared with emergencies. What people
// say is remembered by its hash only.
type Remembering struct {
	Embedder
	queries *lru.Cache[[sha256.Size]byte, []float32]
}

// Remember wraps an embedder; n is how many queries are kept (1.5 KB each).
func Remember(e Embedder, n int) (*Remembering, error) {
	queries, err := lru.New[[sha256.Size]byte, []float32](n)
	if err != nil {
		return nil, err
	}
	return &Remembering{Embedder: e, queries: queries}, nil
}

// Embed embeds only what is not remembered. Passages are embedded once in the
// life of a base and are not kept. Callers must not write into the vectors.
func (r *Remembering) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	if !query {
		return r.Embedder.Embed(ctx, texts, query)
	}
	out := make([][]float32, len(texts))
	var missing []string
	var at []int
	for i, text := range texts {
		if v, ok := r.queries.Get(sha256.Sum256([]byte(text))); ok {
			out[i] = v
			continue
		}
		missing, at = append(missing, text), append(at, i)
	}
	if len(missing) == 0 {
		return out, nil
	}
	vectors, err := r.Embedder.Embed(ctx, missing, true)
	if err != nil {
		return nil, err
	}
	for i, v := range vectors {
		out[at[i]] = v
		r.queries.Add(sha256.Sum256([]byte(missing[i])), v)
	}
	return out, nil
}
