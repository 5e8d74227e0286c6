package knowledge

import (
	"math"

	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
)

// What the topic of the conversation does for a question. These are set by hand
// with the follow-ups of testdata/followups.txt: development questions stand alone.
const (
	// bareFollow is the probability that a question without any topic word of its
	// own ("und was kostet das?", "und am Samstag?") goes on with the topic.
	bareFollow = 0.93
	// topicLoss is how fast that falls with words that name a topic, each counted
	// by its rarity: one rare word leaves a tenth.
	topicLoss = 2.2
	// nearWeight are the log odds by which the topic is nearer than other articles
	// when a question has words of its own; divided by one plus their mass.
	nearWeight = 3
	// wordlessFollow is bareFollow in a language without words to go by.
	wordlessFollow = 0.3
)

// goOn gives the topic of the conversation its advantage; words may be nil.
func (e *evidence) goOn(topic int, words *lexical.Result) {
	e.topic, e.follow = topic, wordlessFollow
	mass := 1.0
	if words != nil {
		mass = words.Topic
		e.follow = bareFollow * math.Exp(-topicLoss*mass)
	}
	e.prior[topic] += nearWeight / (1 + mass)
}

// withTopic mixes the two readings of a question: it goes on with the topic, or
// it stands for itself.
func (e *evidence) withTopic(articles []float64, none float64) ([]float64, float64) {
	if e.topic < 0 {
		return articles, none
	}
	for i := range articles {
		articles[i] *= 1 - e.follow
	}
	articles[e.topic] += e.follow
	return articles, none * (1 - e.follow)
}
