package dialog

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

var (
	markdownLink  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	markdownFront = regexp.MustCompile(`(?m)^\s*(#{1,6}|[-*+]|\d{1,2}[.)]|>)\s+`)
	markdownMarks = strings.NewReplacer("**", "", "__", "", "`", "", "*", "")
	sentenceEnd   = regexp.MustCompile(`[.!?:]["“”)]?\s+`)
)

// plain takes Markdown away and leaves sentences: lines that end without a
// mark get a full stop, so that speech pauses there.
func plain(text string) string {
	text = markdownLink.ReplaceAllString(text, "$1")
	text = markdownFront.ReplaceAllString(text, "\n")
	text = markdownMarks.Replace(text)
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := strings.Join(strings.Fields(paragraph), " ")
		if line == "" {
			if n := len(lines); n > 0 && !ends(lines[n-1]) {
				lines[n-1] += "."
			}
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, " ")
}

func ends(line string) bool {
	return strings.HasSuffix(line, ".") || strings.ContainsAny(line[len(line)-1:], "!?:,;")
}

// abbreviations whose full stop ends no sentence: short letters, numbers.
var abbreviated = regexp.MustCompile(`(?:\b\p{L}{1,3}|\d)\.\s+$`)

// sentences cuts text behind its full stops.
func sentences(text string) []string {
	var out []string
	begin := 0
	for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
		if abbreviated.MatchString(text[begin:at[1]]) {
			continue
		}
		out = append(out, strings.TrimSpace(text[begin:at[1]]))
		begin = at[1]
	}
	if rest := strings.TrimSpace(text[begin:]); rest != "" {
		out = append(out, rest)
	}
	return out
}

// breath is how much is told before the caller is asked whether to go on, in letters.
const breath = 320

// portions cuts a long text into pieces of about a breath.
func portions(text string) []string {
	var out []string
	current := ""
	for _, s := range sentences(plain(text)) {
		if current != "" && len(current)+len(s) > breath {
			out = append(out, current)
			current = ""
		}
		current = strings.TrimSpace(current + " " + s)
	}
	if current != "" {
		out = append(out, current)
	}
	return out
}

// host is the name of the site in an address.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return address
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// spokenHost is the name of the site in an address, fit for the ear.
func spokenHost(b *prompts.Book, address string) string {
	return strings.ReplaceAll(host(address), ".", " "+b.Say(prompts.Dot, 0)+" ")
}

func join(words intent.Words) string { return strings.Join(words, " ") }

// books are those whose terms may explain a word: the caller's own, then the
// city's.
func (c *Conversation) books() []*prompts.Book {
	books := []*prompts.Book{c.book()}
	if b, ok := c.data.Prompts.Book(c.language); ok && b != books[0] {
		books = append(books, b)
	}
	return books
}
