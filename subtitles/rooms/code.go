package rooms

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"unicode"
)

// alphabet of codes that are read from a screen and typed: digits and letters
// that look and sound like no other (no 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V),
// and no vowels, so that no code is a word. 6 of 17 are 24 million.
const alphabet = "3479CFHJKMNPRTWXY"

// codeLength is what people type without a mistake.
const codeLength = 6

// ErrCode is a code no room has, or an organiser's token that is wrong.
var ErrCode = errors.New("there is no meeting with this code")

// newCode draws a code.
func newCode() string {
	var b strings.Builder
	for b.Len() < codeLength {
		var raw [16]byte
		_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
		for _, c := range raw {
			// Whole rounds of the alphabet only, so that no sign is likelier.
			if int(c) < 256/len(alphabet)*len(alphabet) && b.Len() < codeLength {
				b.WriteByte(alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return b.String()
}

// NormalCode is a code as people write it, without spaces, hyphens and case;
// "" when it cannot be one.
func NormalCode(typed string) string {
	if len(typed) > 64 {
		return ""
	}
	var b strings.Builder
	for _, r := range typed {
		if unicode.IsSpace(r) || r == '-' {
			continue
		}
		r = unicode.ToUpper(r)
		if r > unicode.MaxASCII || !strings.ContainsRune(alphabet, r) || b.Len() == codeLength {
			return ""
		}
		b.WriteRune(r)
	}
	if b.Len() != codeLength {
		return ""
	}
	return b.String()
}

// token is what an organiser's secret is compared with; the secret itself is
// not kept.
type token [sha256.Size]byte

// newToken draws a secret of 256 bits.
func newToken() (secret string, t token) {
	var raw [32]byte
	_, _ = rand.Read(raw[:])
	secret = base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, sha256.Sum256([]byte(secret))
}

// is compares in constant time, whatever the length of what was given.
func (t token) is(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(sum[:], t[:]) == 1
}
