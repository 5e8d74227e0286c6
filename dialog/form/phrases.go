package form

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed phrases/*.yaml
var phrases embed.FS

// Key names a phrase that all forms share.
type Key string

// Phrases. Those with a kind behind them ("ask_street") exist for each kind
// that can be asked for without own words of the form.
const (
	Offer      Key = "offer"
	Begin      Key = "begin"
	Noted      Key = "noted"   // {values} given before anything was asked
	Choices    Key = "choices" // {choices} one can name
	Keys       Key = "keys"    // the choices by their keys
	Unclear    Key = "unclear"
	Again      Key = "again" // leads to the question once more
	Confirm    Key = "confirm"
	Spelt      Key = "spelt"  // {value} {letters}
	Insist     Key = "insist" // yes or no, please: {value}
	Which      Key = "which"  // {a} or {b}
	Unlisted   Key = "unlisted"
	Further    Key = "further" // {value} so far, go on
	Past       Key = "past"    // {value} is too early; {first}
	Late       Key = "late"
	Closed     Key = "closed"
	Impossible Key = "impossible"
	Range      Key = "range" // {min} {max}
	Ack        Key = "ack"   // {value}
	Thanks     Key = "thanks"
	Changed    Key = "changed" // {value}
	Sum        Key = "sum"
	SumAsk     Key = "sum_ask"
	SumInsist  Key = "sum_insist"
	Change     Key = "change" // {labels}: what shall be changed?
	Reference  Key = "reference"
	Done       Key = "done"
	Cancelled  Key = "cancelled"
	First      Key = "first"
	Spell      Key = "spell"
	GaveUp     Key = "gave_up"
	Example    Key = "example" // {value} as it may be written

	// For people who read and write.
	WrittenReference Key = "written_reference"
	WrittenFurther   Key = "written_further"
	WrittenSpell     Key = "written_spell"
)

// places are what a phrase must hold.
func places() map[Key][]string {
	return map[Key][]string{
		Offer: nil, Begin: nil, Noted: {"values"}, Choices: {"choices"}, Keys: {"choices"}, Unclear: nil, Again: nil, Confirm: {"value"},
		Spelt: {"value", "letters"}, Insist: {"value"}, Which: {"a", "b"}, Unlisted: {"value"}, Further: {"value"}, Past: {"value", "first"},
		Late: {"value"}, Closed: {"value"}, Impossible: nil, Range: {"min", "max"}, Ack: {"value"}, Thanks: nil, Changed: {"value"}, Sum: nil,
		SumAsk: nil, SumInsist: nil, Change: {"labels"}, Reference: {"reference"}, Done: nil, Cancelled: nil, First: nil,
		Spell: nil, GaveUp: nil, Example: {"value"},
		WrittenReference: {"reference"}, WrittenFurther: {"value"}, WrittenSpell: nil,
	}
}

// Ask is the question for a kind of value; Help explains it.
func Ask(k slot.Kind) Key { return Key("ask_" + string(k)) }

// Help is what to say to somebody who asks what to say.
func Help(k slot.Kind) Key { return Key("help_" + string(k)) }

// Wish is what callers want of a form while it is filled.
type Wish string

// Wishes.
const (
	WishHelp    Wish = "help"
	WishSkip    Wish = "skip"
	WishWrong   Wish = "wrong"
	WishChange  Wish = "change"
	WishSpell   Wish = "spell"
	WishSummary Wish = "summary"
	WishMore    Wish = "more" // rather hear more than leave a request
)

// Book is what is said and heard in one language, whatever the form.
type Book struct {
	Language string
	say      map[Key][]string
	hear     map[Wish]intent.Matcher
	labels   map[slot.Kind][]string
	named    map[slot.Kind]string
	and      string
	or       string
}

type phraseFile struct {
	Language string                 `yaml:"language"`
	And      string                 `yaml:"and"`
	Or       string                 `yaml:"or"`
	Say      map[Key]lines          `yaml:"say"`
	Hear     map[Wish]wishes        `yaml:"hear"`
	Labels   map[slot.Kind][]string `yaml:"labels"`
	Named    map[slot.Kind]string   `yaml:"named"` // a value that stands alone: "Nummer {value}"
}

// Library holds the books of all languages.
type Library struct{ books map[string]*Book }

// LoadPhrases reads the embedded books.
func LoadPhrases() (*Library, error) {
	names, err := fs.Glob(phrases, "phrases/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list phrases of forms: %w", err)
	}
	l := &Library{books: map[string]*Book{}}
	for _, name := range names {
		raw, err := phrases.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		b, err := readBook(raw)
		if err != nil {
			return nil, fmt.Errorf("phrases %s: %w", path.Base(name), err)
		}
		l.books[b.Language] = b
	}
	return l, nil
}

func readBook(raw []byte) (*Book, error) {
	var f phraseFile
	decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return nil, err
	}
	b := &Book{Language: f.Language, say: map[Key][]string{}, hear: map[Wish]intent.Matcher{}, labels: f.Labels, named: f.Named, and: f.And, or: f.Or}
	for k, l := range f.Say {
		b.say[k] = l
	}
	var faults []error
	for w, patterns := range f.Hear {
		m, err := intent.NewMatcher(patterns.Any, patterns.Not)
		if err != nil {
			faults = append(faults, fmt.Errorf("hear %s: %w", w, err))
		}
		b.hear[w] = m
	}
	return b, errors.Join(append(faults, b.check()...)...)
}

// check wants every phrase with its places.
func (b *Book) check() []error {
	var faults []error
	known := places()
	for _, k := range slot.Kinds() {
		if k != slot.Choice && k != slot.YesNo && k != slot.Phone { // the prompts ask for numbers
			known[Ask(k)] = nil
		}
		known[Help(k)] = nil
	}
	for key, wanted := range known {
		if len(b.say[key]) == 0 {
			faults = append(faults, fmt.Errorf("%s is missing", key))
		}
		for _, w := range b.say[key] {
			for _, p := range wanted {
				if !strings.Contains(w, "{"+p+"}") {
					faults = append(faults, fmt.Errorf("%s: {%s} is missing in %q", key, p, w))
				}
			}
			for _, p := range place.FindAllString(w, -1) {
				if !slices.Contains(wanted, strings.Trim(p, "{}")) {
					faults = append(faults, fmt.Errorf("%s: nothing is known to put into %s", key, p))
				}
			}
		}
	}
	for key := range b.say {
		if _, ok := known[key]; !ok {
			faults = append(faults, fmt.Errorf("%s is no phrase of forms", key))
		}
	}
	if b.Language == "" || b.and == "" || b.or == "" {
		faults = append(faults, errors.New("language, and, or are needed"))
	}
	return faults
}

// Book returns the phrases of a language, or of the nearest one.
func (l *Library) Book(language string) *Book {
	for _, name := range []string{language, transcript.Primary(language), "en", "de"} {
		if b, ok := l.books[name]; ok {
			return b
		}
	}
	return &Book{Language: "de"}
}

// Languages lists the languages of the books, sorted.
func (l *Library) Languages() []string {
	var out []string
	for name := range l.books {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// All are the ways to say it.
func (b *Book) All(key Key) []string { return b.say[key] }

// Hears says whether the words are that wish.
func (b *Book) Hears(w Wish, words intent.Words) bool { return b.hear[w].Match(words) }

// Labels are the words for a kind of value.
func (b *Book) Labels(k slot.Kind) []string { return b.labels[k] }

// Named is how a value is said that stands alone; "" is as it is.
func (b *Book) Named(k slot.Kind) string { return b.named[k] }

// Or joins a list for a choice: "a, b oder c".
func (b *Book) Or(list []string) string { return enumerate(list, b.or) }

// And joins a list.
func (b *Book) And(list []string) string { return enumerate(list, b.and) }

func enumerate(list []string, last string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " " + last + " " + list[n-1]
	}
}
