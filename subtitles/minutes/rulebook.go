package minutes

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed data
var data embed.FS

// languages that have rules; the first is the one of last resort.
var languages = [...]string{"de", "en"}

// rule is a pattern over what a sentence's norm shows, and what it means.
type rule struct {
	Say   string `yaml:"say"`
	Is    string `yaml:"is"`
	Needs string `yaml:"needs"` // what else must be there: "due", "wish", "chair"
	But   string `yaml:"but"`   // guards that do not speak against it
	N     int    `yaml:"n"`
	re    *regexp.Regexp
}

// rulebook is what is known of one language. It does not change.
type rulebook struct {
	Language      string            `yaml:"language"`
	Abbreviations []string          `yaml:"abbreviations"`
	OrdinalLead   string            `yaml:"ordinal_lead"`
	Starters      string            `yaml:"starters"`
	Articles      string            `yaml:"articles"` // a title does without
	Fillers       string            `yaml:"fillers"`
	NoNames       string            `yaml:"no_names"`
	Clausal       string            `yaml:"clausal"`   // no title of a topic holds them
	Particled     string            `yaml:"particled"` // forms that mean something to do with a particle alone: "ich sehe nach"
	Particles     string            `yaml:"particles"`
	Light         string            `yaml:"light"` // weak verbs that do with an object of some words: "the office will put the date in the diary"
	Modals        string            `yaml:"modals"`
	Taking        string            `yaml:"taking"`    // behind "I am": who takes a task says so
	NoOrders      string            `yaml:"no_orders"` // verbs of politeness: "bitte kommen Sie zum Punkt"
	NoDeeds       string            `yaml:"no_deeds"`  // verbs of states, opinions and talk
	Anaphors      string            `yaml:"anaphors"`
	Small         string            `yaml:"small"` // words that tell nothing
	Verbs         []string          `yaml:"verbs"`
	Macros        []yaml.Node       `yaml:"macros"` // name: pattern, in order
	Guards        map[string]string `yaml:"guards"`
	Tasks         []rule            `yaml:"tasks"`
	Answers       map[string]string `yaml:"answers"`
	Withdrawals   []string          `yaml:"withdrawals"`
	Topics        []rule            `yaml:"topics"`
	Motions       []string          `yaml:"motions"`
	Decisions     []rule            `yaml:"decisions"`
	Votes         []rule            `yaml:"votes"`
	Dates         calendarWords     `yaml:"dates"`
	Numbers       map[string]int    `yaml:"numbers"`
	Labels        map[string]string `yaml:"labels"`
	Prompt        string            `yaml:"prompt"`

	abbreviations, ordinalLead, starters, articles, fillers, noNames, clausal, modals, taking, particled, particles, light, noOrders, noDeeds, anaphors, small map[string]bool

	guards, answers      map[string]*regexp.Regexp
	withdrawals, motions []*regexp.Regexp
	dates                calendar
	macros               *strings.Replacer
	thirds               map[string]bool // verbs as others do them
	verbs                map[string]bool // all their forms
	parted               map[string]bool // "gibt weiter", of verbs that part
	weak                 map[string]bool // verbs that mean a task only with a date
}

// rulebooks holds the rules of all languages once they were needed.
var rulebooks = sync.OnceValues(func() (map[string]*rulebook, error) {
	all := map[string]*rulebook{}
	for _, language := range languages {
		b, err := readRules(language)
		if err != nil {
			return nil, fmt.Errorf("rules of minutes in %s: %w", language, err)
		}
		all[language] = b
	}
	return all, nil
})

