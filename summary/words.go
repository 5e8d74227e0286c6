package summary

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed data
var data embed.FS

// words are those of one language: what the model is told, and which words it
// may use of its own.
type words struct {
	Language  string   `yaml:"language"`
	Prompt    string   `yaml:"prompt"`
	Reporting string   `yaml:"reporting"` // words that tell of a conversation, and small ones
	Negations []string `yaml:"negations"`

	own map[string]bool
	not map[string]bool
}

// loaded holds the words of all languages once they were needed; they never change.
var loaded = sync.OnceValues(func() (map[string]*words, error) {
	all := map[string]*words{}
	for _, language := range []string{"de", "en"} {
		raw, err := data.ReadFile("data/" + language + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("words of summaries: %w", err)
		}
		w := &words{own: map[string]bool{}, not: map[string]bool{}}
		if err := yaml.Unmarshal(raw, w); err != nil {
			return nil, fmt.Errorf("words of summaries in %s: %w", language, err)
		}
		for _, word := range intent.Split(w.Reporting) {
			w.own[word] = true
		}
		for _, n := range w.Negations {
			for _, word := range intent.Split(n) {
				w.not[word] = true
			}
		}
		all[language] = w
	}
	return all, nil
})

// load gives the words of a language; clerks of others read German.
func load(language string) (*words, error) {
	all, err := loaded()
	if err != nil {
		return nil, err
	}
	if w, ok := all[transcript.Primary(language)]; ok {
		return w, nil
	}
	return all["de"], nil
}

var digits = regexp.MustCompile(`\d+`)

// check refuses lines that hold what the text does not: words, numbers, names,
// dates; that turn a no into a yes; or that are none.
func (w *words) check(lines []string, text string, s dialog.Summary) error {
	all := strings.Join(lines, "\n")
	switch n := utf8.RuneCountInString(all); {
	case n == 0:
		return errors.New("nothing")
	case n > maxLetters || len(lines) > maxLines:
		return fmt.Errorf("%d letters in %d lines", n, len(lines))
	}
	known := placeholders.FindAllString(text, -1)
	if p := unknown(placeholders.FindAllString(all, -1), known); p != "" {
		return fmt.Errorf("the placeholder %s", p)
	}
	plain := func(t string) string { return placeholders.ReplaceAllString(t, " ") }
	all, text = plain(all), plain(text)
	if n := unknown(digits.FindAllString(all, -1), digits.FindAllString(text, -1)); n != "" {
		return fmt.Errorf("the number %s", n)
	}
	if strings.IndexFunc(all, odd) >= 0 {
		return errors.New("signs that no sentence has")
	}
	there := intent.Split(text)
	for _, word := range intent.Split(all) {
		if !w.own[word] && !w.not[word] && !derived(word, there) {
			return fmt.Errorf("the word %q", word)
		}
	}
	return w.checkNegation(all, s)
}

// checkNegation wants a no where the concern has one, and none where nothing
// that was said has.
func (w *words) checkNegation(all string, s dialog.Summary) error {
	said := s.Concern + " " + strings.Join(s.Concerns, " ")
	for _, t := range s.Answers {
		said += " " + t.Text
	}
	says := w.negates(all)
	switch {
	case says && !w.negates(said):
		return errors.New("a no that was not said")
	case !says && w.negates(s.Concern):
		return errors.New("no word of the no that was said")
	}
	return nil
}

func (w *words) negates(text string) bool {
	for _, word := range intent.Split(text) {
		if w.not[word] {
			return true
		}
	}
	return false
}

// unknown is the first that is not there.
func unknown(found, there []string) string {
	has := map[string]bool{}
	for _, t := range there {
		has[strings.TrimLeft(t, "0")] = true
	}
	for _, f := range found {
		if !has[strings.TrimLeft(f, "0")] {
			return f
		}
	}
	return ""
}

// odd signs are of markup and of code.
func odd(r rune) bool {
	return strings.ContainsRune("<>{}[]|\\`#_=@", r) || unicode.IsControl(r) && r != '\n'
}

// How much two words must share to be forms of one: "Anmeldung", "anmelden".
const (
	leastStem    = 5
	longestEnd   = 3
	leastInWords = 6 // letters of a word that is found within another: "Ausweis"
)

// derived says that a word is a form of one that is there, or a part of it.
func derived(word string, there []string) bool {
	for _, t := range there {
		if t == word || stem(word, t) || len(word) >= leastInWords && strings.HasSuffix(t, word) {
			return true
		}
	}
	return false
}

func stem(a, b string) bool {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	return same >= leastStem && same >= max(len(a), len(b))-longestEnd
}
