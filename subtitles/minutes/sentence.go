package minutes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// token is a word or a punctuation mark.
type token struct {
	raw   string
	low   string // what patterns see
	at    int    // where low starts in the sentence's norm
	line  int
	space bool // before it
	mark  bool
	name  int // tokens of the name that begins here
	// office says that the name is that of an office.
	office bool
}

// sentence is what one speaker said up to a full stop, a pause or another
// speaker. Patterns see norm: lower case words and marks, a space around each.
type sentence struct {
	tokens  []token
	norm    string
	speaker string
	book    *rulebook
	end     string   // the mark at its end
	quoted  []bool   // by token: within quotation marks
	words   []string // content of all of it
	date    Due      // that all of it names
}

// Limits of sentences.
const (
	longPause   = 2 * time.Second
	longest     = 120 // words: without any full stop
	quotes      = "„“”\"»«‚‘"
	closingMark = ".?!…"
)

// numbered gives lines without an id their number, and a language.
func numbered(lines []Line, language string) []Line {
	out := slices.Clone(lines)
	for i := range out {
		if out[i].ID == "" {
			out[i].ID = strconv.Itoa(i + 1)
		}
		if out[i].Language == "" {
			out[i].Language = language
		}
	}
	return out
}

// split makes the sentences of lines; those in other languages are counted.
func split(all map[string]*rulebook, lines []Line, people *names) (out []*sentence, unread int) {
	s := &sentence{}
	flush := func() {
		if slices.ContainsFunc(s.tokens, func(t token) bool { return !t.mark }) {
			people.mark(s)
			s.finish()
			out = append(out, s)
		}
		s = &sentence{}
	}
	for i, l := range lines {
		book := all[transcript.Primary(l.Language)]
		if book == nil {
			unread++
			flush()
			continue
		}
		if i > 0 && len(s.tokens) > 0 && (s.speaker != l.Speaker || s.book != book || l.Start-lines[i-1].End > longPause) {
			flush()
		}
		fields := strings.Fields(l.Text)
		for n := range fields {
			s.speaker, s.book = l.Speaker, book
			toks, ends := book.cut(fields, n)
			for k := range toks {
				toks[k].line = i
			}
			s.tokens = append(s.tokens, toks...)
			if ends || len(s.tokens) >= longest {
				flush()
			}
		}
		if len(s.tokens) > 0 && l.Speaker == "" && i+1 < len(lines) && lines[i+1].Start-l.End > longPause/2 {
			flush()
		}
	}
	flush()
	return out, unread
}

var (
	ordinalNumber = regexp.MustCompile(`^\d{1,3}\.$`)
	dateNumber    = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.(\d{2,4})?$`)
	initial       = regexp.MustCompile(`^\p{Lu}\.$`)
)

// cut takes a field apart into marks and a word, and says whether a sentence ends.
func (b *rulebook) cut(fields []string, n int) (out []token, ends bool) {
	field := fields[n]
	word := strings.TrimLeftFunc(field, isMark)
	for _, r := range field[:len(field)-len(word)] {
		out = append(out, token{raw: string(r), low: string(r), mark: true})
	}
	body := strings.TrimRightFunc(word, isMark)
	tail := word[len(body):]
	if strings.HasPrefix(tail, ".") && body != "" && b.keepsDot(body+".", fields, n) {
		body, tail = body+".", tail[1:]
	}
	if body != "" {
		low := strings.ToLower(strings.ReplaceAll(body, "’", "'"))
		if b.abbreviations[low] {
			low = strings.TrimRight(low, ".")
		}
		if who, ok := strings.CutSuffix(low, "'s"); ok && b.Language == "de" && short[who] {
			low = who // "würden Sie's"
		}
		out = append(out, token{raw: body, low: low})
	}
	for _, r := range tail {
		out = append(out, token{raw: string(r), low: string(r), mark: true})
		ends = ends || strings.ContainsRune(closingMark, r)
	}
	if len(out) > 0 {
		out[0].space = true
	}
	if dateNumber.MatchString(body) && n+1 == len(fields) {
		ends = ends || tail != ""
	}
	return out, ends
}

// short are German pronouns that people shorten "es" behind.
var short = wordSet("ich du er sie wir ihr man")

// keepsDot says that the full stop belongs to the word: "12. März", "Dr.", "12.3.".
func (b *rulebook) keepsDot(word string, fields []string, n int) bool {
	switch {
	case b.abbreviations[strings.ToLower(word)] || initial.MatchString(word) || dateNumber.MatchString(word):
		return true
	case !ordinalNumber.MatchString(word) || n+1 == len(fields):
		return false
	}
	next := strings.TrimFunc(fields[n+1], isMark)
	low := strings.ToLower(next)
	if b.dates.month(low) > 0 || low != "" && low == next && !unicode.IsDigit([]rune(low)[0]) {
		return true
	}
	return n > 0 && b.ordinalLead[strings.ToLower(fields[n-1])] && !b.starters[low]
}

func isMark(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("%€$§&+@#/'’", r)
}

// finish builds what patterns see.
func (s *sentence) finish() {
	var b strings.Builder
	b.WriteByte(' ')
	inside := false
	for i := range s.tokens {
		t := &s.tokens[i]
		t.at = b.Len()
		if t.low != "" { // the rest of a name
			b.WriteString(t.low)
			b.WriteByte(' ')
		}
		if t.mark && strings.Contains(quotes, t.raw) {
			inside = t.raw == "„" || t.raw == "»" && !inside || !inside && t.raw != "”"
		}
		s.quoted = append(s.quoted, inside)
		if t.mark && strings.Contains(closingMark, t.raw) {
			s.end = t.raw
		}
	}
	s.norm = b.String()
}

// index is the token that the place in norm belongs to.
func (s *sentence) index(at int) int {
	for i := len(s.tokens) - 1; i > 0; i-- {
		if s.tokens[i].at <= at && s.tokens[i].low != "" {
			return i
		}
	}
	return 0
}

// said is the text of tokens as it was written, without marks around it.
func (s *sentence) said(from, to int) string {
	for from < to && s.tokens[from].mark {
		from++
	}
	for to > from && s.tokens[to-1].mark && !strings.Contains(closingMark, s.tokens[to-1].raw) {
		to--
	}
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from && s.tokens[i].space {
			b.WriteByte(' ')
		}
		b.WriteString(s.tokens[i].raw)
	}
	return b.String()
}

// clause is the part between commas that holds the place, as range of tokens.
func (s *sentence) clause(at int) (from, to int) {
	i := s.index(at)
	for from = i; from > 0 && !breaks(s.tokens[from-1]) && !s.subordinate(from); from-- {
	}
	for to = i; to < len(s.tokens) && !breaks(s.tokens[to]) && (to == i || !s.subordinate(to)); to++ {
	}
	return from, to
}

// subordinate says that a clause begins here though no mark was heard.
func (s *sentence) subordinate(i int) bool {
	switch s.tokens[i].low {
	case "weil", "obwohl", "because", "although", "once", "while":
		return true
	case "so":
		return i+1 < len(s.tokens) && s.tokens[i+1].low == "that"
	}
	return false
}

func breaks(t token) bool { return t.mark && strings.Contains(",;:–-", t.raw) }

// part is what patterns see of a range of tokens.
func (s *sentence) part(from, to int) string {
	if from >= to {
		return " "
	}
	end := len(s.norm)
	if to < len(s.tokens) {
		end = s.tokens[to].at
	}
	return s.norm[s.tokens[from].at-1 : end]
}
