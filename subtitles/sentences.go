package subtitles

import "github.com/amtsleitung/amtsleitung/transcript"

// Sentences parts words where sentences end; the full stops of abbreviations and ordinal numbers end none.
func Sentences(words []transcript.Word, language string) [][]transcript.Word {
	g := grammarOf(language)
	var out [][]transcript.Word
	from := 0
	for i := range words {
		next := ""
		if i+1 < len(words) {
			next = paragraph(words[i+1].Text)
		}
		if i+1 == len(words) || g.ends(paragraph(words[i].Text), next) && !leans(next) {
			out = append(out, words[from:i+1:i+1])
			from = i + 1
		}
	}
	return out
}
