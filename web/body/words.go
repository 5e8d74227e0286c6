package body

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// expected says what a Go type looks like in JSON.
func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return expected(t.Elem())
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}

// came says what the decoder found: a kind, or a number with its digits.
func came(value string) string {
	kinds := map[string]string{"string": "a text", "bool": "true or false", "number": "a number", "array": "a list", "object": "an object"}
	if k, ok := kinds[value]; ok {
		return k
	}
	return short(strings.TrimPrefix(value, "number "))
}

// kindOf says what a JSON value is by how it begins.
func kindOf(first byte) string {
	switch first {
	case '"':
		return "a text"
	case '[':
		return "a list"
	case 't', 'f':
		return "true or false"
	}
	return "a number"
}

// path is the name of a field as clients write it: the decoder names embedded structs, too.
func path(field string, of reflect.Type) string {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	first, rest, _ := strings.Cut(field, ".")
	if of.Kind() == reflect.Struct && rest != "" {
		if f, ok := of.FieldByName(first); ok && f.Anonymous {
			return path(rest, f.Type)
		}
	}
	return short(strings.ToLower(field))
}

// fields are the names that a struct has in JSON.
func fields(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, fields(f.Type)...)
		case !f.IsExported() || name == "-":
		case name == "":
			out = append(out, strings.ToLower(f.Name))
		default:
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// mostRepeated is what is repeated of what somebody sent, in bytes.
const mostRepeated = 60

func short(s string) string {
	if len(s) <= mostRepeated {
		return s
	}
	n := mostRepeated
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
