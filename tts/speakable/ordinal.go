package speakable

import (
	"regexp"
	"strings"
)

// ordinalRules read "im 2. Stock", "das 3. Quartal" and "1st".
func (l *language) ordinalRules() []rule {
	var rules []rule
	if len(l.Ordinals) > 0 {
		rules = append(rules, rule{regexp.MustCompile(`(\d{1,4})(?:` + alternativeWords(l.Ordinals) + `)`), func(m match) (string, bool) {
			return l.say(l.parse(m.group(1)), "ordinal"), m.whole()
		}})
	}
	if len(l.OrdinalNouns) > 0 {
		rules = append(rules,
			rule{regexp.MustCompile(`(\d{1,3})\. ?(?:(und|oder|bis|[-–/]) ?(\d{1,3})\. ?)?(\p{L}[\p{L}-]*)`), l.sayOrdinal})
	}
	return rules
}

// ordinalLists go before the dates, which would take the last two of a list.
func (l *language) ordinalLists() []rule {
	if len(l.OrdinalNouns) == 0 {
		return nil
	}
	return []rule{{regexp.MustCompile(`((?:\d{1,3}\., ?)+)(\d{1,3})\. (und|oder) (\d{1,3})\. (\p{L}[\p{L}-]*)`), l.sayOrdinalList}}
}

func (l *language) sayOrdinal(m match) (string, bool) {
	noun := m.group(4)
	gender := l.OrdinalNouns[noun]
	if !m.whole() || m.before() == '.' || m.before() == ',' {
		return "", false
	}
	if gender == "" && !l.ordinalByArticle(m, noun) {
		return "", false
	}
	said := l.spellout.spell("ordinal", l.parse(m.group(1)).whole) + l.ending(m, gender)
	if second := m.group(3); second != "" {
		link := m.group(2)
		switch link {
		case "-", "–":
			link = l.Words.To
		case "/":
			link = l.Words.And
		}
		said += " " + link + " " + l.spellout.spell("ordinal", l.parse(second).whole) + l.ending(m, gender)
	}
	if full := l.Lexicon[noun]; full != "" {
		noun = full
	}
	return said + " " + noun, true
}

// sayOrdinalList reads "1., 2. und 3. Klasse".
func (l *language) sayOrdinalList(m match) (string, bool) {
	noun := m.group(5)
	gender := l.OrdinalNouns[noun]
	if !m.whole() || gender == "" && l.month(noun) == 0 {
		return "", false
	}
	ending := l.ending(m, gender)
	said := ""
	for day := range strings.SplitSeq(strings.TrimRight(m.group(1), "., "), ",") {
		said += l.spellout.spell("ordinal", l.parse(strings.Trim(day, " .")).whole) + ending + ", "
	}
	return strings.TrimSuffix(said, ", ") + ", " + l.spellout.spell("ordinal", l.parse(m.group(2)).whole) + ending + " " +
		m.group(3) + " " + l.spellout.spell("ordinal", l.parse(m.group(4)).whole) + ending + " " + noun, true
}

// ordinalByArticle: after an article a number with a dot is an ordinal unless
// the next word begins a sentence.
func (l *language) ordinalByArticle(m match, noun string) bool {
	before := m.previous(0)
	if !l.is("en", before) && !l.is("e", before) {
		return false
	}
	return !(capital(noun) && l.is("starters", noun))
}
