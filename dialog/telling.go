package dialog

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// Lines gives what is said on the way to a person, see prompts.Teller. A value
// for {department} is a name of the configuration and becomes the department's
// title in that language. nil resources are the embedded ones.
func Lines(r *Resources, departments []Department) (func(language string, key prompts.Key, pairs ...string) string, error) {
	if r == nil {
		var err error
		if r, err = loaded(); err != nil {
			return nil, err
		}
	}
	tell := r.Prompts.Teller(r.otherBook)
	return func(language string, key prompts.Key, pairs ...string) string {
		pairs = slices.Clone(pairs)
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == "department" {
				pairs[i+1] = r.departmentTitle(departments, pairs[i+1], language)
			}
		}
		return tell(language, key, pairs...)
	}, nil
}

// linePatience bounds the translation of a line: who is connected waits for it.
const linePatience = time.Second

// otherBook is the book of a language without its own; what is not translated
// yet must be soon.
func (r *Resources) otherBook(language string) (*prompts.Book, bool) {
	if r.Tongues == nil || hasBook(r.Prompts, language) {
		return nil, false
	}
	r.Tongues.meet(language)
	until := time.Now().Add(linePatience)
	return r.Tongues.book(language, func(texts []string, from string) []string {
		ctx, cancel := context.WithDeadline(context.Background(), until)
		defer cancel()
		return r.Tongues.Render(ctx, texts, from, language)
	})
}

// departmentTitle is how a department is called; an unknown one by its name.
func (r *Resources) departmentTitle(departments []Department, name, language string) string {
	at := slices.IndexFunc(departments, func(d Department) bool { return d.Name == name })
	tags := []string{language, "de"}
	if !hasBook(r.Prompts, language) {
		tags = []string{language, "en", "de"}
	}
	for _, tag := range tags {
		if at >= 0 && departments[at].Titles[tag] != "" {
			return departments[at].Titles[tag]
		}
		b, ok := r.Prompts.Book(tag)
		if other, translated := r.otherBook(tag); translated && !hasBook(r.Prompts, tag) {
			b, ok = other, true
		}
		if ok {
			if t, ok := b.Title(name); ok {
				return t
			}
		}
	}
	return name
}

// WantsCallback says that somebody who waits for a person has written (or
// said) that they would rather be called back.
func WantsCallback(text, language string) bool {
	data, err := loaded()
	if err != nil {
		return false
	}
	_, ok := data.Intents.Anywhere(intent.Split(text), language, "callback")
	return ok || strings.TrimSpace(text) == "1"
}
