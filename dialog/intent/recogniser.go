// Package intent recognises what a caller wants of the conversation itself
// (repeat, slower, a human, another language, help in an emergency): words
// flow in, names of intents flow out. All knowledge of languages is data.
package intent

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed data/*.yaml data/other/*.yaml data/exemplars/*.txt data/exemplars.bin
var data embed.FS

// Name of an intent, as the data files call it.
type Name string

// Recogniser holds the tables of all languages. It does not change and may be
// shared by all calls.
type Recogniser struct {
	tables map[string]*table
	order  []string // languages, sorted
	others others   // known by name only
	// spelling is counted when it is first asked for: calls never do.
	spelling func() spelling
}

// file is one language's data.
type file struct {
	Language string                `yaml:"language"`
	Fillers  []string              `yaml:"fillers"`
	Common   []string              `yaml:"common"`
	Script   string                `yaml:"script"`
	Intents  map[Name]intentData   `yaml:"intents"`
	Wishes   map[string]intentData `yaml:"wishes"`
	Alarm    alarmData             `yaml:"emergency"`
}

type intentData struct {
	Any []string `yaml:"any"`
	Not []string `yaml:"not"`
	// Max is the longest utterance in words; 0 means no limit.
	Max int `yaml:"max"`
}

type table struct {
	fillers map[string]bool
	common  map[string]bool
	script  string
	intents map[Name]rule
	wishes  map[string]rule // by the language wished for
	alarm   alarm
}

type rule struct {
	any, not []pattern
	max      int
}

// Load reads the embedded tables.
func Load() (*Recogniser, error) {
	r, err := LoadFS(data, "data")
	if err != nil {
		return nil, err
	}
	if r.others, err = readOthers(); err != nil {
		return nil, err
	}
	sentences, err := readExemplars()
	r.spelling = sync.OnceValue(func() spelling { return newSpelling(sentences) })
	return r, err
}

// LoadFS reads all YAML files of a folder, one for each language.
func LoadFS(files fs.FS, dir string) (*Recogniser, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list intents in %s: %w", dir, err)
	}
	r := &Recogniser{tables: map[string]*table{}, spelling: func() spelling { return nil }}
	for _, name := range names {
		if err := r.read(files, name); err != nil {
			return nil, fmt.Errorf("intents %s: %w", name, err)
		}
	}
	slices.Sort(r.order)
	return r, nil
}

func (r *Recogniser) read(files fs.FS, name string) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var f file
	decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return err
	}
	if f.Language == "" {
		return fmt.Errorf("language is missing")
	}
	t, err := f.compile()
	if err != nil {
		return err
	}
	r.tables[f.Language] = t
	r.order = append(r.order, f.Language)
	return nil
}

func (f file) compile() (*table, error) {
	t := &table{
		fillers: set(f.Fillers), common: set(f.Common), script: f.Script,
		intents: map[Name]rule{}, wishes: map[string]rule{},
	}
	var err error
	for name, d := range f.Intents {
		if t.intents[name], err = d.compile(); err != nil {
			return nil, fmt.Errorf("intent %s: %w", name, err)
		}
	}
	for language, d := range f.Wishes {
		if t.wishes[language], err = d.compile(); err != nil {
			return nil, fmt.Errorf("wish %s: %w", language, err)
		}
	}
	t.alarm, err = f.Alarm.compile()
	return t, err
}

func (d intentData) compile() (r rule, err error) {
	r.max = d.Max
	if r.any, err = compileAll(d.Any); err != nil {
		return rule{}, err
	}
	r.not, err = compileAll(d.Not)
	return r, err
}

func compileAll(notations []string) ([]pattern, error) {
	patterns := make([]pattern, 0, len(notations))
	for _, n := range notations {
		p, err := compile(n)
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		for _, folded := range Split(w) {
			m[folded] = true
		}
	}
	return m
}

// First returns the first of the names that the words express in the language;
// of one without a table only short answers are known.
func (r *Recogniser) First(words Words, language string, names ...Name) (Name, bool) {
	t := r.table(language)
	if t == nil {
		return "", false
	}
	trimmed := words.trim(t.fillers)
	for _, name := range names {
		if rule, ok := t.intents[name]; ok && rule.match(words, trimmed) {
			return name, true
		}
	}
	return "", false
}

// Anywhere is First over all languages, beginning with the given one.
func (r *Recogniser) Anywhere(words Words, language string, names ...Name) (Name, bool) {
	if n, ok := r.First(words, language, names...); ok {
		return n, true
	}
	for _, other := range r.order {
		if other == transcript.Primary(language) {
			continue
		}
		if n, ok := r.First(words, other, names...); ok {
			return n, true
		}
	}
	return "", false
}

// Wish returns the language somebody asks for: "English please" is "en".
func (r *Recogniser) Wish(words Words) (string, bool) {
	for _, spoken := range r.order {
		t := r.tables[spoken]
		trimmed := words.trim(t.fillers)
		for _, wished := range sortedKeys(t.wishes) {
			if t.wishes[wished].match(words, trimmed) {
				return wished, true
			}
		}
	}
	return r.others.wish(words)
}

// After returns the words behind the first pattern of the intent: what
// somebody means by "was heißt Meldebescheinigung".
func (r *Recogniser) After(words Words, language string, name Name) (Words, bool) {
	t := r.tables[transcript.Primary(language)]
	if t == nil {
		return nil, false
	}
	for _, p := range t.intents[name].any {
		if end, ok := p.find(words, words); ok {
			return words[end:].trim(t.fillers), true
		}
	}
	return nil, false
}

// Content drops the fillers at both ends.
func (r *Recogniser) Content(words Words, language string) Words {
	if t := r.tables[transcript.Primary(language)]; t != nil {
		return words.trim(t.fillers)
	}
	return words
}

func (r rule) match(words, trimmed Words) bool {
	if r.max > 0 && len(trimmed) > r.max {
		return false
	}
	return anyOf(r.any, words, trimmed) && !anyOf(r.not, words, trimmed)
}

func anyOf(patterns []pattern, words, trimmed Words) bool {
	for _, p := range patterns {
		if _, ok := p.find(words, trimmed); ok {
			return true
		}
	}
	return false
}

func sortedKeys(m map[string]rule) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
