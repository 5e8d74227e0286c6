package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/amtsleitung/amtsleitung/web/session"
)

// operatorFile holds the token by which commands on the same machine speak
// with the running service: who may read the data folder may do so.
const operatorFile = "operator.token"

// operatorToken makes a token for this run of the service.
func operatorToken(data string) (session.Machine, error) {
	token, hash := session.NewToken()
	path := filepath.Join(data, operatorFile)
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) { // its rights may be others
		return session.Machine{}, fmt.Errorf("token for commands: %w", err)
	}
	if err := os.WriteFile(path, []byte(token), 0o600); err != nil {
		return session.Machine{}, fmt.Errorf("token for commands: %w", err)
	}
	return session.Machine{Name: "operator", Role: session.Admin, Hash: hash}, nil
}

// watchers says what is needed to see calls, and lets our own commands do so
// where that is not open to everybody.
func (s *service) watchers() (need session.Role, own []session.Machine, err error) {
	if s.config.HTTP.OpenCalls {
		return "", nil, nil
	}
	operator, err := operatorToken(s.config.Data)
	return session.Agent, []session.Machine{operator}, err
}
