// Package session signs people in to the administration's pages: a name and a
// password, or the word of the city's identity provider, flow in, a session
// with a role and a token against forged forms flows out. Sessions live in
// memory and end with the process. Programs sign in with tokens of their own.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Role is what somebody may do.
type Role string

// Roles. A reviewer may do what an editor may; an admin may do everything.
const (
	Agent    Role = "agent"
	Editor   Role = "editor"
	Reviewer Role = "reviewer"
	Admin    Role = "admin"
)

// Roles lists all of them.
func Roles() []Role { return []Role{Agent, Editor, Reviewer, Admin} }

// Covers says whether r may do what needs the other role.
func (r Role) Covers(needed Role) bool {
	return r == needed || r == Admin || r == Reviewer && needed == Editor
}

// User may sign in.
type User struct {
	Name string
	Role Role
	Hash string // argon2id or bcrypt, see Hash
}

// Session is somebody who is signed in.
type Session struct {
	User  string
	Role  Role
	Token string // must come back with every form that changes something
	// Title is how the person is called; the user's name where nothing else is known.
	Title string
	// Machine is a program that came with a token of its own.
	Machine bool

	idToken string // of the identity provider, for signing out there
}

// Limits of sessions.
const (
	longest     = 10 * time.Hour // since signing in
	idle        = time.Hour      // since the last page
	maxSessions = 1000
)

// Errors of SignIn. The page says the same for a wrong name and a wrong password.
var (
	ErrWrong   = errors.New("name or password is wrong")
	ErrTooMany = errors.New("too many attempts; wait a minute")
	ErrToken   = errors.New("the token is unknown")
)

// Options of a Keeper; the zero value knows nobody.
type Options struct {
	Users []User
	// Machines are programs that use the API.
	Machines []Machine
	// Secure marks the cookie for HTTPS only: set it behind a TLS proxy.
	Secure bool
	Now    func() time.Time
}

// Keeper holds the sessions. It is safe for concurrent use.
type Keeper struct {
	users   map[string]User
	machine map[[sha256.Size]byte]Machine // by the hash of the token
	decoy   string                        // checked for unknown names, which then take as long
	secure  bool
	now     func() time.Time
	busy    chan struct{} // hashing takes memory: two at a time
	limiter limiter

	mu       sync.Mutex
	sessions map[[sha256.Size]byte]*kept // by the hash of the id: a dump of memory opens nothing
}

type kept struct {
	Session
	began, seen time.Time
}

// New checks the users; an error names the one that cannot sign in.
func New(o Options) (*Keeper, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	k := &Keeper{users: map[string]User{}, secure: o.Secure, now: o.Now, busy: make(chan struct{}, 2), sessions: map[[sha256.Size]byte]*kept{}}
	for _, u := range o.Users {
		if _, twice := k.users[u.Name]; twice || u.Name == "" {
			return nil, fmt.Errorf("user %q: the name is missing or there twice", u.Name)
		}
		if !u.Role.Covers(u.Role) || !known(u.Role) {
			return nil, fmt.Errorf("user %q: unknown role %q", u.Name, u.Role)
		}
		if err := CheckHash(u.Hash); err != nil {
			return nil, fmt.Errorf("user %q: %w", u.Name, err)
		}
		k.users[u.Name] = u
		k.decoy = u.Hash
	}
	var err error
	k.machine, err = machines(o.Machines)
	return k, err
}

func known(r Role) bool {
	for _, k := range Roles() {
		if k == r {
			return true
		}
	}
	return false
}

// SignIn returns the id of a new session. from is where the attempt comes from.
func (k *Keeper) SignIn(name, password, from string) (string, error) {
	now := k.now()
	if !k.limiter.allow(now, "name "+name, "from "+from) {
		return "", ErrTooMany
	}
	u, there := k.users[name]
	hash := u.Hash
	if !there {
		hash = k.decoy
	}
	k.busy <- struct{}{}
	right := matches(hash, password)
	<-k.busy
	if !right || !there {
		k.limiter.failed(now, "name "+name, "from "+from)
		return "", ErrWrong
	}
	k.limiter.forget("name " + name)
	return k.begin(Session{User: u.Name, Title: u.Name, Role: u.Role}), nil
}

// begin keeps a new session and returns its id.
func (k *Keeper) begin(s Session) string {
	now, id := k.now(), random()
	s.Token = random()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(now)
	k.sessions[sha256.Sum256([]byte(id))] = &kept{s, now, now}
	return id
}

// sweep forgets ended sessions, and the oldest when there are too many.
func (k *Keeper) sweep(now time.Time) {
	var oldest [sha256.Size]byte
	var since time.Time
	for id, s := range k.sessions {
		if s.ended(now) {
			delete(k.sessions, id)
		} else if since.IsZero() || s.seen.Before(since) {
			oldest, since = id, s.seen
		}
	}
	if len(k.sessions) >= maxSessions {
		delete(k.sessions, oldest)
	}
}

func (s *kept) ended(now time.Time) bool {
	return now.Sub(s.began) > longest || now.Sub(s.seen) > idle
}

// Find returns the session of an id.
func (k *Keeper) Find(id string) (Session, bool) {
	key, now := sha256.Sum256([]byte(id)), k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.sessions[key]
	if !ok || s.ended(now) {
		delete(k.sessions, key)
		return Session{}, false
	}
	s.seen = now
	return s.Session, true
}

// End signs out.
func (k *Keeper) End(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.sessions, sha256.Sum256([]byte(id)))
}

// Genuine says whether a form carried the session's token.
func (s Session) Genuine(token string) bool {
	return s.Token != "" && subtle.ConstantTimeCompare([]byte(s.Token), []byte(token)) == 1
}

// random is 256 bits that nobody guesses.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}
