package tts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Lexicon is a city's list of words that engines read wrongly: street names,
// names of offices, abbreviations. nil is an empty one. It is read only and
// safe for concurrent use.
type Lexicon struct {
	words map[string]map[string]entry // language, then word (folded unless case counts)
}

// entry of the file. A word matches whole; "exact" makes case count.
type entry struct {
	Word     string            `yaml:"word"`
	Say      string            `yaml:"say"`
	Phonemes map[string]string `yaml:"phonemes"`
	Exact    bool              `yaml:"exact"`
}

// LoadLexicon reads a YAML file: language -> list of {word, say, phonemes, exact}.
func LoadLexicon(path string) (*Lexicon, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read lexicon: %w", err)
	}
	l, err := ParseLexicon(data)
	if err != nil {
		return nil, fmt.Errorf("lexicon %s: %w", path, err)
	}
	return l, nil
}

// ParseLexicon reads the YAML text; unknown keys are errors.
func ParseLexicon(data []byte) (*Lexicon, error) {
	var file map[string][]entry
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	l := &Lexicon{words: map[string]map[string]entry{}}
	for lang, entries := range file {
		l.words[lang] = map[string]entry{}
		for i, e := range entries {
			if err := e.check(); err != nil {
				return nil, fmt.Errorf("%s, entry %d: %w", lang, i+1, err)
			}
			l.words[lang][e.key()] = e
		}
	}
	return l, nil
}

func (e entry) check() error {
	switch {
	case strings.TrimSpace(e.Word) == "" || len(e.Word) > 100:
		return errors.New("word must have 1 to 100 bytes")
	case strings.IndexFunc(e.Word, func(r rune) bool { return !wordRune(r) }) >= 0:
		return fmt.Errorf("%q: a word has letters, digits, hyphens and apostrophes only", e.Word)
	case e.Say == "" && len(e.Phonemes) == 0:
		return fmt.Errorf("%q: give say or phonemes", e.Word)
	case len(e.Say) > 500:
		return fmt.Errorf("%q: say is longer than 500 bytes", e.Word)
	}
	return nil
}

func (e entry) key() string {
	if e.Exact {
		return "=" + e.Word
	}
	return strings.ToLower(e.Word)
}

// Apply replaces the words that have another spelling and returns those that
// have phonemes, which stay in the text.
func (l *Lexicon) Apply(text, language string) (string, []Phonemes) {
	words := l.of(language)
	if len(words) == 0 {
		return text, nil
	}
	var b strings.Builder
	var phonemes []Phonemes
	seen := map[string]bool{}
	for rest := text; rest != ""; {
		word, gap := cutWord(rest)
		rest = rest[len(word)+len(gap):]
		e, ok := lookup(words, word)
		switch {
		case ok && len(e.Phonemes) > 0:
			if !seen[word] {
				seen[word] = true
				phonemes = append(phonemes, Phonemes{Word: word, Engine: e.Phonemes, Say: e.Say})
			}
			b.WriteString(word)
		case ok:
			b.WriteString(e.Say)
		default:
			b.WriteString(word)
		}
		b.WriteString(gap)
	}
	return b.String(), phonemes
}

func (l *Lexicon) of(language string) map[string]entry {
	if l == nil {
		return nil
	}
	if w, ok := l.words[language]; ok {
		return w
	}
	primary := transcript.Primary(language)
	return l.words[primary]
}

func lookup(words map[string]entry, word string) (entry, bool) {
	if word == "" {
		return entry{}, false
	}
	if e, ok := words["="+word]; ok {
		return e, true
	}
	e, ok := words[strings.ToLower(word)]
	return e, ok
}

// wordRune says what belongs to a word: "Bad-Kösen", "Rock'n'Roll".
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '\'' || r == '’'
}

// cutWord splits off the first word (may be empty) and the gap after it.
func cutWord(text string) (word, gap string) {
	end := strings.IndexFunc(text, func(r rune) bool { return !wordRune(r) })
	if end < 0 {
		return text, ""
	}
	next := strings.IndexFunc(text[end:], wordRune)
	if next < 0 {
		next = len(text) - end
	}
	return text[:end], text[end : end+next]
}

// indexWord finds a whole word in the first part of text.
func indexWord(part, text, word string) int {
	for from := 0; ; {
		i := strings.Index(part[from:], word)
		if i < 0 {
			return -1
		}
		at := from + i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if (at == 0 || !wordRune(before)) && (at+len(word) == len(text) || !wordRune(after)) {
			return at
		}
		from = at + 1
	}
}
