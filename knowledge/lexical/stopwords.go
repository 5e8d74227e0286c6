package lexical

import (
	"embed"
	"strings"
)

// stopFiles hold, by language, the words that carry no topic: function words
// and what people say around a question on the telephone. Question words that
// tell two articles apart ("wann", "wo") are kept out of the topic as well; the
// embeddings see them.
//
//go:embed stopwords/*.txt
var stopFiles embed.FS

// stopWords lists those of a language; none for one without a file.
func stopWords(language string) []string {
	data, err := stopFiles.ReadFile("stopwords/" + language + ".txt")
	if err != nil {
		return nil
	}
	return strings.Fields(string(data))
}
