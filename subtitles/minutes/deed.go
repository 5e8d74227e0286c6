package minutes

import "strings"

// deed says that a word in the place of a verb may name something to do. Any
// verb may, known or not, but those of states, opinions and talk.
func (b *rulebook) deed(word string) bool {
	switch {
	case b.noDeeds[word] || b.noDeeds[strings.TrimSuffix(word, "n")] || b.small[word] || b.anaphors[word] || b.fillers[word]:
		return false
	case b.verbs[word]:
		return true
	case b.Language == "de":
		return !preterite(word) && !b.dates.names(word)
	}
	return !strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ly")
}

// knows says that the list has the verb, also as "-ing".
func (b *rulebook) knows(word string) bool {
	if stem, ok := strings.CutSuffix(word, "ing"); ok && b.Language == "en" && len(stem) > 1 {
		return b.verbs[stem] || b.verbs[stem+"e"] || stem[len(stem)-1] == stem[len(stem)-2] && b.verbs[stem[:len(stem)-1]]
	}
	return b.verbs[word]
}

// preterite says that a German word looks like "machte"; such forms of verbs
// that end in t themselves ("arbeite") are told apart by the list alone.
func preterite(word string) bool {
	return strings.HasSuffix(word, "te") || strings.HasSuffix(word, "test")
}

// names says that the word is one of the calendar's.
func (c calendar) names(word string) bool {
	_, weekday := c.words.Weekdays[word]
	_, month := c.words.Months[word]
	_, unit := c.words.Units[word]
	return weekday || month || unit
}

// weakIn says that no verb in the words makes a task by itself.
func (b *rulebook) weakIn(words string) bool {
	for w := range strings.FieldsSeq(words) {
		if b.thirds[w] && !b.weak[w] {
			return false
		}
	}
	return true
}
