package desk

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/store"
)

//go:embed data/kinds.yaml
var kindFile []byte

// Names are what forms, departments, values and choices are called, by id and
// language. A name that is missing is the id.
type Names struct {
	City        string
	Departments map[string]map[string]string
	Forms       map[string]map[string]string
	Slots       map[string]map[string]string // by "form/slot"
	Choices     map[string]map[string]string // by "form/slot/value"
	Kinds       map[string]map[string]string // of values, see LoadKinds
}

// LoadKinds reads what kinds of values are called.
func LoadKinds() (map[string]map[string]string, error) {
	var out map[string]map[string]string
	if err := yaml.Unmarshal(kindFile, &out); err != nil {
		return nil, fmt.Errorf("names of values: %w", err)
	}
	return out, nil
}

// Department is a department's name.
func (n Names) Department(id, lang string) string { return named(n.Departments[id], lang, id) }

// Form is a form's title.
func (n Names) Form(id, lang string) string { return capital(named(n.Forms[id], lang, id)) }

// Slot is what a value is called.
func (n Names) Slot(form string, s store.RequestSlot, lang string) string {
	names := n.Slots[form+"/"+s.Name]
	if len(names) == 0 {
		names = n.Kinds[s.Kind]
	}
	return capital(named(names, lang, strings.ReplaceAll(s.Name, "_", " ")))
}

// Value is a value as people write it.
func (n Names) Value(form string, s store.RequestSlot, lang string) string {
	if name, ok := n.Choices[form+"/"+s.Name+"/"+s.Value]; ok {
		return named(name, lang, s.Value)
	}
	if s.Kind == "yes_no" {
		return named(n.Kinds[s.Value], lang, s.Value)
	}
	if s.Kind == "date" {
		if t, err := time.Parse("2006-01-02", s.Value); err == nil {
			return t.Format("02.01.2006")
		}
	}
	return s.Value
}

// Heard is how a value was read back to the caller, where that says more than
// the value itself; "" otherwise.
func (n Names) Heard(form string, s store.RequestSlot, lang string) string {
	switch s.Kind {
	case "choice", "count", "street", "text":
		if s.Spoken != s.Value && s.Spoken != n.Value(form, s, lang) {
			return s.Spoken
		}
	}
	return ""
}

func named(names map[string]string, lang, otherwise string) string {
	for _, l := range []string{lang, "de"} {
		if name := names[l]; name != "" {
			return name
		}
	}
	return otherwise
}

func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}
