package imports

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Limits of spoken text, as the knowledge base holds them. An answer of 60
// words takes about 20 s to say.
const (
	AnswerWords = 60
	MoreWords   = 160
	// wordsPerSecond of a voice at its usual pace.
	wordsPerSecond = 2.6
	titleRunes     = 90
	fewQuestions   = 5
)

var (
	webAddress = regexp.MustCompile(`(?i)https?://\S*|www\.\S*|\S+@\S+\.\S+|[\pL0-9-]{2,}\.(de|com|org|net|eu|info|example)\b`)
	markup     = regexp.MustCompile("[*_`<>|\\[\\]#]")
)

// Words counts as the knowledge base does.
func Words(text string) int { return len(strings.Fields(text)) }

// Seconds is how long a text takes to say, about.
func Seconds(text string) float64 { return float64(Words(text)) / wordsPerSecond }

// forEar cuts a text into an answer of whole sentences that can be listened
// to, and the rest. The answer is empty when the first sentence is too long.
func forEar(text string) (answer, more string) {
	sentences := Sentences(text)
	n, words := 0, 0
	for n < len(sentences) && words+Words(sentences[n]) <= AnswerWords {
		words += Words(sentences[n])
		n++
	}
	return strings.TrimSpace(strings.Join(sentences[:n], "")), strings.TrimSpace(strings.Join(sentences[n:], ""))
}

func isAbbreviation(word string) bool {
	switch strings.ToLower(word) {
	case "abs", "art", "nr", "ca", "bzw", "usw", "evtl", "ggf", "inkl", "str", "tel", "dr", "prof", "bspw", "max", "min", "mind", "sog", "vgl", "gem", "lt", "zzgl", "st", "no", "mr", "mrs", "etc", "ul":
		return true
	}
	r := []rune(word)
	return len(r) <= 1 || strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// Sentences cuts a text after full stops, question and exclamation marks and
// line ends; joined they are the text again.
func Sentences(text string) []string {
	var out []string
	runes := []rune(text)
	start := 0
	for i, r := range runes {
		if !endsSentence(runes, i, r) {
			continue
		}
		end := i + 1
		for end < len(runes) && unicode.IsSpace(runes[end]) {
			end++
		}
		if end > start && strings.TrimSpace(string(runes[start:end])) != "" {
			out = append(out, string(runes[start:end]))
			start = end
		}
	}
	if start < len(runes) {
		out = append(out, string(runes[start:]))
	}
	return out
}

func endsSentence(runes []rune, i int, r rune) bool {
	switch r {
	case '\n':
		return true
	case '!', '?', '؟', '…':
		return i+1 == len(runes) || unicode.IsSpace(runes[i+1])
	case '.':
		if i+1 < len(runes) && !unicode.IsSpace(runes[i+1]) {
			return false
		}
		start := i
		for start > 0 && (unicode.IsLetter(runes[start-1]) || unicode.IsDigit(runes[start-1])) {
			start--
		}
		return !isAbbreviation(string(runes[start:i]))
	}
	return false
}

// speak fills a variant's answer and more from a short and a long text.
func (in *input) speak(d *Draft, language string, v *Variant, short, long string) {
	short, long = strings.TrimSpace(short), strings.TrimSpace(long)
	switch {
	case short != "" && Words(short) <= AnswerWords:
		v.Answer, v.More = short, long
	case short != "":
		answer, rest := forEar(short)
		v.Answer, v.More = answer, strings.TrimSpace(rest+"\n"+long)
		d.machine(language)
	case long != "":
		v.Answer, v.More = forEar(long)
		d.machine(language)
	}
}

// judge reports what an editor has to look at.
func (in *input) judge(d *Draft) {
	if d.Files != nil {
		in.note(Taken, d.Place, d.ID, "", "taken as it is: %s", strings.Join(d.Languages(), ", "))
		return
	}
	before := len(in.Notes)
	editor := func(language, format string, args ...any) {
		in.note(Editor, d.Place, d.ID, language, format, args...)
	}
	for _, language := range d.Languages() {
		judgeVariant(d.Variants[language], func(format string, args ...any) { editor(language, format, args...) })
		for _, m := range d.Machine {
			if m == language && d.Variants[language].Answer != "" {
				editor(language, "the answer was cut from a longer text by machine: %d words", Words(d.Variants[language].Answer))
			}
		}
	}
	if d.ValidFrom == "" && d.ValidTo == "" {
		editor("", "validity unknown: until when is the text right?")
	}
	if d.Source == "" {
		editor("", "no source: which page of the city says so?")
	}
	if d.HandOver == "" {
		editor("", "no department to hand over to")
	}
	if len(in.Notes) == before {
		in.note(Taken, d.Place, d.ID, "", "taken: %s", strings.Join(d.Languages(), ", "))
	}
}

func judgeVariant(v Variant, editor func(format string, args ...any)) {
	for _, c := range Checks(v) {
		editor("%s", c.English())
	}
}

// Check is one thing about a variant that is not fit to be spoken.
type Check struct {
	Kind  string // no_title, long_title, no_answer, long_answer, long_more, few_questions, address, markup
	Field string // title, answer, more, questions
	Found string // the words in question
	Count int
}

// Checks are the rules for the ear, for one variant.
func Checks(v Variant) []Check {
	var out []Check
	switch {
	case v.Title == "":
		out = append(out, Check{Kind: "no_title", Field: "title"})
	case len([]rune(v.Title)) > titleRunes:
		out = append(out, Check{Kind: "long_title", Field: "title", Count: len([]rune(v.Title))})
	}
	if v.Answer == "" {
		out = append(out, Check{Kind: "no_answer", Field: "answer"})
	} else if n := Words(v.Answer); n > AnswerWords {
		out = append(out, Check{Kind: "long_answer", Field: "answer", Count: n})
	}
	if n := Words(v.More); n > MoreWords {
		out = append(out, Check{Kind: "long_more", Field: "more", Count: n})
	}
	if n := len(v.Questions); n < fewQuestions {
		out = append(out, Check{Kind: "few_questions", Field: "questions", Count: n})
	}
	for _, part := range []struct{ field, text string }{{"answer", v.Answer}, {"more", v.More}} {
		for _, line := range strings.Split(part.text, "\n") {
			if found := webAddress.FindString(line); found != "" {
				out = append(out, Check{Kind: "address", Field: part.field, Found: found})
			} else if found := markup.FindString(strings.TrimLeft(line, "-* ")); found != "" {
				out = append(out, Check{Kind: "markup", Field: part.field, Found: found})
			}
		}
	}
	return out
}

// English says it for the report of the command line.
func (c Check) English() string {
	switch c.Kind {
	case "no_title":
		return "no title"
	case "long_title":
		return fmt.Sprintf("the title has %d letters; at most %d can be read out", c.Count, titleRunes)
	case "no_answer":
		return fmt.Sprintf("no short answer for the ear: write one to three sentences of at most %d words", AnswerWords)
	case "long_answer":
		return fmt.Sprintf("the answer has %d words; more than %d is too long for the ear", c.Count, AnswerWords)
	case "long_more":
		return fmt.Sprintf("the longer text has %d words; at most %d can be listened to", c.Count, MoreWords)
	case "few_questions":
		return fmt.Sprintf("%d questions as people ask them; write %d at least", c.Count, fewQuestions)
	case "address":
		return fmt.Sprintf("contains an address (%s) that cannot be spoken", shorten(c.Found))
	}
	return fmt.Sprintf("contains markup (%s) that cannot be spoken", shorten(c.Found))
}
