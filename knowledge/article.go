// Package knowledge holds the city's reviewed articles and finds the one that
// answers a question: a question flows in, ranked hits with a calibrated
// confidence flow out.
package knowledge

import (
	"context"
	"time"
)

// Article is one reviewed answer in several language variants.
type Article struct {
	ID        string // "personalausweis-beantragen"
	Version   int
	Source    string // address of the city's own page
	ValidFrom time.Time
	ValidTo   time.Time // zero: open
	Reviewer  string
	// Priority adds to the log odds when anything at all speaks for the article:
	// a crisis article with 3 comes before an ordinary one that fits as well.
	Priority int
	Form     string // form dialog to offer, e.g. "callback"
	HandOver string // department for a human
	Keywords []string
	Variants map[string]Variant // by language: "de", "de-leicht", "en", ...
	File     string             // where it was read from
}

// Variant is the article in one language.
type Variant struct {
	Language  string
	Title     string
	Questions []string // as people ask
	Keywords  []string // synonyms and colloquial words
	Answer    string   // for the ear: short, complete
	More      string   // what "Möchten Sie mehr wissen?" adds; Markdown without links
	Facts     map[string]string
}

// Spoken returns the variant for a language, falling back from "de-leicht" to
// "de" but never to another language.
func (a *Article) Spoken(language string) (Variant, bool) {
	if v, ok := a.Variants[language]; ok {
		return v, true
	}
	if language == "de-leicht" {
		v, ok := a.Variants["de"]
		return v, ok
	}
	return Variant{}, false
}

// Valid says whether the article may be spoken at the given time.
func (a *Article) Valid(now time.Time) bool {
	return !now.Before(a.ValidFrom) && (a.ValidTo.IsZero() || now.Before(a.ValidTo))
}

// Query is a question as it was heard or typed.
type Query struct {
	Text     string
	Language string // of the question; "" unknown
	Limit    int    // hits wanted; 0 means 5
	// Topic is the id of the article the conversation is about; it gets a
	// modest advantage, more for short follow-up questions.
	Topic string
	// Alternatives are other hearings of the same words, best first; evidence
	// found only in them counts less.
	Alternatives []string
	// Words are the recogniser's words of Text, in order; nil when typed. What
	// it doubted weighs less.
	Words []Word
}

// Word is one recognised word.
type Word struct {
	Text        string
	Probability float64 // 0..1
}

// Hit is an article that may answer the question, best first.
type Hit struct {
	Article *Article
	// Confidence is the calibrated probability (0..1) that this article
	// answers the question.
	Confidence float64
	Lexical    float64 // BM25 evidence, for display and tests
	Dense      float64 // cosine of embeddings
	Phonetic   float64
}

// Searcher is what the dialog needs of the knowledge base.
type Searcher interface {
	Search(ctx context.Context, q Query) ([]Hit, error)
	// Article finds one by id; only valid ones are returned.
	Article(id string) (*Article, bool)
}

// Splitter finds two concerns in one sentence. Base is one; dialogs ask for it
// with a type assertion on their Searcher.
type Splitter interface {
	// Concerns returns q itself when it holds one concern, else one query for
	// each, in the order they were said.
	Concerns(ctx context.Context, q Query) ([]Query, error)
}

// Embedder turns texts into unit vectors; queries and passages differ in E5.
type Embedder interface {
	Embed(ctx context.Context, texts []string, query bool) ([][]float32, error)
	Name() string
}
