package minutes

import (
	"slices"
	"strings"
)

// hit is where a rule matches in a sentence.
type hit struct {
	rule     rule
	start    int // of the match in the norm
	at       int // what the rule found, not what leads to it
	end      int
	owner    string
	from, to int // tokens of the task's words
	stranger bool
	unknown  bool // the verb is not of the list
	parted   bool // the verb and its particle are of the list: "gibt ... weiter"
	withDue  Due
	named    bool // some date is in its part, maybe of something else
}

// hits are the tasks that rules find in a sentence, from left to right, each
// with its part of the words.
func (c *clerk) hits(i int, s *sentence) []hit {
	var all []hit
	for _, r := range s.book.Tasks {
		for at := 0; at < len(s.norm); {
			m := r.re.FindStringSubmatchIndex(s.norm[at:])
			if m == nil {
				break
			}
			for k := range m {
				if m[k] >= 0 {
					m[k] += at
				}
			}
			h, ok := c.hit(i, s, r, m)
			h.from, h.to = 0, len(s.tokens)
			if h.withDue, h.named = s.date, s.date.Said != ""; ok && c.holds(i, s, h) && !crowded(all, h, s) {
				all = append(all, h)
			}
			at = m[1] - 1
			if strings.HasPrefix(r.Say, "^") {
				break
			}
		}
	}
	sortHits(all)
	c.share(s, all)
	kept := all[:0]
	for _, h := range all {
		if c.holds(i, s, h) {
			kept = append(kept, h)
		}
	}
	c.share(s, kept) // what was left out leaves its words to the others
	return kept
}

// requests are the kinds of rules that look for a taker.
var requests = wordSet("ask who may please")

// hit reads a match; guards may speak against it.
func (c *clerk) hit(i int, s *sentence, r rule, m []int) (hit, bool) {
	h := hit{rule: r, start: m[0] + 1, at: m[0] + 1, end: m[1] - 1}
	if from, to, ok := group(r.re, m, "owner"); ok {
		h.owner, h.at = c.name(s, from, to), from
		h.stranger = s.tokens[s.index(from)].low == guess
	}
	if from, to, ok := group(r.re, m, "stranger"); ok {
		first, last := s.index(from), s.index(to-1)
		for _, tok := range s.tokens[first : last+1] {
			if s.book.noNames[tok.low] || strings.ToLower(tok.raw) == tok.raw && !particles[tok.low] {
				return h, false
			}
		}
		h.owner, h.stranger = s.said(first, last+1), true
	}
	if from, to, ok := group(r.re, m, "verb"); ok && s.book.noOrders[s.norm[from:to]] {
		return h, false
	}
	if from, to, ok := group(r.re, m, "deed"); ok {
		verb := s.norm[from:to]
		if s.book.Language == "de" && strings.HasSuffix(verb, "n") {
			verb = s.infinitive(from)
		}
		if first, last, ok := group(r.re, m, "particle"); ok {
			h.parted = s.book.parted[verb+" "+s.norm[first:last]]
		}
		if !h.parted && !s.book.deed(verb) && !(requests[r.Is] && s.book.verbs[verb]) {
			return h, false
		}
		h.unknown = !s.book.knows(verb)
	}
	if from, to, ok := group(r.re, m, "everybody"); ok {
		last := s.index(to - 1)
		if s.book.Language == "de" && last+1 < len(s.tokens) && isName(s.tokens[last+1]) {
			return h, false // "macht alle Schulen"
		}
		h.owner = s.said(s.index(from), last+1)
	}
	if from, _, ok := group(r.re, m, "pronoun"); ok {
		if h.owner = c.antecedent(i, s, from); h.owner == "" {
			return h, false
		}
	}
	if from, to, ok := group(r.re, m, "known"); ok && !s.book.second(s.norm[from:to]) {
		return h, false
	}
	if r.Needs == "thing" && strings.HasSuffix(s.closing(s.index(h.end-2)), "en") { // "Ich möchte bitte ausreden."
		return h, false
	}
	but := strings.Fields(r.But)
	if requests[r.Is] {
		but = append(but, "hypothetical", "idiom", "subordinate")
	}
	if requests[r.Is] && s.date.Said == "" && s.is("conduct", s.norm) {
		return h, false // "Können Sie etwas lauter sprechen?"
	}
	if r.Is == "ask" && s.asks() && !s.is("unreal", s.norm) {
		but = append(but, "conditional") // "Sagst du mir Bescheid, wenn er da ist?"
	}
	if r.Is == "ours" && s.is("talk", s.part(s.clause(h.at))) {
		return h, false // "wir reden heute über den Haushalt"
	}
	if r.Is != "ask" && s.away(h.at) || s.bare(h) {
		return h, false
	}
	if c.dated(s, h.at) {
		but = append(but, "habit") // "to every shopkeeper by Friday"
	}
	for _, at := range []int{h.at, h.end - 1} {
		if s.guarded(at, but...) != "" {
			return h, false
		}
	}
	return h, true
}

// away says that the clause of a place tells of leave, not of work.
func (s *sentence) away(at int) bool { return s.is("absence", s.part(s.clause(at))) }

// dated says that the clause of a place names a deadline.
func (c *clerk) dated(s *sentence, at int) bool {
	from, to := s.clause(at)
	first, _, _ := strings.Cut(strings.ToLower(c.due(s, from, to).Said), " ")
	return s.book.dates.before[first]
}

// name is what the signs between two places of the norm stand for.
func (c *clerk) name(s *sentence, from, to int) string {
	first, last := s.index(from), s.index(to-1)
	return s.said(first, last+max(1, s.tokens[last].name))
}

