package turn

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed openends/*.txt answers/*.txt
var openEndFiles embed.FS

// OpenEnds knows the words after which nobody stops speaking: a turn that
// ends with one goes on, however long the pause. It also knows the short
// answers after which nothing follows, or a "but" may.
type OpenEnds struct {
	languages map[string]map[string]bool
	answers   map[string]map[string]Words
}

// NewOpenEnds reads the lists of the product.
func NewOpenEnds() (*OpenEnds, error) {
	entries, err := openEndFiles.ReadDir("openends")
	if err != nil {
		return nil, fmt.Errorf("open ends: %w", err)
	}
	o := &OpenEnds{languages: map[string]map[string]bool{}, answers: map[string]map[string]Words{}}
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
	return o, o.readAnswers()
}

// readAnswers reads one answer a line below [whole] or [lone].
func (o *OpenEnds) readAnswers() error {
	entries, err := openEndFiles.ReadDir("answers")
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	for _, e := range entries {
		data, err := openEndFiles.ReadFile(path.Join("answers", e.Name()))
		if err != nil {
			return fmt.Errorf("answers: %w", err)
		}
		list, section := map[string]Words{}, Unclear
		for n, line := range strings.Split(string(data), "\n") {
			words := strings.Join(split(line), " ")
			switch {
			case line == "[whole]":
				section = Answered
			case line == "[lone]":
				section = Yes
			case words == "" || strings.HasPrefix(line, "#"):
			case section == Unclear:
				return fmt.Errorf("answers %s line %d: %q stands before [whole] or [lone]", e.Name(), n+1, line)
			default:
				list[words] = section
			}
		}
		o.answers[strings.TrimSuffix(e.Name(), ".txt")] = list
	}
	return nil
}

// Is says whether the text ends with a word that cannot be its last.
func (o *OpenEnds) Is(language, text string) bool {
	primary := transcript.Primary(language)
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return false
	}
	last := strings.Trim(words[len(words)-1], ".,;:!?…-–\"»«„“")
	return o.languages[primary][last]
}
