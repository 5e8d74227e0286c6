package translate

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What an engine may answer that is no translation. Judged by form alone: it
// shall cost microseconds, and mistakes in meaning cannot be seen from here.
var (
	errSame   = errors.New("it gave the same text back")
	errScript = errors.New("it answered in another script")
	errLength = errors.New("its answer has an absurd length")
	errLoop   = errors.New("it repeats itself")
)

// rubbish says why an answer cannot be a translation of the text; nil: it can.
func rubbish(text, out string, d direction) error {
	switch {
	case strings.TrimSpace(out) == "":
		return errEmpty
	case same(text, out):
		return errSame
	case !inScript(out, d.to):
		return errScript
	case absurd(utf8.RuneCountInString(text), utf8.RuneCountInString(out)):
		return errLength
	case loops(out) > max(mostRepeats, loops(text)+1):
		return errLoop
	}
	return nil
}

// absurd lengths: translations of short words can be long ("Ja." "That is so."),
// those of sentences hardly differ by more than a factor of three.
func absurd(in, out int) bool { return out > 4*in+40 || in > 5*out+40 }

// fewestWords that a text must have to be no name, title or number, which are
// the same in many languages.
const fewestWords = 3

func same(text, out string) bool {
	words := 0
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) && len(w) > 1 {
			words++
		}
	}
	return words >= fewestWords && strings.EqualFold(letters(text), letters(out))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// scripts other than Latin of the languages that are likely to be met.
func script(language string) *unicode.RangeTable {
	switch language {
	case "ru", "uk", "bg", "be", "mk", "kk", "ky", "tg", "mn":
		return unicode.Cyrillic
	case "ar", "fa", "ur", "ps":
		return unicode.Arabic
	case "el":
		return unicode.Greek
	case "he":
		return unicode.Hebrew
	case "hy":
		return unicode.Armenian
	case "ka":
		return unicode.Georgian
	case "hi":
		return unicode.Devanagari
	case "de", "en", "fr", "es", "it", "pt", "pl", "ro", "tr", "nl", "cs", "sk", "sl", "hr", "hu", "sq", "lt", "lv", "et", "fi", "sv", "da", "no", "vi":
		return unicode.Latin
	}
	return nil
}

// fewestLetters below which a text is taken as it is: "Wi-Fi", "A 40".
const fewestLetters = 12

// inScript wants most letters in the language's script. Names, addresses and
// marks stay in Latin everywhere, so a third is enough for other scripts.
func inScript(out, language string) bool {
	table := script(language)
	if table == nil {
		return true
	}
	all, own := 0, 0
	for _, r := range out {
		if !unicode.IsLetter(r) {
			continue
		}
		all++
		if unicode.Is(table, r) {
			own++
		}
	}
	if table == unicode.Latin {
		return all < fewestLetters || own*2 >= all
	}
	return all < fewestLetters || own*3 >= all
}

const (
	mostRepeats   = 4  // of the same words one after the other
	longestPhrase = 8  // in words
	longestRun    = 12 // of one letter
)

// loops is how often the same phrase comes in a row at most: engines that have
// lost the thread say one thing until their answer is full.
func loops(s string) int {
	words := strings.Fields(strings.ToLower(s))
	most := letterRun(s) / (longestRun / mostRepeats)
	for n := 1; n <= longestPhrase; n++ {
		same := 0 // words in a row that equal the one n before
		for i := n; i < len(words); i++ {
			if words[i] != words[i-n] {
				same = 0
				continue
			}
			same++
			most = max(most, same/n+1)
		}
	}
	return most
}

func letterRun(s string) int {
	most, run, last := 0, 0, rune(-1)
	for _, r := range s {
		if r == last && unicode.IsLetter(r) {
			run++
		} else {
			run, last = 1, r
		}
		if unicode.IsLetter(r) {
			most = max(most, run)
		}
	}
	return most
}
