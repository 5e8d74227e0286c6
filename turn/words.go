package turn

import (
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Words is what the text of a pause says about whether the turn is over.
type Words int

// What words may say.
const (
	Unclear  Words = iota // nothing, or no words are known
	GoesOn                // "... einen Ausweis für": nobody stops here
	Hanging               // an unfinished tone in writing: "Ich brauche..."
	Counting              // a digit or a letter is last: another may follow
	Question              // a question has been asked
	Yes                   // a lone "ja", which a "but" may follow
	Answered              // "ja, bitte": all is said
)

var wordsNames = [...]string{"unclear", "goes on", "hanging", "counting", "question", "yes", "answered"}

func (w Words) String() string {
	if w < 0 || int(w) >= len(wordsNames) {
		return "unknown"
	}
	return wordsNames[w]
}

// Words reads a recogniser's text with its punctuation, which comes from the
// voice as much as from the words.
func (o *OpenEnds) Words(language, text string) Words {
	text = strings.TrimSpace(text)
	words := split(text)
	if len(words) == 0 {
		return Unclear
	}
	primary := transcript.Primary(language)
	if a, ok := o.answers[primary][strings.Join(words, " ")]; ok {
		return a
	}
	switch {
	case strings.HasSuffix(text, "?") && len(words) > 2:
		return Question // what ends in a question mark was heard to rise
	case o.Is(language, text):
		return GoesOn
	case counts(words[len(words)-1]):
		return Counting
	case strings.HasSuffix(text, "..."), strings.HasSuffix(text, "…"), strings.HasSuffix(text, ","), strings.HasSuffix(text, "-"):
		return Hanging
	}
	return Unclear
}

// counts says whether a word is a number in digits or a single letter.
func counts(word string) bool {
	letters := 0
	for _, r := range word {
		if unicode.IsDigit(r) {
			return true
		}
		letters++
	}
	return letters == 1
}

// split gives the lower-case words without punctuation.
func split(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}
