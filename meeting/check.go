package meeting

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// ErrNew is something that no meeting can be created with; the error names the
// field and what it may be.
var ErrNew = errors.New("this meeting cannot be held")

// What a meeting may have.
const (
	mostTitle     = 200 // characters
	mostConsent   = 2000
	mostLanguages = 12
	mostSpeakers  = 100
	mostWords     = 500
	mostName      = 100 // characters of a speaker or a word of the glossary
	mostDelay     = 60  // seconds
)

// settled is the meeting as it will be held: trimmed, with languages in their
// shortest form, German where none was named.
func (n New) settled(known func(string) bool) (New, error) {
	var err error
	n.Title, n.Consent = seen(n.Title), seen(n.Consent)
	if err := text("title", n.Title, mostTitle); err != nil {
		return n, err
	}
	if err := prose("consent", n.Consent, mostConsent); err != nil {
		return n, err
	}
	if n.Speakers, err = names("speakers", n.Speakers, mostSpeakers); err != nil {
		return n, err
	}
	if n.Glossary, err = names("glossary", n.Glossary, mostWords); err != nil {
		return n, err
	}
	if n.Languages, err = Languages(n.Languages, known); err != nil {
		return n, err
	}
	if math.IsNaN(n.Delay) || n.Delay < 0 || n.Delay > mostDelay {
		return n, fmt.Errorf("%w: delay_s: %v is not between 0 and %d seconds", ErrNew, n.Delay, mostDelay)
	}
	return n, nil
}

// Languages are tags without their regions, as they are recognised, translated
// and spoken; German where none is named. It fails for more than a meeting may
// have, for tags that are no languages or not known (nil knows all), and for one
// that is named twice.
func Languages(tags []string, known func(string) bool) ([]string, error) {
	if len(tags) == 0 {
		return []string{"de"}, nil
	}
	if len(tags) > mostLanguages {
		return nil, fmt.Errorf("%w: languages: %d are named, at most %d can be shown", ErrNew, len(tags), mostLanguages)
	}
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		name, err := tongue(t, known)
		if err != nil {
			return nil, fmt.Errorf("%w: languages: %w", ErrNew, err)
		}
		if slices.Contains(out, name) {
			return nil, fmt.Errorf("%w: languages: %q is named twice", ErrNew, cut(t))
		}
		out = append(out, name)
	}
	return out, nil
}

// tongue is the language of a tag.
func tongue(tag string, known func(string) bool) (string, error) {
	parsed, err := language.Parse(strings.TrimSpace(tag))
	if err != nil || parsed.IsRoot() {
		return "", fmt.Errorf("%q is no language; write tags such as de, en, uk", cut(tag))
	}
	base, _ := parsed.Base()
	if known != nil && !known(base.String()) {
		return "", fmt.Errorf("%q is not among the languages of this service", cut(tag))
	}
	return base.String(), nil
}

// Spoken is the language of an input as somebody names it; "" stays so, and is detected.
func (m *Meeting) Spoken(tag string) (string, error) {
	if tag == "" {
		return "", nil
	}
	spoken, err := tongue(tag, m.hall.o.Known)
	if err != nil {
		return "", fmt.Errorf("language: %w", err)
	}
	return spoken, nil
}

// names are those of a list that say something, each once.
func names(field string, list []string, most int) ([]string, error) {
	if len(list) > most {
		return nil, fmt.Errorf("%w: %s: %d are named, at most %d can be", ErrNew, field, len(list), most)
	}
	var out []string
	for _, s := range list {
		s = seen(s)
		if err := text(field, s, mostName); err != nil {
			return nil, err
		}
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out, nil
}

// seen is a text without spaces around it, "" where there is nothing to see.
func seen(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
	}) {
		return ""
	}
	return strings.TrimSpace(s)
}

// unshown ends a line or turns the direction of what stands beside it (Unicode
// Standard Annex 9, section 2). Letters of any direction do without.
func unshown(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// text is one line.
func text(field, s string, most int) error {
	if strings.ContainsFunc(s, unshown) {
		return fmt.Errorf("%w: %s: it has characters that cannot be shown", ErrNew, field)
	}
	return prose(field, s, most)
}

func prose(field, s string, most int) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: %s: it is not valid UTF-8", ErrNew, field)
	}
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("%w: %s: it has %d characters, at most %d can be shown", ErrNew, field, n, most)
	}
	return nil
}

// cut shortens what a stranger wrote for an error.
func cut(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

func (n New) clone() New {
	n.Languages, n.Speakers, n.Glossary = slices.Clone(n.Languages), slices.Clone(n.Speakers), slices.Clone(n.Glossary)
	return n
}
