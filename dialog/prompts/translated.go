package prompts

import "time"

// Translated is a book whose prompts are another one's, put into a language
// that has none of its own. render returns those of the wordings that could be
// translated now, places in braces included; it is asked anew each time and
// remembers. What speaks of its own language ("I will go on in English") is
// left out. What a partial book of the language holds is said in its words; own
// is nil where there is none.
func (b *Book) Translated(language string, own *Book, render func(wordings []string) []string) *Book {
	t := &Book{Language: language, from: b, render: render}
	if own != nil {
		t.prompts = own.prompts
	}
	return t
}

// wordings are the ways to say a prompt.
func (b *Book) wordings(key Key) []string {
	switch {
	case b.from == nil, len(b.prompts[key]) > 0:
		return b.prompts[key]
	case ofItsLanguage(key):
		return nil
	}
	return b.render(b.from.wordings(key))
}

// rendered is a text of the book that this one is translated from.
func (b *Book) rendered(text string) (string, bool) {
	if out := b.render([]string{text}); text != "" && len(out) > 0 {
		return out[0], true
	}
	return "", false
}

// translatedDate is the day in words, or in figures where those fail.
func (b *Book) translatedDate(t time.Time) string {
	if text, ok := b.rendered(b.from.Date(t)); ok {
		return text
	}
	return t.Format("02.01.2006")
}
