package dialog

import (
	_ "embed" // the introductions
	"regexp"
	"strings"
	"sync"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

//go:embed data/introductions.txt
var introductionData string

// What is masked by its form, in this order: a later one sees the marks of
// the earlier ones.
var masked = []struct {
	form *regexp.Regexp
	kind string
}{
	{regexp.MustCompile(`(?i)[\p{L}\d._%+-]+@[\p{L}\d.-]+`), "email"},
	{regexp.MustCompile(`(?i)[\p{L}\d_-]+(?: (?:punkt|dot|minus) [\p{L}\d_-]+)* (?:at|ät|klammeraffe) [\p{L}\d_-]+(?: ?(?:punkt|dot|\.) ?[\p{L}\d_-]+)+`), "email"},
	{regexp.MustCompile(`(?i)\b[A-Z]{2} ?\d{2}(?: ?[\dA-Z]{4}){2,7}(?: ?[\dA-Z]{1,4})?\b`), "iban"},
	{regexp.MustCompile(`\b\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\. ?\p{L}+ (?:19|20)\d{2}\b`), "date"},
	{regexp.MustCompile(`\+?\d(?:[ /()\-.,]{0,2}\d){5,}`), "number"},
	{regexp.MustCompile(`\b[A-ZÄÖÜ]{1,3}(?:[ \-]{1,3})[A-ZÄÖÜ]{1,2}[ \-]{0,3}\d{1,4}[EH]?\b`), "plate"},
}

// fewestDigitWords in a row are a number that identifies somebody.
const fewestDigitWords = 5

// Mask takes from a caller's words what tells who they are, for logs: phone
// numbers, bank accounts, e-mail addresses, plates, birth dates, and names
// where somebody introduces themselves. It is no anonymisation.
func Mask(text string) string {
	return Conceal(text, func(kind, _ string) string { return "[" + kind + "]" })
}

// Conceal puts what hide gives in place of what Mask would mask: small letters
// in brackets. It is told what was there, so that it can be put back.
func Conceal(text string, hide func(kind, was string) string) string {
	for _, f := range masked {
		text = f.form.ReplaceAllStringFunc(text, func(was string) string { return hide(f.kind, was) })
	}
	return maskWords(text, hide)
}

// introductions by their first word, loaded once; they never change.
var introductions = sync.OnceValue(func() map[string][]introduction {
	m := map[string][]introduction{}
	for line := range strings.Lines(introductionData) {
		kind, words, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || kind == "#" {
			continue
		}
		w := intent.Split(words)
		m[w[0]] = append(m[w[0]], introduction{kind, w})
	}
	return m
})

type introduction struct {
	kind  string
	words intent.Words
}

// piece is a word of a text, or what stands between words.
type piece struct {
	text, folded string
	word         bool
}

var wordForm = regexp.MustCompile(`\[[a-z]+\]|[\p{L}\p{M}\d'’]+`)

func piecesOf(text string) (all []piece, words []int) {
	at := 0
	for _, m := range wordForm.FindAllStringIndex(text, -1) {
		if m[0] > at {
			all = append(all, piece{text: text[at:m[0]]})
		}
		words = append(words, len(all))
		all = append(all, piece{text[m[0]:m[1]], strings.Join(intent.Split(text[m[0]:m[1]]), ""), true})
		at = m[1]
	}
	return append(all, piece{text: text[at:]}), words
}

// maskWords masks what only its neighbours tell.
func maskWords(text string, hide func(kind, was string) string) string {
	all, words := piecesOf(text)
	for i := 0; i < len(words); i++ {
		if n := digitWords(all, words[i:]); n >= fewestDigitWords {
			cover(all, words[i:i+n], "number", hide)
			i += n - 1
			continue
		}
		kind, n := introduced(all, words[i:])
		if n == 0 {
			continue
		}
		begin := i + n
		end := begin + follow(all, words[begin:], kind)
		if kind == "born" {
			kind = "date"
		}
		cover(all, words[begin:end], kind, hide)
		i = max(i, end-1)
	}
	var b strings.Builder
	for _, p := range all {
		b.WriteString(p.text)
	}
	return b.String()
}

// introduced finds the longest introduction that begins here.
func introduced(all []piece, words []int) (kind string, n int) {
	if len(words) == 0 {
		return "", 0
	}
	for _, in := range introductions()[all[words[0]].folded] {
		if len(in.words) <= n || len(in.words) > len(words) {
			continue
		}
		same := true
		for j, w := range in.words {
			same = same && all[words[j]].folded == w
		}
		if same {
			kind, n = in.kind, len(in.words)
		}
	}
	return kind, n
}

// longestName and longestDate are how many words may follow an introduction.
const (
	longestName = 3
	longestDate = 5
)

// follow counts the words that belong to what is introduced: up to the next
// punctuation mark, or to a small word in the middle of it.
func follow(all []piece, words []int, kind string) int {
	most := longestName
	if kind == "born" {
		most = longestDate
	}
	for n := range min(most, len(words)) {
		p := all[words[n]]
		if p.text[0] == '[' || n > 0 && (ended(all, words[n-1], words[n]) || kind == "name" && joins()[p.folded]) {
			return n
		}
	}
	return min(most, len(words))
}

func ended(all []piece, from, to int) bool {
	for _, p := range all[from+1 : to] {
		if strings.ContainsAny(p.text, ",;!?:") || strings.HasPrefix(p.text, ". ") {
			return true
		}
	}
	return false
}

// joins are words that go on after a name.
func joins() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("und ich wohne aus bin habe moechte brauche and i from need have would ve ben и я і ta a y e i et je") {
		m[w] = true
	}
	return m
}

// cover leaves a mark in place of the words.
func cover(all []piece, words []int, kind string, hide func(kind, was string) string) {
	if len(words) == 0 {
		return
	}
	was := ""
	for _, p := range all[words[0] : words[len(words)-1]+1] {
		was += p.text
	}
	mark := hide(kind, was)
	for n, at := range words {
		all[at].text = ""
		if n == 0 {
			all[at].text = mark
			continue
		}
		all[at-1].text = ""
	}
}

// digitWords counts the spoken digits that begin here, in whichever language
// has most.
func digitWords(all []piece, words []int) int {
	data, err := loaded()
	if err != nil {
		return 0
	}
	most := 0
	for _, language := range data.Prompts.Languages() {
		n := 0
		for n < len(words) && data.Numbers.Parse(all[words[n]].text, language) != "" {
			n++
		}
		most = max(most, n)
	}
	return most
}
