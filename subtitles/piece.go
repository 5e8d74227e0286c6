package subtitles

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// piece is the smallest stretch of text a line may begin or end with: a word, a character of a language
// without spaces, or a part of a word that is longer than a line.
type piece struct {
	text       string
	spaced     bool // a space stands before it
	part       bool // it goes on in the word of the piece before
	start, end time.Duration
	p          float64
	cells      int // of text
	cost       int // of a break before it
}

// pieces takes a word apart.
func (g *grammar) pieces(w transcript.Word, width int) []piece {
	fields := strings.Fields(paragraph(w.Text))
	var out []piece
	for i, f := range fields {
		joined := i == 0 && w.Joined
		spaced := i > 0 || !joined && (!g.unspaced || strings.HasPrefix(w.Text, " "))
		units := []string{f}
		if g.unspaced {
			units = characters(f)
		}
		for j, u := range units {
			for k, part := range chop(u, width) {
				out = append(out, piece{text: part, spaced: spaced && j == 0 && k == 0, part: k > 0 || joined && j == 0, p: w.Probability})
			}
		}
	}
	spread(out, w.Start, w.End)
	return out
}

// spread gives each piece its share of the time by its width.
func spread(pieces []piece, start, end time.Duration) {
	total, at := 0, 0
	for _, p := range pieces {
		total += max(1, cells(p.text))
	}
	length := max(0, end-start)
	for i := range pieces {
		pieces[i].start = start + time.Duration(float64(length)*float64(at)/float64(total))
		at += max(1, cells(pieces[i].text))
		pieces[i].end = start + time.Duration(float64(length)*float64(at)/float64(total))
	}
}

// characters are the clusters of a text without spaces; letters and digits of spaced scripts stay together.
func characters(text string) []string {
	var out []string
	together := false
	for _, c := range clusters(text) {
		r, _ := utf8.DecodeRuneInString(c)
		western := unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Nd) || (r < 0x80 && !unicode.IsSpace(r))
		if western && together {
			out[len(out)-1] += c
		} else {
			out = append(out, c)
		}
		together = western
	}
	return out
}

// chop breaks a word that does not fit in a line, at its hyphens where it has some; each part leaves
// room for the hyphen that is shown at the end of the line.
func chop(word string, width int) []string {
	if cells(word) <= width {
		return []string{word}
	}
	var out []string
	line, used, hyphen := "", 0, 0 // hyphen is the length of line up to its last hyphen
	for _, c := range clusters(word) {
		n := cells(c)
		for used+n > width-1 && line != "" {
			if hyphen == 0 {
				hyphen = len(line)
			}
			out = append(out, line[:hyphen])
			line = line[hyphen:]
			used, hyphen = cells(line), 0
		}
		line += c
		used += n
		if c == "-" || c == "/" {
			hyphen = len(line)
		}
	}
	return append(out, line)
}

// leans reports whether a piece is a mark that belongs to the word before it.
func leans(text string) bool {
	for _, r := range text {
		if !strings.ContainsRune(".,;:!?…。、，！？：；؟،؛۔", r) && !(closing(r) && !opening(r)) {
			return false
		}
	}
	return text != ""
}

// wide is the width of pieces in one line.
func wide(pieces []piece) int {
	n := 0
	for i := range pieces {
		n += pieces[i].cells
		if i > 0 && pieces[i].spaced {
			n++
		}
	}
	return n
}

// joined is the text of pieces in one line.
func joined(pieces []piece) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 && p.spaced {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// Join is words in one line as they are written: parts of one word, and words of a language without spaces, have none
// between them.
func Join(words []transcript.Word, language string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && Spaced(w, language) {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimSpace(w.Text))
	}
	return b.String()
}

// Spaced says whether a space stands before a word that is not the first.
func Spaced(w transcript.Word, language string) bool {
	return !w.Joined && (!Unspaced(language) || strings.HasPrefix(w.Text, " "))
}

// Spread lays a text whose words have no times (a translation) evenly over the time of what it translates.
func Spread(text string, start, end time.Duration, language string, probability float64) []transcript.Word {
	fields := strings.Fields(paragraph(text))
	pieces := make([]piece, len(fields))
	for i, f := range fields {
		pieces[i] = piece{text: f}
	}
	spread(pieces, start, end)
	words := make([]transcript.Word, len(pieces))
	for i, p := range pieces {
		words[i] = transcript.Word{Text: p.text, Start: p.start, End: p.end, Probability: probability}
		if i > 0 && Unspaced(language) {
			words[i].Text = " " + p.text
		}
	}
	return words
}
