package visitor

import "strings"

// hop is one element of the header Forwarded (RFC 7239, section 4).
type hop struct{ of, scheme, host string }

// unknown is of whom a hop does not speak (RFC 7239, section 6.2).
const unknown = "unknown"

// parseForwarded reads the lines of a header. Where one is malformed nothing
// after it can be told from what a client made up, so there are no hops: an
// open quote of the client's would swallow what the proxy added.
func parseForwarded(lines []string) []hop {
	var hops []hop
	for _, line := range lines {
		r := &forwarded{rest: line}
		for !r.bad {
			if h := r.hop(); h != (hop{}) {
				hops = append(hops, h)
			}
			if !r.take(',') {
				break
			}
		}
		if r.space(); r.bad || r.rest != "" {
			return nil
		}
	}
	return hops
}

// forwarded reads one line from its beginning.
type forwarded struct {
	rest string
	bad  bool
}

// hop reads pairs up to the next comma; without any it is zero.
func (f *forwarded) hop() (h hop) {
	for {
		f.space()
		if f.rest == "" || f.rest[0] == ',' {
			return h
		}
		if f.rest[0] != ';' {
			name := strings.ToLower(f.token())
			if !f.take('=') || name == "" {
				f.bad = true
				return h
			}
			value := f.value()
			if h.of == "" {
				h.of = unknown
			}
			switch {
			case name == "for" && value != "":
				h.of = value
			case name == "proto":
				h.scheme = value
			case name == "host":
				h.host = value
			}
			f.space()
		}
		if !f.take(';') {
			return h
		}
	}
}

func (f *forwarded) space() { f.rest = strings.TrimLeft(f.rest, " \t") }

func (f *forwarded) take(c byte) bool {
	if f.rest == "" || f.rest[0] != c {
		return false
	}
	f.rest = f.rest[1:]
	return true
}

// token reads what RFC 9110, section 5.6.2 allows, and the colons and brackets
// of addresses, which many proxies do not quote.
func (f *forwarded) token() string {
	n := strings.IndexFunc(f.rest, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/;<=>?@\{}`, r)
	})
	if n < 0 {
		n = len(f.rest)
	}
	t := f.rest[:n]
	f.rest = f.rest[n:]
	return t
}

// value reads a token or a quoted string (RFC 9110, section 5.6.4).
func (f *forwarded) value() string {
	if !f.take('"') {
		return f.token()
	}
	var b strings.Builder
	for f.rest != "" {
		c := f.rest[0]
		f.rest = f.rest[1:]
		switch c {
		case '"':
			return b.String()
		case '\\':
			if f.rest == "" {
				f.bad = true
				return ""
			}
			c, f.rest = f.rest[0], f.rest[1:]
		}
		b.WriteByte(c)
	}
	f.bad = true
	return ""
}
