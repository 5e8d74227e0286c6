package slot

import "strings"

// spelt is a run of letters said one by one.
type spelt struct {
	text string
	end  int // behind its last token
	// units is how many letters were named; clear those of them that cannot
	// have been words: single letters and "M wie Martha".
	units, clear int
}

// sure says that the run cannot be a few words that look like letters.
func (s spelt) sure() bool { return s.clear >= 2 || s.units >= 4 && s.clear >= 1 || s.units >= 3 }

// spelling reads letters from token i on, as far as they go.
func (h *hearing) spelling(i int) spelt {
	run := spelt{end: i}
	for at := i; at < len(h.toks); {
		if t := h.toks[at]; t.mark {
			switch {
			case (t.is("-") || t.is("–")) && run.units > 0 && !h.toks[at].glued && at+1 < len(h.toks) && !h.toks[at+1].glued:
				run.text += "-"
			case !t.is("-") && !t.is(".") && !t.is(","):
				return run
			}
			at++
			continue
		}
		if h.l.hyphen[h.word(at)] && run.units > 0 {
			if next, used, _ := h.unit(at + 1); used > 0 && next != "" {
				run.text += "-"
				at++
				continue
			}
			return run
		}
		letters, used, clear := h.unit(at)
		if used == 0 {
			return run
		}
		run.text += letters
		run.units++
		if clear {
			run.clear++
		}
		at += used
		run.end = at
	}
	return run
}

// unit reads one named letter: "M", "em", "Martha", "M wie Martha", "Doppel-S",
// "scharfes S", "Umlaut U".
func (h *hearing) unit(i int) (letters string, used int, clear bool) {
	if i >= len(h.toks) || h.toks[i].mark {
		return "", 0, false
	}
	w := h.word(i)
	switch {
	case h.l.double[w]:
		at := i + 1
		for at < len(h.toks) && h.toks[at].mark {
			at++
		}
		if next, n, _ := h.unit(at); n > 0 && len([]rune(next)) == 1 {
			return next + next, at + n - i, true
		}
		return "", 0, false
	case h.l.letterCase[w]:
		if next, n, c := h.unit(i + 1); n > 0 {
			return next, n + 1, c
		}
		return "", 0, false
	case h.l.umlaut[w]:
		if next, n, _ := h.unit(i + 1); n > 0 && umlaut(next) != "" {
			return umlaut(next), n + 1, true
		}
		return "", 0, false
	}
	if sharp := h.sharp(i); sharp > 0 {
		return "ß", sharp, true
	}
	letter := h.l.letter(h.toks[i])
	at := i + 1
	for at < len(h.toks) && h.toks[at].is(",") {
		at++
	}
	if n := h.like(at); n > 0 { // "M wie Martha"
		named := h.like1(at + n)
		switch {
		case letter != "" && len([]rune(h.toks[i].raw)) == 1:
			return letter, at + n + 1 - i, true
		case named != "":
			return named, at + n + 1 - i, true
		}
	}
	if n := h.like(i); n > 0 { // "wie Anton"
		if named := h.like1(i + n); named != "" {
			return named, n + 1, true
		}
	}
	if letter == "" {
		return "", 0, false
	}
	if h.l.umlaut[h.word(i+1)] && umlaut(letter) != "" {
		return umlaut(letter), 2, true
	}
	return letter, 1, len([]rune(h.toks[i].raw)) == 1
}

func umlaut(vowel string) string {
	switch vowel {
	case "a":
		return "ä"
	case "o":
		return "ö"
	case "u":
		return "ü"
	}
	return ""
}

// like counts the words of "wie", "as in", "for" at token i.
func (h *hearing) like(i int) int {
	n := 0
	for n < 2 && h.l.as[h.word(i+n)] {
		n++
	}
	if n == 0 || i+n >= len(h.toks) || h.toks[i+n].mark {
		return 0
	}
	return n
}

// like1 is the letter that the word at i stands for: that of the spelling
// alphabet, else its first.
func (h *hearing) like1(i int) string {
	if i >= len(h.toks) || h.toks[i].mark || h.toks[i].digits() {
		return ""
	}
	if l := h.l.letters[h.toks[i].fold]; l != "" && len([]rune(h.toks[i].raw)) > 2 {
		return l
	}
	return strings.ToLower(string([]rune(h.toks[i].raw)[0]))
}

// sharp is how many tokens name the ß.
func (h *hearing) sharp(i int) int {
	switch h.word(i) {
	case "eszett", "esszett":
		return 1
	case "scharfes", "scharfem", "scharf", "scharfe", "sharp":
		if w := h.word(i + 1); w == "s" || w == "es" || w == "ess" {
			return 2
		}
	case "es", "ess", "s":
		if h.word(i+1) == "zett" || h.word(i+1) == "zet" {
			return 2
		}
	}
	return 0
}
