package mirror

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/models"
)

// errNone says that the mirror has no model for a direction.
var errNone = errors.New("no model")

// direction is what shall be translated into what, in the caller's own tags.
type direction struct{ from, to string }

func (d direction) String() string { return d.from + "-" + d.to }

// parseDirection takes "de-tr" and "en-zh-Hans": subtags of four letters are
// the script of the language before.
func parseDirection(s string) (direction, error) {
	tag := `[a-z]{2,3}(?:-[a-z]{4})?`
	m := regexp.MustCompile(`(?i)^(` + tag + `)-(` + tag + `)$`).FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || models.PairFolder(m[1], "") == models.PairFolder(m[2], "") {
		return direction{}, fmt.Errorf("%q is no translation pair; write it as de-tr: from German into Turkish", s)
	}
	return direction{strings.ToLower(m[1]), strings.ToLower(m[2])}, nil
}

// ParsePairs checks names of pairs as a person writes them.
func ParsePairs(names []string) error {
	for _, n := range names {
		if _, err := parseDirection(n); err != nil {
			return err
		}
	}
	return nil
}

// part is one model that a direction needs.
type part struct {
	direction
	*bundle
	half bool // of a way through another language
}

// catalogue is what a mirror has.
type catalogue struct {
	records []record
	source  string // address of the collection
	files   string // base address of the attachments
}

// plan finds the direct model, else the two halves through another language.
func (c catalogue) plan(d direction, through string, trial bool) ([]part, error) {
	direct, err := c.find(d, trial)
	if err == nil {
		return []part{{direction: d, bundle: direct}}, nil
	}
	if !errors.Is(err, errNone) {
		return nil, err
	}
	if d.from == through || d.to == through {
		return nil, fmt.Errorf("the mirror has no model for %s; %s", d, c.near(d))
	}
	var parts []part
	for _, half := range []direction{{d.from, through}, {through, d.to}} {
		b, err := c.find(half, trial)
		if errors.Is(err, errNone) {
			return nil, fmt.Errorf("the mirror has no model for %s, nor for %s on the way through %s; %s", d, half, through, c.near(d))
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{half, b, true})
	}
	return parts, nil
}

func (c catalogue) find(d direction, trial bool) (*bundle, error) {
	from, to := c.spelled(d.from), c.spelled(d.to)
	if from == "" || to == "" {
		return nil, errNone
	}
	return choose(c.records, from, to, trial)
}

// spelled is how the mirror writes a language: it has zh-Hans for zh.
func (c catalogue) spelled(tag string) string {
	names := c.languages()
	for _, n := range names {
		if strings.EqualFold(n, tag) {
			return n
		}
	}
	for _, n := range names {
		if strings.EqualFold(models.PairFolder(n, ""), tag) {
			return n
		}
	}
	if tag == "no" || tag == "nn" { // the collection has one Norwegian, Bokmål
		if slices.Contains(names, "nb") {
			return "nb"
		}
	}
	return ""
}

func (c catalogue) languages() []string {
	var out []string
	for _, r := range c.records {
		out = append(out, r.from(), r.to())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// near says what the mirror has from the one language and into the other.
func (c catalogue) near(d direction) string {
	var from, into []string
	for _, r := range c.records {
		if r.Kind != "model" {
			continue
		}
		if strings.EqualFold(r.from(), c.spelled(d.from)) {
			from = append(from, r.from()+"-"+r.to())
		}
		if strings.EqualFold(r.to(), c.spelled(d.to)) {
			into = append(into, r.from()+"-"+r.to())
		}
	}
	if len(from)+len(into) == 0 {
		return "its languages are: " + listed(c.languages(), 60)
	}
	return fmt.Sprintf("from %s it has: %s; into %s: %s", d.from, listed(from, 12), d.to, listed(into, 12))
}

// listed is sorted and of bounded length.
func listed(names []string, most int) string {
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return "nothing"
	}
	if len(names) > most {
		return strings.Join(names[:most], " ") + " …"
	}
	return strings.Join(names, " ")
}