func readRules(language string) (*rulebook, error) {
	raw, err := data.ReadFile("data/" + language + ".yaml")
	if err != nil {
		return nil, err
	}
	b := &rulebook{}
	if err := yaml.Unmarshal(raw, b); err != nil {
		return nil, err
	}
	b.abbreviations = map[string]bool{}
	for _, a := range b.Abbreviations {
		b.abbreviations[a] = true
	}
	b.ordinalLead, b.starters, b.articles, b.fillers = wordSet(b.OrdinalLead), wordSet(b.Starters), wordSet(b.Articles), wordSet(b.Fillers)
	b.modals, b.taking = wordSet(b.Modals), wordSet(b.Taking)
	b.particled, b.particles, b.light = wordSet(b.Particled), wordSet(b.Particles), wordSet(b.Light)
	b.clausal, b.noOrders, b.noDeeds = wordSet(b.Clausal), wordSet(b.NoOrders), wordSet(b.NoDeeds)
	b.noNames, b.anaphors, b.small = wordSet(b.NoNames), wordSet(b.Anaphors), wordSet(b.Small)
	b.expand()
	return b, b.compile()
}

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// expand makes the macros: those of the verbs (a line each: infinitive, first
// person, third person, participle), of the calendar and of numbers, then the
// file's own, which may use the ones before them.
func (b *rulebook) expand() {
	forms := [4][]string{}
	b.weak, b.parted = map[string]bool{}, map[string]bool{}
	for _, v := range b.Verbs {
		words := strings.Fields(v)
		for particle := range b.particles {
			if base, ok := strings.CutPrefix(words[0], particle); ok && len(base) > 3 && len(words) > 2 {
				b.parted[words[2]+" "+particle] = true
			}
		}
		for i, f := range words[:min(len(words), len(forms))] {
			forms[i] = append(forms[i], f)
			if short := strings.TrimSuffix(f, "e"); i == 1 && short != f && f != words[0] { // "ich prüf", as people speak
				forms[i] = append(forms[i], short)
				b.weak[short] = words[len(words)-1] == "weak"
			}
			if words[len(words)-1] == "weak" {
				b.weak[f] = true
			}
		}
	}
	b.thirds = wordSet(strings.Join(forms[2], " "))
	b.verbs = map[string]bool{}
	for _, f := range forms {
		for _, w := range f {
			b.verbs[w] = true
		}
	}
	pairs := []string{}
	add := func(name, pattern string) { pairs = append(pairs, "{"+name+"}", pattern) }
	for i, name := range []string{"inf", "first", "third", "part"} {
		add(name, "(?:"+strings.Join(forms[i], "|")+")")
	}
	plurals := []string{}
	for _, f := range forms[1] {
		if strings.HasSuffix(f, "e") {
			plurals = append(plurals, f+"n") // of verbs that part: "bereiten ... vor"
		}
	}
	add("plural", "(?:"+strings.Join(plurals, "|")+")")
	add("w", `[^ ]*[^ ,;:?!„“”"»«–]`)
	add("any", `(?:[^ ]*[^ ,;:?!„“”"»«–] ){0,14}?`)
	add("weekday", "(?P<weekday>"+alternation(b.Dates.Weekdays)+")")
	add("month", "(?P<month>"+alternation(b.Dates.Months)+")")
	add("monthname", "(?:"+alternation(b.Dates.Months)+")")
	add("unit", "(?P<unit>"+alternation(b.Dates.Units)+")")
	add("number", `(?P<n>[0-9]+|[a-zäöüß-]+)`)
	for _, node := range b.Macros {
		for i := 0; i+1 < len(node.Content); i += 2 {
			pattern := strings.NewReplacer(pairs...).Replace(node.Content[i+1].Value)
			add(node.Content[i].Value, pattern)
		}
	}
	b.macros = strings.NewReplacer(pairs...)
}

// beginning is what leads to a pattern, or the sentence begins with it.
var beginning = regexp.MustCompile(`^\(\?:(?:\^\|([^()]+)|([^()]+)\|\^)\)`)

// pattern compiles one of the file: it matches whole words.
func (b *rulebook) pattern(say string) (*regexp.Regexp, error) {
	say = b.macros.Replace(strings.TrimSpace(say))
	if rest, ok := strings.CutPrefix(say, "^"); ok {
		return regexp.Compile(`^ (?:` + rest + `) `)
	}
	if head := beginning.FindStringSubmatch(say); head != nil && !strings.HasPrefix(say[len(head[0]):], "?") {
		return regexp.Compile(`(?:^ | (?:` + head[1] + head[2] + `))(?:` + say[len(head[0]):] + `) `)
	}
	return regexp.Compile(` (?:` + say + `) `)
}

func (b *rulebook) compile() error {
	var err error
	for _, rules := range [][]rule{b.Tasks, b.Topics, b.Decisions, b.Votes} {
		for i := range rules {
			if rules[i].re, err = b.pattern(rules[i].Say); err != nil {
				return fmt.Errorf("pattern %q: %w", rules[i].Say, err)
			}
		}
	}
	if b.guards, err = b.patterns(b.Guards); err != nil {
		return err
	}
	if b.answers, err = b.patterns(b.Answers); err != nil {
		return err
	}
	for _, w := range b.Withdrawals {
		re, err := b.pattern(w)
		if err != nil {
			return fmt.Errorf("pattern %q: %w", w, err)
		}
		b.withdrawals = append(b.withdrawals, re)
	}
	for _, m := range b.Motions {
		re, err := b.pattern(m)
		if err != nil {
			return fmt.Errorf("pattern %q: %w", m, err)
		}
		b.motions = append(b.motions, re)
	}
	return b.compileDates()
}

func (b *rulebook) patterns(of map[string]string) (map[string]*regexp.Regexp, error) {
	out := map[string]*regexp.Regexp{}
	for name, say := range of {
		re, err := b.pattern(say)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", name, err)
		}
		out[name] = re
	}
	return out, nil
}

// known is the language, or the one of last resort.
func known(all map[string]*rulebook, language string) string {
	if p := transcript.Primary(language); all[p] != nil {
		return p
	}
	return languages[0]
}

// group is what the named group of a match holds, and where it is.
func group(re *regexp.Regexp, m []int, name string) (from, to int, ok bool) {
	for i, n := range re.SubexpNames() {
		if n == name && m[2*i] >= 0 {
			return m[2*i], m[2*i+1], true
		}
	}
	return 0, 0, false
}

// alternation matches any of the words, the longer first.
func alternation(words map[string]int) string {
	all := slices.SortedFunc(maps.Keys(words), func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	return strings.Join(all, "|")
}
