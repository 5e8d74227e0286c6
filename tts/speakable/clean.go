package speakable

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

var (
	link       = regexp.MustCompile(`!?\[([^\[\]\n]*)\]\([^()\s]*(?: "[^"\n]*")?\)`)
	tag        = regexp.MustCompile(`</?[A-Za-z!][^<>\n]{0,200}>`)
	listItem   = regexp.MustCompile(`^(?:[-*+•–] +|(\d{1,2})[.)] +)`)
	heading    = regexp.MustCompile(`^#{1,6} +`)
	ruler      = regexp.MustCompile(`^(?:[-*_=|: ]{3,}|` + "`{3,}" + `.*)$`)
	gluedGroup = regexp.MustCompile(`(\d)[\x{a0}\x{202f}\x{2009}](\d{3})\b`)
)

// Clean drops what nobody says: Markdown, HTML, emoji, control characters and
// broken UTF-8. Every block (paragraph, heading, list item) becomes one line
// that ends with a punctuation mark. Cleaning twice changes nothing more.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, " ")
	if strings.Contains(text, "&") {
		text = html.UnescapeString(text)
	}
	text = gluedGroup.ReplaceAllString(text, "$1$2")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = tag.ReplaceAllString(text, " ")
	text = link.ReplaceAllString(text, "$1")
	return strings.Join(blocks(strings.Split(text, "\n")), "\n")
}

// blocks joins wrapped lines and separates paragraphs, headings and list items.
func blocks(lines []string) []string {
	numbered := countNumbered(lines) > 1
	var out []string
	open := false // the last block may go on
	for _, line := range lines {
		line = strings.TrimSpace(line)
		line = strings.TrimSpace(strings.TrimLeft(line, ">"))
		if line == "" || ruler.MatchString(line) {
			open = false
			continue
		}
		head := heading.FindString(line)
		line = line[len(head):]
		item := listItem.FindStringSubmatch(line)
		if item != nil && (item[1] == "" || numbered) {
			line = line[len(item[0]):]
			if item[1] != "" {
				line = item[1] + ": " + line
			}
			open = false
		}
		line = inline(line)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if open && head == "" {
			out[len(out)-1] += " " + line
		} else {
			out = append(out, line)
		}
		open = head == ""
	}
	for i := range out {
		out[i] = closed(strings.Join(strings.Fields(out[i]), " "), i == len(out)-1)
	}
	return out
}

func countNumbered(lines []string) (n int) {
	for _, line := range lines {
		if m := listItem.FindStringSubmatch(strings.TrimSpace(line)); m != nil && m[1] != "" {
			n++
		}
	}
	return n
}

// closed ends a block with a mark; the last block may stay as it was written.
func closed(block string, last bool) string {
	if last || block == "" || strings.ContainsAny(block[len(block)-1:], ".!?:;,") {
		return block
	}
	return block + "."
}

// inline drops marks inside a line.
func inline(line string) string {
	var b strings.Builder
	runes := []rune(line)
	for i, r := range runes {
		var before, after rune
		if i > 0 {
			before = runes[i-1]
		}
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		b.WriteString(spokenRune(before, r, after))
	}
	return b.String()
}

// spokenRune is what stays of a character between its neighbours.
func spokenRune(before, r, after rune) string {
	switch r {
	case '*':
		return star(before, after)
	case '_':
		if isWord(before) && isWord(after) {
			return "_"
		}
		return ""
	case '`', '"', '“', '”', '„', '«', '»', '‟', '\u00ad', '‹', '›':
		return ""
	case '~', '^', '<', '>', '\\', '{', '}':
		return " "
	case '|':
		return ", "
	case '(', '[':
		return " ("
	case ')', ']':
		return ") "
	case '…':
		return "."
	case '−':
		return "-"
	case '‐', '‑':
		return "-"
	case '’', '‘':
		return "'"
	case '→', '⇒', '•', '·':
		return ", "
	case '№':
		return "Nr. "
	case '°', '©', '®', '+', '=', '×', '÷', '±', '$', '€', '£', '¢', '\n':
		return string(r)
	}
	if unicode.IsSpace(r) {
		return " "
	}
	if unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P) && r != '\ufe0f' {
		return string(r)
	}
	if unicode.In(r, unicode.Cf, unicode.M) {
		return ""
	}
	return " "
}

// star: emphasis goes, "Bürger*innen" and a lonely star key stay.
func star(before, after rune) string {
	switch {
	case unicode.IsLetter(before) && unicode.IsLetter(after):
		return "*"
	case (before == ' ' || before == 0) && (after == ' ' || after == '-'):
		return "*"
	}
	return ""
}
