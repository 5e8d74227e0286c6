// Package simulation plays callers: conversations written as data flow in, a
// dialog in text or a real line answers them, and outcomes flow out that say
// whether the callers got what they called for.
package simulation

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Conversation is one caller with a concern, who reacts to what the bot does.
type Conversation struct {
	ID       string `yaml:"id"`
	Kind     string `yaml:"kind"`     // the row of the report
	Language string `yaml:"language"` // of the caller
	// Voice is the engine that speaks for the caller; "" is the first that
	// knows the language, "none" keeps the conversation in writing.
	Voice string `yaml:"voice"`
	// Announcement is switched on while the call lasts.
	Announcement string `yaml:"announcement"`
	Turns        []Turn `yaml:"turns"`
	Expect       Goal   `yaml:"expect"`
}

// Turn is what the caller does next, if its conditions fit what the bot has
// just said. A turn with a condition is done again when the bot asks again.
type Turn struct {
	To      Pattern        `yaml:"to"`      // only in answer to such words
	Outcome dialog.Outcome `yaml:"outcome"` // only in answer to such a turn of the bot
	Awaits  string         `yaml:"awaits"`  // only if the bot waits for this: free, yes-no, digits, name, date
	// One of these is done; Choose says the n-th where the n-th choice is wanted.
	Say     string   `yaml:"say"`
	Choose  []string `yaml:"choose"`
	Key     string   `yaml:"key"`
	Silence bool     `yaml:"silence"` // until the bot speaks again
	// Rephrase is said instead of Say when the bot did not understand.
	Rephrase string `yaml:"rephrase"`
	// Keys are pressed instead when the bot has not understood twice.
	Keys string `yaml:"keys"`
	// Language of Say, where it is not the caller's.
	Language string `yaml:"language"`
	// Barge breaks in so long after the bot began to speak; Pause waits so
	// long after it has finished.
	Barge time.Duration `yaml:"barge"`
	Pause time.Duration `yaml:"pause"`
}

// Goal is what must have happened by the end of the call.
type Goal struct {
	Articles []string         `yaml:"articles"` // answered; "a|b" is either
	Outcomes []dialog.Outcome `yaml:"outcomes"` // each seen at least once
	Language string           `yaml:"language"` // of the call at its end
	// Form is the request that was left, Slots its values for machines; "*" is any.
	Form  string            `yaml:"form"`
	Slots map[string]string `yaml:"slots"`
	Says  []Pattern         `yaml:"says"` // the bot said such words
	Never []Pattern         `yaml:"never"`
	Ends  bool              `yaml:"ends"`        // the bot said goodbye
	Broke bool              `yaml:"interrupted"` // the bot was interrupted
}

// Pattern is a regular expression in a file; case does not count.
type Pattern struct{ *regexp.Regexp }

// UnmarshalYAML compiles it.
func (p *Pattern) UnmarshalYAML(n *yaml.Node) (err error) {
	if p.Regexp, err = regexp.Compile("(?i)" + n.Value); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return nil
}

// Load reads all conversations of a city's folder, by file and place.
func Load(city fs.FS) ([]Conversation, error) {
	names, err := fs.Glob(city, "conversations/*.yaml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("the city has no conversations/*.yaml")
	}
	var all []Conversation
	for _, name := range names {
		data, err := fs.ReadFile(city, name)
		if err != nil {
			return nil, err
		}
		some, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
		all = append(all, some...)
	}
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.ID] {
			return nil, fmt.Errorf("two conversations are called %q", c.ID)
		}
		seen[c.ID] = true
	}
	return all, nil
}

func parse(data []byte) ([]Conversation, error) {
	var all []Conversation
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Language == "" {
			all[i].Language = "de"
		}
		if err := all[i].check(); err != nil {
			return nil, fmt.Errorf("conversation %q: %w", all[i].ID, err)
		}
	}
	return all, nil
}

func (c *Conversation) check() error {
	switch {
	case c.ID == "" || c.Kind == "":
		return errors.New("id or kind is missing")
	case len(c.Turns) == 0:
		return errors.New("the caller has no turns")
	}
	for i, t := range c.Turns {
		if err := t.check(); err != nil {
			return fmt.Errorf("turn %d: %w", i+1, err)
		}
	}
	g := c.Expect
	if len(g.Articles)+len(g.Outcomes)+len(g.Says) == 0 && g.Form == "" && g.Language == "" && !g.Ends {
		return errors.New("expect names nothing that must happen")
	}
	if len(g.Slots) > 0 && g.Form == "" {
		return errors.New("expect.slots needs expect.form")
	}
	return nil
}

func (t *Turn) check() error {
	deeds := 0
	for _, done := range []bool{t.Say != "", len(t.Choose) > 0, t.Key != "", t.Silence} {
		if done {
			deeds++
		}
	}
	switch {
	case !slices.Contains([]string{"", turn.Free.String(), turn.YesNo.String(), turn.Digits.String(), turn.Name.String(), turn.Date.String()}, t.Awaits):
		return fmt.Errorf("awaits %q is none of free, yes-no, digits, name, date", t.Awaits)
	case deeds != 1:
		return errors.New("a turn is one of say, choose, key and silence")
	case strings.Trim(t.Key+t.Keys, "0123456789*#") != "":
		return fmt.Errorf("key %q holds something that is no key", t.Key+t.Keys)
	case t.Barge < 0 || t.Pause < 0 || t.Barge > 0 && t.Pause > 0:
		return errors.New("barge and pause exclude each other and are not negative")
	}
	return nil
}

// conditional turns answer something certain.
func (t *Turn) conditional() bool { return t.To.Regexp != nil || t.Outcome != "" || t.Awaits != "" }

// answers something that the bot may ask again.
func (t *Turn) answers() bool { return t.To.Regexp != nil || t.Awaits != "" }

// fits says whether the turn answers this reply of the bot.
func (t *Turn) fits(m Moment) bool {
	return (t.To.Regexp == nil || t.To.MatchString(m.Text())) && (t.Outcome == "" || t.Outcome == m.Outcome()) &&
		(t.Awaits == "" || t.Awaits == m.awaits())
}

// Kinds lists the kinds in their order.
func Kinds(all []Conversation) []string {
	var kinds []string
	for _, c := range all {
		if !slices.Contains(kinds, c.Kind) {
			kinds = append(kinds, c.Kind)
		}
	}
	return kinds
}
