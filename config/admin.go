package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Admin is who may sign in to the administration's pages.
type Admin struct {
	Users []AdminUser `yaml:"users"`
	// Tokens are programs that use the API; amtsleitung token makes them.
	Tokens []AdminToken `yaml:"tokens"`
	// SecureCookie is for service behind a TLS proxy.
	SecureCookie bool `yaml:"secure_cookie"`
	// OIDC signs people in by the city's identity provider; nil: it does not.
	OIDC *OIDC `yaml:"oidc"`
	// Demo adds the demo's accounts, on loopback only; no file can say so.
	Demo bool `yaml:"-"`
}

// AdminUser is one person.
type AdminUser struct {
	Name         string `yaml:"name"`
	Role         string `yaml:"role"`          // agent, editor, reviewer, admin
	PasswordHash string `yaml:"password_hash"` // argon2id or bcrypt
}

// AdminToken is one program.
type AdminToken struct {
	Name string `yaml:"name"`
	Role string `yaml:"role"` // agent, editor, reviewer, admin
	Hash string `yaml:"hash"` // SHA-256 of the token in hex
}

// Sync is a source that articles are kept equal to.
type Sync struct {
	Name     string        `yaml:"name"`
	Sitemap  string        `yaml:"sitemap"`  // address of sitemap.xml
	API      string        `yaml:"api"`      // or of a JSON list of articles
	Below    string        `yaml:"below"`    // only pages whose path begins so
	Hosts    []string      `yaml:"hosts"`    // that may be asked besides the source's own
	Every    time.Duration `yaml:"every"`    // 6h
	Language string        `yaml:"language"` // of pages that do not say
	TokenEnv string        `yaml:"token_env"`
}

func (c *Config) validateAdmin(bad func(key, format string, args ...any), oneOf func(key, value string, allowed ...string)) {
	for i, u := range c.Admin.Users {
		key := fmt.Sprintf("admin.users[%d]", i)
		if u.Name == "" || u.PasswordHash == "" {
			bad(key, "name and password_hash are needed (make a hash with: amtsleitung kb password)")
		}
		oneOf(key+".role", u.Role, "agent", "editor", "reviewer", "admin")
	}
	c.validateTokens(bad, oneOf)
	seen := map[string]bool{}
	for i, s := range c.Knowledge.Sync {
		key := fmt.Sprintf("knowledge.sync[%d]", i)
		if s.Name == "" || seen[s.Name] {
			bad(key+".name", "is missing or there twice")
		}
		seen[s.Name] = true
		if (s.Sitemap == "") == (s.API == "") {
			bad(key, "needs either sitemap or api")
		}
		if u, err := url.Parse(s.Sitemap + s.API); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			bad(key, "%q is no address (https://...)", s.Sitemap+s.API)
		}
		if s.Every != 0 && s.Every < time.Minute {
			bad(key+".every", "must be a minute at least")
		}
	}
	if len(c.Knowledge.Sync) > 0 && !c.Knowledge.Editing {
		bad("knowledge.sync", "needs knowledge.editing: true")
	}
}

func (c *Config) validateTokens(bad complain, oneOf func(key, value string, allowed ...string)) {
	names, hashes := map[string]bool{}, map[string]bool{}
	for i, t := range c.Admin.Tokens {
		key := fmt.Sprintf("admin.tokens[%d]", i)
		if t.Name == "" || names[t.Name] {
			bad(key+".name", "is missing or there twice")
		}
		names[t.Name] = true
		oneOf(key+".role", t.Role, "agent", "editor", "reviewer", "admin")
		hash := strings.ToLower(t.Hash)
		switch raw, err := hex.DecodeString(hash); {
		case strings.HasPrefix(t.Hash, "amts_"):
			bad(key+".hash", "is the token itself; keep that secret and write its hash here (make both with: amtsleitung token)")
		case err != nil || len(raw) != sha256.Size:
			bad(key+".hash", "must be 64 hex digits (make it with: amtsleitung token)")
		case hashes[hash]:
			bad(key+".hash", "is that of another token; make one for each program")
		}
		hashes[hash] = true
	}
}
