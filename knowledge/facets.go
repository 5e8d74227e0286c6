package knowledge

import (
	_ "embed" // facets.yaml
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed facets.yaml
var facetsFile []byte

// facets are the words people ask for a fact with, by language and fact. Every
// article that has the fact is found by them, so that "Öffnungszeiten" alone
// does not outweigh the name of the office beside it.
type facets map[string]map[string]string

func loadFacets() (facets, error) {
	var f facets
	if err := yaml.Unmarshal(facetsFile, &f); err != nil {
		return nil, fmt.Errorf("words for facts: %w", err)
	}
	return f, nil
}

// of are the words for the facts that an article has.
func (f facets) of(language string, facts map[string]string) string {
	var b strings.Builder
	for _, key := range factKeys {
		if words := f[language][key]; facts[key] != "" && words != "" {
			b.WriteString(words + " ")
		}
	}
	return b.String()
}

// all are the words that go on with a topic instead of naming one.
func (f facets) all(language string) string {
	var b strings.Builder
	for _, words := range f[language] {
		b.WriteString(words + " ")
	}
	return b.String()
}
