package session

import (
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"
)

// How long a sign-in at the provider may take, and how many may be under way.
const (
	longestSignIn = 10 * time.Minute
	maxPending    = 1000
)

// attempt is a sign-in that was sent to the provider.
type attempt struct {
	state, nonce, verifier string
	next                   string // the page to go to afterwards
	began                  time.Time
}

// pending are the attempts by the hash of the cookie of the browser that
// began them: only that browser can end them, and only once.
type pending struct {
	mu  sync.Mutex
	all map[[sha256.Size]byte]attempt
}

// put keeps an attempt and returns the value of the browser's cookie.
func (p *pending) put(a attempt) string {
	id := random()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[[sha256.Size]byte]attempt{}
	}
	var oldest [sha256.Size]byte
	var since time.Time
	for key, other := range p.all {
		if a.began.Sub(other.began) > longestSignIn {
			delete(p.all, key)
		} else if since.IsZero() || other.began.Before(since) {
			oldest, since = key, other.began
		}
	}
	if len(p.all) >= maxPending {
		delete(p.all, oldest)
	}
	p.all[sha256.Sum256([]byte(id))] = a
	return id
}

// take ends the attempt of a browser; false means that the state is not its own.
func (p *pending) take(id, state string, now time.Time) (attempt, bool) {
	key := sha256.Sum256([]byte(id))
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.all[key]
	delete(p.all, key)
	ok = ok && subtle.ConstantTimeCompare([]byte(a.state), []byte(state)) == 1 && now.Sub(a.began) <= longestSignIn
	return a, ok
}
