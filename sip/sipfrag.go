package sip

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sipfragType is what NOTIFYs of a REFER carry (RFC 3420).
const sipfragType = "message/sipfrag"

// maxSipfrag is more than any status with its headers needs.
const maxSipfrag = 8 << 10

var errSipfrag = errors.New("unreadable message/sipfrag")

// sipfrag reads the status of a REFER (RFC 3515 section 2.4.5): a body that
// begins with a status line; header fields may follow.
func sipfrag(body []byte) (code int, why string, err error) {
	if len(body) > maxSipfrag {
		return 0, "", fmt.Errorf("%w: %d bytes", errSipfrag, len(body))
	}
	line, rest, _ := strings.Cut(string(body), "\n")
	line = strings.TrimSuffix(line, "\r")
	version, status, _ := strings.Cut(line, " ")
	digits, why, _ := strings.Cut(status, " ")
	if !strings.EqualFold(version, "SIP/2.0") || len(digits) != 3 || strings.Trim(digits, "0123456789") != "" ||
		strings.ContainsFunc(why, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return 0, "", fmt.Errorf("%w: no status line", errSipfrag)
	}
	if code, err = strconv.Atoi(digits); err != nil || code < 100 || code > 699 {
		return 0, "", fmt.Errorf("%w: status %s", errSipfrag, digits)
	}
	for rest != "" {
		line, rest, _ = strings.Cut(rest, "\n")
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			break // a body of its own may follow
		}
		name, _, ok := strings.Cut(line, ":")
		if folded := line[0] == ' ' || line[0] == '\t'; !folded && (!ok || !headerName(strings.TrimRight(name, " \t"))) {
			return 0, "", fmt.Errorf("%w: header", errSipfrag)
		}
	}
	return code, strings.TrimSpace(why), nil
}

// headerName tells whether s is a token (RFC 3261 section 25.1).
func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-.!%*_+`'~", r))
	})
}
