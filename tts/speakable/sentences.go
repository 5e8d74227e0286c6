package speakable

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest piece in bytes: about 15 s of speech; longer sentences are cut at a
// comma or a space.
const longest = 240

// Sentences cleans a text and yields its sentences as written, in order.
// Abbreviations, ordinals ("am 1. Mai") and decimals do not end one.
func Sentences(text, language string) iter.Seq[string] {
	l := find(language)
	return func(yield func(string) bool) {
		for block := range strings.SplitSeq(Clean(text), "\n") {
			for block = strings.TrimSpace(block); block != ""; {
				n := sentenceEnd(block, l)
				for piece := range pieces(strings.TrimSpace(block[:n])) {
					if !yield(piece) {
						return
					}
				}
				block = strings.TrimSpace(block[n:])
			}
		}
	}
}

// sentenceEnd returns the length of the first sentence.
func sentenceEnd(text string, l *language) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if !strings.ContainsRune(".!?。！？؟।", r) {
			continue
		}
		start := i - size
		for i < len(text) {
			r, size := utf8.DecodeRuneInString(text[i:])
			if !strings.ContainsRune(".!?)]'", r) {
				break
			}
			i += size
		}
		if i == len(text) || r > unicode.MaxLatin1 {
			return i
		}
		if text[i] == ' ' && ends(text, start, i, l) {
			return i
		}
	}
	return len(text)
}

// ends decides whether the mark at start (text goes on after next) is the end.
func ends(text string, start, next int, l *language) bool {
	follow := strings.TrimLeft(text[next:min(len(text), next+reach)], " (")
	first, _ := utf8.DecodeRuneInString(follow)
	if unicode.IsLower(first) {
		return false
	}
	if text[start] != '.' || next > start+1 {
		return true
	}
	head := text[max(0, start-reach):start]
	word := head[strings.LastIndexByte(head, ' ')+1:]
	word = strings.TrimLeft(word, "(")
	if isNumber(word) {
		return !l.ordinalBefore(head, word, follow)
	}
	if l != nil && l.dotted[strings.ToLower(word)+"."] {
		return l.sets["enders"][strings.ToLower(word)+"."] && unicode.IsUpper(first)
	}
	if l != nil && l.Abbreviations["Str."] != "" && strings.HasSuffix(word, "str") {
		return false
	}
	return utf8.RuneCountInString(word) > 1 || !unicode.IsLetter(firstRune(word))
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func isNumber(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// ordinalBefore says whether "12." goes on as an ordinal.
func (l *language) ordinalBefore(head, number, follow string) bool {
	if l == nil || len(number) > 3 || len(l.OrdinalNouns) == 0 {
		return false
	}
	word := follow
	if end := strings.IndexFunc(follow, func(r rune) bool { return !isWord(r) && r != '-' }); end >= 0 {
		word = follow[:end]
	}
	if l.month(word) > 0 || l.OrdinalNouns[word] != "" || isNumber(word) {
		return true
	}
	before := strings.Fields(strings.TrimSuffix(head, number))
	if len(before) == 0 || l.is("starters", word) {
		return false
	}
	last := before[len(before)-1]
	return l.is("en", last) || l.is("e", last)
}

// pieces cuts what is too long for one breath and for an engine's buffer.
func pieces(sentence string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(sentence) > longest {
			cut := breath(sentence)
			if !yield(strings.TrimSpace(sentence[:cut])) {
				return
			}
			sentence = strings.TrimSpace(sentence[cut:])
		}
		if sentence != "" {
			yield(sentence)
		}
	}
}

// breath finds where to cut: the last comma in the second half, else the last
// space, else a character's edge.
func breath(sentence string) int {
	head := sentence[:longest]
	for !utf8.ValidString(head) {
		head = head[:len(head)-1]
	}
	for _, mark := range []string{"; ", ": ", " – ", ", "} {
		if at := strings.LastIndex(head, mark); at > longest/2 {
			return at + len(mark)
		}
	}
	if at := strings.LastIndexByte(head, ' '); at > 0 {
		return at + 1
	}
	return len(head)
}
