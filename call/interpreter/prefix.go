package interpreter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of what is translated at a time while somebody speaks, in words.
const (
	// leastSense: fewer words are seldom a unit of sense; a finished sentence
	// may be shorter.
	leastSense    = 4
	leastSentence = 2
	// mostSense: after so many words it is cut wherever they are.
	mostSense = 12
	// fullWord: shorter words in letters are often articles and prepositions,
	// after which nothing is cut.
	fullWord = 4
)

// prefix decides which of the words that somebody is saying are settled and
// where they may be cut. Hypotheses of all words so far flow in, pieces flow
// out, in order; what has flowed out is never taken back. A word is settled
// when two hypotheses in a row agree on all up to it (LocalAgreement-2,
// Macháček et al. 2023). It knows no clock.
type prefix struct {
	said []string // words that have flowed out
	last []string // of the hypothesis before, after those
}

// hear takes the newest hypothesis and gives the pieces that are settled now.
func (p *prefix) hear(language string, words []string) []string {
	tail := words[follow(p.said, words):]
	agreed := common(p.last, tail)
	p.last = slices.Clone(tail)
	var pieces []string
	for {
		n := sense(language, tail, agreed)
		if n == 0 {
			return pieces
		}
		p.said = append(p.said, tail[:n]...)
		pieces = append(pieces, strings.Join(tail[:n], " "))
		tail, agreed = tail[n:], agreed-n
		p.last = p.last[n:]
	}
}

// rest is what the final words have beyond those that have flowed out.
func (p *prefix) rest(words []string) string {
	return strings.Join(words[follow(p.said, words):], " ")
}

// sense is how many of the agreed words make the next piece, 0: wait. It ends
// with a sentence or a clause, where the next word is known: the last word of
// a hypothesis has a full stop only because the sound ends.
func sense(language string, words []string, agreed int) int {
	agreed = min(agreed, len(words)-1)
	for n := 1; n <= min(agreed, mostSense); n++ {
		switch {
		case n >= leastSentence && endsSentence(language, words[n-1]):
			return n
		case n >= leastSense && (endsClause(words[n-1]) || joins(language, words[n])):
			return n
		}
	}
	if agreed < mostSense {
		return 0
	}
	for n := mostSense; n > leastSense; n-- {
		if utf8.RuneCountInString(plain(words[n-1])) >= fullWord {
			return n
		}
	}
	return mostSense
}

// endsSentence knows "z." and, where ordinals are written so, "3." for what
// they are: no end.
func endsSentence(language, word string) bool {
	bare := strings.TrimRight(word, `"'»”)`)
	if strings.HasSuffix(bare, ".") {
		body := []rune(strings.TrimRight(bare, "."))
		if len(body) > 0 && unicode.IsDigit(body[len(body)-1]) {
			return !slices.Contains([]string{"de", "pl", "tr"}, language)
		}
		return len(body) > 2 && !slices.Contains(body, '.')
	}
	return strings.HasSuffix(bare, "!") || strings.HasSuffix(bare, "?") || strings.HasSuffix(bare, "…")
}

func endsClause(word string) bool {
	return strings.HasSuffix(word, ",") || strings.HasSuffix(word, ";") || strings.HasSuffix(word, ":")
}

// joins says whether a word begins a new clause. A language that is not
// listed is cut at its punctuation.
func joins(language, word string) bool {
	return slices.Contains(conjunctions(language), plain(word))
}

func conjunctions(language string) []string {
	switch language {
	case "de":
		return []string{"und", "oder", "aber", "denn", "sondern", "weil", "dass", "wenn", "obwohl", "damit", "sodass", "bevor", "nachdem"}
	case "en":
		return []string{"and", "or", "but", "because", "if", "when", "although", "so", "that", "which", "while", "before", "after", "unless"}
	case "pt":
		return []string{"e", "ou", "mas", "porque", "que", "se", "quando", "embora", "pois", "porém", "enquanto", "para"}
	case "fr":
		return []string{"et", "ou", "mais", "car", "parce", "que", "si", "quand", "lorsque", "puis", "donc"}
	case "es":
		return []string{"y", "o", "pero", "porque", "que", "si", "cuando", "aunque", "pues", "mientras"}
	case "it":
		return []string{"e", "o", "ma", "perché", "che", "se", "quando", "anche", "quindi", "mentre"}
	case "tr":
		return []string{"ve", "veya", "ama", "fakat", "çünkü", "eğer", "ancak"}
	case "uk":
		return []string{"і", "й", "та", "або", "але", "що", "якщо", "коли", "бо", "тому"}
	case "ru":
		return []string{"и", "или", "но", "что", "если", "когда", "потому", "чтобы"}
	case "pl":
		return []string{"i", "lub", "albo", "ale", "że", "jeśli", "kiedy", "ponieważ", "żeby"}
	}
	return nil
}

// common is how many words two hypotheses begin with alike.
func common(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && plain(a[n]) == plain(b[n]) {
		n++
	}
	return n
}

// follow is where a text goes on after words that were said, though some of
// them may read otherwise by now: the prefix with the least edit distance
// (Levenshtein, in words), of equals the one nearest in length.
func follow(said, text []string) int {
	if len(said) == 0 {
		return 0
	}
	row := make([]int, len(text)+1)
	for j := range row {
		row[j] = j
	}
	for i, w := range said {
		w = plain(w)
		corner := row[0]
		row[0] = i + 1
		for j, v := range text {
			change := corner
			if w != plain(v) {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	best := 0
	for j := range row {
		if row[j] < row[best] || row[j] == row[best] && distance(j, len(said)) < distance(best, len(said)) {
			best = j
		}
	}
	return best
}

func distance(a, b int) int { return max(a-b, b-a) }

// plain is a word as it is compared.
func plain(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}
