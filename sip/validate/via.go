package validate

import (
	"net/netip"
	"strconv"
	"strings"
)

func (m *Message) checkVia() *Problem {
	for i := range m.Headers {
		if h := &m.Headers[i]; strings.EqualFold(h.Name, "Via") {
			v, ok := tidyVia(h.Value)
			if !ok {
				return bad("Via")
			}
			h.Value = v
		}
	}
	return nil
}

// tidyVia reads "SIP / 2.0 / UDP  host : port ; branch = x".
func tidyVia(v string) (string, bool) {
	proto, rest, _ := strings.Cut(v, "/")
	version, rest, _ := strings.Cut(rest, "/")
	rest = strings.TrimLeft(rest, " \t")
	i := strings.IndexAny(rest, " \t")
	if i < 0 {
		return "", false
	}
	transport := rest[:i]
	by, params, _ := strings.Cut(rest[i:], ";")
	proto, version, by = strings.Trim(proto, " \t"), strings.Trim(version, " \t"), squeeze(by)
	if !strings.EqualFold(proto, "SIP") || version != "2.0" || !isToken(transport) || !isHostPort(by) {
		return "", false
	}
	out := "SIP/2.0/" + transport + " " + by
	if strings.Contains(rest[i:], ";") {
		p, ok := tidyParams(params)
		if !ok {
			return "", false
		}
		out += p
	}
	return out, true
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, s)
}

func isHostPort(s string) bool {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return false
		}
		if _, err := netip.ParseAddr(s[1:end]); err != nil {
			return false
		}
		port := s[end+1:]
		return port == "" || port[0] == ':' && isPort(port[1:])
	}
	host, port, hasPort := strings.Cut(s, ":")
	if hasPort && !isPort(port) {
		return false
	}
	return host != "" && isToken(host)
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// tidyParams reads "a = b ; c" (what follows the first semicolon).
func tidyParams(s string) (string, bool) {
	out := ""
	for _, p := range splitOutside(s, ';') {
		name, value, has := cutOutside(p, '=')
		name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
		if !isToken(name) || has && value == "" || !quotesFine(value) {
			return "", false
		}
		out += ";" + name
		if has {
			out += "=" + value
		}
	}
	return out, true
}

func splitOutside(s string, sep byte) []string {
	var out []string
	for {
		a, b, ok := cutOutside(s, sep)
		out = append(out, a)
		if !ok {
			return out
		}
		s = b
	}
}

// cutOutside cuts at the first separator outside quotes.
func cutOutside(s string, sep byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == sep && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// quotesFine: a value is a whole quoted string or has no quotes and no blanks.
func quotesFine(v string) bool {
	if !strings.HasPrefix(v, `"`) {
		return !strings.ContainsAny(v, "\" \t<>")
	}
	_, rest, ok := quoted(v)
	return ok && rest == ""
}

// quoted takes a quoted string from the front of s.
func quoted(s string) (text, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[:i+1], s[i+1:], true
		}
	}
	return "", "", false
}
