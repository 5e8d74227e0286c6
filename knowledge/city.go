package knowledge

import (
	"io/fs"
	"regexp"
	"sort"
	"strings"
)

// City is what the articles share: the name, the languages, the departments.
type City struct {
	Name        string
	Notice      map[string]string // by language; shown to everybody, e.g. that the city is fictional
	Phone       string
	Languages   []string // of the articles; the first is the main one
	Departments map[string]Department
	Order       []string // of the departments' ids, as in the file: the first serves callers who name none
	Forms       []string // names of form dialogs that articles may offer
}

// Department is where people are handed over to. Texts are by language.
type Department struct {
	ID      string
	Name    map[string]string
	Address map[string]string
	Hours   map[string]string // as they are spoken
	Phone   string
}

// Text returns the text for a language, falling back from easy language to
// the language itself; "" when there is none.
func (d Department) Text(texts map[string]string, language string) string {
	if s, ok := texts[language]; ok {
		return s
	}
	return texts[strings.TrimSuffix(language, "-leicht")]
}

// cityFile is the file at the root of a city's folder.
const cityFile = "city.yaml"

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})*$`)

// LoadCity reads city.yaml at the root of fsys.
func LoadCity(fsys fs.FS) (City, []Problem) {
	data, err := fs.ReadFile(fsys, cityFile)
	if err != nil {
		return City{}, []Problem{{File: cityFile, Text: "cannot be read: " + err.Error()}}
	}
	if p := checkText(cityFile, data); p != nil {
		return City{}, []Problem{*p}
	}
	var problems []Problem
	m := parseMapping(cityFile, data, 0, &problems)
	c := City{
		Name:        m.need("name"),
		Phone:       m.need("phone"),
		Languages:   m.list("languages"),
		Forms:       m.list("forms"),
		Departments: map[string]Department{},
	}
	if len(c.Languages) == 0 {
		m.complain(m.at("languages"), "\"languages\" is missing: name at least one, the main one first")
	}
	for _, l := range c.Languages {
		if !languageTag.MatchString(l) {
			m.complain(m.at("languages"), "%q is no language tag like de, en or de-leicht", l)
		}
	}
	c.Notice = m.inLanguages("notice", c.Languages)
	departments := m.child("departments")
	c.Order = departments.order()
	for _, id := range c.Order {
		c.Departments[id] = readDepartment(id, departments.child(id))
	}
	m.end()
	sortProblems(problems)
	return c, problems
}

func readDepartment(id string, m *mapping) Department {
	d := Department{
		ID:      id,
		Name:    m.child("name").texts(),
		Address: m.child("address").texts(),
		Hours:   m.child("hours").texts(),
		Phone:   m.text("phone"),
	}
	if len(d.Name) == 0 {
		m.complain(m.at("name"), "\"name\" of department %q is missing", id)
	}
	m.end()
	return d
}

func (c City) departmentIDs() string {
	ids := make([]string, 0, len(c.Departments))
	for id := range c.Departments {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return strings.Join(ids, ", ")
}
