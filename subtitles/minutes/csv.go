package minutes

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode"
)

// WriteCSV writes the tasks as a table of RFC 4180. Cells that a spreadsheet
// would take for a formula get an apostrophe before them.
func WriteCSV(w io.Writer, m Minutes) error {
	l, err := labelsOf(m)
	if err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	rows := [][]string{{l["task"], l["owner"], l["due"], l["date"], l["said"], l["time"], l["cues"], l["context"], l["unsure"], l["machine"]}}
	for _, k := range m.Tasks {
		var doubts []string
		for _, d := range k.Unsure {
			doubts = append(doubts, l.doubt(d))
		}
		rows = append(rows, []string{k.Text, k.Owner, k.Due.Said, k.Due.Date, k.Speaker, clock(k.Start), strings.Join(k.Cues, " "), k.Context, strings.Join(doubts, "; "), l.note(m)})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// cell is text that no spreadsheet reckons with.
func cell(text string) string {
	text = printable(text)
	if strings.ContainsRune("=+-@\t\r\n|%", firstRune(text)) || strings.ContainsRune("＝＋－＠", firstRune(text)) {
		return "'" + text
	}
	return text
}

// firstRune is the first that is no blank, for those who trim; 'a' of nothing.
func firstRune(text string) rune {
	for _, r := range text {
		if r != ' ' && r != '\u00a0' && !unicode.Is(unicode.Cf, r) { // marks of direction are not seen
			return r
		}
	}
	return 'a'
}
