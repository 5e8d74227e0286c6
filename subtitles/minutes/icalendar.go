package minutes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// WriteCalendar writes the tasks as to-dos of RFC 5545. Only days that are sure
// become DUE, as dates without a time zone; what was said stands in the text.
func WriteCalendar(w io.Writer, m Minutes) error {
	l, err := labelsOf(m)
	if err != nil {
		return err
	}
	c := &calendarWriter{}
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Amtsleitung//minutes//"+strings.ToUpper(m.Language))
	c.text("X-WR-CALNAME", l.heading(m))
	for _, k := range m.Tasks {
		c.todo(l, m, k)
	}
	c.line("END", "VCALENDAR")
	_, err = io.WriteString(w, c.String())
	return err
}

// calendarWriter folds and escapes.
type calendarWriter struct{ strings.Builder }

func (c *calendarWriter) todo(l labels, m Minutes, k Task) {
	stamp := m.Began
	if stamp.IsZero() {
		stamp = time.Unix(0, 0) // RFC 5545 section 3.6.2 wants one, and a file made twice is to be the same
	}
	c.line("BEGIN", "VTODO")
	c.line("UID", uid(m, k))
	c.line("DTSTAMP", stamp.UTC().Format("20060102T150405Z"))
	if day, err := time.Parse(time.DateOnly, k.Due.Date); err == nil && !k.Due.Unsure {
		c.line("DUE;VALUE=DATE", day.Format("20060102"))
	}
	c.text("SUMMARY", k.Text)
	if k.Owner != "" {
		c.text("CONTACT", k.Owner)
	}
	c.text("DESCRIPTION", l.describe(m, k))
	c.line("STATUS", "NEEDS-ACTION")
	c.line("END", "VTODO")
}

func (l labels) describe(m Minutes, k Task) string {
	lines := []string{l["owner"] + ": " + orElse(k.Owner, l["not_said"]), l["due"] + ": " + orElse(k.Due.Said, l["not_said"])}
	lines = append(lines, l["time"]+": "+clock(k.Start), l["cues"]+": "+strings.Join(k.Cues, " "))
	if k.Context != "" {
		lines = append(lines, l["context"]+": "+k.Context)
	}
	for _, d := range k.Unsure {
		lines = append(lines, l["unsure"]+": "+l.doubt(d))
	}
	return strings.Join(append(lines, l.note(m)), "\n")
}

// uid is the same for the same task of the same meeting, however often it is written.
func uid(m Minutes, k Task) string {
	h := sha256.New()
	for _, part := range []string{m.Code, m.Title, m.Began.UTC().Format(time.RFC3339Nano), strings.Join(k.Cues, " "), k.Owner, k.Text} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]) + "@amtsleitung"
}

// text writes a value of type TEXT (RFC 5545 section 3.3.11).
func (c *calendarWriter) text(name, value string) {
	value = strings.ToValidUTF8(value, "\uFFFD")
	value = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(value)
	value = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1 // CONTROL is not allowed
		}
		return r
	}, value)
	c.line(name, strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(value))
}

// fold is the most octets of a line, without its break (RFC 5545 section 3.1).
const fold = 75

// line writes a content line, folded between characters.
func (c *calendarWriter) line(name, value string) {
	rest := name + ":" + value
	for limit := fold; len(rest) > limit; limit = fold - 1 {
		cut := limit
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		c.WriteString(rest[:cut] + "\r\n ")
		rest = rest[cut:]
	}
	c.WriteString(rest + "\r\n")
}
