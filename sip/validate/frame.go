package validate

import (
	"bytes"
	"strconv"
	"strings"
)

// Frame finds the first message in a stream: its length in bytes, 0 when
// more is needed. A problem means that the end of the message cannot be told
// and the connection has to close. data starts with the start line.
func Frame(data []byte, limit int) (int, *Problem) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		if len(data) > limit {
			return 0, &Problem{513, "Message Too Large"}
		}
		return 0, nil
	}
	length, problem := contentLength(data[:end])
	if problem != nil {
		return 0, problem
	}
	total := end + 4 + length
	if total > limit {
		return 0, &Problem{513, "Message Too Large"}
	}
	if total > len(data) {
		return 0, nil
	}
	return total, nil
}

// contentLength reads the length from a raw header; white space before the
// colon and folding are legal.
func contentLength(head []byte) (int, *Problem) {
	length, seen, typed := 0, 0, false
	text := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(string(head))
	for _, line := range strings.Split(text, "\r\n")[1:] {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(long(strings.TrimRight(name, " \t"))) {
		case "content-type":
			typed = true
		case "content-length":
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
			if err != nil {
				return 0, bad("Content-Length")
			}
			length = int(n)
			seen++
		}
	}
	switch {
	case seen > 1:
		return 0, bad("more than one Content-Length")
	case seen == 0 && typed: // RFC 3261 section 18.3: needed on streams
		return 0, bad("no Content-Length")
	}
	return length, nil
}
