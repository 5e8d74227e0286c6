package knowledge

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
	"github.com/amtsleitung/amtsleitung/transcript"
)

const (
	defaultLimit = 5
	// maxQuestion bounds what is searched for, in bytes; a spoken turn is far shorter.
	maxQuestion = 600
	// maxAlternatives bounds the other hearings that are looked at.
	maxAlternatives = 3
	// alternativeFactor scales evidence that only another hearing gives.
	alternativeFactor = 0.7
)

// Search ranks the articles for a question. Text of any length and content is
// taken; an empty one finds nothing.
func (b *Base) Search(ctx context.Context, q Query) ([]Hit, error) {
	s := b.state.Load()
	q.Text = bounded(q.Text)
	if q.Text == "" {
		return nil, nil
	}
	v, err := b.embed(ctx, s, q.Text)
	if err != nil {
		return nil, err
	}
	return b.rank(s, q, s.evidence(q, v)), nil
}

// embed returns nil without embedder.
func (b *Base) embed(ctx context.Context, s *state, text string) ([]float32, error) {
	if s.dense == nil {
		return nil, nil
	}
	v, err := b.options.Embedder.Embed(ctx, []string{text}, true)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return v[0], nil
}

// asked is a question that the articles were compared with; what people say is
// remembered by its hash only.
type asked struct {
	text     [sha256.Size]byte
	language string
}

// rememberedQuestions is enough for the last turn of some calls: its words are
// searched for by the turn's end, by the dialog, and as one of two concerns.
const rememberedQuestions = 64

// alike compares once.
func (s *state) alike(text, language string, vector []float32) likeness {
	key := asked{sha256.Sum256([]byte(text)), language}
	if l, ok := s.compared.Get(key); ok {
		return l
	}
	l := s.dense.compare(vector, language)
	s.compared.Add(key, l)
	return l
}

func bounded(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, " "))
	if len(text) <= maxQuestion {
		return text
	}
	cut := maxQuestion
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// evidence gathers what speaks for each article; the vector may be nil.
func (s *state) evidence(q Query, vector []float32) evidence {
	n := len(s.set.Articles)
	words := s.words(q)
	var e evidence
	if vector == nil {
		if words == nil {
			words = &lexical.Result{Documents: make([]lexical.Evidence, n)}
		}
		e = gather(n, words, nil)
	} else {
		like := s.alike(q.Text, transcript.Primary(q.Language), vector)
		e = gather(n, words, &like)
	}
	e.addPriorities(s.set.Articles)
	if topic, ok := s.byID[q.Topic]; ok {
		e.goOn(topic, words)
	}
	return e
}

// words searches the index of the question's language, or all of them when the
// language is unknown; nil when there is no index for it.
func (s *state) words(q Query) *lexical.Result {
	language := transcript.Primary(q.Language)
	if x, ok := s.indexes[language]; ok {
		return searchAll(x, q)
	}
	if language != "" {
		return nil
	}
	var best *lexical.Result
	for _, x := range s.indexes {
		r := searchAll(x, q)
		if best == nil || r.Known > best.Known {
			best = r
		}
	}
	return best
}

// searchAll adds, at a discount, what other hearings of the words bring.
func searchAll(x *lexical.Index, q Query) *lexical.Result {
	r := hear(x, q)
	for i, other := range q.Alternatives {
		if i == maxAlternatives {
			break
		}
		o := x.Search(bounded(other))
		r.Known = max(r.Known, alternativeFactor*o.Known)
		for j := range r.Documents {
			a, c := &r.Documents[j], o.Documents[j]
			a.BM25 = max(a.BM25, alternativeFactor*c.BM25)
			a.Cover = max(a.Cover, alternativeFactor*c.Cover)
			a.Phrase = max(a.Phrase, alternativeFactor*c.Phrase)
			a.Sound = max(a.Sound, alternativeFactor*c.Sound)
			a.Gram = max(a.Gram, alternativeFactor*c.Gram)
			a.Held = max(a.Held, alternativeFactor*c.Held)
		}
	}
	return &r
}

// hear weighs words by the recogniser's trust in them when they are the text's.
func hear(x *lexical.Index, q Query) lexical.Result {
	if len(q.Words) == 0 {
		return x.Search(q.Text)
	}
	words, probabilities := make([]string, len(q.Words)), make([]float64, len(q.Words))
	for i, w := range q.Words {
		words[i], probabilities[i] = w.Text, w.Probability
	}
	return x.SearchHeard(q.Text, words, probabilities)
}

func (b *Base) rank(s *state, q Query, e evidence) []Hit {
	now := b.options.Now()
	var hits []Hit
	for i, p := range s.model.probabilities(e) {
		a := s.set.Articles[i]
		if !a.Valid(now) {
			continue
		}
		f := e.articles[i]
		h := Hit{Article: a, Confidence: p, Lexical: f[fBM25], Phonetic: f[fSound]}
		if e.mode != lexicalMode {
			h.Dense = cosineScale * max(f[fAsked], f[fPassage])
		}
		hits = append(hits, h)
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].Confidence > hits[j].Confidence })
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	return hits[:min(limit, len(hits))]
}
