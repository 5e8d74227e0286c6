package meeting

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"log/slog"
	"math/big"
	"strings"
)

// Errors of doors.
var (
	ErrKey = errors.New("this key does not open the meeting")
	ErrPIN = errors.New("no meeting has this PIN")
)

// Keys open a meeting: Secret to its organisers, Edit to editors, Speak to
// those who may bring sound, PIN to who comes by telephone. They are held in
// memory only, as they are: an organiser may read them again.
type Keys struct {
	Secret string `json:"secret"`
	Edit   string `json:"edit"`
	Speak  string `json:"speak"`
	PIN    string `json:"pin"`
}

// LogValue keeps keys out of logs.
func (Keys) LogValue() slog.Value { return slog.StringValue("keys") }

// String keeps keys out of messages.
func (Keys) String() string { return "keys" }

// Role is what a key allows; each may do what those after it may.
type Role string

// Roles.
const (
	Organiser Role = "organiser"
	Editor    Role = "editor"
	Speaker   Role = "speaker"
)

// May says whether a role includes another.
func (r Role) May(other Role) bool {
	return r.rank() > 0 && other.rank() > 0 && r.rank() >= other.rank()
}

func (r Role) rank() int {
	switch r {
	case Organiser:
		return 3
	case Editor:
		return 2
	case Speaker:
		return 1
	}
	return 0
}

// role is what a key allows; "" is nothing. It takes the same time whichever
// key it is and however much of it is right.
func (k Keys) role(key string) Role {
	var found Role
	given := sha256.Sum256([]byte(key))
	for _, door := range []struct {
		key  string
		role Role
	}{{k.Speak, Speaker}, {k.Edit, Editor}, {k.Secret, Organiser}} {
		sum := sha256.Sum256([]byte(door.key))
		if subtle.ConstantTimeCompare(sum[:], given[:]) == 1 {
			found = door.role
		}
	}
	return found
}

// newKey draws 144 bits: 24 signs that stand in a link.
func newKey() string {
	var raw [18]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// pinLength is what people type on a telephone without a mistake.
const pinLength = 6

// newPIN draws one that nobody tries first.
func newPIN() string {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			continue // never fails (crypto/rand)
		}
		pin := n.String()
		pin = strings.Repeat("0", pinLength-len(pin)) + pin
		if !easy(pin) {
			return pin
		}
	}
}

// easy says that a PIN is one of those people try first: few different digits,
// three equal ones or four in a row, the same again, or the same backwards.
func easy(pin string) bool {
	different := map[byte]bool{}
	equal, up, down := 1, 1, 1
	for i := range len(pin) {
		different[pin[i]] = true
		if i == 0 {
			continue
		}
		equal = run(equal, pin[i] == pin[i-1])
		up = run(up, pin[i] == pin[i-1]+1)
		down = run(down, pin[i]+1 == pin[i-1])
		if equal >= 3 || up >= 4 || down >= 4 {
			return true
		}
	}
	half := len(pin) / 2
	return len(different) < 4 || pin[:half] == pin[half:] || pin == backwards(pin)
}

func run(length int, on bool) int {
	if on {
		return length + 1
	}
	return 1
}

func backwards(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// normalPIN is a PIN as people type it, without spaces, hyphens and the #
// after it; "" when it cannot be one.
func normalPIN(typed string) string {
	if len(typed) > 64 {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.TrimSuffix(typed, "#") {
		switch {
		case r == ' ' || r == '-':
		case r < '0' || r > '9' || b.Len() == pinLength:
			return ""
		default:
			b.WriteRune(r)
		}
	}
	if b.Len() != pinLength {
		return ""
	}
	return b.String()
}
