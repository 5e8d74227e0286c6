package minutes

// consent is the decision of a chair who asks all whether they agree, and goes
// on: "We leave it until May. Are we agreed? Good."
func (t *talk) consent(i int, s *sentence) (Decision, bool) {
	q := i - 1
	for q > 0 && t.sentences[q].speaker != s.speaker && i-q <= 3 {
		q-- // the others' "Yes."
	}
	if q < 0 || s.asks() || !s.says("closing") || s.says("refuse") || !t.asksAll(q, s.speaker) || t.opposed(q, i) {
		return Decision{}, false
	}
	for k := i + 1; k < min(i+3, len(t.sentences)); k++ {
		if _, said := t.decision(t.sentences[k]); said {
			return Decision{}, false // "None. Then that's agreed."
		}
	}
	about := t.moved(q)
	if about < 0 {
		return Decision{}, false
	}
	p := t.sentences[about]
	d := Decision{Item: t.item(s, 0, len(s.tokens)), Outcome: Agreed, About: p.said(p.begin(0, len(p.tokens)), len(p.tokens))}
	t.also(&d.Item, t.sentences[q])
	t.also(&d.Item, p)
	return d, true
}

// asksAll says that a sentence of the speaker asks everybody for their agreement.
func (t *talk) asksAll(i int, speaker string) bool {
	q := t.sentences[i]
	return speaker != "" && q.speaker == speaker && q.end == "?" && q.is("agreement", q.norm)
}

// opposed says that somebody objected between two sentences.
func (t *talk) opposed(from, to int) bool {
	for _, s := range t.sentences[from+1 : to] {
		if s.says("refuse") || s.says("hedge") || s.is("negation", s.norm) {
			return true
		}
	}
	return false
}
