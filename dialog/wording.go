package dialog

import (
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// fewestRepeated is how many words make a sentence that is noticed when it is
// said twice; "Gern." is none.
const fewestRepeated = 3

// wording is the next way to say a prompt, one that holds no sentence of the
// bot's last turn where there is one.
func (c *Conversation) wording(b *prompts.Book, key prompts.Key, pairs ...string) string {
	if written := prompts.Written(key); c.writes && b.Has(written) {
		c.uses[key]++
		key = written
	}
	begin := c.uses[key]
	for n := range max(1, b.Wordings(key)) {
		text := b.Say(key, begin+n, pairs...)
		if !c.saidJustNow(text) {
			c.uses[key] = begin + n + 1
			return text
		}
	}
	c.uses[key] = begin + 1
	return b.Say(key, begin, pairs...)
}

func (c *Conversation) saidJustNow(text string) bool {
	for _, s := range pieces(text) {
		if c.said[s] && len(strings.Fields(s)) >= fewestRepeated {
			return true
		}
	}
	return false
}

// pieces are what stands between the marks; "Gut." is one as well.
func pieces(text string) []string {
	var out []string
	for _, s := range sentenceEnd.Split(text+" ", -1) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// spokenIn are the sentences of a turn.
func spokenIn(actions []Action) map[string]bool {
	said := map[string]bool{}
	for _, a := range actions {
		if a.Kind == Say {
			for _, s := range pieces(a.Text) {
				said[s] = true
			}
		}
	}
	return said
}
