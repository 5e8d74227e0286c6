package speakable

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed languages/*.yaml
var files embed.FS

// language is one table of languages/ with the rules made from it. It is
// read only.
type language struct {
	Numbers map[string][]string `yaml:"numbers"`
	Decimal struct {
		Sign  string `yaml:"sign"`
		Group string `yaml:"group"`
		Word  string `yaml:"word"`
	} `yaml:"decimal"`
	Words     linking           `yaml:"words_for"`
	Symbols   map[string]string `yaml:"symbols"`
	Months    []string          `yaml:"months"`
	Short     map[string]int    `yaml:"months_short"`
	Weekdays  map[string]string `yaml:"weekdays"`
	Followers []string          `yaml:"weekday_followers"`
	Clock     clock             `yaml:"clock"`
	Date      dateForm          `yaml:"date"`

	Currencies    map[string]currency `yaml:"currencies"`
	Multipliers   map[string]string   `yaml:"multipliers"`
	Units         map[string]unit     `yaml:"units"`
	Abbreviations map[string]string   `yaml:"abbreviations"`
	Lexicon       map[string]string   `yaml:"words"`
	Acronyms      string              `yaml:"acronyms"` // "spell" those without a vowel

	PhoneWords   []string          `yaml:"phone_words"`
	ShortNumbers []string          `yaml:"short_numbers"`
	ShortBefore  []string          `yaml:"short_number_before"`
	ShortAfter   []string          `yaml:"short_number_after"`
	Joined       []string          `yaml:"joined"`        // endings that form one word with a number
	Ordinals     []string          `yaml:"date_ordinals"` // "st", "nd"
	Feminine     []string          `yaml:"feminine"`
	Labels       []string          `yaml:"labels"`        // nouns that a number names, not counts: "Satz 1"
	Halves       map[string]string `yaml:"halves"`        // by gender of what is halved
	OrdinalNouns map[string]string `yaml:"ordinal_nouns"` // noun to gender
	Grammar      grammar           `yaml:"grammar"`
	Enders       []string          `yaml:"enders"`
	GenderForms  []string          `yaml:"gender_forms"`
	Umlauts      map[string]string `yaml:"umlauts"`
	Domains      map[string]string `yaml:"spoken_domains"`

	spellout spellout
	rules    []rule
	dotted   map[string]bool // abbreviations whose dot ends no sentence, in lower case
	sets     map[string]map[string]bool
}

type linking struct {
	To            string `yaml:"to"`
	Minus         string `yaml:"minus"`
	Plus          string `yaml:"plus"`
	Times         string `yaml:"times"`
	Repeat        string `yaml:"repeat"`
	Point         string `yaml:"point"`
	And           string `yaml:"and"`
	Half          string `yaml:"half"`
	AndHalf       string `yaml:"and_half"` // after a whole number
	Third         string `yaml:"third"`
	Quarter       string `yaml:"quarter"`
	ThreeQuarters string `yaml:"three_quarters"`
}

type clock struct {
	Twelve   bool     `yaml:"twelve"` // hours are told with a.m. and p.m.
	Suffix   []string `yaml:"suffix"` // words after the figures
	OClock   string   `yaml:"oclock"`
	Hour     string   `yaml:"hour"`
	One      string   `yaml:"one"`
	Minutes  string   `yaml:"minutes"`
	Bare     string   `yaml:"bare"` // the first hour of a range
	Noon     string   `yaml:"noon"`
	Midnight string   `yaml:"midnight"`
	Oh       string   `yaml:"oh"` // before minutes below ten
	AM       string   `yaml:"am"`
	PM       string   `yaml:"pm"`
}

type dateForm struct {
	Ordinal  string `yaml:"ordinal"` // number rules for the day
	Template string `yaml:"template"`
	Article  string `yaml:"article"` // of the template, not said twice
	Year     string `yaml:"year"`    // between month and year
}

type currency struct {
	Signs []string `yaml:"signs"`
	One   string   `yaml:"one"`
	Many  string   `yaml:"many"`
	Cent  string   `yaml:"cent"`
	Cents string   `yaml:"cents"`
	Join  string   `yaml:"join"` // between whole and cents
}

type unit struct {
	One  string `yaml:"one"`
	Many string `yaml:"many"`
}

type grammar struct {
	En           []string `yaml:"en"`
	E            []string `yaml:"e"`
	Prepositions []string `yaml:"prepositions"`
	Starters     []string `yaml:"starters"`
}

// tables reads the embedded files once; that they are right is a test's matter.
var tables = sync.OnceValue(func() map[string]*language {
	all, err := loadTables()
	if err != nil {
		panic(err)
	}
	return all
})

func loadTables() (map[string]*language, error) {
	entries, err := files.ReadDir("languages")
	if err != nil {
		return nil, err
	}
	all := map[string]*language{}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join("languages", e.Name()))
		if err != nil {
			return nil, err
		}
		l, err := parseTable(data)
		if err != nil {
			return nil, fmt.Errorf("language table %s: %w", e.Name(), err)
		}
		all[strings.TrimSuffix(e.Name(), ".yaml")] = l
	}
	return all, nil
}

func parseTable(data []byte) (*language, error) {
	l := &language{}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(l); err != nil {
		return nil, err
	}
	var err error
	if l.spellout, err = parseSpellout(l.Numbers); err != nil {
		return nil, err
	}
	if len(l.Months) != 12 {
		return nil, fmt.Errorf("%d months", len(l.Months))
	}
	l.index()
	l.rules = l.makeRules()
	return l, nil
}

// index turns the lists into sets.
func (l *language) index() {
	l.sets = map[string]map[string]bool{}
	for name, words := range map[string][]string{
		"en": l.Grammar.En, "e": l.Grammar.E, "prepositions": l.Grammar.Prepositions, "starters": l.Grammar.Starters,
		"feminine": l.Feminine, "labels": l.Labels, "short": l.ShortNumbers, "before": l.ShortBefore, "after": l.ShortAfter, "phone": l.PhoneWords, "enders": l.Enders,
	} {
		l.sets[name] = map[string]bool{}
		for _, w := range words {
			l.sets[name][strings.ToLower(w)] = true
		}
	}
	l.dotted = map[string]bool{}
	for key := range l.Abbreviations {
		text, _, _ := strings.Cut(key, " #")
		text, _, _ = strings.Cut(text, " ^")
		for part := range strings.FieldsSeq(text) {
			l.dotted[strings.ToLower(part)] = true
		}
	}
	for key := range l.Units {
		if strings.HasSuffix(key, ".") {
			l.dotted[strings.ToLower(key)] = true
		}
	}
	for key := range l.Short {
		l.dotted[strings.ToLower(key)+"."] = true
	}
}

// is looks a word up in a set, whatever its case.
func (l *language) is(set, word string) bool { return l.sets[set][strings.ToLower(word)] }

// find returns the table of a BCP 47 tag, or nil.
func find(tag string) *language {
	return tables()[transcript.Primary(tag)]
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
