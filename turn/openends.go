package turn

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed openends/*.txt
var openEndFiles embed.FS

// OpenEnds knows the words after which nobody stops speaking: a turn that
// ends with one goes on, however long the pause.
type OpenEnds struct {
	languages map[string]map[string]bool
}

// NewOpenEnds reads the lists of the product.
func NewOpenEnds() (*OpenEnds, error) {
	entries, err := openEndFiles.ReadDir("openends")
	if err != nil {
		return nil, fmt.Errorf("open ends: %w", err)
	}
	o := &OpenEnds{languages: map[string]map[string]bool{}}
	for _, e := range entries {
		data, err := openEndFiles.ReadFile(path.Join("openends", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("open ends: %w", err)
		}
		words := map[string]bool{}
		for _, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, w := range strings.Fields(line) {
				words[w] = true
			}
		}
		o.languages[strings.TrimSuffix(e.Name(), ".txt")] = words
	}
	return o, nil
}

// Is says whether the text ends with a word that cannot be its last.
func (o *OpenEnds) Is(language, text string) bool {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return false
	}
	last := strings.Trim(words[len(words)-1], ".,;:!?…-–\"»«„“")
	return o.languages[primary][last]
}
