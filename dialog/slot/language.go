package slot

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed data/*.yaml
var data embed.FS

// file is one language's words.
type file struct {
	Language  string              `yaml:"language"`
	Letters   map[string][]string `yaml:"letters"` // a letter and the words that spell it
	As        []string            `yaml:"as"`      // "M wie Martha"
	Double    []string            `yaml:"double"`
	Umlaut    []string            `yaml:"umlaut"`
	Case      []string            `yaml:"case"` // "groß", "klein" before a letter
	With      []string            `yaml:"with"` // "mit ü"
	Hyphen    []string            `yaml:"hyphen"`
	Dot       []string            `yaml:"dot"`
	At        []string            `yaml:"at"`
	Score     []string            `yaml:"underscore"`
	And       []string            `yaml:"and"`
	Correct   []string            `yaml:"correct"`
	Fillers   []string            `yaml:"fillers"`
	NameLead  []string            `yaml:"name_lead"`
	NameStop  []string            `yaml:"name_stop"`
	MailLead  []string            `yaml:"mail_lead"`
	Mail      map[string]string   `yaml:"mail"` // what a recogniser makes of a provider
	House     []string            `yaml:"house"`
	Range     []string            `yaml:"range"`
	Yes       []string            `yaml:"yes"`
	No        []string            `yaml:"no"`
	Ordinals  map[string]int      `yaml:"ordinals"`
	Endings   []string            `yaml:"ordinal_endings"`
	Months    []string            `yaml:"months"`   // January first; several forms with a bar between
	Weekdays  []string            `yaml:"weekdays"` // Monday first
	Relative  map[string]int      `yaml:"relative"` // days from today
	Next      []string            `yaml:"next"`
	This      []string            `yaml:"this"`
	AfterNext []string            `yaml:"after_next"`
	Last      []string            `yaml:"last"`
	In        []string            `yaml:"in"`
	Ago       []string            `yaml:"ago"`
	Days      []string            `yaml:"days"`
	Weeks     []string            `yaml:"weeks"`
	MonthUnit []string            `yaml:"month_unit"`
	DayLead   []string            `yaml:"day_lead"` // "am dritten"
	Clock     clockWords          `yaml:"clock"`
	Say       sayWords            `yaml:"say"`
}

type clockWords struct {
	Hour     []string       `yaml:"hour"`
	Lead     []string       `yaml:"lead"`
	Half     []string       `yaml:"half"`
	Before   bool           `yaml:"half_before"` // "halb drei" is 2:30
	Quarter  []string       `yaml:"quarter"`
	Three    []string       `yaml:"three_quarters"`
	Past     []string       `yaml:"past"`
	To       []string       `yaml:"to"`
	Morning  []string       `yaml:"morning"`
	Evening  []string       `yaml:"evening"`
	Whole    map[string]int `yaml:"whole"` // noon: 12
	MinuteOf []string       `yaml:"minutes"`
}

// sayWords are how values are said.
type sayWords struct {
	Date     string   `yaml:"date"` // {weekday} {day} {month}
	Months   []string `yaml:"months"`
	Weekdays []string `yaml:"weekdays"`
	Time     string   `yaml:"time"` // {hour} {minute}
	Hour     string   `yaml:"hour"`
	At       string   `yaml:"at"`
	Dot      string   `yaml:"dot"`
	Hyphen   string   `yaml:"hyphen"`
	Score    string   `yaml:"underscore"`
	To       string   `yaml:"to"`
	Yes      string   `yaml:"yes"`
	No       string   `yaml:"no"`
}

type words map[string]bool

// language is a file in the form in which it is looked up.
type language struct {
	letters                                                map[string]string // by folded word
	as, double, umlaut, letterCase, with                   words
	hyphen, dot, at, score, and                            words
	correct, fillers, nameStop                             words
	nameLead, mailLead                                     [][]string
	mail                                                   map[string]string
	house, ranges, yes, no                                 words
	ordinals                                               map[string]int
	endings                                                []string
	months, weekdays                                       map[string]int
	relative                                               []relative
	next, this, afterNext, last, in, ago, days, weeks, mon words
	dayLead                                                words
	hour, lead, half, quarter, three, past, to             words
	morning, evening, minutes                              words
	whole                                                  map[string]int
	halfBefore                                             bool
	say                                                    sayWords
}

type relative struct {
	words []string
	days  int
}

// Load reads the embedded words of all languages.
func Load(n *numbers.Parser) (*Reader, error) {
	names, err := fs.Glob(data, "data/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list words of slots: %w", err)
	}
	r := &Reader{numbers: n, languages: map[string]*language{}}
	for _, name := range names {
		raw, err := data.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		var f file
		decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
		decoder.KnownFields(true)
		if err := decoder.Decode(&f); err != nil {
			return nil, fmt.Errorf("slot words %s: %w", name, err)
		}
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("slot words %s: %w", name, err)
		}
		r.languages[f.Language] = f.language()
	}
	return r, nil
}

// Languages are those whose words are known.
func (r *Reader) Languages() []string {
	var out []string
	for l := range r.languages {
		out = append(out, l)
	}
	return out
}

func (r *Reader) language(name string) *language {
	if l := r.languages[transcript.Primary(name)]; l != nil {
		return l
	}
	return r.languages["de"]
}

func (f file) check() error {
	for what, n := range map[string]int{"months": len(f.Months), "months to say": len(f.Say.Months)} {
		if n != 12 {
			return fmt.Errorf("%d %s, want 12", n, what)
		}
	}
	for what, n := range map[string]int{"weekdays": len(f.Weekdays), "weekdays to say": len(f.Say.Weekdays)} {
		if n != 7 {
			return fmt.Errorf("%d %s, want 7", n, what)
		}
	}
	if f.Say.Yes == "" || f.Say.Date == "" || f.Say.Time == "" || f.Say.At == "" {
		return fmt.Errorf("say is not complete")
	}
	return nil
}

func (f file) language() *language {
	c := f.Clock
	l := &language{
		letters: map[string]string{}, as: intent.FoldSet(f.As), double: intent.FoldSet(f.Double), umlaut: intent.FoldSet(f.Umlaut), letterCase: intent.FoldSet(f.Case), with: intent.FoldSet(f.With),
		hyphen: intent.FoldSet(f.Hyphen), dot: intent.FoldSet(f.Dot), at: intent.FoldSet(f.At), score: intent.FoldSet(f.Score), and: intent.FoldSet(f.And),
		correct: intent.FoldSet(f.Correct), fillers: intent.FoldSet(f.Fillers), nameStop: intent.FoldSet(f.NameStop),
		nameLead: sequences(f.NameLead), mailLead: sequences(f.MailLead), mail: f.Mail,
		house: intent.FoldSet(f.House), ranges: intent.FoldSet(f.Range), yes: intent.FoldSet(f.Yes), no: intent.FoldSet(f.No),
		ordinals: intent.FoldKeys(f.Ordinals), endings: f.Endings, months: numbered(f.Months, 1), weekdays: numbered(f.Weekdays, 1),
		next: intent.FoldSet(f.Next), this: intent.FoldSet(f.This), afterNext: intent.FoldSet(f.AfterNext), last: intent.FoldSet(f.Last), in: intent.FoldSet(f.In), ago: intent.FoldSet(f.Ago),
		days: intent.FoldSet(f.Days), weeks: intent.FoldSet(f.Weeks), mon: intent.FoldSet(f.MonthUnit), dayLead: intent.FoldSet(f.DayLead),
		hour: intent.FoldSet(c.Hour), lead: intent.FoldSet(c.Lead), half: intent.FoldSet(c.Half), halfBefore: c.Before, quarter: intent.FoldSet(c.Quarter), three: intent.FoldSet(c.Three),
		past: intent.FoldSet(c.Past), to: intent.FoldSet(c.To), morning: intent.FoldSet(c.Morning), evening: intent.FoldSet(c.Evening), minutes: intent.FoldSet(c.MinuteOf), whole: intent.FoldKeys(c.Whole),
		say: f.Say,
	}
	for letter, spelt := range f.Letters {
		for _, w := range spelt {
			l.letters[intent.Fold(w)] = letter
		}
	}
	for phrase, days := range f.Relative {
		l.relative = append(l.relative, relative{intent.Split(phrase), days})
	}
	return l
}

func sequences(list []string) [][]string {
	var out [][]string
	for _, s := range list {
		out = append(out, intent.Split(s))
	}
	return out
}

// numbered numbers the names; a bar stands between the forms of one.
func numbered(names []string, first int) map[string]int {
	m := map[string]int{}
	for i, forms := range names {
		for form := range strings.SplitSeq(forms, "|") {
			m[intent.Fold(strings.TrimSpace(form))] = first + i
		}
	}
	return m
}

// letter is what a single word spells: itself, or the letter it stands for.
func (l *language) letter(t token) string {
	if t.mark || t.digits() {
		return ""
	}
	if utf8.RuneCountInString(t.raw) == 1 {
		return strings.ToLower(t.raw)
	}
	return l.letters[t.fold]
}
