package lexical

import "math"

// Evidence says how much a question's words speak for one document. All values
// but BM25 and Gap lie between 0 and 1.
type Evidence struct {
	BM25   float64 // per unit of the question's mass, so that long questions compare
	Cover  float64 // share of the question's mass found in the document
	Phrase float64 // likeness to the document's nearest title, question or keyword
	Sound  float64 // share of the mass found only by typing errors or sound
	Gram   float64 // cosine in letters to the nearest title, question or keyword
	Held   float64 // share in letters of the best title or keyword that the question holds
	Gap    float64 // words that the document does not explain, each counted by its rarity (0..1)
}

// Result is what a search found.
type Result struct {
	Documents []Evidence
	Known     float64 // share of the question's mass that the index knows at all
	Words     int     // words of the question that carry a topic
	// Mass is the number of such words, each counted by its rarity (0..1):
	// "und was kostet das" has next to none.
	Mass float64
	// Topic is the same without words that only ask for a fact: a question that
	// has none goes on with what was talked about.
	Topic     float64
	Elsewhere Elsewhere
}

// Elsewhere says how much the words speak for what no document answers.
type Elsewhere struct {
	Phrase, Gram float64 // likeness to the nearest line
	Foreign      float64 // words that only such lines hold, each counted by its rarity (0..1)
	Lean         float64 // log odds of the words, lines against documents, in [-3, 3]
}

// Factors that scale a match which is not the word itself.
const (
	partFactor  = 0.7
	typoFactor  = 0.8
	soundFactor = 0.6
)

// doubtWeight is what a word weighs that the recogniser gives no chance.
const doubtWeight = 0.25

// match is one way to understand one word of the question.
type match struct {
	term   int32
	factor float64
	fuzzy  bool
}

// Search weighs the words of a question against all documents.
func (x *Index) Search(text string) Result { return x.search(text, x.analyzer.Tokens(text)) }

// SearchHeard is Search for words of which the recogniser was more or less
// sure (probabilities 0..1, one for each): a doubtful one weighs less.
func (x *Index) SearchHeard(text string, words []string, probabilities []float64) Result {
	var tokens []Token
	for i, w := range words {
		for _, t := range x.analyzer.Tokens(w) {
			t.Weight = doubtWeight + (1-doubtWeight)*min(max(probabilities[i], 0), 1)
			tokens = append(tokens, t)
		}
	}
	return x.search(text, tokens)
}

func (x *Index) search(text string, tokens []Token) Result {
	words, understood := x.topicWords(tokens)
	r := Result{Documents: make([]Evidence, x.documents), Words: len(words)}
	x.compareLetters(&r, text)
	if len(words) == 0 {
		return r
	}
	masses, total := make([]float64, len(words)), 0.0
	for i, w := range words {
		understood[i] = append(x.understand(w), understood[i]...)
		masses[i] = x.mass(understood[i]) * w.Weight
		total += masses[i]
		if !w.Stop && !x.aside[w.Term] {
			r.Topic += masses[i] / x.unknown
		}
	}
	r.Mass = total / x.unknown
	for i := range words {
		r.Known += x.credit(r.Documents, understood[i], masses[i]/total)
	}
	for i := range r.Documents {
		d := &r.Documents[i]
		d.Gap = r.Mass * (1 - min(1, d.Cover+d.Sound))
	}
	x.comparePhrases(r.Documents, understood, total)
	if x.elsewhere != nil {
		r.Elsewhere.Phrase = x.elsewhere.nearestPhrase(tokens)
		r.Elsewhere.Foreign, r.Elsewhere.Lean = x.leaning(words, masses)
	}
	return r
}

// topicWords are the words that carry a topic, with what they mean as parts of
// torn words: in "aus weis" both belong to the topic.
func (x *Index) topicWords(all []Token) ([]Token, [][]match) {
	all = all[:min(len(all), maxTokens)]
	torn := x.tornWords(all)
	var words []Token
	var extra [][]match
	for i, t := range all {
		if !t.Stop || len(torn[i]) > 0 {
			words = append(words, t)
			extra = append(extra, torn[i])
		}
	}
	return words, extra
}

// understand lists what one word may mean; a word the documents know is taken
// as it is, and one that only the lines elsewhere hold is not guessed at.
func (x *Index) understand(t Token) []match {
	var found []match
	if t.Stop {
		return nil
	}
	if id, known := x.known(t.Term); known {
		found = append(found, match{term: id, factor: 1})
	} else if x.foreign(t) {
		return nil
	}
	for _, part := range x.split(t.Surface) {
		found = append(found, match{term: part, factor: partFactor})
	}
	if len(found) > 0 {
		return found
	}
	for _, i := range x.typos(t.Surface) {
		found = append(found, match{x.words[i].term, typoFactor, true})
	}
	for _, i := range x.sounds(t.Surface, true) {
		found = append(found, match{x.words[i].term, soundFactor, true})
	}
	return found
}

// known returns the id of a term that some document holds.
func (x *Index) known(term string) (int32, bool) {
	id, ok := x.terms[term]
	return id, ok && len(x.postings[id]) > 0
}

// foreign says whether only lines that no document answers hold the word.
func (x *Index) foreign(t Token) bool {
	if x.elsewhere == nil {
		return false
	}
	if _, ok := x.known(t.Term); ok {
		return false
	}
	_, ok := x.elsewhere.known(t.Term)
	return ok
}

