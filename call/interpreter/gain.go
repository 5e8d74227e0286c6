package interpreter

import "github.com/amtsleitung/amtsleitung/transcript"

// aim sets how loud the parties hear each other: in full who understands each
// other, quietly who is interpreted, so that one hears that somebody speaks.
// Where nothing can be translated they hear each other in full: better than
// a dead line. Nobody hears the translation of their own words: it would talk
// into what they are saying next.
func (i *Interpreter) aim() {
	for _, p := range i.parties {
		for _, q := range i.parties {
			if p == q {
				continue
			}
			gain := 1.0
			if differ(p.Language, q.Language) && !i.broken(p, q) {
				gain = i.options.Original
			}
			i.between(p, q, gain)
		}
	}
}

func (i *Interpreter) broken(from, to *party) bool {
	r := i.routes[route{transcript.Primary(from.Language), transcript.Primary(to.Language)}]
	return r != nil && r.broken
}

func (i *Interpreter) between(p, q *party, gain float64) {
	if p != q {
		i.options.Room.Between(p.Name, q.Name, gain)
	}
}

func (i *Interpreter) restore() {
	for _, p := range i.parties {
		for _, q := range i.parties {
			i.between(p, q, 1)
		}
	}
}
