package call

import (
	"strings"
	"sync"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// notices are the words of an interpreter. In full it introduces itself only
// to those who have not heard it; who comes back from hold hears nothing.
type notices struct {
	say     func(language string, key prompts.Key, pairs ...string) string
	caller  string // the caller's language as the prompts have it, e.g. easy German
	lead    string // to the caller
	quietly bool
	// note writes down what the caller is told in full; nil where there is none.
	note func(text, language string) int

	mu    sync.Mutex
	owed  map[string]bool   // languages in which the full words are owed
	given map[string]string // texts that introduce, and their languages
	done  map[string]bool   // languages in which they were computed to the end
}

func (i *interpreting) notices(parties []interpreter.Party, quietly bool) *notices {
	n := &notices{
		say: i.x.clerkLine, caller: i.x.h.Language, lead: i.lead, quietly: quietly,
		owed: map[string]bool{}, given: map[string]string{}, done: map[string]bool{},
	}
	for _, p := range parties {
		if !i.told[p.Name] {
			n.owed[p.Language] = true
		}
		if p.Name == theCaller {
			n.note = i.x.record.said
		}
	}
	return n
}

// owe has those who speak a language told in full.
func (n *notices) owe(language string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.owed[language] = true
}

// line is what the interpreter says.
func (n *notices) line(language string, key prompts.Key, pairs ...string) string {
	own := language
	if language == transcript.Primary(n.caller) {
		own = n.caller
	}
	if key != prompts.InterpretNotice {
		return n.say(own, key, pairs...)
	}
	n.mu.Lock()
	owed := n.owed[language]
	n.mu.Unlock()
	switch {
	case owed:
	case n.quietly:
		return ""
	default:
		return n.say(own, prompts.InterpretOn)
	}
	text := n.say(own, key, pairs...)
	if own == n.caller {
		if n.note != nil && text != "" {
			n.note(text, own)
		}
		text = strings.TrimSpace(n.lead + " " + text)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.given[text] = language
	return text
}

// spoken takes note of what a voice has computed; long texts come in parts.
func (n *notices) spoken(part string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for text, language := range n.given {
		if strings.HasSuffix(text, part) {
			n.done[language] = true
		}
	}
}

// over says whether the full words were computed to their end.
func (n *notices) over(language string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.done[language]
}
