package turn

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed backchannels/*.txt interrupters/*.txt
var backchannelFiles embed.FS

// Backchannels knows the words by which listeners show that they listen
// ("mhm", "ja, genau") and that are no wish to speak; and those by which they
// interrupt ("stopp", "nein").
type Backchannels struct {
	languages    map[string]phrases
	interrupters map[string]map[string]bool
}

// phrases maps a normalised phrase to whether it is a mere sound.
type phrases map[string]bool

// longestPhrase in words, over all languages.
const longestPhrase = 3

// mostPhrases of a backchannel in a row: "ja ja, genau, alles klar".
const mostPhrases = 4

// NewBackchannels reads the lists of the product.
func NewBackchannels() (*Backchannels, error) {
	entries, err := backchannelFiles.ReadDir("backchannels")
	if err != nil {
		return nil, fmt.Errorf("backchannels: %w", err)
	}
	b := &Backchannels{languages: map[string]phrases{}, interrupters: map[string]map[string]bool{}}
	for _, e := range entries {
		f, err := backchannelFiles.Open(path.Join("backchannels", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("backchannels: %w", err)
		}
		list, err := parsePhrases(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("backchannels %s: %w", e.Name(), err)
		}
		b.languages[strings.TrimSuffix(e.Name(), ".txt")] = list
		if err := b.readInterrupters(e.Name()); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// readInterrupters reads the words of one language, any number a line.
func (b *Backchannels) readInterrupters(name string) error {
	data, err := backchannelFiles.ReadFile(path.Join("interrupters", name))
	if err != nil {
		return fmt.Errorf("interrupters: %w", err)
	}
	words := map[string]bool{}
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range tokens(line) {
			words[w] = true
		}
	}
	b.interrupters[strings.TrimSuffix(name, ".txt")] = words
	return nil
}

// Interrupts says whether one of the words asks the bot to be silent, or the
// text is a question. A language without a list is compared with all.
func (b *Backchannels) Interrupts(language, text string) bool {
	if strings.HasSuffix(strings.TrimSpace(text), "?") {
		return true
	}
	primary := transcript.Primary(language)
	list, known := b.interrupters[primary]
	for _, w := range tokens(text) {
		if known && list[w] {
			return true
		}
		for _, other := range b.interrupters {
			if !known && other[w] {
				return true
			}
		}
	}
	return false
}

// parsePhrases reads one phrase a line below [sounds] or [words]; # starts a comment.
func parsePhrases(r io.Reader) (phrases, error) {
	list := phrases{}
	section := ""
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "[sounds]" || line == "[words]":
			section = line
		case strings.HasPrefix(line, "["):
			return nil, fmt.Errorf("line %d: unknown section %s: only [sounds] and [words]", n, line)
		case section == "":
			return nil, fmt.Errorf("line %d: %q stands before [sounds] or [words]", n, line)
		default:
			words := tokens(line)
			if len(words) == 0 || len(words) > longestPhrase {
				return nil, fmt.Errorf("line %d: %q must have one to %d words", n, line, longestPhrase)
			}
			list[strings.Join(words, " ")] = section == "[sounds]"
		}
	}
	return list, lines.Err()
}

// Is says whether the text is nothing but backchannels. Where an answer is
// awaited (answer true) "ja" is one, and only sounds like "äh" are
// backchannels. An empty language, or one without a list, is compared with all.
func (b *Backchannels) Is(language, text string, answer bool) bool {
	words := tokens(text)
	if len(words) == 0 {
		return true
	}
	primary := transcript.Primary(language)
	if list, ok := b.languages[primary]; ok {
		return list.cover(words, answer)
	}
	for _, list := range b.languages {
		if list.cover(words, answer) {
			return true
		}
	}
	return false
}

// cover takes the longest phrase that fits, again and again.
func (p phrases) cover(words []string, answer bool) bool {
	for count := 0; len(words) > 0; count++ {
		n := p.prefix(words, answer)
		if n == 0 || count >= mostPhrases {
			return false
		}
		words = words[n:]
	}
	return true
}

func (p phrases) prefix(words []string, answer bool) int {
	for n := min(longestPhrase, len(words)); n > 0; n-- {
		if sound, ok := p[strings.Join(words[:n], " ")]; ok && (sound || !answer) {
			return n
		}
	}
	return 0
}

// tokens are the lower-case words without punctuation; letters drawn out
// ("mmmhm", "jaaa") become one, in lists and texts alike.
func tokens(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	for i, w := range words {
		var last rune
		words[i] = strings.Map(func(r rune) rune {
			if r == last && !unicode.IsDigit(r) {
				return -1
			}
			last = r
			return r
		}, w)
	}
	return words
}
