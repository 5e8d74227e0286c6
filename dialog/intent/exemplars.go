package intent

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Class is what a sentence is about, as far as the conversation itself and
// not the knowledge base must deal with it.
type Class string

// Classes of exemplars beside the kinds of emergencies.
const (
	Human        Class = "human"        // wants to speak to a person
	Callback     Class = "callback"     // wants to be called back
	Manipulation Class = "manipulation" // wants the bot to do what it may not
	Decide       Class = "decision"     // wants the bot to decide
	Insult       Class = "insult"
	Chat         Class = "chat" // small talk
	// Wishes about the manner of speaking and the course of the call.
	Source    Class = "source"
	Repeat    Class = "repeat"
	Slower    Class = "slower"
	Louder    Class = "louder"
	Easy      Class = "easy"
	Wait      Class = "wait"
	Goodbye   Class = "goodbye"
	Spell     Class = "spell"
	StartOver Class = "startover"
	Ordinary  Class = "none" // everything else: a question to the city, or anything
)

// classes are those that are judged, danger first; each kind of emergency is
// danger.
func classes() []Class {
	return []Class{
		danger, Human, Callback, Manipulation, Decide, Insult, Chat,
		Source, Repeat, Slower, Louder, Easy, Wait, Goodbye, Spell, StartOver,
	}
}

// danger stands for all kinds of emergencies.
const danger Class = "danger"

// class of a section of the exemplars.
func classOf(section string) (Class, Kind, bool) {
	if k := Kind(section); slices.Contains(kinds(), k) {
		return danger, k, true
	}
	c := Class(section)
	return c, "", c == Ordinary || c != danger && slices.Contains(classes(), c)
}

// exemplar is a sentence to compare with.
type exemplar struct {
	class    Class
	kind     Kind // of danger
	language string
	text     string
}

// readExemplars reads data/exemplars/LANGUAGE.txt and LANGUAGE-WORD.txt: a line in brackets names
// the class or kind of the sentences that follow, one a line; # comments.
func readExemplars() ([]exemplar, error) {
	names, err := fs.Glob(data, "data/exemplars/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list exemplars: %w", err)
	}
	var out []exemplar
	for _, name := range names {
		raw, err := data.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read exemplars: %w", err)
		}
		if out, err = appendExemplars(out, transcript.Primary(strings.TrimSuffix(path.Base(name), ".txt")), string(raw)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

func appendExemplars(out []exemplar, language, text string) ([]exemplar, error) {
	var x exemplar
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section := strings.Trim(line, "[]")
			class, kind, ok := classOf(section)
			if !ok {
				return nil, fmt.Errorf("%q is no class of exemplars", section)
			}
			x = exemplar{class: class, kind: kind, language: language}
		case x.class == "":
			return nil, fmt.Errorf("%q stands before the first [class]", line)
		default:
			x.text = line
			out = append(out, x)
		}
	}
	return out, nil
}
