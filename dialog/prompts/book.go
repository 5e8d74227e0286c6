// Package prompts holds what the bot says of its own accord, as data per
// language: a key and values flow in, a sentence flows out. Every key has
// several wordings, so that nothing need be said twice in the same words.
package prompts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gopkg.in/yaml.v3"
)

//go:embed data/*.yaml data/*/*.yaml
var data embed.FS

// Key names a prompt in the data files.
type Key string

// Library holds the books of all languages. It does not change and may be
// shared by all calls.
type Library struct {
	books map[string]*Book
	names []string
}

// Book is what is said in one language.
type Book struct {
	Language string
	// Partial books hold only what must be said in languages the bot does
	// not speak otherwise: where to find help in an emergency.
	Partial bool
	prompts map[Key][]string
	months  []string
	terms   map[string]string
	titles  map[string]string
	// languages are named for clerks.
	languages map[string]string
	// A translated book has nothing of its own, see Translated.
	from   *Book
	render func(wordings []string) []string
}

type file struct {
	Language string            `yaml:"language"`
	Partial  bool              `yaml:"partial"`
	Months   []string          `yaml:"months"`
	Prompts  map[Key][]string  `yaml:"prompts"`
	Terms    map[string]string `yaml:"terms"`
	Titles   map[string]string `yaml:"titles"`
	// Languages are the names of languages in this one.
	Languages map[string]string `yaml:"languages"`
}

// Load reads the embedded books.
func Load() (*Library, error) { return LoadFS(data, "data") }

// LoadFS reads all YAML files of a folder, one for each language, with the
// files of the same name in the folders below it, and checks that each complete
// book holds every key of Keys and nothing else.
func LoadFS(files fs.FS, dir string) (*Library, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list prompts in %s: %w", dir, err)
	}
	l := &Library{books: map[string]*Book{}}
	for _, name := range names {
		b, err := read(files, name)
		if err != nil {
			return nil, fmt.Errorf("prompts %s: %w", name, err)
		}
		l.books[b.Language] = b
		l.names = append(l.names, b.Language)
	}
	slices.Sort(l.names)
	return l, nil
}

// read reads a book and what belongs to it.
func read(files fs.FS, name string) (*Book, error) {
	f, err := decode(files, name)
	if err != nil {
		return nil, err
	}
	b := &Book{
		Language: f.Language, Partial: f.Partial, prompts: f.Prompts,
		months: f.Months, terms: f.Terms, titles: f.Titles, languages: f.Languages,
	}
	parts, err := fs.Glob(files, path.Join(path.Dir(name), "*", path.Base(name)))
	if err != nil {
		return nil, fmt.Errorf("list what belongs to it: %w", err)
	}
	for _, part := range parts {
		p, err := decode(files, part)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		if err := b.add(p); err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
	}
	return b, b.check()
}

func decode(files fs.FS, name string) (file, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return file{}, err
	}
	var f file
	decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
	decoder.KnownFields(true)
	return f, decoder.Decode(&f)
}

// add takes the prompts of another file of the same language.
func (b *Book) add(f file) error {
	if f.Language != b.Language {
		return fmt.Errorf("language is %q, want %q", f.Language, b.Language)
	}
	if b.prompts == nil {
		b.prompts = map[Key][]string{}
	}
	for key, wordings := range f.Prompts {
		if _, twice := b.prompts[key]; twice {
			return fmt.Errorf("%s stands in two files", key)
		}
		b.prompts[key] = wordings
	}
	if len(f.Languages) > 0 {
		b.languages = f.Languages
	}
	return nil
}

// check finds missing and unknown keys, empty wordings and wrong places.
func (b *Book) check() error {
	var faults []error
	if b.Language == "" {
		faults = append(faults, errors.New("language is missing"))
	}
	if !b.Partial && len(b.months) != 12 {
		faults = append(faults, fmt.Errorf("%d months, want 12", len(b.months)))
	}
	known := map[Key]bool{}
	for _, s := range Keys() {
		known[s.Key] = true
		wordings, ok := b.prompts[s.Key]
		if !ok && (b.Partial && !s.Everywhere || (s.Clerks || s.Machine) && !b.sources()) {
			continue
		}
		if len(wordings) < s.Least && !b.Partial || len(wordings) == 0 {
			faults = append(faults, fmt.Errorf("%s has %d wordings, want at least %d", s.Key, len(wordings), s.Least))
		}
		for _, w := range wordings {
			if err := s.checkPlaces(w); err != nil {
				faults = append(faults, err)
			}
		}
	}
	for key := range b.prompts {
		if !known[key] {
			faults = append(faults, fmt.Errorf("%s is no prompt the dialog knows", key))
		}
	}
	return errors.Join(faults...)
}

