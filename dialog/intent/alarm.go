package intent

// The odds of danger (natural logarithm) are a sum: the likeness to
// emergencies by the regression and by the nearest exemplars, and what the
// words say. Fitted by logistic regression to the exemplars, each judged by
// all others; see TestAlarmsOnExemplars.
const (
	oddsOfScore  = 5.6
	oddsOfNearer = 4.6
)

func oddsOfWords() map[Strength]float64 {
	return map[Strength]float64{Certain: 2.6, Likely: 0.7, Hint: -0.3, Unread: -0.3, Silent: -0.5, Calm: -1.6}
}

// Odds from which there is an alarm, and from which a question whether there
// is danger: one and two in a hundred of the exemplars that are none reach
// them, most of which were written to sound like one.
const (
	clearOdds    = 0.0
	doubtfulOdds = -1.5
)

// Alert is how surely a sentence tells of an emergency.
type Alert int

// Alerts, weakest first.
const (
	NoAlert  Alert = iota
	Doubtful       // ask
	Clear
)

// Alarm decides from the words and the likeness whether help is needed at
// once, and of which kind. Without likeness the words decide.
func Alarm(sign Sign, s Scores) (Kind, Alert) {
	if !s.Known() {
		if sign.Strength >= Likely {
			return sign.Kind, Clear
		}
		return "", NoAlert
	}
	score, kind := s.Danger()
	if sign.Strength >= Likely {
		kind = sign.Kind
	}
	switch odds := oddsOfScore*score + oddsOfNearer*s.nearer + oddsOfWords()[sign.Strength]; {
	case odds >= clearOdds:
		return kind, Clear
	case odds >= doubtfulOdds:
		return kind, Doubtful
	}
	return kind, NoAlert
}

// leastLike is how much likeness to a class expresses its intent without any
// pattern: as much as two or three ordinary sentences in a thousand have.
func leastLike() map[Name]float64 {
	return map[Name]float64{
		"human": -0.2, "callback": -0.3, "manipulation": -0.1, "decision": -0.25, "insult": -0.5, "chat": -0.3,
	}
}

// rather is the least likeness of a sentence that no article answers. Who
// wants a person is offered one then anyway.
func rather() map[Name]float64 {
	return map[Name]float64{"human": -0.6, "callback": -0.6, "manipulation": -0.5, "decision": -0.5}
}

// ratherElse is that of the other classes: one ordinary sentence in a hundred
// has as much.
const ratherElse = -0.45

// leastPattern is how much likeness a pattern needs; below it the words only
// sound like the intent.
const leastPattern = -0.97

// Rather is the one of the names that a sentence which no article answers is
// most like.
func (s Scores) Rather(names ...Name) (Name, bool) {
	best, top := Name(""), -1.0
	for _, name := range names {
		least, ok := rather()[name]
		if !ok {
			least = ratherElse
		}
		if score := s.Of(Class(name)); s.known && score >= least && score > top {
			best, top = name, score
		}
	}
	return best, best != ""
}

// Like is the one of the names that the sentence is most like, and at least
// so much.
func (s Scores) Like(least float64, names ...Name) (Name, bool) {
	best, top := Name(""), least
	for _, name := range names {
		if score := s.Of(Class(name)); s.known && score >= top {
			best, top = name, score
		}
	}
	return best, best != ""
}

// Express is Anywhere, helped by likeness: the first of the names that the
// words express by a pattern, or else the one the sentence is most like.
func (r *Recogniser) Express(words Words, language string, s Scores, names ...Name) (Name, bool) {
	for _, name := range names {
		if _, ok := r.Anywhere(words, language, name); ok && (!s.Known() || s.Of(Class(name)) >= leastPattern) {
			return name, true
		}
	}
	best, lead := Name(""), 0.0
	for _, name := range names {
		least, ok := leastLike()[name]
		if score := s.Of(Class(name)); ok && s.Known() && score >= least && (best == "" || score > lead) {
			best, lead = name, score
		}
	}
	return best, best != ""
}
