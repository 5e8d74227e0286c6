package session

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Cost of new hashes: OWASP's least for argon2id, about 20 ms.
const (
	memory  = 19 << 10 // KiB
	rounds  = 2
	threads = 1
	keySize = 32
	// maxMemory, KiB, and maxRounds bound what a hash from a file may ask for.
	maxMemory = 256 << 10
	maxRounds = 20
	// maxPassword, bytes: more would only cost time.
	maxPassword = 512
)

// Hash makes a password's hash for the configuration ($argon2id$...).
func Hash(password string) (string, error) {
	if len([]rune(password)) < 10 || len(password) > maxPassword {
		return "", fmt.Errorf("a password has 10 letters at least and %d bytes at most", maxPassword)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, rounds, memory, threads, keySize)
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, rounds, threads, e.EncodeToString(salt), e.EncodeToString(key)), nil
}

// CheckHash says whether a hash can be used.
func CheckHash(hash string) error {
	if strings.HasPrefix(hash, "$2") {
		if cost, err := bcrypt.Cost([]byte(hash)); err != nil || cost > 15 {
			return errors.New("password hash is no bcrypt hash of cost 15 at most")
		}
		return nil
	}
	_, err := parseArgon(hash)
	return err
}

type argonHash struct {
	memory, rounds uint32
	threads        uint8
	salt, key      []byte
}

var errHash = errors.New("password hash must be argon2id or bcrypt (make one with: amtsleitung kb password)")

func parseArgon(hash string) (argonHash, error) {
	var h argonHash
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.rounds, &h.threads); err != nil {
		return h, errHash
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(err1, err2); err != nil || len(h.salt) < 8 || len(h.key) < 16 || h.threads == 0 || h.rounds == 0 {
		return h, errHash
	}
	if h.memory > maxMemory || h.rounds > maxRounds {
		return h, fmt.Errorf("password hash asks for more than %d MB or %d rounds", maxMemory>>10, maxRounds)
	}
	return h, nil
}

// matches compares in constant time; a hash that cannot be used matches nothing.
func matches(hash, password string) bool {
	if len(password) > maxPassword {
		return false
	}
	if strings.HasPrefix(hash, "$2") {
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
	}
	h, err := parseArgon(hash)
	if err != nil {
		return false
	}
	key := argon2.IDKey([]byte(password), h.salt, h.rounds, h.memory, h.threads, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1
}