// leaning weighs the words between lines and documents.
func (x *Index) leaning(words []Token, masses []float64) (foreign, lean float64) {
	lines, phrases := float64(len(x.elsewhere.phrases)), float64(len(x.phrases))
	for i, t := range words {
		if t.Stop {
			continue
		}
		if x.foreign(t) {
			foreign += masses[i] / x.unknown
		}
		here, there := 0.0, 0.0
		if id, ok := x.known(t.Term); ok {
			here = x.asked[id]
		}
		if id, ok := x.elsewhere.known(t.Term); ok {
			there = x.elsewhere.asked[id]
		}
		if here+there > 0 {
			lean += t.Weight * math.Log((there+0.3)/(lines+1)*(phrases+1)/(here+0.3))
		}
	}
	return foreign, max(-3, min(3, lean/math.Sqrt(float64(len(words)))))
}

// tornWords puts together what a recogniser tore apart ("personal ausweis",
// "führungs zeug nis") and returns the extra meanings of each word.
func (x *Index) tornWords(words []Token) [][]match {
	extra := make([][]match, len(words))
	for from := range words {
		joined := words[from].Surface
		for to := from + 1; to < len(words) && to < from+maxSpan; to++ {
			joined += words[to].Surface
			for _, m := range x.joinedWord(joined) {
				for i := from; i <= to; i++ {
					extra[i] = append(extra[i], m)
				}
			}
		}
	}
	return extra
}

func (x *Index) joinedWord(joined string) []match {
	if i, ok := x.surfaces[joined]; ok {
		return []match{{x.words[i].term, 1, false}}
	}
	var found []match
	if len(joined) >= minCompound {
		for _, i := range x.sounds(joined, false) {
			if len(x.words[i].surface) >= minCompound {
				found = append(found, match{x.words[i].term, soundFactor, true})
			}
		}
	}
	return found
}

// mass is how much a word weighs in the question: its rarity, or that of an
// unknown word.
func (x *Index) mass(found []match) float64 {
	if len(found) == 0 {
		return x.unknown
	}
	least := x.unknown
	for _, m := range found {
		if m.factor == 1 {
			return x.idf[m.term]
		}
		least = min(least, max(x.idf[m.term], x.unknown/2))
	}
	return least
}

// credit adds the best match of one word to every document and returns the
// share of mass that anything knows.
func (x *Index) credit(documents []Evidence, found []match, share float64) float64 {
	type best struct{ bm25, cover, sound float64 }
	credits := map[int32]best{}
	known := 0.0
	for _, m := range found {
		known = max(known, m.factor)
		for _, p := range x.postings[m.term] {
			c := credits[p.document]
			c.bm25 = max(c.bm25, m.factor*p.weight)
			if m.fuzzy {
				c.sound = max(c.sound, m.factor)
			} else {
				c.cover = max(c.cover, m.factor)
			}
			credits[p.document] = c
		}
	}
	for document, c := range credits {
		e := &documents[document]
		e.BM25 += share * c.bm25
		e.Cover += share * c.cover
		if c.sound > c.cover {
			e.Sound += share * (c.sound - c.cover)
		}
	}
	return share * known
}

// comparePhrases finds each document's phrase that shares most with the
// question: Dice over term masses, the question's words counted once.
func (x *Index) comparePhrases(documents []Evidence, understood [][]match, total float64) {
	factor := map[int32]float64{}
	for _, found := range understood {
		for _, m := range found {
			factor[m.term] = max(factor[m.term], m.factor)
		}
	}
	x.eachPhrase(factor, total, func(document int32, likeness float64) {
		e := &documents[document]
		e.Phrase = max(e.Phrase, likeness)
	})
}

func (x *Index) eachPhrase(factor map[int32]float64, total float64, see func(document int32, likeness float64)) {
	for i := range x.phrases {
		p := &x.phrases[i]
		shared := 0.0
		for _, t := range p.terms {
			if f, ok := factor[t]; ok {
				shared += f * x.idf[t]
			}
		}
		if shared > 0 {
			see(p.document, min(1, 2*shared/(p.mass+total)))
		}
	}
}

// nearestPhrase is the likeness to the nearest line, by the words themselves.
func (x *Index) nearestPhrase(tokens []Token) float64 {
	factor, total, best := map[int32]float64{}, 0.0, 0.0
	for _, t := range tokens {
		if t.Stop {
			continue
		}
		if id, ok := x.known(t.Term); ok {
			factor[id] = 1
			total += x.idf[id]
		} else {
			total += x.unknown
		}
	}
	x.eachPhrase(factor, total, func(_ int32, likeness float64) { best = max(best, likeness) })
	return best
}

// compareLetters looks at runs of letters, which need no words.
func (x *Index) compareLetters(r *Result, text string) {
	x.grams.likeness(text, func(document int32, cosine, held float64) {
		e := &r.Documents[document]
		e.Gram, e.Held = max(e.Gram, min(1, cosine)), max(e.Held, min(1, held))
	})
	if x.elsewhere != nil {
		x.elsewhere.grams.likeness(text, func(_ int32, cosine, _ float64) {
			r.Elsewhere.Gram = max(r.Elsewhere.Gram, min(1, cosine))
		})
	}
}
