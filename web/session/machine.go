package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Machine is a program that uses the API with a token of its own.
type Machine struct {
	Name string
	Role Role
	Hash string // SHA-256 of the token in hex, see NewToken
}

// tokenMark lets people, and scanners of forgotten secrets, see what it is.
const tokenMark = "amts_"

// NewToken makes a token, to be given to the program, and its hash for the
// configuration. A token is random in full: it needs no slow hash.
func NewToken() (token, hash string) {
	token = tokenMark + random()
	return token, hashToken(token)
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// machines checks the programs; an error names the one that cannot be used.
func machines(list []Machine) (map[[sha256.Size]byte]Machine, error) {
	out, names := map[[sha256.Size]byte]Machine{}, map[string]bool{}
	for _, m := range list {
		raw, err := hex.DecodeString(m.Hash)
		switch {
		case m.Name == "" || names[m.Name]:
			return nil, fmt.Errorf("token %q: the name is missing or there twice", m.Name)
		case !known(m.Role):
			return nil, fmt.Errorf("token %q: unknown role %q", m.Name, m.Role)
		case err != nil || len(raw) != sha256.Size:
			return nil, fmt.Errorf("token %q: the hash must be the token's SHA-256 in hex", m.Name)
		}
		names[m.Name] = true
		out[[sha256.Size]byte(raw)] = m
	}
	return out, nil
}

const bearer = "Bearer "

// carriesToken says that a program asks: a token counts for the API alone.
func (k *Keeper) carriesToken(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/api/") && strings.HasPrefix(c.Get(fiber.HeaderAuthorization), bearer)
}

// requireMachine lets only programs with the role pass. They need no form's
// token: no browser sends the header by itself.
func (k *Keeper) requireMachine(c *fiber.Ctx, role Role) error {
	s, err := k.Machine(strings.TrimPrefix(c.Get(fiber.HeaderAuthorization), bearer), visitor.Source(c))
	switch {
	case err != nil:
		return fiber.NewError(fiber.StatusUnauthorized, err.Error())
	case !s.Role.Covers(role):
		return fiber.ErrForbidden
	}
	c.Locals(local, s)
	return c.Next()
}

// Machine is the session of a program. from is where the attempt comes from.
func (k *Keeper) Machine(token, from string) (Session, error) {
	now := k.now()
	if !k.limiter.allow(now, "machine "+from) {
		return Session{}, ErrTooMany
	}
	m, ok := k.machine[sha256.Sum256([]byte(token))]
	if !ok {
		k.limiter.failed(now, "machine "+strings.Clone(from))
		return Session{}, ErrToken
	}
	return Session{User: m.Name, Title: m.Name, Role: m.Role, Machine: true}, nil
}
