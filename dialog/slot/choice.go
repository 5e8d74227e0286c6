package slot

import (
	"fmt"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// longestYes is how many words a yes or no may have.
const longestYes = 5

// yesNo reads the first yes or no of a short answer.
func (h *hearing) yesNo() Value {
	said := h.words()
	if len(said) > longestYes {
		said = said[:longestYes]
	}
	for _, w := range said {
		switch {
		case h.l.no[w]:
			return Value{Text: "no", Confidence: 0.9, to: len(h.toks)}
		case h.l.yes[w]:
			return Value{Text: "yes", Confidence: 0.9, to: len(h.toks)}
		}
	}
	return Value{}
}

// choice finds the one option that is named; asked, its number counts too,
// and words that only nearly fit.
func (h *hearing) choice(s Spec, asked bool) Value {
	said := h.words()
	var hits []string
	for _, o := range s.Choices {
		if o.heard(said, h.Language) {
			hits = append(hits, o.ID)
		}
	}
	v := Value{Confidence: 0.9, to: len(h.toks)}
	switch {
	case len(hits) == 1:
		v.Text = hits[0]
	case len(hits) > 1 && asked:
		v.Text, v.Others, v.Doubt, v.Confidence = hits[0], hits[1:2], Ambiguous, 0.5
	case len(hits) == 0 && asked:
		if i := h.numbered(len(s.Choices)); i >= 0 {
			v.Text = s.Choices[i].ID
			return v
		}
		return h.nearly(s)
	}
	return v
}

func (o Option) heard(said intent.Words, language string) bool {
	m, ok := o.Hear[language]
	if !ok {
		m, ok = o.Hear[transcript.Primary(language)]
	}
	if ok && m.Match(said) {
		return true
	}
	// Loan words: the city's own word is said in any language.
	return transcript.Primary(language) != "de" && o.Hear["de"].Match(said)
}

// numbered reads "das Zweite", "Nummer zwei" as an index; -1 is none.
func (h *hearing) numbered(n int) int {
	if len(h.toks) > 2*longestYes {
		return -1
	}
	for i := range h.toks {
		if h.toks[i].mark {
			continue
		}
		k := h.l.ordinalWord(h.word(i))
		if k == 0 {
			if v, used := h.number(i); used > 0 && h.word(i) != "ein" && h.word(i) != "eine" && h.word(i) != "a" {
				k = v
			}
		}
		if k >= 1 && k <= n {
			return k - 1
		}
	}
	return -1
}

// nearlyAlike is the least likeness of a misheard option.
const nearlyAlike = 0.72

// nearly compares each word with those that say the options.
func (h *hearing) nearly(s Spec) Value {
	best, score, tie := "", nearlyAlike, false
	for _, o := range s.Choices {
		say := o.Say[h.Language]
		if say == "" {
			say = o.Say[transcript.Primary(h.Language)]
		}
		for _, w := range intent.Split(say) {
			for _, heard := range h.words() {
				if len(w) < 5 || len(heard) < 4 {
					continue
				}
				switch like := similarity(w, heard); {
				case like > score:
					best, score, tie = o.ID, like, false
				case like == score && best != "" && best != o.ID:
					tie = true
				}
			}
		}
	}
	if best == "" || tie {
		return Value{}
	}
	return Value{Text: best, Confidence: score * 0.8, Doubt: Unsure, to: len(h.toks)}
}

// count reads how many things there are: one number, or a list of things
// ("ein Sofa, zwei Stühle und der Schrank").
func (h *hearing) count(s Spec, asked bool) Value {
	total, things := h.things(s)
	if total > 0 {
		return s.counted(Value{Text: fmt.Sprint(total), Note: strings.Join(things, ", "), Confidence: 0.85, to: len(h.toks)}, total)
	}
	if !asked {
		return Value{}
	}
	sum, at := 0, -1
	for i := 0; i < len(h.toks); {
		n, used := h.number(i)
		if used == 0 {
			i++
			continue
		}
		if at < 0 {
			at = i
		}
		sum += n
		i += used
	}
	if at < 0 || sum == 0 {
		return Value{}
	}
	return s.counted(Value{Text: fmt.Sprint(sum), Confidence: 0.85, from: at, to: len(h.toks)}, sum)
}

func (s Spec) counted(v Value, n int) Value {
	switch {
	case s.Max > 0 && n > s.Max:
		v.Doubt = Late
	case n < s.Min:
		v.Doubt = Past
	}
	return v
}

// things sums the numbers in front of the things that are counted.
func (h *hearing) things(s Spec) (int, []string) {
	m, ok := s.Things[h.Language]
	if !ok {
		if m, ok = s.Things[transcript.Primary(h.Language)]; !ok {
			return 0, nil
		}
	}
	total, pending := 0, 0
	var list []string
	for i := 0; i < len(h.toks); {
		if n, used := h.number(i); used > 0 && n > 0 && n < 1000 {
			pending = n
			i += used
			continue
		}
		if w := h.word(i); w != "" && m.Match(intent.Words{w}) {
			n := max(1, pending)
			total += n
			if n > 1 {
				list = append(list, fmt.Sprintf("%d %s", n, h.toks[i].raw))
			} else {
				list = append(list, h.toks[i].raw)
			}
			pending = 0
		}
		i++
	}
	return total, list
}

// longestText is how many letters of free text are kept.
const longestText = 600

// free is the text as it was said.
func (h *hearing) free() Value {
	text := strings.Join(strings.Fields(h.text), " ")
	if r := []rune(text); len(r) > longestText {
		text = string(r[:longestText])
	}
	if h.Sofar != "" && text != "" {
		text = h.Sofar + " " + text
	}
	return Value{Text: text, Confidence: 0.9, to: len(h.toks)}
}
