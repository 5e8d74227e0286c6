package sip

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// userToUserName is the header that carries data from one user of a call to
// the other (RFC 7433).
const userToUserName = "User-to-User"

// maxUserToUser is what the ISDN carries of it: 128 octets (RFC 7434 section 8).
const maxUserToUser = 128

// ia5 is the protocol discriminator in front of ISDN data: IA5 characters
// (ITU-T Q.931 section 4.5.30).
const ia5 = 0x04

// ErrUserToUser is returned for a User-to-User header that cannot be read.
var ErrUserToUser = errors.New("unreadable User-to-User header")

// UserToUser writes text as ISDN data (RFC 7434), the form that exchanges and
// their agents' applications know: in hex, behind the discriminator for IA5.
// Text that does not fit, or is not printable ASCII, gives "".
func UserToUser(text string) string {
	if text == "" || len(text) >= maxUserToUser || !printable(text) {
		return ""
	}
	return fmt.Sprintf("%02x%s;encoding=hex;purpose=isdn-uui;content=isdn-uui", ia5, hex.EncodeToString([]byte(text)))
}

// ParseUserToUser reads the text of a header's value: ISDN data in hex as
// UserToUser writes it, with or without discriminator, or another purpose's token.
func ParseUserToUser(value string) (string, error) {
	data, params, _ := strings.Cut(strings.TrimSpace(value), ";")
	data = strings.TrimSpace(data)
	if n := len(data); n >= 2 && data[0] == '"' && data[n-1] == '"' {
		data = data[1 : n-1]
	}
	encoding := "hex" // of isdn-uui; the only one in use
	for _, p := range strings.Split(params, ";") {
		key, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(key), "encoding") {
			encoding = strings.ToLower(strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	if encoding != "hex" {
		return "", fmt.Errorf("%w: encoding %q", ErrUserToUser, encoding)
	}
	raw, err := hex.DecodeString(data)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUserToUser, err)
	}
	if len(raw) > 0 && (raw[0] == ia5 || raw[0] == 0) { // 0: the user's own
		raw = raw[1:]
	}
	if len(raw) == 0 || len(raw) >= maxUserToUser || !printable(string(raw)) {
		return "", fmt.Errorf("%w: %d octets that are no text", ErrUserToUser, len(raw))
	}
	return string(raw), nil
}

// broughtAlong is the id of a call that the INVITE belongs to, as somebody who
// transfers calls to us names it: for the log.
func broughtAlong(req *sip.Request) string {
	for _, h := range req.GetHeaders(userToUserName) {
		if text, err := ParseUserToUser(h.Value()); err == nil && safeUser(text) != "" {
			return text
		}
	}
	return ""
}

func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
