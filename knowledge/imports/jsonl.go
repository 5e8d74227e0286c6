package imports

import (
	"bytes"
	"encoding/json"
	"path"
	"strconv"
	"strings"
)

// readJSONL reads one object a line: an article as `kb export` writes it
// ("id", "files"), or question and answer by the names that columns may have.
func (in *input) readJSONL(data []byte) {
	text, ok := in.decode(data)
	if !ok {
		return
	}
	t := in.newRows()
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if in.ctx() != nil {
			return
		}
		in.readObject(t, in.at(n), []byte(line))
	}
	t.end()
}

func (in *input) readObject(t *rows, p Place, line []byte) {
	if len(line) > 1<<20 {
		in.broken(p, "is longer than 1 MB")
		return
	}
	if depth(line) > 8 {
		in.broken(p, "is nested deeper than 8")
		return
	}
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&object); err != nil || d.More() {
		in.broken(p, "is no JSON object of its own: one object a line")
		return
	}
	if _, ok := object["files"]; ok {
		in.readExported(p, line)
		return
	}
	r := row{place: p, fields: map[string]string{}, lists: map[string][]string{}}
	for key, value := range object {
		field := columnOf(key)
		if field == "" {
			in.note(Editor, p, "", "", "key %q is not known and left out", shorten(key))
			continue
		}
		if !r.put(field, value) {
			in.broken(p, "%q must be a text or a list of texts", shorten(key))
			return
		}
	}
	t.add(r)
}

func (r *row) put(field string, value any) bool {
	switch v := value.(type) {
	case nil:
	case string:
		r.fields[field] = v
	case json.Number:
		r.fields[field] = v.String()
	case bool:
		r.fields[field] = strconv.FormatBool(v)
	case []any:
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				return false
			}
			r.lists[field] = append(r.lists[field], oneLine(s))
			r.fields[field] = strings.TrimSpace(r.fields[field] + "\n" + s)
		}
	default:
		return false
	}
	return true
}

// Exported is one line of `kb export`: an article with its files to the byte.
type Exported struct {
	ID     string            `json:"id"`
	Folder string            `json:"folder,omitempty"` // where it was, below articles/
	Files  map[string]string `json:"files"`
}

func (in *input) readExported(p Place, line []byte) {
	var e Exported
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		in.broken(p, "is no exported article: %v", err)
		return
	}
	in.takeFiles(p, e)
}

// takeFiles checks an article in the form of the folder and takes it as it is.
func (in *input) takeFiles(p Place, e Exported) {
	if e.ID != Slug(e.ID) || e.Folder != "" && (path.Clean("/"+e.Folder) != "/"+e.Folder || path.Base(e.Folder) != e.ID) {
		in.broken(p, "%q is no id of an article", shorten(e.ID))
		return
	}
	d, err := FromFiles(e.ID, e.Files)
	if err != nil {
		in.broken(p, "%v", err)
		return
	}
	if _, ok := e.Files[HeadFile]; !ok || len(d.Variants) == 0 {
		in.broken(p, "%s: %s or the texts are missing", e.ID, HeadFile)
		return
	}
	d.Files, d.Folder, d.Place = e.Files, e.Folder, p
	in.take(d)
}

// depth is how deep brackets stand inside each other, outside of strings.
func depth(line []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}
