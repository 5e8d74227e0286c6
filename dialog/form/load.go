package form

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// Where a city's folder holds its forms and streets.
const (
	Folder      = "forms"
	StreetsFile = "streets.txt"
)

// CallbackID is the form that takes the caller's number; every city has one.
const CallbackID = "callback"

//go:embed data/callback.yaml
var builtin embed.FS

// file is a form on disk.
type file struct {
	ID         string            `yaml:"id"`
	Department string            `yaml:"department"`
	Delivery   string            `yaml:"delivery"`
	Title      map[string]lines  `yaml:"title"`
	Wishes     map[string]wishes `yaml:"wishes"`
	Offer      map[string]lines  `yaml:"offer"`
	Intro      map[string]lines  `yaml:"intro"`
	Done       map[string]lines  `yaml:"done"`
	Summary    map[string]lines  `yaml:"summary"`
	Slots      []fileSlot        `yaml:"slots"`
}

type wishes struct {
	Any []string `yaml:"any"`
	Not []string `yaml:"not"`
}

type fileSlot struct {
	Name     string              `yaml:"name"`
	Kind     slot.Kind           `yaml:"kind"`
	Optional bool                `yaml:"optional"`
	Source   string              `yaml:"source"`
	When     *fileCondition      `yaml:"when"`
	Question map[string]lines    `yaml:"question"`
	Help     map[string]lines    `yaml:"help"`
	Label    map[string]lines    `yaml:"label"`
	ReadBack map[string]lines    `yaml:"readback"`
	Choices  []fileChoice        `yaml:"choices"`
	Things   map[string][]string `yaml:"things"`
	Min      int                 `yaml:"min"`
	Max      int                 `yaml:"max"`
	Weekdays []string            `yaml:"weekdays"`
}

type fileCondition struct {
	Slot string   `yaml:"slot"`
	In   []string `yaml:"in"`
}

type fileChoice struct {
	ID   string              `yaml:"id"`
	Say  map[string]string   `yaml:"say"`
	Hear map[string][]string `yaml:"hear"`
}

// lines is one wording or a list of them.
type lines []string

// UnmarshalYAML takes a text or a list of texts.
func (l *lines) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = lines{n.Value}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*l = list
	return nil
}

