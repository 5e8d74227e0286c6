package sip

import (
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Identity says who calls, beyond the user of From.
type Identity struct {
	Host string // of From; "" is our own address
	// Asserted goes into P-Asserted-Identity (RFC 3325): for trunks that trust
	// what we say; Preferred into P-Preferred-Identity: for those that check it.
	// Both are user parts, "" sends none.
	Asserted, Preferred string
	// Private asks to hide us: From is anonymous, and Privacy says id (RFC 3323, RFC 3325).
	Private bool
}

// from is the From of a call; host is ours.
func (i Identity) from(user, host string) sip.FromHeader {
	if i.Host != "" {
		host = i.Host
	}
	h := sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: user, Host: host}}
	switch {
	case i.Private: // RFC 3323 section 4.1.1.3
		h.DisplayName, h.Address = "Anonymous", sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}
	case user == "":
		h.Address.User = "anonymous"
	}
	return h
}

// describe adds the headers that a From does not hold.
func (i Identity) describe(req *sip.Request) {
	host := i.Host
	if host == "" {
		host = req.Contact().Address.Host
	}
	for name, user := range map[string]string{"P-Asserted-Identity": i.Asserted, "P-Preferred-Identity": i.Preferred} {
		if user != "" {
			req.AppendHeader(sip.NewHeader(name, fmt.Sprintf("<sip:%s@%s>", user, host)))
		}
	}
	if i.Private {
		req.AppendHeader(sip.NewHeader("Privacy", "id"))
	}
}

// safeUser keeps what may stand in the user part of a URI as it is: digits, a
// leading plus, letters and some marks; anything else makes it "".
func safeUser(s string) string {
	if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("+-_.!~*'", r))
	}) {
		return ""
	}
	return s
}
