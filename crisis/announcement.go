// Package crisis is the one switch for a city's emergencies: a reviewed
// announcement flows in from a page, the API or the command line, and what
// every caller must hear now flows out, until it expires or is taken back.
package crisis

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Announcement is what everybody must hear first.
type Announcement struct {
	ID       string            `json:"id"`
	Texts    map[string]string `json:"texts"` // by language; German and English are needed
	From     time.Time         `json:"from"`
	Until    time.Time         `json:"until"`
	Articles []string          `json:"articles,omitempty"` // rank first while it holds
	Author   string            `json:"author"`
	Reviewer string            `json:"reviewer,omitempty"`
	// Reason is why nobody but the author has read it.
	Reason string `json:"reason,omitempty"`
}

// Limits of an announcement.
const (
	maxFile     = 64 << 10
	maxText     = 700                 // letters: about 50 s of speech
	maxValidity = 31 * 24 * time.Hour // nobody is greeted by a crisis of last year
	maxArticles = 20
	maxName     = 100
	maxReason   = 500
)

// neededLanguages are those without which no announcement is taken: the other
// callers hear one of them.
var neededLanguages = [...]string{"de", "en"}

// ErrInvalid is everything that the author has to mend.
var ErrInvalid = errors.New("the announcement is not complete")

// Fault is one such thing; pages have a text of their own for each Key.
type Fault struct {
	Key    string
	Detail string // what it is about: a language, an article, a time
	text   string
}

// Error names the fault for people who write files.
func (f *Fault) Error() string { return f.text }

// Unwrap makes every fault an ErrInvalid.
func (f *Fault) Unwrap() error { return ErrInvalid }

func fault(key, detail, format string, args ...any) error {
	return &Fault{key, detail, fmt.Sprintf(format, args...)}
}

// draft is an announcement as people write it.
type draft struct {
	Texts    map[string]string `yaml:"texts"`
	From     string            `yaml:"from"`
	Until    string            `yaml:"until"`
	Articles []string          `yaml:"articles"`
	Author   string            `yaml:"author"`
	Reviewer string            `yaml:"reviewer"`
	// Immediate is the reason why it cannot wait for a second person.
	Immediate string `yaml:"immediate"`
}

// Parse reads an announcement in YAML or JSON. Times are RFC 3339, or without
// a zone in that of the argument; an empty from is now.
func Parse(data []byte, zone *time.Location) (Announcement, error) {
	if len(data) > maxFile {
		return Announcement{}, fault("file", "", "more than %d kB", maxFile>>10)
	}
	var d draft
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&d); err != nil {
		return Announcement{}, fault("file", "", "%s", strings.TrimPrefix(strings.ReplaceAll(err.Error(), " in type crisis.draft", ""), "yaml: "))
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return Announcement{}, fault("file", "", "more than one document; keep one")
	}
	a := Announcement{Texts: map[string]string{}, Articles: d.Articles, Author: strings.TrimSpace(d.Author), Reviewer: strings.TrimSpace(d.Reviewer), Reason: strings.TrimSpace(d.Immediate)}
	for language, text := range d.Texts {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			a.Texts[strings.ToLower(strings.TrimSpace(language))] = text
		}
	}
	var err error
	if a.From, err = moment("from", d.From, zone); err != nil {
		return Announcement{}, err
	}
	a.Until, err = moment("until", d.Until, zone)
	return a, err
}

func moment(key, text string, zone *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault("time", text, "%q of %s is no time such as 2026-11-22T18:00", text, key)
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[a-z]{2,8})?$`)

// check names the first thing to mend; an empty From becomes now.
func (a *Announcement) check(now time.Time, known func(id string) bool) error {
	for _, l := range neededLanguages {
		if a.Texts[l] == "" {
			return fault("text_missing", l, "the text in %q is missing", l)
		}
	}
	for _, l := range slices.Sorted(maps.Keys(a.Texts)) {
		if err := checkText(l, a.Texts[l]); err != nil {
			return err
		}
	}
	if a.From.IsZero() {
		a.From = now
	}
	switch {
	case a.Until.IsZero():
		return fault("until_missing", "", "until is missing: an announcement must end by itself")
	case !a.Until.After(now):
		return fault("until_passed", "", "until (%s) has passed", a.Until.Format(time.RFC3339))
	case !a.Until.After(a.From):
		return fault("until_before", "", "until lies before from")
	case a.Until.Sub(now) > maxValidity:
		return fault("until_far", "", "until is more than 31 days away; extend it when the time has come")
	case a.Author == "":
		return fault("author", "", "author is missing")
	case len(a.Author) > maxName || len(a.Reviewer) > maxName:
		return fault("author", "", "a name is longer than %d letters", maxName)
	case len(a.Articles) > maxArticles:
		return fault("articles", "", "more than %d articles", maxArticles)
	}
	for _, id := range a.Articles {
		if known != nil && !known(id) {
			return fault("article", id, "there is no article %q", id)
		}
	}
	return nil
}

func checkText(language, text string) error {
	switch {
	case !languageTag.MatchString(language):
		return fault("language", language, "%q is no language such as de, en or tr", language)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return fault("text_unspeakable", language, "the text in %q holds what cannot be spoken", language)
	case utf8.RuneCountInString(text) > maxText:
		return fault("text_long", language, "the text in %q is longer than %d letters; nobody listens for a minute", language, maxText)
	}
	return nil
}

// name gives it an id that says when it was set, so that the same text set
// again is heard again.
func (a *Announcement) name(now time.Time) {
	text, _ := json.Marshal(a) // strings and times always encode
	sum := sha256.Sum256(append(text, now.UTC().Format(time.RFC3339Nano)...))
	a.ID = now.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(sum[:3])
}

// holds says whether it must be heard at a time.
func (a *Announcement) holds(now time.Time) bool {
	return !now.Before(a.From) && now.Before(a.Until)
}

// in is the text for a language, and the language that it is in: easy German
// falls back to German, everything else to English.
func (a *Announcement) in(language string) (text, spoken string) {
	primary := transcript.Primary(language)
	for _, l := range []string{language, primary, "en", "de"} {
		if text := a.Texts[l]; text != "" {
			return text, l
		}
	}
	return "", ""
}
