package lexical

import (
	"strings"
	"unicode/utf8"
)

// Light stemmers for languages that Snowball lacks here: the longest known
// ending comes off as long as a stem of minStem letters stays. They unite most
// cases and numbers of nouns and adjectives and common verb forms; what they
// miss is found by letters (see grams).
const minStem = 4

var (
	polishEndings = endings(`iejszego ejszego owaniem owania owanie owaniu owałem owałam eniem ienia ieniem ieniu
		iego iemu ymi imi ami iami ach iach owie owi ego emu ymi ych ich iej ej om iom em iem ów ość ości ością ąc ący ące
		ować uje uję ujesz ujemy ować ać eć ić yć am asz amy acie ają ał ała ało ali ały ił iła iło ili iły
		ą ę y i a e o u ie ia ią ię iu ek ka ki kę ką ce ku`)
	ukrainianEndings = endings(`ування юванням уванням увати ювати ення енням енню ання анням анню ість ості істю
		ого ому ими іми ами ями ах ях ові еві єві ої ою ею єю ій ем ом ів їв ам ям ий ії ію ія ям ись ся сь
		ати яти ити іти уть ють ать ять ає яє ує ює ив ила или ало али ала ав
		а я у ю і ї и е є о й ь`)
)

// endings sorts suffixes into a set by length in letters.
func endings(list string) map[string]bool {
	set := map[string]bool{}
	for _, e := range strings.Fields(list) {
		set[e] = true
	}
	return set
}

// longestEnding bounds the suffixes that are looked up, in letters.
const longestEnding = 7

func stripEnding(word string, known map[string]bool) string {
	letters := []rune(word)
	for n := min(longestEnding, len(letters)-minStem+1); n > 0; n-- {
		if cut := len(letters) - n; cut >= minStem-1 && known[string(letters[cut:])] {
			return string(letters[:cut])
		}
	}
	return word
}

// stemPolish strips once, and softens the last letter of the stem so that
// "dowód" and "dowodu" (after folding), "śmieć" and "śmieci" meet.
func stemPolish(word string) string {
	return strings.TrimSuffix(stripEnding(word, polishEndings), "i")
}

func stemUkrainian(word string) string {
	word = stripEnding(word, ukrainianEndings)
	if utf8.RuneCountInString(word) > minStem {
		word = strings.TrimSuffix(word, "ь")
	}
	return word
}