// crowded says that another rule has found the same clause already.
func crowded(all []hit, h hit, s *sentence) bool {
	from, to := s.clause(h.at)
	for _, o := range all {
		if o.start < h.end && h.start < o.end {
			return true
		}
		f, t := s.clause(o.at)
		if f == from && t == to && (o.owner == h.owner || o.rule.Is == "ask" || o.rule.Is == "please" || o.rule.Is == "who") {
			return true
		}
	}
	return false
}

func sortHits(all []hit) {
	for i := 1; i < len(all); i++ {
		for k := i; k > 0 && all[k].at < all[k-1].at; k-- {
			all[k], all[k-1] = all[k-1], all[k]
		}
	}
}

// share gives each task of a sentence its own words and its date.
func (c *clerk) share(s *sentence, all []hit) {
	for i := range all {
		all[i].from, all[i].to = 0, len(s.tokens)
		if i > 0 {
			at := s.opening(all[i].at, all[i-1].end)
			all[i].from, all[i-1].to = at, at
			for to := at - 1; to > all[i-1].from && (s.tokens[to].mark || s.tokens[to].low == "und" || s.tokens[to].low == "and"); to-- {
				all[i-1].to = to
			}
		}
	}
	for i := range all {
		h := &all[i]
		to := s.another(h.at, h.to)
		h.withDue, h.named = c.dueFor(s, h.at, h.from, to), c.due(s, h.from, to).Said != ""
	}
}

// another is where a further main clause with a verb of its own begins behind a
// place, else the end: "They plant in May, and people can look until June."
func (s *sentence) another(at, to int) int {
	for k := s.index(at); k+2 < to; k++ {
		if s.tokens[k].mark && (s.tokens[k+1].low == "and" || s.tokens[k+1].low == "und") && slices.ContainsFunc(s.tokens[k+3:min(to, k+6)], func(t token) bool { return auxiliary[t.low] }) && !auxiliary[s.tokens[k+2].low] {
			return k
		}
	}
	return to
}

// auxiliary are verbs that begin what another does.
var auxiliary = wordSet("can could should is are has have may kann können könnte könnten sollte sollten ist sind hat haben darf dürfen")

// opening is where the words that belong to a place begin: after the last
// comma or "and" that stands between it and the place before.
func (s *sentence) opening(at, after int) int {
	i := s.index(at)
	for k := i; k > 0 && s.tokens[k].at > after; k-- {
		if p := s.tokens[k-1]; breaks(p) || p.low == "und" || p.low == "and" {
			return k
		}
	}
	return i
}

// holds says that what the rule needs besides is there.
func (c *clerk) holds(i int, s *sentence, h hit) bool {
	needs := h.rule.Needs
	if needs == "whole" { // "Frau Kern gibt den Beschluss weiter."
		if !h.parted || s.tokens[s.index(h.at)].office || len(s.content(h.from, h.to)) < 3 {
			return false
		}
		needs = "sure"
	}
	if needs == "" && (h.rule.Is == "self" || h.rule.Is == "told" || h.rule.Is == "offer") && c.isWeak(s, h) && !c.isLight(s, h) {
		needs = "wish"
	}
	if needs == "" && h.rule.Is == "told" && strings.Contains(h.rule.Say, "{third}") && s.tokens[s.index(h.at)].office {
		needs = "due" // an office does much every day
	}
	if from, to := s.clause(h.at); h.withDue.Said == "" && (h.rule.Is == "self" && s.is("immediate", s.part(from, to)) || h.rule.Is == "told" && s.is("ongoing", s.norm)) {
		return false // done at once, or going on
	}
	switch needs {
	case "due":
		if h.rule.Is == "told" && s.tokens[s.index(h.at)].office && !c.refers(s, h) && len(without(s.content(h.from, h.to), h.withDue)) <= 1 {
			return false // "the library opens on Monday"
		}
		if h.unknown && !h.deadline(s) && (h.rule.Is == "told" || s.book.Language == "en") {
			return false // "the fire brigade celebrates on Saturday"
		}
		return h.named && !(h.rule.Is == "ours" && h.withDue.month)
	case "deadline":
		return h.deadline(s)
	case "firm": // "I ask them on Monday", and not "I take it we meet on Monday"
		return h.named && !c.isWeak(s, h)
	case "focus": // "Das Schild bestellt die Pressestelle."
		return h.named || !s.book.weakIn(s.norm[h.start:h.end]) || c.wished(i)
	case "infinitive":
		return !s.finite(s.clause(h.at))
	case "present": // "I need the list from Ms Reed"
		return c.present(h.owner) && !alike(h.owner, s.speaker)
	case "person": // offices are in charge of much: that is no task
		return h.named || !s.tokens[s.index(h.at)].office
	case "nominal": // "Kontrolle der Boote durch Herrn Kern bis Mai."
		return h.deadline(s) && !s.finite(0, len(s.tokens)) && !slices.ContainsFunc(s.tokens, s.book.isVerb)
	case "sure": // the rule says enough, whatever the verb
	case "wish":
		return h.named || c.wished(i)
	}
	return true
}

// deadline says that the date is one until when: "bis Freitag", not "am Freitag".
func (h hit) deadline(s *sentence) bool {
	first, _, _ := strings.Cut(strings.ToLower(h.withDue.Said), " ")
	return s.book.dates.before[first]
}

// wished says that somebody looked for a taker just before.
func (c *clerk) wished(i int) bool {
	for k := max(0, i-farAsk); k < i; k++ {
		if p := c.sentences[k]; c.asked[k] || i-k <= 3 && p.is("wish", p.norm) {
			return true
		}
	}
	return c.open != nil
}
