package knowledge

import (
	"math"

	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
)

// feature indexes what speaks for one article; the scales keep values near 0..3.
const (
	fAsked   = iota // cosine to the nearest question or title
	fPassage        // cosine to the nearest answer
	fWhole          // cosine to the article as a whole
	fStand          // how far the dense evidence stands out among all articles (standard deviations)
	fBM25
	fCover
	fPhrase
	fSound
	fTopic
	features
)

// Features of the question alone, which speak for "none of the articles".
const (
	nBias      = iota
	nElsewhere // cosine to the nearest concern that is not the city's
	nOther     // likeness in words to the nearest such concern
	nUnknown   // share of the words that no article knows
	nNearest   // best dense evidence of any article
	nWords     // words that carry a topic: a bare "hallo" has none
	noneFeatures
)

// FeatureNames name the weights in files and reports, articles first.
var featureNames = [features]string{"asked", "passage", "whole", "stand", "bm25", "cover", "phrase", "sound", "topic"}

var noneNames = [noneFeatures]string{"bias", "elsewhere", "other", "unknown", "nearest", "words"}

// evidence is all a model sees of one question.
type evidence struct {
	mode     mode
	articles [][features]float64
	none     [noneFeatures]float64
}

// mode tells which kinds of evidence there are; each has weights of its own.
type mode int

const (
	hybridMode  mode = iota // words and embeddings
	lexicalMode             // no embedder
	denseMode               // a language without articles of its own
	modes
)

var modeNames = [modes]string{"hybrid", "lexical", "dense"}

// cosineScale stretches cosines to the size of the other features.
const cosineScale = 0.2

func scaled(cosine float64) float64 { return cosine / cosineScale }

// gather puts lexical and dense evidence together; either may be missing.
func gather(n int, words *lexical.Result, like *likeness, topic int) evidence {
	e := evidence{articles: make([][features]float64, n)}
	e.none[nBias] = 1
	if words != nil {
		e.addWords(words)
	} else {
		e.mode = denseMode
	}
	if like != nil {
		e.addLikeness(like)
	} else {
		e.mode = lexicalMode
	}
	if topic >= 0 {
		e.articles[topic][fTopic] = 1
		if words != nil {
			e.articles[topic][fTopic] = 1 / (1 + words.Mass)
		}
	}
	return e
}

func (e *evidence) addWords(words *lexical.Result) {
	for i, d := range words.Documents {
		a := &e.articles[i]
		a[fBM25], a[fCover], a[fPhrase], a[fSound] = d.BM25, d.Cover, d.Phrase, d.Sound
	}
	e.none[nUnknown] = 1 - words.Known
	if words.Words == 0 {
		e.none[nUnknown] = 0
	}
	e.none[nWords] = 1 / float64(1+words.Words)
}

func (e *evidence) addLikeness(like *likeness) {
	mean, square, nearest := 0.0, 0.0, 0.0
	n := float64(len(e.articles))
	both := make([]float64, len(e.articles))
	for i := range e.articles {
		both[i] = (like.asked[i] + like.passage[i]) / 2
		mean += both[i] / n
		nearest = max(nearest, like.asked[i])
	}
	for _, v := range both {
		square += (v - mean) * (v - mean) / n
	}
	deviation := max(math.Sqrt(square), 1e-3)
	for i := range e.articles {
		a := &e.articles[i]
		a[fAsked], a[fPassage], a[fWhole] = scaled(like.asked[i]), scaled(like.passage[i]), scaled(like.whole[i])
		a[fStand] = (both[i] - mean) / deviation
	}
	e.none[nNearest] = scaled(nearest)
	if like.elsewhere > 0 {
		e.none[nElsewhere] = scaled(like.elsewhere)
	}
}
