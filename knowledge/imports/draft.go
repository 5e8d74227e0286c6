// Package imports reads what a city has already written: bytes of a file flow
// in, drafts of articles and a report line by line flow out. What a text says
// is never obeyed: it is only text.
package imports

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Draft is an article as editors write it. It may be incomplete.
type Draft struct {
	ID     string // "sperrmuell"
	Folder string // below a city's folder; "" is articles/ID
	Head
	Variants map[string]Variant // by language
	// Machine lists languages whose words a machine chose: cut for the ear, or
	// translated. They are marked as such until somebody has reviewed them.
	Machine []string
	// Files is the draft in the form of a city's folder, by name, when it came
	// in this form: it is kept to the byte.
	Files map[string]string
	Place Place
}

// Head is what the languages share (article.yaml).
type Head struct {
	Version   int
	Source    string
	ValidFrom string // 2026-01-31
	ValidTo   string
	Reviewer  string
	HandOver  string
	Form      string
	Keywords  []string
	extra     []*yaml.Node // keys and values that only others know
}

// Variant is the article in one language (LANG.md).
type Variant struct {
	Title     string
	Questions []string
	Keywords  []string
	Facts     map[string]string
	Answer    string
	More      string
	extra     []*yaml.Node
}

// Place is where something stands.
type Place struct {
	File string
	Line int // 1-based; 0: the file as a whole
}

// FactKeys are the facts that follow-up questions ask for, in the order they
// are written.
func FactKeys() []string {
	return []string{"fee", "documents", "deadline", "duration", "hours", "address", "phone", "appointment", "online"}
}

// Languages of the draft, the main one first.
func (d *Draft) Languages() []string {
	out := make([]string, 0, len(d.Variants))
	for l := range d.Variants {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b string) int {
		if (a == "de") != (b == "de") {
			if a == "de" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return out
}

// Over lays the draft over an older text of the same article: what the draft
// does not have stays as it was.
func (d *Draft) Over(old Draft) Draft {
	out := *d
	out.Folder = old.Folder
	keep := func(value *string, before string) {
		if *value == "" {
			*value = before
		}
	}
	keep(&out.Source, old.Source)
	keep(&out.ValidFrom, old.ValidFrom)
	keep(&out.ValidTo, old.ValidTo)
	keep(&out.HandOver, old.HandOver)
	keep(&out.Form, old.Form)
	if len(out.Keywords) == 0 {
		out.Keywords = old.Keywords
	}
	out.extra = old.extra
	out.Variants = map[string]Variant{}
	for language, v := range old.Variants {
		out.Variants[language] = v
	}
	for language, v := range d.Variants {
		out.Variants[language] = v.over(old.Variants[language])
	}
	return out
}

func (v Variant) over(old Variant) Variant {
	if len(v.Questions) == 0 {
		v.Questions = old.Questions
	}
	if len(v.Keywords) == 0 {
		v.Keywords = old.Keywords
	}
	facts := map[string]string{}
	for key, text := range old.Facts {
		facts[key] = text
	}
	for key, text := range v.Facts {
		facts[key] = text
	}
	v.Facts, v.extra = facts, old.extra
	if v.Title == "" {
		v.Title = old.Title
	}
	return v
}

// machine marks a language once.
func (d *Draft) machine(language string) {
	if !slices.Contains(d.Machine, language) {
		d.Machine = append(d.Machine, language)
	}
}
