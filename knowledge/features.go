package knowledge

import (
	"math"

	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
)

// feature indexes what speaks for one article; the scales keep values near 0..3.
const (
	fAsked   = iota // cosine to the nearest question, title or keyword
	fSeveral        // mean cosine to the nearest few
	fPassage        // cosine to the nearest answer
	fLearned        // log probability of the classifier
	fStand          // how far the dense evidence stands out among all articles (standard deviations)
	fBM25
	fCover
	fPhrase
	fSound
	fGram
	fHeld
	fGap
	features
)

// Features of the question alone, which speak for "none of the articles".
const (
	nBias      = iota
	nElsewhere // cosine to the nearest concern that is not the city's
	nSeveral   // mean cosine to the nearest few
	nLearned   // log probability of the classifier
	nNearest   // best dense evidence of any article
	nOther     // likeness in words to the nearest such concern
	nLetters   // likeness in letters to it
	nForeign   // words that only such concerns hold
	nLean      // words that such concerns use more often
	nUnknown   // share of the words that no article knows
	nWords     // words that carry a topic: a bare "hallo" has none
	noneFeatures
)

// FeatureNames name the weights in files and reports, articles first.
var featureNames = [features]string{"asked", "several", "passage", "learned", "stand", "bm25", "cover", "phrase", "sound", "gram", "held", "gap"}

var noneNames = [noneFeatures]string{"bias", "elsewhere", "several", "learned", "nearest", "other", "letters", "foreign", "lean", "unknown", "words"}

// evidence is all a model sees of one question.
type evidence struct {
	mode     mode
	articles [][features]float64
	none     [noneFeatures]float64
	// prior is added to the log odds of articles with priority and of the topic.
	prior []float64
	// follow is the probability that a question goes on with the topic, whatever
	// else it sounds like; topic is -1 without one.
	topic  int
	follow float64
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

// learnedScale does the same for log probabilities.
const learnedScale = 3

func scaled(cosine float64) float64 { return cosine / cosineScale }

// gather puts lexical and dense evidence together; either may be missing.
func gather(n int, words *lexical.Result, like *likeness) evidence {
	e := evidence{articles: make([][features]float64, n), prior: make([]float64, n), topic: -1}
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
	return e
}

// Evidence from which on an article's priority counts.
const (
	someCover  = 0.15
	someCosine = 0.35
)

// addPriorities raises articles with priority for which anything speaks.
func (e *evidence) addPriorities(articles []*Article) {
	for i, a := range articles {
		f := e.articles[i]
		if a.Priority == 0 || (f[fCover]+f[fSound] < someCover && f[fSeveral]*cosineScale < someCosine) {
			continue
		}
		e.prior[i] += float64(a.Priority)
	}
}

func (e *evidence) addWords(words *lexical.Result) {
	for i, d := range words.Documents {
		a := &e.articles[i]
		a[fBM25], a[fCover], a[fPhrase], a[fSound], a[fGram], a[fHeld], a[fGap] = d.BM25, d.Cover, d.Phrase, d.Sound, d.Gram, d.Held, min(maxGap, d.Gap)
	}
	other := words.Elsewhere
	e.none[nOther], e.none[nLetters], e.none[nForeign], e.none[nLean] = other.Phrase, other.Gram, min(maxGap, other.Foreign), other.Lean
	e.none[nUnknown] = 1 - words.Known
	if words.Words == 0 {
		e.none[nUnknown] = 0
	}
	e.none[nWords] = 1 / float64(1+words.Words)
}

// maxGap bounds what is not explained: long stories have much of it.
const maxGap = 3

func (e *evidence) addLikeness(like *likeness) {
	mean, square, nearest := 0.0, 0.0, 0.0
	n := float64(len(e.articles))
	both := make([]float64, len(e.articles))
	for i := range e.articles {
		both[i] = (like.asked[i] + like.several[i]) / 2
		mean += both[i] / n
		nearest = max(nearest, like.several[i])
	}
	for _, v := range both {
		square += (v - mean) * (v - mean) / n
	}
	deviation := max(math.Sqrt(square), 1e-3)
	for i := range e.articles {
		a := &e.articles[i]
		a[fAsked], a[fSeveral], a[fPassage] = scaled(like.asked[i]), scaled(like.several[i]), scaled(like.passage[i])
		a[fLearned] = like.learned[i] / learnedScale
		a[fStand] = (both[i] - mean) / deviation
	}
	e.none[nLearned] = like.learnedNone / learnedScale
	e.none[nNearest] = scaled(nearest)
	e.none[nElsewhere], e.none[nSeveral] = scaled(like.elsewhere), scaled(like.elsewhereSeveral)
}
