package dialin

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"gopkg.in/yaml.v3"
)

//go:embed data
var data embed.FS

// spoken are the languages of prompts; the first is for who says none, the
// second for who says another.
var spoken = [...]string{"de", "en"}

// prompts are what is said, by name.
type prompts struct {
	language string
	texts    map[string]string
	channels map[string]string // by language, how it is offered
}

// line is something to say.
type line struct{ text, language string }

// read loads the prompts of all languages.
func read() (map[string]prompts, error) {
	channels, err := texts("channels")
	if err != nil {
		return nil, err
	}
	out := map[string]prompts{}
	for _, l := range spoken {
		p, err := texts(l)
		if err != nil {
			return nil, err
		}
		out[l] = prompts{l, p, channels}
	}
	return out, nil
}

func texts(name string) (map[string]string, error) {
	raw, err := data.ReadFile("data/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("prompts of meetings: %w", err)
	}
	out := map[string]string{}
	if err := yaml.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("prompts of meetings, %s: %w", name, err)
	}
	return out, nil
}

// tongue is the language that somebody is greeted in.
func tongue(hint string) string {
	if hint == "" {
		return spoken[0]
	}
	base, _ := language.Make(hint).Base()
	if slices.Contains(spoken[:], base.String()) {
		return base.String()
	}
	return spoken[1]
}

// say is a prompt with its blanks filled: name, value, name, value.
func (p prompts) say(name string, fill ...string) line {
	for i := 0; i+1 < len(fill); i += 2 {
		fill[i] = "{" + fill[i] + "}"
	}
	return line{strings.TrimSpace(strings.NewReplacer(fill...).Replace(p.texts[name])), p.language}
}

// offer says which key a language has: in its own words where there are some.
func (p prompts) offer(tag string, key rune) line {
	base, _ := language.Make(tag).Base()
	if text, ok := p.channels[base.String()]; ok {
		return line{strings.ReplaceAll(text, "{key}", string(key)), tag}
	}
	name := display.Tags(language.Make(p.language)).Name(language.Make(tag))
	return p.say("choose_language", "language", name, "key", string(key))
}
