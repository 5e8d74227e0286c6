// Package body reads what clients send as JSON: bytes flow in; the value that
// they describe flows out, or one line that names the field that is wrong, what
// must stand there and what came.
package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Wrong is a body that cannot be read.
type Wrong struct {
	Field string // "" is the body as a whole
	Line  string // what is wrong with it, and how to mend it
}

// Error implements error: one line, with the field as the second of its parts.
func (w *Wrong) Error() string {
	if w.Field == "" {
		return "the body cannot be read: " + w.Line
	}
	return "the body cannot be read: " + w.Field + ": " + w.Line
}

// Decode reads one JSON object into a struct whose fields are all that there
// may be; where several fields have the same name in other letters, the last
// one counts.
func Decode(data []byte, into any) error { return decode(data, into, true) }

// DecodeKnown reads one as well, and passes over fields that it does not know.
func DecodeKnown(data []byte, into any) error { return decode(data, into, false) }

func decode(data []byte, into any, strict bool) error {
	switch first := bytes.TrimSpace(data); {
	case len(first) == 0:
		return &Wrong{Line: "it is empty; send a JSON object, at least {}"}
	case first[0] != '{' && string(first) != "null" && json.Valid(first): // null is what some clients send for nothing
		return &Wrong{Line: "a JSON object {…} must stand here, not " + kindOf(first[0])}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		return explain(err, into)
	}
	end := d.InputOffset()
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &Wrong{Line: fmt.Sprintf("something follows the JSON object, which ends at byte %d", end)}
	}
	return nil
}

// explain makes a line of what the decoder says.
func explain(err error, into any) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ") // it has no type of its own
	switch {
	case errors.As(err, &kind):
		return &Wrong{Field: path(kind.Field, reflect.TypeOf(into)), Line: expected(kind.Type) + " must stand here, not " + came(kind.Value)}
	case errors.As(err, &syntax):
		return &Wrong{Line: fmt.Sprintf("it is no JSON at byte %d: %s", syntax.Offset, err)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Wrong{Line: "the JSON ends too early"}
	case unknown:
		return &Wrong{Field: short(strings.Trim(name, `"`)), Line: "there is no such field here; known are " + strings.Join(fields(reflect.TypeOf(into)), ", ")}
	}
	return &Wrong{Line: err.Error()}
}
