package minutes

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes CommonMark. What was said is escaped: it is no markup.
func WriteMarkdown(w io.Writer, m Minutes) error {
	l, err := labelsOf(m)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n> %s\n", plain(l.heading(m)), plain(l.note(m)))
	if at := l.began(m); at != "" {
		fmt.Fprintf(&b, "\n%s: %s\n", l["date"], at)
	}
	for _, f := range l.marks(m) {
		fmt.Fprintf(&b, "\n%s: %s\n", f.Name, plain(f.Value))
	}
	for _, s := range l.sections(m) {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Name)
		if len(s.Items) == 0 {
			fmt.Fprintf(&b, "%s\n", l["none"])
		}
		for _, e := range s.Items {
			fmt.Fprintf(&b, "- %s\n", plain(e.Text))
			for _, f := range e.Facts {
				if f.Name != "" {
					fmt.Fprintf(&b, "  - %s: %s\n", f.Name, plain(f.Value))
				} else {
					fmt.Fprintf(&b, "  - %s\n", plain(f.Value))
				}
			}
			fmt.Fprintf(&b, "  - %s: %s, %s %s\n", l["time"], e.Clock, l["cues"], plain(e.Cue))
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// plain is text without any sign that CommonMark (section 2.4) reads as markup.
func plain(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(printable(text)), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]#|~!", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	text = b.String()
	if digits := strings.TrimLeft(text, "0123456789"); digits != text && digits != "" && (digits[0] == '.' || digits[0] == ')') { // "3. März" is no list
		return text[:len(text)-len(digits)] + "\\" + digits
	}
	if text != "" && strings.ContainsRune("-+=", rune(text[0])) {
		return "\\" + text
	}
	return text
}
