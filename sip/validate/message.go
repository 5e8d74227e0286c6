// Package validate stands between the network and the SIP parser: raw
// messages flow in, tidied messages that every parser reads alike flow out,
// or the response that refuses them (RFC 3261 section 8.2, RFC 4475).
package validate

import (
	"bytes"
	"strconv"
	"strings"
)

// maxHeaders bounds the count of header fields; real messages have under 60.
const maxHeaders = 256

// Problem is why a message is not served. Code is 0 where no response is due.
type Problem struct {
	Code   int
	Reason string
}

func (p *Problem) Error() string { return strconv.Itoa(p.Code) + " " + p.Reason }

func bad(reason string) *Problem { return &Problem{400, "Bad Request - " + reason} }

// Header is one field: the name in its long form, the value unfolded.
type Header struct{ Name, Value string }

// Message is a SIP message cut into its parts.
type Message struct {
	Start   string
	Method  string // "" in responses
	URI     string
	Version string
	Status  int
	Headers []Header
	Body    []byte
}

// IsRequest tells requests from responses.
func (m *Message) IsRequest() bool { return m.Status == 0 }

// Get is the value of the first field of that (long) name, "" if there is none.
func (m *Message) Get(name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func (m *Message) count(name string) int {
	n := 0
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			n++
		}
	}
	return n
}

// long is the name in full for compact forms (RFC 3261 section 7.3.3, 4028, 3515, 3892).
func long(name string) string {
	if len(name) != 1 {
		return name
	}
	switch strings.ToLower(name) {
	case "b":
		return "Referred-By"
	case "c":
		return "Content-Type"
	case "e":
		return "Content-Encoding"
	case "f":
		return "From"
	case "i":
		return "Call-ID"
	case "k":
		return "Supported"
	case "l":
		return "Content-Length"
	case "m":
		return "Contact"
	case "o":
		return "Event"
	case "r":
		return "Refer-To"
	case "s":
		return "Subject"
	case "t":
		return "To"
	case "u":
		return "Allow-Events"
	case "v":
		return "Via"
	case "x":
		return "Session-Expires"
	}
	return name
}

// Parse cuts one whole message. Whatever could be read is returned even with
// a problem, so that it can be answered.
func Parse(data []byte) (*Message, *Problem) {
	m := &Message{}
	head, body, found := bytes.Cut(data, []byte("\r\n\r\n"))
	if found {
		m.Body = body
	} else {
		head = bytes.TrimSuffix(data, []byte("\r\n"))
	}
	lines := strings.Split(string(head), "\r\n")
	problem := m.startLine(lines[0])
	if p := m.fields(lines[1:]); problem == nil {
		problem = p
	}
	if problem == nil && !found {
		problem = bad("no end of headers")
	}
	return m, problem
}

func (m *Message) startLine(line string) *Problem {
	m.Start = line
	if rest, ok := strings.CutPrefix(line, "SIP/"); ok {
		m.Status = -1
		parts := strings.SplitN(rest, " ", 3)
		if len(parts) < 2 || parts[0] != "2.0" || len(parts[1]) != 3 {
			return &Problem{0, "status line"}
		}
		n, err := strconv.Atoi(parts[1])
		if err != nil || n < 100 || n > 699 {
			return &Problem{0, "status code"}
		}
		m.Status = n
		return nil
	}
	parts := strings.Split(line, " ")
	m.Method = parts[0]
	last := parts[len(parts)-1]
	if len(parts) != 3 || !isToken(parts[0]) || parts[1] == "" {
		return bad("request line")
	}
	m.URI, m.Version = parts[1], last
	if !strings.EqualFold(last, "SIP/2.0") {
		if major, minor, ok := strings.Cut(strings.TrimPrefix(strings.ToUpper(last), "SIP/"), "."); ok && isDigits(major) && isDigits(minor) {
			return &Problem{505, "Version Not Supported"}
		}
		return bad("protocol version")
	}
	return nil
}

// fields unfolds and splits header lines (RFC 3261 section 7.3.1).
func (m *Message) fields(lines []string) *Problem {
	var problem *Problem
	for _, line := range lines {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(m.Headers) > 0 {
			last := &m.Headers[len(m.Headers)-1]
			last.Value = strings.TrimSpace(last.Value + " " + strings.Trim(line, " \t"))
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimRight(name, " \t")
		if !ok || !isToken(name) || strings.ContainsAny(value, "\r\n") {
			if problem == nil {
				problem = bad("header line")
			}
			continue
		}
		if len(m.Headers) == maxHeaders {
			return bad("too many headers")
		}
		m.Headers = append(m.Headers, Header{long(name), strings.Trim(value, " \t")})
	}
	return problem
}

// Append writes the message in canonical form.
func (m *Message) Append(dst []byte) []byte {
	dst = append(append(dst, m.Start...), '\r', '\n')
	for _, h := range m.Headers {
		dst = append(append(dst, h.Name...), ':', ' ')
		dst = append(append(dst, h.Value...), '\r', '\n')
	}
	dst = append(dst, '\r', '\n')
	return append(dst, m.Body...)
}

func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		case strings.IndexByte("-.!%*_+`'~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
