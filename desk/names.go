package desk

import (
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/store"
)

// Names are what forms, departments, values and choices are called, by id and
// language. A name that is missing is the id.
type Names struct {
	City        string
	Departments map[string]map[string]string
	Forms       map[string]map[string]string
	Slots       map[string]map[string]string // by "form/slot"
	Choices     map[string]map[string]string // by "form/slot/value"
}

// Department is a department's name.
func (n Names) Department(id, lang string) string { return named(n.Departments[id], lang, id) }

// Form is a form's title.
func (n Names) Form(id, lang string) string { return capital(named(n.Forms[id], lang, id)) }

// Slot is what a value is called.
func (n Names) Slot(form, slot, lang string) string {
	return capital(named(n.Slots[form+"/"+slot], lang, strings.ReplaceAll(slot, "_", " ")))
}

// Value is a value as people write it.
func (n Names) Value(form string, s store.RequestSlot, lang string) string {
	if name, ok := n.Choices[form+"/"+s.Name+"/"+s.Value]; ok {
		return named(name, lang, s.Value)
	}
	if s.Kind == "date" {
		if t, err := time.Parse("2006-01-02", s.Value); err == nil {
			return t.Format("02.01.2006")
		}
	}
	return s.Value
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
