package numbers

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

//go:embed data/*.yaml
var data embed.FS

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
		hundred: intent.FoldSet(f.Hundred), and: intent.FoldSet(f.And), times: intent.FoldKeys(f.Times), filler: intent.FoldSet(f.Filler),
		plus: intent.FoldSet(f.Plus), correct: intent.FoldSet(f.Correct), restart: intent.FoldSet(f.Restart), is: intent.FoldSet(f.Is), last: intent.FoldSet(f.Last),
		ordinals: intent.FoldKeys(f.Ordinals), not: intent.FoldSet(f.Not), but: intent.FoldSet(f.But), instead: intent.FoldSet(f.Instead),
		inside: intent.FoldSet(f.Inside), unitFirst: f.UnitFirst, vigesimal: f.Vigesimal, alone: f.Alone, read: f.Read, readPlus: f.ReadPlus,
	}
	l.units, l.tens = intent.FoldKeys(f.Digits), intent.FoldKeys(f.Tens)
	for _, m := range []map[string]int{l.units, intent.FoldKeys(f.Teens), l.tens} {
		for w, v := range m {
			l.small[w] = v
		}
	}
	return l
}
