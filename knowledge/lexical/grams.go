package lexical

import (
	"math"
	"strings"
)

// grams compares texts by runs of three letters, without spaces: what a
// recogniser tore apart or joined, and what it misspelt, still shares most.
type grams struct {
	analyzer *Analyzer
	ids      map[string]int32
	postings [][]int32 // gram -> phrases, each once
	weight   []float64 // squared rarity by gram
	phrases  []gramPhrase
}

type gramPhrase struct {
	document int32
	norm     float64 // length of its vector of rarities
	short    bool    // title or keyword: may be a part of a question
	size     int
}

const gramSize = 3

// minHeld is the least number of runs of a keyword that is looked for inside a question.
const minHeld = 4

// add takes one phrase; the weights are known only after close.
func (g *grams) add(document int32, text string, short bool) {
	if g.ids == nil {
		g.ids = map[string]int32{}
	}
	phrase := int32(len(g.phrases))
	size := 0
	for gram := range g.split(text) {
		id, ok := g.ids[gram]
		if !ok {
			id = int32(len(g.postings))
			g.ids[gram] = id
			g.postings = append(g.postings, nil)
		}
		g.postings[id] = append(g.postings[id], phrase)
		size++
	}
	g.phrases = append(g.phrases, gramPhrase{document: document, short: short, size: size})
}

func (g *grams) close() {
	g.weight = make([]float64, len(g.postings))
	for id, p := range g.postings {
		r := math.Log(1 + float64(len(g.phrases))/float64(len(p)))
		g.weight[id] = r * r
		for _, phrase := range p {
			g.phrases[phrase].norm += r * r
		}
	}
	for i := range g.phrases {
		g.phrases[i].norm = math.Sqrt(g.phrases[i].norm)
	}
}

// likeness sees, for every phrase that shares letters with the text, the cosine
// of the whole and the share of the phrase that the text holds.
func (g *grams) likeness(text string, see func(document int32, cosine, held float64)) {
	shared := make([]float64, len(g.phrases))
	rare, square := math.Log(1+float64(len(g.phrases))), 0.0
	for gram := range g.split(text) {
		id, ok := g.ids[gram]
		if !ok {
			square += rare * rare
			continue
		}
		square += g.weight[id]
		for _, phrase := range g.postings[id] {
			shared[phrase] += g.weight[id]
		}
	}
	norm := math.Sqrt(square)
	for i, s := range shared {
		if s == 0 {
			continue
		}
		p := &g.phrases[i]
		held := 0.0
		if p.short && p.size >= minHeld {
			held = s / (p.norm * p.norm)
		}
		see(p.document, s/(norm*p.norm), held)
	}
}

// split returns the runs of letters of a text as it sounds.
func (g *grams) split(text string) map[string]bool {
	var b strings.Builder
	for i, w := range g.analyzer.words(text) {
		if i == maxTokens {
			break
		}
		if len(w) <= maxWord {
			b.WriteString(g.analyzer.surface(w))
		}
	}
	letters := []rune(g.analyzer.sound(b.String()))
	out := make(map[string]bool, len(letters))
	for i := 0; i+gramSize <= len(letters); i++ {
		out[string(letters[i:i+gramSize])] = true
	}
	return out
}

// germanSounds unites letters that a German recogniser confuses: hard and soft
// stops, f and v, long vowels.
var germanSounds = strings.NewReplacer("sch", "j", "ch", "x", "ph", "f", "th", "t", "dt", "t", "ck", "k", "tz", "z", "qu", "kf", "ie", "i",
	"ei", "ai", "ey", "ai", "ay", "ai", "eu", "oi", "ah", "a", "eh", "e", "ih", "i", "oh", "o", "uh", "u",
	"v", "f", "w", "f", "b", "p", "d", "t", "g", "k", "c", "k", "z", "s", "y", "i")

// sound drops doubled letters and, for German, what sounds alike.
func (a *Analyzer) sound(letters string) string {
	if a.language == "de" {
		letters = germanSounds.Replace(letters)
	}
	var b strings.Builder
	var last rune
	for _, r := range letters {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
