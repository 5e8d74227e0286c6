package minutes

// consent is the decision of a chair who asks all whether they agree: they say
// yes, or nobody objects and the chair goes on. "We leave it until May. Are we
// agreed?" "Yes." "Good." about is the sentence that says what was decided.
func (t *talk) consent(i int, s *sentence) (d Decision, about int, ok bool) {
	q := i - 1
	for q > 0 && i-q <= farMoved && !t.asksAll(q) {
		q-- // the others' "Yes."
	}
	if q < 0 || s.asks() || !t.asksAll(q) || t.opposed(q, i) || t.decides(i) {
		return Decision{}, 0, false
	}
	asker := t.sentences[q].speaker
	closes := s.speaker == asker && s.says("closing")
	if !closes && !(s.speaker != asker && s.says("accept") && t.turnsTo(i, asker)) {
		return Decision{}, 0, false
	}
	about = q
	if p := t.sentences[q]; len(p.words) <= fewWords {
		about = t.moved(q)
	}
	if about < 0 {
		return Decision{}, 0, false
	}
	p := t.sentences[about]
	d = Decision{Item: t.item(s, 0, len(s.tokens)), Outcome: Agreed, About: p.said(p.begin(0, len(p.tokens)), len(p.tokens))}
	t.also(&d.Item, t.sentences[q])
	t.also(&d.Item, p)
	return d, about, true
}

// closes says that a sentence may sum up a matter: the chair says it, it names
// something, and neither do they go on to ask for agreement nor does the next one object.
func (t *talk) closes(i int) bool {
	s := t.sentences[i]
	if !t.chair[s.speaker] || len(s.words) == 0 {
		return false
	}
	for k := i + 1; k < min(i+farMoved, len(t.sentences)); k++ {
		next := t.sentences[k]
		if next.speaker != s.speaker {
			return !next.is("objects", next.norm)
		}
		if t.asksAll(k) || next.end == "?" && len(next.words) == 0 {
			return false
		}
	}
	return true
}

// turnsTo says that the asker speaks next, and does not say the decision then.
func (t *talk) turnsTo(i int, asker string) bool {
	if i+1 == len(t.sentences) || t.sentences[i+1].speaker != asker {
		return false
	}
	return !t.sentences[i+1].says("closing")
}

// decides says that a decision is said in so many words soon after a sentence.
func (t *talk) decides(i int) bool {
	for k := i + 1; k < min(i+3, len(t.sentences)); k++ {
		if _, said := t.decision(k); said {
			return true
		}
	}
	return false
}

// asksAll says that a sentence asks everybody for their agreement.
func (t *talk) asksAll(i int) bool {
	q := t.sentences[i]
	return q.speaker != "" && q.end == "?" && q.is("agreement", q.norm)
}

// opposed says that somebody objected, asked or decided something between two sentences.
func (t *talk) opposed(from, to int) bool {
	for k, s := range t.sentences[from+1 : to+1] {
		if _, decided := t.decision(from + 1 + k); decided || s.asks() {
			return true
		}
		if s.says("refuse") || s.says("hedge") || s.is("negation", s.norm) && !s.says("closing") {
			return true
		}
	}
	return false
}
