package sip

import (
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// authorization answers the digest challenge of a 401 or 407 (RFC 3261
// section 22, RFC 8760 for SHA-256). With a realm set, no other realm gets
// credentials.
func authorization(req *sip.Request, res *sip.Response, user, password, realm string) (sip.Header, error) {
	challengeName, name := "www-authenticate", "Authorization"
	if res.StatusCode == 407 {
		challengeName, name = "proxy-authenticate", "Proxy-Authorization"
	}
	var best *digest.Challenge
	for _, h := range res.GetHeaders(challengeName) {
		c, err := digest.ParseChallenge(h.Value())
		if err != nil {
			continue
		}
		c.Algorithm = strings.ToUpper(c.Algorithm)
		if realm != "" && c.Realm != realm || !digest.CanDigest(c) {
			continue
		}
		if best == nil || strings.HasPrefix(c.Algorithm, "SHA") && !strings.HasPrefix(best.Algorithm, "SHA") {
			best = c
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%w: no challenge of realm %q that we can answer", ErrCredentials, realm)
	}
	credentials, err := digest.Digest(best, digest.Options{
		Method: req.Method.String(), URI: req.Recipient.String(), Username: user, Password: password,
		Count: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("answer digest challenge: %w", err)
	}
	return sip.NewHeader(name, credentials.String()), nil
}
