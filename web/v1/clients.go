package v1

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Key is one program that may use the engines.
type Key struct {
	Name         string
	SHA256       [sha256.Size]byte // of the key
	Requests     int               // per minute; 0 is 60
	AudioMinutes int               // per day, heard and spoken; 0 is 600
	Concurrent   int               // at a time; 0 is 2
}

// NewKey takes the hash of a key in hexadecimal digits.
func NewKey(name, digits string) (Key, error) {
	k := Key{Name: name}
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != len(k.SHA256) {
		return Key{}, fmt.Errorf("key %s: its SHA-256 must be 64 hexadecimal digits (printf %%s KEY | sha256sum)", name)
	}
	copy(k.SHA256[:], b)
	return k, nil
}

// HashKey is the hash of a key as it is.
func HashKey(name, key string) (Key, error) {
	if key == "" {
		return Key{}, errors.New("key " + name + ": it is empty; set its environment variable")
	}
	return Key{Name: name, SHA256: sha256.Sum256([]byte(key))}, nil
}

func (k Key) withDefaults() Key {
	if k.Requests == 0 {
		k.Requests = 60
	}
	if k.AudioMinutes == 0 {
		k.AudioMinutes = 600
	}
	if k.Concurrent == 0 {
		k.Concurrent = 2
	}
	return k
}

// clients are those who may use the engines.
type clients struct {
	known []*client
	local *client // without a key, on this machine; nil: not let in
}

func newClients(keys []Key, loopback bool, now func() time.Time) *clients {
	c := &clients{}
	for _, k := range keys {
		c.known = append(c.known, newClient(k, now))
	}
	if loopback && len(keys) == 0 {
		c.local = newClient(Key{Name: "loopback"}, now)
	}
	return c
}

// find takes an Authorization header. All keys are compared, each in constant time.
func (c *clients) find(authorization string) *client {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	var found *client
	for _, k := range c.known {
		if subtle.ConstantTimeCompare(sum[:], k.key.SHA256[:]) == 1 {
			found = k
		}
	}
	return found
}

// client counts what one program uses, in memory.
type client struct {
	key Key
	now func() time.Time

	mu      sync.Mutex
	full    time.Time // when all requests of a minute may be made again
	day     string
	used    time.Duration // audio of that day
	running int
}

func newClient(k Key, now func() time.Time) *client { return &client{key: k.withDefaults(), now: now} }

// request counts one. left is how many more may follow at once, reset when
// all may; wait is how long until one may, if this one may not.
func (c *client) request() (left int, reset, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, interval := c.now(), time.Minute/time.Duration(c.key.Requests)
	full := c.full
	if full.Before(now) {
		full = now
	}
	if over := full.Add(interval).Sub(now) - time.Duration(c.key.Requests)*interval; over > 0 {
		return 0, full.Sub(now), over
	}
	c.full = full.Add(interval)
	reset = c.full.Sub(now)
	return c.key.Requests - int((reset+interval-1)/interval), reset, 0
}

// start takes one of the places for work at a time.
func (c *client) start() (ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running >= c.key.Concurrent {
		return false
	}
	c.running++
	return true
}

func (c *client) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
}

// audio charges d of the day's audio and says what is left and when the next
// day begins. The last of it may go a little over.
func (c *client) audio(d time.Duration) (left, next time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if day := now.Format(time.DateOnly); day != c.day {
		c.day, c.used = day, 0
	}
	c.used += d
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	return time.Duration(c.key.AudioMinutes)*time.Minute - c.used, midnight.Sub(now)
}
