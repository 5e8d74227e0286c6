package intent

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// othersFile holds languages that have no table.
const othersFile = "data/other/languages.yaml"

// others are languages that are only known by their names and small words.
type others struct {
	beside map[string]bool
	names  map[string]string // a language by what it is called
	tables map[string]*table // common words, script and short answers
}

type othersData struct {
	Beside    []string `yaml:"beside"`
	Languages map[string]struct {
		Names  []string `yaml:"names"`
		Common []string `yaml:"common"`
		Script string   `yaml:"script"`
		// Short are whole answers; patterns as in the tables.
		Short map[Name][]string `yaml:"short"`
	} `yaml:"languages"`
}

func readOthers() (others, error) {
	o := others{names: map[string]string{}, tables: map[string]*table{}}
	raw, err := data.ReadFile(othersFile)
	if err != nil {
		return o, fmt.Errorf("read %s: %w", othersFile, err)
	}
	var d othersData
	decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d); err != nil {
		return o, fmt.Errorf("%s: %w", othersFile, err)
	}
	o.beside = set(d.Beside)
	for language, l := range d.Languages {
		t := &table{common: set(l.Common), script: l.Script, intents: map[Name]rule{}}
		for name, answers := range l.Short {
			if t.intents[name], err = (intentData{Any: answers}).compile(); err != nil {
				return o, fmt.Errorf("%s: %s: %s: %w", othersFile, language, name, err)
			}
		}
		o.tables[language] = t
		for name := range set(l.Names) {
			if first, twice := o.names[name]; twice {
				return o, fmt.Errorf("%s: %q names %s and %s", othersFile, name, first, language)
			}
			o.names[name] = language
		}
	}
	return o, nil
}

// longestWish is how many words say nothing but which language is wished for.
const longestWish = 8

// wish finds a language that is named by itself or with words of politeness.
func (o others) wish(words Words) (string, bool) {
	if len(words) > longestWish {
		return "", false
	}
	wished := ""
	for _, w := range words {
		language, named := o.names[w]
		switch {
		case !named && !o.beside[w], named && wished != "" && wished != language:
			return "", false
		case named:
			wished = language
		}
	}
	return wished, wished != ""
}

// Knows says that text of the language is known by its words.
func (r *Recogniser) Knows(language string) bool {
	return r.table(language) != nil
}

// Reads says that there are patterns for what is said in the language.
func (r *Recogniser) Reads(language string) bool {
	return r.tables[transcript.Primary(language)] != nil
}

// table is that of any language; one of the others has no patterns.
func (r *Recogniser) table(language string) *table {
	if t := r.tables[transcript.Primary(language)]; t != nil {
		return t
	}
	return r.others.tables[transcript.Primary(language)]
}

// among are the languages that may be guessed: all with tables, and those of
// the named ones that are known.
func (r *Recogniser) among(offered []string) []string {
	all := slices.Clone(r.order)
	for _, l := range offered {
		if l = transcript.Primary(l); r.others.tables[l] != nil && !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return all
}
