package openai

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// thinking is what models that reason aloud write before their answer.
var thinking = regexp.MustCompile(`(?s)^\s*<think(?:ing)?>.*?</think(?:ing)?>`)

// chatter is how models begin and end when they do more than they are asked for.
var chatter = regexp.MustCompile(`(?i)^(?:sure|certainly|of course|here(?: is|'s| are)|the translation|translation|translated|i (?:can(?:no|')t|am|'m) (?:unable|sorry|not able|translate)|i'm sorry|as an ai|note|explanation|hier ist|übersetzung|aqui está|tradução|voici|traduction|aquí está|traducción)\b[^.\n]{0,80}:|(?m)^\**(?:note|explanation|alternatively?|anmerkung|hinweis|nota|remarque)\**\s*:|^(?:as an ai|i'm sorry, but i can|i cannot (?:translate|assist|help))`)

// quotes that models put around a translation.
const quotes = `"“”„«»'` + "`"

// only takes the translation out of an answer, or says that there is more.
func only(text, out string) (string, error) {
	out = strings.TrimSpace(thinking.ReplaceAllString(out, ""))
	if strings.HasPrefix(out, "```") || strings.Contains(out, "<think") {
		return "", fmt.Errorf("%w: code or thoughts", ErrExplains)
	}
	if !strings.ContainsAny(text[:min(1, len(text))], quotes) {
		out = unquoted(out)
	}
	if chatter.MatchString(out) && !chatter.MatchString(text) {
		return "", fmt.Errorf("%w: it explains", ErrExplains)
	}
	if lines(out) > lines(text)+1 {
		return "", fmt.Errorf("%w: %d lines of %d", ErrExplains, lines(out), lines(text))
	}
	if given, got := utf8.RuneCountInString(text), utf8.RuneCountInString(out); got > 3*given+60 {
		return "", fmt.Errorf("%w: %d characters of %d", ErrExplains, got, given)
	}
	return out, nil
}

// unquoted takes one pair of quotation marks off that encloses all.
func unquoted(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	last, m := utf8.DecodeLastRuneInString(s)
	if len(s) < n+m || !strings.ContainsRune(quotes, first) || !strings.ContainsRune(quotes, last) || strings.ContainsAny(s[n:len(s)-m], quotes) {
		return s
	}
	return strings.TrimSpace(s[n : len(s)-m])
}

func lines(s string) int {
	n := 0
	for line := range strings.Lines(s) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}
