package slot

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

// maxTokens limits what is looked at: nobody says more in one breath.
const maxTokens = 120

// token is a word, a run of digits, or a mark that may mean something.
type token struct {
	raw, fold string
	glued     bool // no space before it
	mark      bool
}

// tokenize cuts text where letters, digits and marks meet.
func tokenize(text string) []token {
	var toks []token
	var run []rune
	kind, glued := ' ', false
	flush := func() {
		if len(run) > 0 {
			toks = append(toks, newToken(string(run), kind, glued))
			run = nil
		}
	}
	space := true
	for _, r := range norm.NFC.String(text) {
		r = western(r)
		k := class(r)
		if k == kind && k != 'm' && k != ' ' {
			run = append(run, r)
			continue
		}
		flush()
		if kind, glued = k, !space; k != ' ' {
			run = append(run, r)
		}
		space = k == ' '
		if len(toks) >= maxTokens {
			return toks
		}
	}
	flush()
	return toks
}

func newToken(s string, kind rune, glued bool) token {
	t := token{raw: s, fold: s, glued: glued, mark: kind == 'm'}
	if kind == 'w' {
		t.fold = intent.Fold(s)
	}
	return t
}

// class of a rune: w of words, d of digits, m a mark, or space.
func class(r rune) rune {
	switch {
	case unicode.IsLetter(r), unicode.Is(unicode.M, r), r == '\'', r == '’', r == 'ʼ':
		return 'w'
	case r >= '0' && r <= '9':
		return 'd'
	case strings.ContainsRune("@.-_+/:,–", r):
		return 'm'
	}
	return ' '
}

func western(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	}
	return r
}

func (t token) digits() bool { return !t.mark && t.raw[0] >= '0' && t.raw[0] <= '9' }

func (t token) is(mark string) bool { return t.mark && t.raw == mark }

// word is the folded token, "" for a mark or behind the end.
func (h *hearing) word(i int) string {
	if i < 0 || i >= len(h.toks) || h.toks[i].mark {
		return ""
	}
	return h.toks[i].fold
}

// words are all folded words.
func (h *hearing) words() intent.Words {
	var out intent.Words
	for _, t := range h.toks {
		if !t.mark {
			out = append(out, t.fold)
		}
	}
	return out
}

// number reads a whole number that begins at token i; used is 0 for none.
func (h *hearing) number(i int) (value, used int) {
	var words []string
	var ends []int // behind the token of each word
	for at := i; at < len(h.toks) && len(words) < 8; at++ {
		t := h.toks[at]
		switch {
		case t.is("-") && at > i && at+1 < len(h.toks) && !h.toks[at-1].digits() && !h.toks[at+1].digits():
			continue // twenty-three
		case t.mark:
			at = len(h.toks)
			continue
		}
		words, ends = append(words, t.fold), append(ends, at+1)
	}
	if len(words) == 0 {
		return 0, 0
	}
	if h.toks[i].digits() && len(h.toks[i].raw) > 9 {
		return 0, 0
	}
	v, n := h.r.numbers.Number(words, h.Language)
	if n == 0 || n > len(ends) {
		return 0, 0
	}
	if v >= 100 && v%100 == 0 && n < len(words) && !h.toks[i].digits() { // "hundert zwölf"
		rest := n
		if h.l.and[words[rest]] && rest+1 < len(words) {
			rest++
		}
		if more, m := h.r.numbers.Number(words[rest:], h.Language); m > 0 && more > 0 && more < 100 && rest+m <= len(ends) {
			return v + more, ends[rest+m-1] - i
		}
	}
	return v, ends[n-1] - i
}

// phrase says how many tokens from i on a phrase of folded words takes.
func (h *hearing) phrase(i int, words []string) int {
	at := i
	for _, w := range words {
		for at < len(h.toks) && h.toks[at].mark && at > i {
			at++
		}
		if h.word(at) != w {
			return 0
		}
		at++
	}
	return at - i
}

// title gives a word the capital that a recogniser may have left out.
func title(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}