// Load reads all forms of a city's folder and adds the callback where the city
// has none of its own. Faults name the file and what to mend.
func Load(fsys fs.FS) ([]*Form, error) {
	names, err := fs.Glob(fsys, path.Join(Folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list forms: %w", err)
	}
	var forms []*Form
	var faults []error
	for _, name := range names {
		f, err := read(fsys, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("form %s: %w", name, err))
			continue
		}
		forms = append(forms, f)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(forms, func(f *Form) bool { return f.ID == CallbackID }) {
		c, err := Callback()
		if err != nil {
			return nil, err
		}
		forms = append(forms, c)
	}
	return forms, nil
}

// Callback is the form of a city that brings none: the number alone.
func Callback() (*Form, error) {
	f, err := read(builtin, "data/callback.yaml")
	if err != nil {
		return nil, fmt.Errorf("form callback: %w", err)
	}
	return f, nil
}

// LoadStreets reads the city's list of streets; without one it is nil, and any
// name is taken for a street.
func LoadStreets(fsys fs.FS) (*slot.Streets, error) {
	raw, err := fs.ReadFile(fsys, StreetsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", StreetsFile, err)
	}
	s, err := slot.ReadStreets(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", StreetsFile, err)
	}
	return s, nil
}

func read(fsys fs.FS, name string) (*Form, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	f, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	if want := strings.TrimSuffix(path.Base(name), ".yaml"); f.ID != want {
		return nil, fmt.Errorf("id is %q; it must be the file's name, %q", f.ID, want)
	}
	return f, nil
}

// Parse reads one form and checks it.
func Parse(raw []byte) (*Form, error) {
	var f file
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return nil, err
	}
	return f.compile()
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

func (f file) compile() (*Form, error) {
	out := &Form{
		ID: f.ID, Department: f.Department, Delivery: f.Delivery, Title: texts(f.Title), Offer: texts(f.Offer), Intro: texts(f.Intro),
		Done: texts(f.Done), Summary: texts(f.Summary), wishes: map[string]intent.Matcher{},
	}
	var faults []error
	complain := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !nameForm.MatchString(f.ID) {
		complain("id %q must be small letters, digits and hyphens", f.ID)
	}
	if len(f.Slots) == 0 {
		complain("slots are missing: a form asks for something")
	}
	for language, w := range f.Wishes {
		m, err := intent.NewMatcher(w.Any, w.Not)
		if err != nil {
			complain("wishes %s: %w", language, err)
		}
		out.wishes[language] = m
	}
	for _, s := range f.Slots {
		compiled, err := s.compile(out)
		if err != nil {
			complain("slot %q: %w", s.Name, err)
		}
		out.Slots = append(out.Slots, compiled)
	}
	for _, fault := range out.checkPlaces() {
		complain("%w", fault)
	}
	return out, errors.Join(faults...)
}

func texts(m map[string]lines) Texts {
	t := Texts{}
	for language, l := range m {
		t[language] = l
	}
	return t
}

// compile checks one slot; before holds the slots that come earlier.
func (s fileSlot) compile(before *Form) (Slot, error) {
	out := Slot{
		Name: s.Name, Optional: s.Optional, Source: s.Source, Question: texts(s.Question), Help: texts(s.Help), Label: texts(s.Label),
		ReadBack: texts(s.ReadBack), Spec: slot.Spec{Kind: s.Kind, Min: s.Min, Max: s.Max, Things: map[string]intent.Matcher{}},
	}
	var faults []error
	complain := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !nameForm.MatchString(s.Name) {
		complain("name must be small letters, digits and hyphens")
	}
	if _, twice := before.Slot(s.Name); twice {
		complain("stands there twice")
	}
	if !slices.Contains(slot.Kinds(), s.Kind) {
		complain("kind %q is unknown (known: %v)", s.Kind, slot.Kinds())
	}
	if s.Source != "" && s.Source != SourceConcern && s.Source != SourceCaller {
		complain("source %q is unknown (known: %s, %s)", s.Source, SourceConcern, SourceCaller)
	}
	if s.Min > s.Max {
		complain("min %d is more than max %d", s.Min, s.Max)
	}
	if s.When != nil {
		out.When = &Condition{Slot: s.When.Slot, In: s.When.In}
		if other, ok := before.Slot(s.When.Slot); !ok {
			complain("when: slot %q does not come earlier", s.When.Slot)
		} else if unknown := other.without(s.When.In); unknown != "" {
			complain("when: %q is no choice of %q", unknown, s.When.Slot)
		}
	}
	for _, d := range s.Weekdays {
		day, ok := weekday(d)
		if !ok {
			complain("weekday %q is unknown (known: mon tue wed thu fri sat sun)", d)
		}
		out.Spec.Weekdays = append(out.Spec.Weekdays, day)
	}
	for language, patterns := range s.Things {
		m, err := intent.NewMatcher(patterns, nil)
		if err != nil {
			complain("things %s: %w", language, err)
		}
		out.Spec.Things[language] = m
	}
	out.Spec.Choices, faults = s.choices(faults)
	return out, errors.Join(faults...)
}

// without returns a value that the slot cannot have.
func (s *Slot) without(values []string) string {
	for _, v := range values {
		known := s.Spec.Kind != slot.Choice && s.Spec.Kind != slot.YesNo || s.Spec.Kind == slot.YesNo && (v == "yes" || v == "no")
		if !known && !slices.ContainsFunc(s.Spec.Choices, func(o slot.Option) bool { return o.ID == v }) {
			return v
		}
	}
	return ""
}

func (s fileSlot) choices(faults []error) ([]slot.Option, []error) {
	complain := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	switch n := len(s.Choices); {
	case s.Kind == slot.Choice && (n < 2 || n > 9):
		complain("%d choices; a choice has two to nine, one for each key", n)
	case s.Kind != slot.Choice && n > 0:
		complain("choices belong to the kind choice only")
	}
	var out []slot.Option
	for _, c := range s.Choices {
		o := slot.Option{ID: c.ID, Say: c.Say, Hear: map[string]intent.Matcher{}}
		if !nameForm.MatchString(c.ID) || c.Say["de"] == "" && c.Say["en"] == "" {
			complain("choice %q needs an id and what to say", c.ID)
		}
		for language, patterns := range c.Hear {
			m, err := intent.NewMatcher(patterns, nil)
			if err != nil {
				complain("choice %q, hear %s: %w", c.ID, language, err)
			}
			o.Hear[language] = m
		}
		out = append(out, o)
	}
	return out, faults
}

func weekday(short string) (time.Weekday, bool) {
	i := slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, short)
	return time.Weekday(max(i, 0)), i >= 0
}

var place = regexp.MustCompile(`\{[^{}]*\}`)

// checkPlaces wants only slots in the summary, and {value} in read-backs.
func (f *Form) checkPlaces() []error {
	var faults []error
	for language, pieces := range f.Summary {
		for _, p := range place.FindAllString(strings.Join(pieces, " "), -1) {
			if _, ok := f.Slot(strings.Trim(p, "{}")); !ok {
				faults = append(faults, fmt.Errorf("summary %s: there is no slot for %s", language, p))
			}
		}
	}
	for _, s := range f.Slots {
		for language, wordings := range s.ReadBack {
			for _, w := range wordings {
				if !strings.Contains(w, "{value}") {
					faults = append(faults, fmt.Errorf("slot %q, readback %s: {value} is missing in %q", s.Name, language, w))
				}
			}
		}
		for _, t := range []Texts{s.Question, s.Help, s.Label} {
			for language, wordings := range t {
				if len(place.FindAllString(strings.Join(wordings, " "), -1)) > 0 || slices.Contains(wordings, "") {
					faults = append(faults, fmt.Errorf("slot %q, %s: a text is empty or has a place in braces", s.Name, language))
				}
			}
		}
	}
	return faults
}
