package slot

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
)

// phone reads a telephone number; what is too short goes on with the next
// words. A number said again in full replaces what there was.
func (h *hearing) phone() Value {
	said := h.r.numbers.Parse(h.text, h.Language)
	if said == "" {
		return Value{}
	}
	all := said
	if h.Sofar != "" && said[0] != '+' && (numbers.Count(said) <= 6 || said[0] != '0') {
		all = h.Sofar + said
	}
	v := Value{Text: all, Confidence: 0.8, Doubt: Unsure, to: len(h.toks)}
	switch n := numbers.Count(all); {
	case n > numbers.MaxDigits:
		v.Doubt = Impossible
	case n <= numbers.MinDigits:
		v.Doubt = Incomplete
	}
	return v
}

var mailAddress = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]*@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}$`)

// email puts an address together from words, letters and marks: "anna punkt
// müller at web punkt de".
func (h *hearing) email() Value {
	begin, _ := h.lead(h.l.mailLead)
	var b strings.Builder
	for i := begin; i < len(h.toks); {
		piece, used := h.mailPiece(i)
		b.WriteString(piece)
		i += max(1, used)
	}
	address := strings.Trim(h.provider(b.String()), ".-,")
	if h.Sofar != "" && !(strings.Contains(h.Sofar, "@") && strings.Contains(address, "@")) {
		address = h.Sofar + address
		if strings.Contains(h.Sofar, "@") && !strings.Contains(h.Sofar[strings.Index(h.Sofar, "@"):], ".") && !strings.HasPrefix(b.String(), ".") {
			address = h.Sofar + strings.TrimPrefix(b.String(), "-")
		}
	}
	v := Value{Text: address, Confidence: 0.8, Doubt: Unsure, from: begin, to: len(h.toks)}
	switch {
	case address == "" || strings.Count(address, "@") > 1 || !strings.ContainsAny(address, "@.") && h.Sofar == "" && len(h.toks)-begin > 6:
		return Value{}
	case !mailAddress.MatchString(address):
		v.Doubt = Incomplete
	}
	return v
}

// holdsAt says that the sentence has an at sign in it.
func (h *hearing) holdsAt() bool {
	for i, t := range h.toks {
		if t.is("@") || h.l.at[h.word(i)] {
			return true
		}
	}
	return false
}

// mailPiece is what a token adds to an address.
func (h *hearing) mailPiece(i int) (string, int) {
	t := h.toks[i]
	w := h.word(i)
	switch {
	case t.is("@") || h.l.at[w]:
		return "@", 1
	case t.is("."):
		if i+1 < len(h.toks) && h.toks[i+1].glued && i > 0 && t.glued {
			return ".", 1
		}
		return "", 1 // the end of a sentence
	case t.is("-") && !t.glued && i+1 < len(h.toks) && !h.toks[i+1].glued:
		return "-", 1
	case t.is("-") && i > 0 && len([]rune(h.toks[i-1].raw)) == 1 && i+1 < len(h.toks) && len([]rune(h.toks[i+1].raw)) == 1:
		return "", 1 // M-Ü-L-L: letters
	case t.is("-"), t.is("_"), t.is("+"):
		return t.raw, 1
	case t.mark:
		return "", 1
	case h.l.dot[w]:
		return ".", 1
	case h.l.hyphen[w]:
		return "-", 1
	case h.l.score[w]:
		return "_", 1
	case h.l.letterCase[w], h.l.fillers[w] && len(w) > 1:
		return "", 1
	}
	if run := h.spelling(i); run.clear > 0 {
		return intent.Fold(run.text), run.end - i
	}
	if t.digits() {
		return t.raw, 1
	}
	if n, used := h.number(i); used > 0 && w != "ein" && w != "eine" {
		return strconv.Itoa(n), used
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, w), 1
}

// provider mends what a recogniser makes of well-known domains.
func (h *hearing) provider(address string) string {
	for wrong, right := range h.l.mail {
		if name, ok := strings.CutSuffix(address, "@"+wrong); ok {
			return name + "@" + right
		}
	}
	return address
}

// A German plate: the district, one or two letters, up to four digits, E or H.
var plateForm = regexp.MustCompile(`^([A-ZÄÖÜ]{1,3})-([A-Z]{1,2}) ?(\d{1,4})([EH]?)$`)

// plate reads "M wie Musterstadt Bindestrich AB 123".
func (h *hearing) plate() Value {
	var groups []string // letters, with the cuts that were said
	digits, tail, from, end := "", "", -1, 0
	cut := true
	for i := 0; i < len(h.toks); {
		t := h.toks[i]
		w := h.word(i)
		switch {
		case t.is("-") || h.l.hyphen[w]:
			cut = true
			i++
			continue
		case t.mark:
			i++
			continue
		}
		if letters, used := h.plateLetters(i); used > 0 {
			letters = strings.ToUpper(letters)
			switch {
			case digits != "":
				tail += letters
			case cut || len(groups) == 0:
				groups = append(groups, letters)
			case used == 1 && len([]rune(t.raw)) > 1 || len([]rune(groups[len(groups)-1])) > 1 && len(letters) > 1:
				groups = append(groups, letters)
			default:
				groups[len(groups)-1] += letters
			}
			if from < 0 {
				from = i
			}
			cut, end = false, i+used
			i += used
			continue
		}
		if n, used := h.number(i); used > 0 && len(groups) > 0 {
			if t.digits() {
				digits += t.raw
			} else {
				digits += strconv.Itoa(n)
			}
			end = i + used
			i += used
			continue
		}
		i++
	}
	return plateOf(groups, digits, tail, from, end)
}

// plateLetters reads letters of a plate from token i: spelt, or written
// together in capitals ("AB").
func (h *hearing) plateLetters(i int) (string, int) {
	t := h.toks[i]
	if r := []rune(t.raw); !t.digits() && len(r) > 1 && len(r) <= 4 && t.raw == strings.ToUpper(t.raw) {
		return t.raw, 1
	}
	letters, used, clear := h.unit(i)
	if used == 0 || !clear && len([]rune(t.raw)) > 3 && h.l.letters[t.fold] == "" {
		return "", 0
	}
	return letters, used
}

func plateOf(groups []string, digits, tail string, from, end int) Value {
	if len(digits) == 0 || len(digits) > 4 || len(groups) == 0 || from < 0 {
		return Value{}
	}
	if tail != "E" && tail != "H" {
		tail = ""
	}
	all := strings.Join(groups, "")
	letters := []rune(all)
	var fits []string
	if len(groups) >= 2 {
		if text := groups[0] + "-" + strings.Join(groups[1:], "") + " " + digits + tail; plateForm.MatchString(text) {
			fits = append(fits, text)
		}
	}
	for n := 1; n <= 3 && n < len(letters) && len(fits) == 0; n++ {
		if text := string(letters[:n]) + "-" + string(letters[n:]) + " " + digits + tail; plateForm.MatchString(text) {
			fits = append(fits, text)
			for m := n + 1; m <= 3 && m < len(letters); m++ {
				if other := string(letters[:m]) + "-" + string(letters[m:]) + " " + digits + tail; plateForm.MatchString(other) {
					fits = append(fits, other)
				}
			}
		}
	}
	if len(fits) == 0 {
		return Value{}
	}
	v := Value{Text: fits[0], Confidence: 0.85, Doubt: Unsure, from: from, to: end}
	if len(fits) > 1 {
		v.Doubt, v.Others = Ambiguous, fits[1:2]
	}
	return v
}

var plateWritten = regexp.MustCompile(`\b([A-ZÄÖÜ]{1,3})[- ]([A-Z]{1,2})[- ]?(\d{1,4})([EH]?)\b`)

// plateInSentence finds a plate written as such.
func (h *hearing) plateInSentence() Value {
	m := plateWritten.FindStringSubmatch(h.text)
	if m == nil {
		return Value{}
	}
	return Value{Text: m[1] + "-" + m[2] + " " + m[3] + m[4], Confidence: 0.8, Doubt: Unsure}
}
