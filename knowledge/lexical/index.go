package lexical

import (
	"math"
	"sort"
)

// Document is the text of one article in one language, by field.
type Document struct {
	Title     string
	Questions []string
	Keywords  []string
	Answer    string
	More      string
	Facets    string // words that ask for the facts it has
}

// Weights of the fields for term frequencies (BM25F), and of parts of compounds.
const (
	titleWeight    = 3.0
	questionWeight = 1.5
	keywordWeight  = 3.0
	answerWeight   = 1.0
	moreWeight     = 0.5
	facetWeight    = 1.0
	partWeight     = 0.5

	k1 = 1.2 // BM25 saturation
	b  = 0.5 // BM25 length normalisation; articles are of similar length
)

// Index answers for one language. It is immutable after Build and safe for
// concurrent use.
type Index struct {
	analyzer  *Analyzer
	terms     map[string]int32
	postings  [][]posting
	idf       []float64
	unknown   float64 // mass of a word nobody has written
	documents int
	phrases   []phrase
	words     []word           // vocabulary for fuzzy matching
	surfaces  map[string]int   // folded surface -> words
	codes     map[string][]int // phonetic code -> words
	grams     grams
	asked     map[int32]float64 // how often a term occurs in phrases
	aside     map[string]bool   // terms that name no topic
	// elsewhere has the lines that no document answers, as documents of their own.
	elsewhere *Index
}

type posting struct {
	document int32
	weight   float64 // saturated term frequency
}

// phrase is a title, question or keyword as a set of terms.
type phrase struct {
	document int32
	terms    []int32
	mass     float64
}

type word struct {
	surface string
	term    int32
	letters uint64
	code    string
	count   int
}

// builder holds what is needed only while the index is made.
type builder struct {
	*Index
	frequencies []map[int32]float64 // per document
}

// Source is what an index is made of.
type Source struct {
	Language  string
	Documents []Document
	Elsewhere []string // what people say that no document answers
	Aside     string   // words that ask for a fact and name no topic ("kostet", "Samstag")
}

// Build indexes a source; evidence refers to the positions of its documents.
func Build(from Source) *Index {
	documents := from.Documents
	x := &builder{Index: &Index{
		analyzer: NewAnalyzer(from.Language), documents: len(documents), aside: map[string]bool{},
		terms: map[string]int32{}, surfaces: map[string]int{}, codes: map[string][]int{}, asked: map[int32]float64{},
	}}
	x.grams.analyzer = x.analyzer
	for _, t := range x.analyzer.Tokens(from.Aside) {
		x.aside[t.Term] = true
	}
	if len(from.Elsewhere) > 0 {
		lines := make([]Document, len(from.Elsewhere))
		for i, line := range from.Elsewhere {
			lines[i].Title = line
		}
		x.elsewhere = Build(Source{Language: from.Language, Documents: lines})
	}
	for i := range documents {
		x.collect(&documents[i])
	}
	for i := range documents {
		x.add(int32(i), &documents[i])
	}
	x.weigh()
	x.grams.close()
	return x.Index
}

// Vocabulary calls see with every word of the documents, how often it occurs
// and how rare it is among the articles.
func (x *Index) Vocabulary(see func(surface string, count int, idf float64)) {
	for _, w := range x.words {
		see(w.surface, w.count, x.idf[w.term])
	}
}

// collect fills the vocabulary, which splitting compounds needs in full.
func (x *builder) collect(d *Document) {
	for _, text := range fieldTexts(d) {
		for _, t := range x.analyzer.Tokens(text) {
			if t.Stop {
				continue
			}
			i, known := x.surfaces[t.Surface]
			if !known {
				i = len(x.words)
				x.surfaces[t.Surface] = i
				x.words = append(x.words, word{surface: t.Surface, term: x.termID(t.Term), letters: signature(t.Surface), code: Cologne(t.Surface)})
			}
			x.words[i].count++
		}
	}
}

func fieldTexts(d *Document) []string {
	texts := append([]string{d.Title, d.Answer, d.More, d.Facets}, d.Questions...)
	return append(texts, d.Keywords...)
}

func (x *builder) termID(term string) int32 {
	id, ok := x.terms[term]
	if !ok {
		id = int32(len(x.terms))
		x.terms[term] = id
	}
	return id
}

func (x *builder) add(document int32, d *Document) {
	frequency := map[int32]float64{}
	x.frequencies = append(x.frequencies, frequency)
	x.field(document, frequency, d.Title, titleWeight, true)
	x.grams.add(document, d.Title, true)
	for _, q := range d.Questions {
		x.field(document, frequency, q, questionWeight, true)
		x.grams.add(document, q, false)
	}
	for _, k := range d.Keywords {
		x.field(document, frequency, k, keywordWeight, true)
		x.grams.add(document, k, true)
	}
	x.field(document, frequency, d.Answer, answerWeight, false)
	x.field(document, frequency, d.More, moreWeight, false)
	x.field(document, frequency, d.Facets, facetWeight, false)
}

func (x *builder) field(document int32, frequency map[int32]float64, text string, weight float64, isPhrase bool) {
	var terms []int32
	for _, t := range x.analyzer.Tokens(text) {
		if t.Stop {
			continue
		}
		id := x.termID(t.Term)
		frequency[id] += weight
		terms = append(terms, id)
		if isPhrase {
			x.asked[id]++
		}
		for _, part := range x.split(t.Surface) {
			frequency[part] += weight * partWeight
		}
	}
	if isPhrase && len(terms) > 0 {
		x.phrases = append(x.phrases, phrase{document: document, terms: terms})
	}
}

// weigh turns frequencies into postings once all lengths are known.
func (x *builder) weigh() {
	x.postings = make([][]posting, len(x.terms))
	lengths, mean := make([]float64, len(x.frequencies)), 0.0
	for i, f := range x.frequencies {
		for _, n := range f {
			lengths[i] += n
		}
		mean += lengths[i] / float64(len(x.frequencies))
	}
	for i, f := range x.frequencies {
		norm := k1 * (1 - b + b*lengths[i]/math.Max(mean, 1))
		for term, n := range f {
			x.postings[term] = append(x.postings[term], posting{int32(i), n * (k1 + 1) / (n + norm)})
		}
	}
	x.idf = make([]float64, len(x.terms))
	for term := range x.postings {
		p := x.postings[term]
		sort.Slice(p, func(i, j int) bool { return p[i].document < p[j].document })
		x.idf[term] = x.rarity(len(p))
	}
	x.unknown = x.rarity(0)
	for i := range x.phrases {
		for _, t := range x.phrases[i].terms {
			x.phrases[i].mass += x.idf[t]
		}
	}
	for i, w := range x.words {
		if len(w.code) >= minCode {
			x.codes[w.code] = append(x.codes[w.code], i)
		}
	}
}

// rarity is the BM25 inverse document frequency of a term in n documents.
func (x *Index) rarity(n int) float64 {
	return math.Log(1 + (float64(x.documents)-float64(n)+0.5)/(float64(n)+0.5))
}
