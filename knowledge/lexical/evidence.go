package lexical

// Evidence says how much a question's words speak for one document. All values
// but BM25 lie between 0 and 1.
type Evidence struct {
	BM25   float64 // per unit of the question's mass, so that long questions compare
	Cover  float64 // share of the question's mass found in the document
	Phrase float64 // likeness to the document's nearest title, question or keyword
	Sound  float64 // share of the mass found only by typing errors or sound
}

// Result is what a search found.
type Result struct {
	Documents []Evidence
	Known     float64 // share of the question's mass that the index knows at all
	Words     int     // words of the question that carry a topic
	// Mass is the number of such words, each counted by its rarity (0..1):
	// "und was kostet das" has next to none.
	Mass float64
}

// Factors that scale a match which is not the word itself.
const (
	partFactor  = 0.7
	typoFactor  = 0.8
	soundFactor = 0.6
)

// match is one way to understand one word of the question.
type match struct {
	term   int32
	factor float64
	fuzzy  bool
}

// Search weighs the words of a question against all documents.
func (x *Index) Search(text string) Result {
	words, understood := x.topicWords(text)
	r := Result{Documents: make([]Evidence, x.documents), Words: len(words)}
	if len(words) == 0 {
		return r
	}
	masses, total := make([]float64, len(words)), 0.0
	for i, w := range words {
		understood[i] = append(x.understand(w), understood[i]...)
		masses[i] = x.mass(understood[i])
		total += masses[i]
	}
	r.Mass = total / x.unknown
	for i := range words {
		r.Known += x.credit(r.Documents, understood[i], masses[i]/total)
	}
	x.comparePhrases(r.Documents, understood, total)
	return r
}

// topicWords are the words that carry a topic, with what they mean as parts of
// torn words: in "aus weis" both belong to the topic.
func (x *Index) topicWords(text string) ([]Token, [][]match) {
	all := x.analyzer.Tokens(text)
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
// as it is.
func (x *Index) understand(t Token) []match {
	var found []match
	if t.Stop {
		return nil
	}
	id, known := x.terms[t.Term]
	if known && len(x.postings[id]) > 0 {
		found = append(found, match{term: id, factor: 1})
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
	for i := range x.phrases {
		p := &x.phrases[i]
		shared := 0.0
		for _, t := range p.terms {
			if f, ok := factor[t]; ok {
				shared += f * x.idf[t]
			}
		}
		if shared > 0 {
			e := &documents[p.document]
			e.Phrase = max(e.Phrase, min(1, 2*shared/(p.mass+total)))
		}
	}
}
