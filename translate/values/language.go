package values

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The words of a language. Each line of a file is a key and its words; "_" in
// a word is a space, "*" at its end any ending, "?" before it a word that is a
// value only beside another ("May", "segunda").
// Numbers are keys themselves, o3 is "third", wd1 Monday, mo1 January, weak1
// what may be an article, part2 what is only found inside compounds.
// Patterns of times have {h} for an hour, {o} for one as ordinal, {m} and {mm}
// for minutes, "a|b" and "a?", and after "=" what is to be added, in minutes.
//
//go:embed words
var wordFiles embed.FS

type entry struct {
	key   string
	value int
	rest  []string // the further tokens of a phrase
	first string   // the word that the key is written with
	maybe bool
}

type prefix struct {
	start string
	entry
}

type language struct {
	tag      string
	flags    map[string]bool
	words    map[string][]entry // by the first token, the longest first
	prefixes []prefix
	times    []pattern
	suffixes map[string]bool
	names    map[string][]string // by key with value: how it is written
}

var languages = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{}
	files, err := wordFiles.ReadDir("words")
	if err != nil { // part of the program: cannot happen
		return all
	}
	for _, f := range files {
		data, err := wordFiles.ReadFile("words/" + f.Name())
		if err != nil {
			continue
		}
		tag := strings.TrimSuffix(f.Name(), ".txt")
		all[tag] = parseLanguage(tag, string(data))
	}
	return all
})

// Known says whether the words of the language are known; of others only digits are.
func Known(tag string) bool { return languages()[tag] != nil }

func languageOf(tag string) *language {
	if l := languages()[tag]; l != nil {
		return l
	}
	return &language{tag: tag}
}

func parseLanguage(tag, data string) *language {
	l := &language{tag: tag, flags: map[string]bool{}, words: map[string][]entry{}, suffixes: map[string]bool{}, names: map[string][]string{}}
	for line := range strings.Lines(data) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		l.add(fields[0], fields[1:])
	}
	for _, list := range l.words {
		slices.SortStableFunc(list, func(a, b entry) int { return len(b.rest) - len(a.rest) })
	}
	return l
}

func (l *language) add(key string, words []string) {
	switch key {
	case "flag":
		for _, w := range words {
			l.flags[w] = true
		}
	case "suffix":
		for _, w := range words {
			l.suffixes[fold(w, l.tag)] = true
		}
	case "time":
		l.times = append(l.times, parsePattern(l.tag, words))
	default:
		for _, w := range words {
			l.addWord(key, w)
		}
	}
}

func (l *language) addWord(key, w string) {
	w, maybe := strings.CutPrefix(w, "?")
	w, open := strings.CutSuffix(w, "*")
	name, value := splitKey(key)
	w = strings.ReplaceAll(w, "_", " ")
	toks := tokens(w, l.tag)
	if len(toks) == 0 {
		return
	}
	e := entry{key: name, value: value, first: w, maybe: maybe}
	for _, t := range toks[1:] {
		e.rest = append(e.rest, t.folded)
	}
	l.names[key] = append(l.names[key], w)
	if open {
		l.prefixes = append(l.prefixes, prefix{toks[0].folded, e})
		return
	}
	l.words[toks[0].folded] = append(l.words[toks[0].folded], e)
}

// splitKey takes the number from the end of a key: "wd" and 3, "" and 40.
func splitKey(key string) (name string, value int) {
	name = strings.TrimRight(key, "0123456789")
	value, err := strconv.Atoi(key[len(name):])
	if err != nil {
		return key, 0
	}
	return name, value
}

// name is how a language writes a key, "" when it does not say.
func (l *language) name(key string) string {
	if n := l.names[key]; len(n) > 0 {
		return n[0]
	}
	return ""
}
