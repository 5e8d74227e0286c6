package sdp

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// Crypto is one a=crypto line (RFC 4568 section 9.1). Key is master key || salt.
type Crypto struct {
	Tag   int
	Suite string
	Key   []byte
}

// suites we speak, by preference, with the length of master key || salt in
// bytes (RFC 4568 section 6.2).
func suites() []string {
	return []string{"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"}
}

const keyLength = 30

func known(suite string) bool {
	for _, s := range suites() {
		if s == suite {
			return true
		}
	}
	return false
}

func cryptoOf(m *sdp.MediaDescription) []Crypto {
	var out []Crypto
	for _, a := range m.Attributes {
		if a.Key != "crypto" {
			continue
		}
		if c, ok := parseCrypto(a.Value); ok {
			out = append(out, c)
		}
	}
	return out
}

// parseCrypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4". A line
// with an MKI, an unknown suite or session parameters that would change the
// transforms (RFC 4568 section 6.3) is not usable.
func parseCrypto(v string) (Crypto, bool) {
	fields := strings.Fields(v)
	if len(fields) < 3 || !known(strings.ToUpper(fields[1])) {
		return Crypto{}, false
	}
	tag, err := strconv.Atoi(fields[0])
	if err != nil || tag < 1 || len(fields[0]) > 9 {
		return Crypto{}, false
	}
	for _, p := range fields[3:] {
		if strings.HasPrefix(p, "UNENCRYPTED_") || strings.HasPrefix(p, "UNAUTHENTICATED_") || strings.HasPrefix(p, "KDR=") {
			return Crypto{}, false
		}
	}
	material, ok := strings.CutPrefix(fields[2], "inline:")
	if !ok || strings.Contains(material, ";") {
		return Crypto{}, false
	}
	parts := strings.Split(material, "|")
	for _, p := range parts[1:] {
		if strings.Contains(p, ":") {
			return Crypto{}, false
		}
	}
	key, err := base64.StdEncoding.DecodeString(parts[0])
	if err != nil || len(key) != keyLength {
		return Crypto{}, false
	}
	return Crypto{Tag: tag, Suite: strings.ToUpper(fields[1]), Key: key}, true
}

func (c Crypto) String() string {
	return fmt.Sprintf("%d %s inline:%s", c.Tag, c.Suite, base64.StdEncoding.EncodeToString(c.Key))
}

// NewCrypto makes fresh keys for each suite we offer.
func NewCrypto() []Crypto {
	var out []Crypto
	for i, s := range suites() {
		key := make([]byte, keyLength)
		_, _ = rand.Read(key) // never fails, see crypto/rand
		out = append(out, Crypto{Tag: i + 1, Suite: s, Key: key})
	}
	return out
}
