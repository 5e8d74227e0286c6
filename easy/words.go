package easy

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed data/de.yaml
var data []byte

// words are what the model is told and what checks know of German.
type words struct {
	Prompt    string              `yaml:"prompt"`
	Again     string              `yaml:"again"`
	Numbers   map[string]int      `yaml:"numbers"`
	Units     map[string][]string `yaml:"units"`
	Days      []string            `yaml:"days"`
	ShortDays []string            `yaml:"short_days"`
	Months    []string            `yaml:"months"`
	Negations []string            `yaml:"negations"`
	Denials   []string            `yaml:"denials"`
	Streets   []string            `yaml:"streets"`

	unit map[string]string // by word

	address  *regexp.Regexp // a street with its number
	date     *regexp.Regexp // "1. Mai 2026"
	someDays *regexp.Regexp // one or a range
}

// load reads them once; they never change.
var load = sync.OnceValues(func() (*words, error) {
	w := &words{unit: map[string]string{}}
	if err := yaml.Unmarshal(data, w); err != nil {
		return nil, fmt.Errorf("words of easy language: %w", err)
	}
	for unit, names := range w.Units {
		for _, n := range names {
			w.unit[n] = unit
		}
	}
	return w, w.compile()
})

// compile makes the forms of the lists.
func (w *words) compile() (err error) {
	var ends []string
	for _, s := range w.Streets {
		ends = append(ends, regexp.QuoteMeta(s))
	}
	day := `((?:` + strings.Join(w.Days, "|") + `)s?|(?-i:Mo|Di|Mi|Do|Fr|Sa))`
	for form, into := range map[string]**regexp.Regexp{
		`(?i)[\p{L}-]*(?:` + strings.Join(ends, "|") + `)\s+\d+\s?[a-z]?\b|(?:Am|An der|Im|Zum|Zur)\s\p{Lu}\p{L}+\s\d+\s?[a-z]?\b`: &w.address,
		`(?i)\b(\d{1,2})\.\s?(` + strings.Join(w.Months, "|") + `)(?:\s(\d{4}))?`:                                                  &w.date,
		`(?i)\b` + day + `\b\.?(?:\s?(?:-|–|bis)\s?` + day + `\b\.?)?`:                                                             &w.someDays,
	} {
		if *into, err = regexp.Compile(form); err != nil {
			return fmt.Errorf("words of easy language: %w", err)
		}
	}
	return nil
}
