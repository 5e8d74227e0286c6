package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// beforeNames are abbreviations that a name or noun follows: no sentence ends
// with them. A line for each language or two.
var beforeNames = wordSet(`
 av mr mrs ms messrs dr prof st rev gen col sgt lt capt hon gov jr sr dept ave blvd
 hr hrn fr frl dipl ing bzw bzgl ggf ca evtl inkl exkl zzgl hrsg gem vgl sog geb lfd bspw z i d u v n o
 sra srta dra profa exmo exma arq lda ud uds pça ctra depto admón
 mme mlle mgr ste bd
 sig sigg dott dssa ssa avv geom rag gent egr spett
 bay bn doç mah
 inż hab im św
 вул просп пл буд обл див ім им пр
 șos conf`)

// beforeFigures are words, too, where no figure follows.
var beforeFigures = wordSet(" no nos nr num núm art abs ziff z s p pp pág págs pag str fig vol sec ch tel max min approx ext cap kap rn bl ap sc et apt кв буд каб пн вт ср чт пт сб вс ст п тел ul al pl os cad sok в г")

// afterwards may end a sentence; they do not where a figure follows. (Nothing
// ends where a small letter does.)
var afterwards = wordSet(" a.m p.m am pm etc usw ff ecc itd itp tys тис тыс mio mrd mln mld млн млрд uhr p.ex e.g i.e incl")

// goesOn says whether the sentence that was cut from before rest has not ended.
func goesOn(sentence, rest string) bool {
	body := strings.TrimRightFunc(sentence, unicode.IsSpace)
	if body == "" || rest == "" || strings.ContainsAny(sentence[len(body):], "\n\r\u2028\u2029") {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	small := unicode.IsLower(next)
	head, ended := strings.CutSuffix(body, ".")
	if !ended { // "What?" she said
		return small && strings.ContainsAny(body[len(strings.TrimRight(body, quotes)):], quotes)
	}
	if small {
		return true
	}
	last := head[strings.LastIndexFunc(head, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(\"'„“«[/", r) })+1:]
	if last == "" {
		return false
	}
	folded := strings.ToLower(last)
	switch {
	case beforeNames[folded]:
		return true
	case beforeFigures[folded], afterwards[folded]:
		return unicode.IsDigit(next)
	}
	return initials(last)
}

const quotes = "\"'”“’»)"

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// initials are "J" and "U.S", but not "я" or "é", which are words.
func initials(last string) bool {
	for part := range strings.SplitSeq(last, ".") {
		first, size := utf8.DecodeRuneInString(part)
		if size != len(part) || !unicode.IsLetter(first) || size == len(last) && !unicode.IsUpper(first) {
			return false
		}
	}
	return true
}
