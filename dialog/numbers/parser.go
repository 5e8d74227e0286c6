// Package numbers understands telephone numbers as people dictate them: words
// flow in ("null zwei zwei acht, siebenundsiebzig, doppel drei"), digits flow
// out ("02287733"). It also reads digits back in groups.
package numbers

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed data/*.yaml
var data embed.FS

// maxWords limits what is looked at: nobody dictates longer in one breath.
const maxWords = 200

// Parser holds the number words of all languages. It does not change and may
// be shared.
type Parser struct {
	languages map[string]*language
}

type language struct {
	small     map[string]int // 0..99 in one word
	units     map[string]int // 0..9
	tens      map[string]int
	hundred   map[string]bool
	and       map[string]bool
	times     map[string]int
	filler    map[string]bool
	plus      map[string]bool
	correct   map[string]bool
	restart   map[string]bool
	is, last  map[string]bool
	ordinals  map[string]int
	not, but  map[string]bool
	instead   map[string]bool
	inside    map[string]bool // no number by itself
	unitFirst bool
	vigesimal bool
	alone     bool // "and" joins no tens and units
	read      []string
	readPlus  string
}

type file struct {
	Language  string         `yaml:"language"`
	Digits    map[string]int `yaml:"digits"`
	Teens     map[string]int `yaml:"teens"`
	Tens      map[string]int `yaml:"tens"`
	Hundred   []string       `yaml:"hundred"`
	UnitFirst bool           `yaml:"unit_first"` // "siebenundzwanzig": seven and twenty
	Vigesimal bool           `yaml:"vigesimal"`  // "quatre-vingt-douze": four twenties and twelve
	Alone     bool           `yaml:"and_alone"`  // "and" never stands between tens and units
	Inside    []string       `yaml:"only_inside"`
	And       []string       `yaml:"and"`
	Times     map[string]int `yaml:"times"`
	Filler    []string       `yaml:"times_filler"`
	Plus      []string       `yaml:"plus"`
	Correct   []string       `yaml:"correct"`
	Restart   []string       `yaml:"restart"`
	Is        []string       `yaml:"is"`
	Last      []string       `yaml:"last"`
	Ordinals  map[string]int `yaml:"ordinals"`
	Not       []string       `yaml:"not"`
	But       []string       `yaml:"but"`
	Instead   []string       `yaml:"instead"`
	Read      []string       `yaml:"read"`
	ReadPlus  string         `yaml:"read_plus"`
}

// Load reads the embedded number words.
func Load() (*Parser, error) {
	names, err := fs.Glob(data, "data/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list number words: %w", err)
	}
	p := &Parser{languages: map[string]*language{}}
	for _, name := range names {
		raw, err := data.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
		}
		var f file
		decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
		decoder.KnownFields(true)
		if err := decoder.Decode(&f); err != nil {
			return nil, fmt.Errorf("number words %s: %w", path.Base(name), err)
		}
		if len(f.Read) != 10 {
			return nil, fmt.Errorf("number words %s: %d words to read digits, want 10", path.Base(name), len(f.Read))
		}
		p.languages[f.Language] = f.language()
	}
	return p, nil
}

func (f file) language() *language {
	l := &language{
		small: map[string]int{}, units: map[string]int{}, tens: map[string]int{},
		hundred: set(f.Hundred), and: set(f.And), times: folded(f.Times), filler: set(f.Filler),
		plus: set(f.Plus), correct: set(f.Correct), restart: set(f.Restart), is: set(f.Is), last: set(f.Last),
		ordinals: folded(f.Ordinals), not: set(f.Not), but: set(f.But), instead: set(f.Instead),
		inside: set(f.Inside), unitFirst: f.UnitFirst, vigesimal: f.Vigesimal, alone: f.Alone, read: f.Read, readPlus: f.ReadPlus,
	}
	l.units, l.tens = folded(f.Digits), folded(f.Tens)
	for _, m := range []map[string]int{l.units, folded(f.Teens), l.tens} {
		for w, v := range m {
			l.small[w] = v
		}
	}
	return l
}

func set(words []string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[intent.Fold(w)] = true
	}
	return m
}

func folded(m map[string]int) map[string]int {
	out := map[string]int{}
	for w, v := range m {
		out[intent.Fold(w)] = v
	}
	return out
}

func (p *Parser) language(name string) *language {
	if l := p.languages[transcript.Primary(name)]; l != nil {
		return l
	}
	return p.languages["de"]
}

// Parse returns the digits in the text, with a leading plus if one was said.
// Slips corrected in the same breath are applied ("vier, nein, fünf").
func (p *Parser) Parse(text, language string) string {
	l := p.language(language)
	return l.digits(l.apart(split(text)))
}

// split cuts text into folded words, runs of digits and plus signs.
func split(text string) []string {
	text = strings.ReplaceAll(intent.Fold(text), "+", " + ")
	words := strings.FieldsFunc(strings.Map(western, text), func(r rune) bool {
		return !unicode.IsLetter(r) && !(r >= '0' && r <= '9') && r != '+'
	})
	return words[:min(len(words), maxWords)]
}

// apart splits an "and" off the tens that it is written onto, as in Arabic.
func (l *language) apart(words []string) []string {
	var out []string
	for _, w := range words {
		for and := range l.and {
			if rest, joined := strings.CutPrefix(w, and); joined && l.tens[rest] > 0 {
				out, w = append(out, and), rest
				break
			}
		}
		out = append(out, w)
	}
	return out
}

// western turns the digits of Arabic and Persian into 0 to 9.
func western(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	}
	return r
}

// digits walks over the words once.
func (l *language) digits(words []string) string {
	var before, units []string // before: what a correction will mend
	mending := false
	for i := 0; i < len(words); {
		w := words[i]
		switch {
		case l.restart[w]:
			before, units, mending = nil, nil, false
			i++
			continue
		case l.correct[w] && len(units) > 0:
			if mending {
				units = mend(before, units)
			}
			before, units, mending = units, nil, true
			i++
			continue
		}
		unit, used := l.unit(words[i:])
		if unit != "" {
			units = append(units, unit)
		}
		i += max(1, used)
	}
	if mending {
		units = mend(before, units)
	}
	return clean(strings.Join(units, ""))
}

// mend applies the units said after a word of correction to those before it.
func mend(before, after []string) []string {
	said := strings.Join(after, "")
	all := strings.Join(before, "")
	switch {
	case said == "":
		return before
	case len(said) >= 6 && (said[0] == '0' || said[0] == '+'), len(said) >= len(all):
		return after
	case len(said) >= 2 && all[len(all)-len(said)] == said[0]:
		return append([]string{all[:len(all)-len(said)]}, after...)
	}
	return append(before[:len(before)-1:len(before)-1], after...)
}

// clean leaves digits and a plus in front.
func clean(s string) string {
	plus := strings.HasPrefix(s, "+")
	s = strings.ReplaceAll(s, "+", "")
	if plus && s != "" {
		return "+" + s
	}
	return s
}

// unit reads one number from the front of the words: its digits, and how many
// words it took; none when the first word is no number.
func (l *language) unit(words []string) (digits string, used int) {
	w := words[0]
	if w == "+" || l.plus[w] {
		return "+", 1
	}
	if isDigits(w) {
		return w, 1
	}
	if n, ok := l.times[w]; ok {
		return l.repeated(n, words)
	}
	for word, n := range l.times {
		if tail, ok := strings.CutPrefix(w, word); ok && tail != "" {
			if v, ok := l.value(tail); ok && v < 10 {
				return strings.Repeat(strconv.Itoa(v), n), 1
			}
		}
	}
	v, ok := l.value(w)
	if !ok {
		return "", 0
	}
	if v, used = l.combined(v, words); used == 1 && l.inside[w] {
		return "", 1
	}
	return strconv.Itoa(v), used
}

// repeated reads "doppel drei" and "dreimal die null".
func (l *language) repeated(n int, words []string) (string, int) {
	i := 1
	for i < len(words) && l.filler[words[i]] {
		i++
	}
	if i >= len(words) {
		return "", 0
	}
	if v, ok := l.value(words[i]); ok && v < 10 {
		return strings.Repeat(strconv.Itoa(v), n), i + 1
	}
	if len(words[i]) == 1 && isDigits(words[i]) {
		return strings.Repeat(words[i], n), i + 1
	}
	return "", 0
}

// value reads a number of one word: small ones, and compounds such as
// "siebenundsiebzig" and "zweihundertachtundzwanzig".
func (l *language) value(w string) (int, bool) {
	if v, ok := l.small[w]; ok {
		return v, true
	}
	for h := range l.hundred {
		left, right, ok := strings.Cut(w, h)
		if !ok {
			continue
		}
		hundreds, rest := 1, 0
		if left != "" {
			if hundreds, ok = l.units[left]; !ok || hundreds == 0 {
				continue // another of the words may fit: "cien", "ciento"
			}
		}
		if right != "" {
			if rest, ok = l.value(strings.TrimPrefix(right, "und")); !ok || rest > 99 {
				continue
			}
		}
		return hundreds*100 + rest, true
	}
	if !l.unitFirst {
		return 0, false
	}
	for and := range l.and {
		if left, right, ok := strings.Cut(w, and); ok {
			u, isUnit := l.units[left]
			t, isTen := l.tens[right]
			if isUnit && isTen && u > 0 {
				return t + u, true
			}
		}
	}
	return 0, false
}

// combined joins numbers said in several words: "seventy seven", "sieben und
// siebzig", "two hundred and five".
func (l *language) combined(v int, words []string) (int, int) {
	used := 1
	next := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	if l.unitFirst && v > 0 && v < 10 && l.and[next(1)] {
		if t, ok := l.tens[next(2)]; ok {
			return v + t, 3
		}
	}
	if l.vigesimal {
		v, used = l.twenties(v, words)
	}
	if _, ten := l.tens[words[0]]; !l.unitFirst && v > 0 && v < 100 && v%10 == 0 && (ten || used > 1) {
		at := used
		if l.and[next(at)] && !l.alone {
			at++
		}
		if u, ok := l.units[next(at)]; ok && u > 0 {
			v, used = v+u, at+1
		}
	}
	if v > 0 && v < 10 && l.hundred[next(used)] {
		return l.hundreds(v*100, used+1, words, 10)
	}
	if v >= 100 && v%100 == 0 && used == 1 { // "sto", "trzysta", "yüz"
		return l.hundreds(v, used, words, 1)
	}
	return v, used
}

// hundreds adds what is said after them, from least on: after a bare "two
// hundred" a digit stands for itself, after "two hundred and" it does not.
func (l *language) hundreds(v, used int, words []string, least int) (int, int) {
	at := used
	if at < len(words) && l.and[words[at]] {
		at, least = at+1, 1
	}
	if at >= len(words) {
		return v, used
	}
	rest, ok := l.value(words[at])
	if !ok || rest < least || rest >= 100 {
		return v, used
	}
	rest, n := l.combined(rest, words[at:])
	return v + rest, at + n
}

// twenties counts as French does: four twenties, sixty and twelve. The joining
// word may stand between.
func (l *language) twenties(v int, words []string) (int, int) {
	used := 1
	word := func(i int) int {
		if i < len(words) {
			if n, ok := l.small[words[i]]; ok {
				return n
			}
		}
		return -1
	}
	if u := word(1); v == 10 && u >= 7 && u <= 9 {
		return v + u, 2
	}
	if v == 4 && word(1) == 20 {
		v, used = 80, 2
	}
	at := used
	if v == 60 && at < len(words) && l.and[words[at]] {
		at++
	}
	if n := word(at); (v == 60 || v == 80) && n >= 10 && n < 20 {
		v, used = v+n, at+1
		if n == 10 {
			if u := word(used); u >= 7 && u <= 9 {
				v, used = v+u, used+1
			}
		}
	}
	return v, used
}

// Number reads one whole number from the front of folded words: its value and
// how many words it took, 0 when they begin with none. Articles that are
// numbers too ("ein Sofa") count.
func (p *Parser) Number(words []string, language string) (value, used int) {
	if len(words) == 0 {
		return 0, 0
	}
	l := p.language(language)
	digits, used := l.unit(words)
	if digits == "" && l.inside[words[0]] {
		v, ok := l.value(words[0])
		if !ok {
			return 0, 0
		}
		return v, 1
	}
	if used == 0 || digits == "" || digits == "+" || len(digits) > 9 {
		return 0, 0
	}
	value, err := strconv.Atoi(digits)
	if err != nil {
		return 0, 0
	}
	return value, used
}

// Digit is how a digit is read aloud.
func (p *Parser) Digit(d rune, language string) string {
	if d < '0' || d > '9' {
		return string(d)
	}
	return p.language(language).read[d-'0']
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
