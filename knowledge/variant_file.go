package knowledge

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of spoken text. An answer of 60 words takes about 20 s to say.
const (
	maxAnswerWords = 60
	maxMoreWords   = 160
	maxTitleRunes  = 90
	maxFile        = 256 << 10 // bytes
)

// FactKeys are the facts that follow-up questions can ask for ("und was kostet das?").
var factKeys = []string{"fee", "documents", "deadline", "duration", "hours", "address", "phone", "appointment", "online"}

// moreHeading divides the short answer from what is said on wish.
var moreHeading = regexp.MustCompile(`(?i)^##\s+(mehr|more)\s*$`)

var (
	webAddress = regexp.MustCompile(`(?i)https?://\S*|www\.\S*|\S+@\S+|[\pL0-9-]{2,}\.(de|com|org|net|eu|info|example)\b`)
	markup     = regexp.MustCompile("[*_`<>|\\[\\]#]")
)

// parseVariant reads one language file: front matter between "---" lines, then
// the answer for the ear, then optionally "## Mehr" and the longer text.
func parseVariant(file, language string, data []byte) (Variant, []Problem) {
	var problems []Problem
	v := Variant{Language: language}
	if p := checkText(file, data); p != nil {
		return v, []Problem{*p}
	}
	head, body, bodyLine, err := splitFrontMatter(data)
	if err != nil {
		return v, []Problem{{File: file, Line: 1, Text: err.Error()}}
	}
	m := parseMapping(file, head, 1, &problems)
	v.Title = m.need("title")
	v.Questions = m.list("questions")
	v.Keywords = m.list("keywords")
	facts := m.child("facts")
	v.Facts = facts.texts()
	m.end()
	checkFactKeys(facts)
	checkTitle(m, v.Title)
	b := splitBody(body, bodyLine)
	v.Answer, v.More = b.answer, b.more
	return v, append(problems, checkBody(file, b)...)
}

func checkText(file string, data []byte) *Problem {
	if len(data) > maxFile {
		return &Problem{File: file, Text: fmt.Sprintf("is larger than %d KB; an article is short", maxFile>>10)}
	}
	if !utf8.Valid(data) {
		line := 1
		for len(data) > 0 {
			r, size := utf8.DecodeRune(data)
			if r == utf8.RuneError && size == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			data = data[size:]
		}
		return &Problem{File: file, Line: line, Text: "is not UTF-8; save the file as UTF-8"}
	}
	return nil
}

// splitFrontMatter returns the YAML, the body, and the line the body starts on.
func splitFrontMatter(data []byte) (head, body []byte, bodyLine int, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	lines := bytes.SplitAfter(data, []byte("\n"))
	if string(bytes.TrimSpace(lines[0])) != "---" {
		return nil, nil, 0, fmt.Errorf("must start with a line \"---\", then title and questions, then \"---\"")
	}
	for i := 1; i < len(lines); i++ {
		if string(bytes.TrimRight(lines[i], " \t\r\n")) == "---" {
			return bytes.Join(lines[1:i], nil), bytes.Join(lines[i+1:], nil), i + 2, nil
		}
	}
	return nil, nil, 0, fmt.Errorf("the front matter has no closing line \"---\"")
}

type articleBody struct {
	answer, more         string
	answerLine, moreLine int
}

func splitBody(body []byte, line int) articleBody {
	b := articleBody{answerLine: line}
	var answer, more []string
	target := &answer
	for i, l := range strings.Split(string(body), "\n") {
		l = strings.TrimRight(l, " \t\r")
		if target == &answer && moreHeading.MatchString(l) {
			target, b.moreLine = &more, line+i
			continue
		}
		*target = append(*target, l)
	}
	for len(answer) > 0 && answer[0] == "" {
		answer, b.answerLine = answer[1:], b.answerLine+1
	}
	b.answer = strings.TrimSpace(strings.Join(answer, "\n"))
	if b.answer == "" {
		b.answerLine = line
	}
	b.more = strings.TrimSpace(strings.Join(more, "\n"))
	return b
}

func checkFactKeys(facts *mapping) {
	for _, key := range facts.order() {
		if !contains(factKeys, key) {
			facts.complain(facts.at(key), "unknown fact %q (known: %s)", key, strings.Join(factKeys, ", "))
		}
	}
}

func checkTitle(m *mapping, title string) {
	if n := utf8.RuneCountInString(title); n > maxTitleRunes {
		m.complain(m.at("title"), "\"title\" has %d letters; it is read out when asking back, keep it below %d", n, maxTitleRunes)
	}
}

// checkBody holds the rules for the ear.
func checkBody(file string, b articleBody) []Problem {
	var problems []Problem
	complain := func(line int, format string, args ...any) {
		problems = append(problems, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...)})
	}
	if b.answer == "" {
		complain(b.answerLine, "the answer is missing: write one to three sentences below the front matter")
	}
	if n := len(strings.Fields(b.answer)); n > maxAnswerWords {
		complain(b.answerLine, "the answer has %d words; more than %d is too long for the ear: move the rest below \"## Mehr\"", n, maxAnswerWords)
	}
	if n := len(strings.Fields(b.more)); n > maxMoreWords {
		complain(b.moreLine, "\"## Mehr\" has %d words; at most %d can be listened to", n, maxMoreWords)
	}
	complainEachLine(b.answer, b.answerLine, complain)
	complainEachLine(b.more, b.moreLine+1, complain)
	return problems
}

func complainEachLine(text string, line int, complain func(int, string, ...any)) {
	for i, l := range strings.Split(text, "\n") {
		if found := webAddress.FindString(l); found != "" {
			complain(line+i, "a web or mail address (%q) cannot be spoken: put it into source, and say \"auf unserer Internetseite\"", found)
		} else if found := markup.FindString(strings.TrimLeft(l, "-* ")); found != "" {
			complain(line+i, "%q is markup and cannot be spoken: write plain sentences or \"- \" lists", found)
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
