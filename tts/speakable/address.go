package speakable

import (
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressRules read e-mail addresses and URLs.
func (l *language) addressRules() []rule {
	return []rule{
		{regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*`), l.sayEmail},
		{regexp.MustCompile(`(?i)(?:https?://|www\.)[a-z0-9äöüß.-]+(?::\d+)?(/[^\s,;()]*)?`), l.sayURL},
		{regexp.MustCompile(`(?i)[a-z0-9äöüß-]+(?:\.[a-z0-9äöüß-]+)*\.(?:de|com|org|net|eu|info|example|at|ch|fr|es|it|uk|gov|gouv|io)(/[^\s,;()]*)?`), l.sayBareURL},
	}
}

func (l *language) sayEmail(m match) (string, bool) {
	local, host, _ := strings.Cut(m.group(0), "@")
	host, mark := trailingMark(host)
	if local == "" || host == "" {
		return "", false
	}
	return l.sayName(local, true) + ", " + l.Symbols["@"] + ", " + l.sayHost(host) + mark, true
}

func (l *language) sayBareURL(m match) (string, bool) {
	if isWord(m.before()) || isWord(m.after()) || m.before() == '@' {
		return "", false
	}
	return l.sayURL(m)
}

// longestPath of a URL is read; what comes after is for eyes only.
const longestPath = 60

func (l *language) sayURL(m match) (string, bool) {
	url := m.group(0)
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	url, mark := trailingMark(url)
	url, _, _ = strings.Cut(url, "?")
	url, _, _ = strings.Cut(url, "#")
	host, path, _ := strings.Cut(strings.TrimRight(url, "/"), "/")
	host, _, _ = strings.Cut(host, ":")
	if host == "" {
		return "", false
	}
	said := l.sayHost(host)
	if path != "" && len(path) <= longestPath {
		for part := range strings.SplitSeq(path, "/") {
			said += " " + l.Symbols["/"] + " " + l.sayName(part, false)
		}
	}
	return said + mark, true
}

// trailingMark gives back the full stop that ends the sentence, not the address.
func trailingMark(s string) (rest, mark string) {
	rest = strings.TrimRight(s, ".!?:")
	return rest, s[len(rest):min(len(s), len(rest)+1)]
}

func (l *language) sayHost(host string) string {
	parts := strings.Split(host, ".")
	for i, p := range parts {
		switch {
		case strings.EqualFold(p, "www"):
			parts[i] = "w w w"
		case i == len(parts)-1 && l.Domains[strings.ToLower(p)] != "":
			parts[i] = l.Domains[strings.ToLower(p)]
		default:
			parts[i] = l.sayName(p, false)
		}
	}
	return strings.Join(parts, " "+l.Symbols["."]+" ")
}

// sayName reads a part of an address: words as words, digits one by one, what
// cannot be pronounced letter by letter.
func (l *language) sayName(name string, title bool) string {
	var out []string
	word := ""
	flush := func() {
		if word != "" {
			out = append(out, l.nameWord(word, title))
		}
		word = ""
	}
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			word += string(r)
			continue
		case r >= '0' && r <= '9':
			flush()
			out = append(out, l.digit(r))
			continue
		}
		flush()
		if said := l.Symbols[string(r)]; said != "" {
			out = append(out, said)
		}
	}
	flush()
	return strings.Join(out, " ")
}

func (l *language) nameWord(word string, title bool) string {
	n := utf8.RuneCountInString(word)
	if n <= 2 || (n <= 5 && !hasVowel(word)) {
		return spelled(word)
	}
	lower := strings.ToLower(word)
	for _, stem := range l.umlautStems() {
		lower = strings.ReplaceAll(lower, stem, l.Umlauts[stem])
	}
	if title && lower != strings.ToLower(word) {
		r, size := utf8.DecodeRuneInString(lower)
		return string(unicode.ToUpper(r)) + lower[size:]
	}
	if lower != strings.ToLower(word) {
		return lower
	}
	return word
}

func (l *language) umlautStems() []string {
	stems := make([]string, 0, len(l.Umlauts))
	for s := range l.Umlauts {
		stems = append(stems, s)
	}
	sort.Slice(stems, func(i, j int) bool { return len(stems[i]) > len(stems[j]) })
	return stems
}

// spelled writes letters apart in capitals, which engines read by name.
func spelled(word string) string {
	var b strings.Builder
	for i, r := range word {
		if i > 0 {
			b.WriteByte(' ')
		}
		if r != 'ß' {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hasVowel(word string) bool {
	return strings.ContainsAny(strings.ToLower(word), "aeiouyäöüàáâèéêìíîòóôùúû")
}
