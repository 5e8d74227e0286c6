package v1

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"
)

const (
	maxField  = 1 << 16 // bytes of one field that is not the file
	maxFields = 100
	maxPrompt = 2000 // characters; the recogniser uses the last of them
)

// form is an upload: one file and what shall be done with it.
type form struct {
	file   []byte
	name   string // of the file, for errors
	fields map[string][]string
}

// readForm reads multipart/form-data out of memory; nothing is written to a disk.
func readForm(c *fiber.Ctx) (*form, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm || params["boundary"] == "" {
		return nil, wrongType("Send the recording as the field \"file\" of multipart/form-data, as curl -F file=@recording.wav does.")
	}
	f := &form{fields: map[string][]string{}}
	parts := multipart.NewReader(bytes.NewReader(c.Body()), params["boundary"])
	for n := 0; ; n++ {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || n == maxFields {
			return nil, wrong("", "invalid_form", "The form is damaged or has over %d fields.", maxFields)
		}
		if err := f.add(p); err != nil {
			return nil, err
		}
	}
	switch {
	case f.file == nil:
		return nil, wrong("file", "missing_required_parameter", "The field \"file\" is missing: the recording as a file of the form.")
	case len(f.file) == 0:
		return nil, wrong("file", invalidAudio, "The file is empty.")
	}
	return f, nil
}

func (f *form) add(p *multipart.Part) error {
	field := p.FormName()
	if field == "file" {
		if p.FileName() == "" {
			return wrong("file", invalidValue, "The field \"file\" must be a file with a name, not a text.")
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return wrong("file", "invalid_form", "The form ends in the middle of the file.")
		}
		f.file, f.name = data, fileName(p.FileName())
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(p, maxField+1))
	if err != nil || len(data) > maxField {
		return wrong("", invalidValue, "The field %q is damaged or longer than %d bytes.", shown(field), maxField)
	}
	field = strings.TrimSuffix(field, "[]")
	f.fields[field] = append(f.fields[field], string(data))
	return nil
}

// fileName is for errors only: nothing is ever stored under it.
func fileName(name string) string {
	return shown(path.Base(strings.ReplaceAll(name, `\`, "/")))
}

func (f *form) get(field string) string {
	if v := f.fields[field]; len(v) > 0 {
		return strings.TrimSpace(v[len(v)-1])
	}
	return ""
}

// flag reads a truth as clients write it.
func (f *form) flag(field string) (bool, error) {
	v := f.get(field)
	if v == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(strings.ToLower(v))
	if err != nil {
		return false, wrong(field, invalidValue, "%s is true or false.", field)
	}
	return b, nil
}

// cleanLines keeps the lines of a text, which may be headings.
func cleanLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = clean(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// clean drops control characters and marks that turn the direction of text,
// and makes one space of each white space.
func clean(s string) string {
	var b strings.Builder
	space := false
	for _, r := range strings.ToValidUTF8(s, " ") {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar:
			space = b.Len() > 0
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d': // joiners belong to words
		default:
			if space {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		}
	}
	return b.String()
}
