package minutes

// withdraw takes back what the sentence takes back, and says whether it did; or
// it corrects a date.
func (c *clerk) withdraw(i int, s *sentence) bool {
	c.laughedAt(i, s)
	if s.asks() {
		return false
	}
	for _, w := range s.book.withdrawals {
		m := w.FindStringIndex(s.norm)
		if m == nil || s.reported(m[0]) {
			continue
		}
		if f := c.meant(i, s); f != nil {
			f.gone = true
		}
		if c.open != nil && i-c.open.at <= 2 {
			c.open = nil
		}
		return true
	}
	if !s.says("fix") || len(c.tasks) == 0 {
		return false
	}
	f := c.tasks[len(c.tasks)-1]
	if s.date.Said != "" && !f.gone && i-f.at <= 2 && f.Due.Said != "" && len(s.words) <= c.fewFor(f, s) {
		f.Due = s.date
		c.also(&f.Item, s)
	}
	return false
}

// fewFor is how many words a correction of a date may have; who does the task may say why.
func (c *clerk) fewFor(f *found, s *sentence) int {
	if alike(f.Owner, s.speaker) {
		return 7
	}
	return 4
}

// meant is the task that a withdrawal is about: the one whose words it
// repeats, else the last one if it was only just said.
func (c *clerk) meant(i int, s *sentence) *found {
	words := s.words
	for n := len(c.tasks) - 1; n >= 0; n-- {
		f := c.tasks[n]
		direct := i-f.at == 1 && len(s.content(0, s.leadingClause())) <= 2 // "Tun Sie das nicht, die Halle ist frei."
		if f.gone {
			continue
		}
		if i-f.at <= 2 && n == len(c.tasks)-1 && (f.Speaker == s.speaker || len(words) <= 3 || direct) {
			return f
		}
		shared := 0
		for _, w := range words {
			if len([]rune(w)) > 4 && containsWord(f.content, w) {
				shared++
			}
		}
		if shared > 0 && (s.speaker == f.Speaker || alike(f.Owner, s.speaker)) {
			return f
		}
	}
	return nil
}

// laughedAt takes back what another just said or took, where somebody tells
// that it was a joke: "Very funny.", "Im Ernst, ..."
func (c *clerk) laughedAt(i int, s *sentence) {
	if !s.is("mocks", s.norm) || s.is("pleased", s.norm) {
		return // "Haha, great, thanks."
	}
	said := i - 1
	for said >= 0 && c.sentences[said].speaker == s.speaker {
		said-- // "Of course. Seriously, ..."
	}
	for _, f := range c.tasks {
		if said >= 0 && i-said <= 2 && f.at == said {
			f.gone = true
		}
	}
}
