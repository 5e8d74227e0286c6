package imports

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// maxCell is the longest cell, in bytes.
const maxCell = 64 << 10

// readCSV reads a table whose first row names the columns.
func (in *input) readCSV(data []byte) {
	text, ok := in.decode(data)
	if !ok {
		return
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = delimiter(text)
	r.FieldsPerRecord = -1
	t := in.newTable()
	for in.ctx() == nil {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			in.broken(in.at(wrong.Line), "is no row of a table: %v (delimiter %q)", wrong.Err, string(r.Comma))
			return
		}
		line, _ := r.FieldPos(0)
		if !t.row(line, cells) {
			return
		}
	}
	t.end()
}

// delimiter is the one that the first row holds most of, outside quotes.
func delimiter(text string) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[r]++
		}
	}
	best := ';'
	for _, r := range []rune{',', '\t', '|'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// table reads rows below a head, from any kind of file.
type table struct {
	in     *input
	rows   *rows
	fields []string // of the columns; nil before the head
	heads  []string
}

func (in *input) newTable() *table { return &table{in: in, rows: in.newRows()} }

// row is false when the table cannot be read at all.
func (t *table) row(line int, cells []string) bool {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return true
	}
	if t.fields == nil {
		return t.head(line, cells)
	}
	r := row{place: t.in.at(line), fields: map[string]string{}}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if i >= len(t.fields) {
			if cell != "" {
				t.in.broken(r.place, "has more cells than the head has columns (%d): is a quotation mark missing?", len(t.fields))
				return true
			}
			continue
		}
		if len(cell) > maxCell {
			t.in.broken(r.place, "cell %q is longer than %d KB", t.heads[i], maxCell>>10)
			return true
		}
		if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
			t.in.note(Editor, r.place, "", "", "cell %q begins with %q like a formula: taken as text, nothing is computed", t.heads[i], cell[:1])
		}
		if field := t.fields[i]; field != "" && cell != "" {
			r.fields[field] = strings.TrimSpace(r.fields[field] + "\n" + cell)
		}
	}
	t.rows.add(r)
	return true
}

func (t *table) head(line int, cells []string) bool {
	known := map[string]bool{}
	fields := make([]string, len(cells))
	for i, cell := range cells {
		fields[i] = columnOf(cell)
		known[fields[i]] = true
	}
	if !known["answer"] && !known["more"] || !known["title"] && !known["question"] {
		t.in.broken(t.in.at(line), "the first row must name the columns: at least one of Titel, Frage (title, question) and one of Antwort, Volltext (answer, more)")
		return false
	}
	for i, field := range fields {
		if field == "" && strings.TrimSpace(cells[i]) != "" {
			t.in.note(Editor, t.in.at(line), "", "", "column %q is not known and left out", shorten(cells[i]))
		}
	}
	t.fields, t.heads = fields, cells
	return true
}

func (t *table) end() {
	if t.fields == nil {
		t.in.broken(t.in.at(0), "holds no row")
		return
	}
	t.rows.end()
}