var place = regexp.MustCompile(`\{[a-z]+\}`)

// checkPlaces wants each place of the prompt, and no other, in the wording.
func (s Spec) checkPlaces(wording string) error {
	if strings.TrimSpace(wording) == "" {
		return fmt.Errorf("%s has an empty wording", s.Key)
	}
	for _, p := range place.FindAllString(wording, -1) {
		if !slices.Contains(s.Places, p[1:len(p)-1]) {
			return fmt.Errorf("%s: nothing is known to put into %s", s.Key, p)
		}
	}
	for _, p := range s.Places {
		if !strings.Contains(wording, "{"+p+"}") {
			return fmt.Errorf("%s: {%s} is missing in %q", s.Key, p, wording)
		}
	}
	return nil
}

// Book returns the book of a language.
func (l *Library) Book(language string) (*Book, bool) {
	b, ok := l.books[language]
	return b, ok
}

// Languages lists the languages with complete books, sorted.
func (l *Library) Languages() []string {
	return slices.DeleteFunc(slices.Clone(l.names), func(n string) bool { return l.books[n].Partial })
}

// sources says that clerks are spoken to in the language, and that it is
// translated into others.
func (b *Book) sources() bool { return b.Language == "de" || b.Language == "en" }

// NameOf is the name of a language in this one; the tag itself where it is
// not known.
func (b *Book) NameOf(language string) string {
	if n := b.languages[language]; n != "" {
		return n
	}
	return language
}

// Has says whether the book holds the prompt.
func (b *Book) Has(key Key) bool { return len(b.wordings(key)) > 0 }

// Say is the nth wording of a prompt, counted round, with the values put into
// their places; pairs are place and value.
func (b *Book) Say(key Key, nth int, pairs ...string) string {
	wordings := b.wordings(key)
	if len(wordings) == 0 {
		return ""
	}
	text := wordings[nth%len(wordings)]
	if len(pairs) == 0 {
		return text
	}
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + strings.Trim(pairs[i], "{}") + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Wordings is how many ways there are to say it.
func (b *Book) Wordings(key Key) int { return len(b.wordings(key)) }

// Date is a day in words fit for the ear.
func (b *Book) Date(t time.Time) string {
	if b.from != nil {
		return b.translatedDate(t)
	}
	if len(b.months) != 12 {
		return t.Format("2006-01-02")
	}
	return b.Say(DateForm, 0, "day", fmt.Sprint(t.Day()), "month", b.months[t.Month()-1], "year", fmt.Sprint(t.Year()))
}

// Term explains an official word in plain ones; folded is how the caller's
// words look after intent.Fold.
func (b *Book) Term(folded string) (term, meaning string, ok bool) {
	if b.from != nil {
		if term, meaning, ok = b.from.Term(folded); ok {
			meaning, ok = b.rendered(meaning)
		}
		return term, meaning, ok
	}
	for t, m := range b.terms {
		if strings.Contains(folded, t) && len(t) > len(term) {
			term, meaning, ok = t, m, true
		}
	}
	return term, meaning, ok
}

// Title is the spoken name of something configured, such as a department.
func (b *Book) Title(name string) (string, bool) {
	if b.from != nil {
		t, ok := b.from.Title(name)
		if text, rendered := b.rendered(t); rendered {
			t = text
		}
		return t, ok
	}
	t, ok := b.titles[name]
	return t, ok
}

// Teller gives the lines that are said while people are brought together, in
// turn of their wordings. other is asked for the book of a language that has
// none, and may be nil. What a language does not hold is said in German, and
// where there is no book at all in English; "" is what no language holds. It is
// safe for concurrent use if other is.
func (l *Library) Teller(other func(language string) (*Book, bool)) func(language string, key Key, pairs ...string) string {
	var mu sync.Mutex
	said := map[Key]int{}
	return func(language string, key Key, pairs ...string) string {
		b := l.teller(language, key, other)
		if b == nil {
			return ""
		}
		mu.Lock()
		nth := said[key]
		said[key]++
		mu.Unlock()
		return b.Say(key, nth, slices.Clone(pairs)...)
	}
}

// teller is the book that holds the line for somebody of the language; nil is none.
func (l *Library) teller(language string, key Key, other func(language string) (*Book, bool)) *Book {
	own, ok := l.books[language]
	order := []*Book{own, l.books["de"]}
	if !ok || own.Partial {
		order = []*Book{own, l.books["en"], l.books["de"]}
		if other != nil {
			if translated, can := other(language); can {
				order[0] = translated
			}
		}
	}
	for _, b := range order {
		if b != nil && b.Has(key) {
			return b
		}
	}
	return nil
}
