package validate

import (
	"strconv"
	"strings"
)

func (m *Message) checkAddresses() *Problem {
	for i := range m.Headers {
		h := &m.Headers[i]
		name := strings.ToLower(h.Name)
		switch name {
		case "from", "to", "contact":
		case "route", "record-route":
			if !strings.Contains(h.Value, "<") {
				return bad(h.Name)
			}
		default:
			continue
		}
		if name == "contact" && h.Value == "*" {
			continue
		}
		v, ok := tidyAddress(h.Value)
		if !ok {
			return bad(h.Name)
		}
		h.Value = v
	}
	return nil
}

// tidyAddress reads name-addr or addr-spec with parameters (RFC 3261 section 25.1).
func tidyAddress(v string) (string, bool) {
	display, rest, ok := displayName(v)
	if !ok {
		return "", false
	}
	var uri, params string
	if inner, is := strings.CutPrefix(rest, "<"); is {
		end := strings.IndexByte(inner, '>')
		if end < 0 {
			return "", false
		}
		uri, params = inner[:end], strings.TrimLeft(inner[end+1:], " \t")
		if params != "" && params[0] != ';' {
			return "", false
		}
		params = strings.TrimPrefix(params, ";")
		if strings.HasSuffix(v, ";") {
			return "", false
		}
	} else {
		if display != "" {
			return "", false
		}
		// Without brackets, what follows the semicolon belongs to the header,
		// and the URI may hold neither comma nor question mark.
		uri, params, _ = strings.Cut(rest, ";")
		uri = strings.TrimRight(uri, " \t")
		if strings.ContainsAny(uri, ",?") || strings.HasSuffix(rest, ";") {
			return "", false
		}
	}
	if !isURI(uri) {
		return "", false
	}
	out := "<" + uri + ">"
	if display != "" {
		out = display + " " + out
	}
	if params == "" {
		return out, true
	}
	p, ok := tidyParams(params)
	if !ok || !expiresFine(p) {
		return "", false
	}
	return out + p, true
}

// displayName takes a quoted string or tokens from before "<".
func displayName(v string) (display, rest string, ok bool) {
	if strings.HasPrefix(v, `"`) {
		text, rest, ok := quoted(v)
		rest = strings.TrimLeft(rest, " \t")
		if !ok || !strings.HasPrefix(rest, "<") {
			return "", "", false
		}
		return text, rest, true
	}
	i := strings.IndexByte(v, '<')
	if i < 0 {
		return "", v, true
	}
	for _, word := range strings.Fields(v[:i]) {
		if !isToken(word) {
			return "", "", false
		}
	}
	if name := strings.Join(strings.Fields(v[:i]), " "); name != "" {
		return `"` + name + `"`, v[i:], true
	}
	return "", v[i:], true
}

func isURI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) || rest == "" {
		return false
	}
	for i := 0; i < len(rest); i++ {
		if c := rest[i]; c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' {
			return false
		}
	}
	if strings.EqualFold(scheme, "sip") || strings.EqualFold(scheme, "sips") {
		return escapesFine(rest) && hostOf(rest) != ""
	}
	return true
}

// expiresFine: a Contact's expires is a 32-bit number.
func expiresFine(params string) bool {
	for _, p := range strings.Split(params, ";") {
		if name, v, _ := strings.Cut(p, "="); strings.EqualFold(name, "expires") {
			if _, err := strconv.ParseUint(v, 10, 32); err != nil {
				return false
			}
		}
	}
	return true
}
