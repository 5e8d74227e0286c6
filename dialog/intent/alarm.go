package intent

// leastDanger is how much likeness to emergencies a sign of danger needs to
// be one: words that always alarm are overruled only by a sentence that is
// quite unlike them, and a calm one must be very like them. Chosen on the
// exemplars, each judged by all others; see TestAlarmsOnExemplars.
func leastDanger() map[Strength]float64 {
	return map[Strength]float64{Certain: -0.6, Likely: -0.35, Hint: -0.05, Unread: -0.05, Silent: 0.05, Calm: 0.45}
}

// Alarm decides from the words and the likeness whether help is needed at
// once, and of which kind. Without likeness the words decide.
func Alarm(sign Sign, s Scores) (Kind, bool) {
	if !s.Known() {
		return sign.Kind, sign.Strength >= Likely
	}
	score, kind := s.Danger()
	if sign.Strength >= Likely {
		kind = sign.Kind
	}
	return kind, score >= leastDanger()[sign.Strength]
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
