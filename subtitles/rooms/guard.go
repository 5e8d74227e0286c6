package rooms

import (
	"errors"
	"time"
)

// ErrTooMany is a source that gave too many wrong codes.
var ErrTooMany = errors.New("too many wrong codes; wait a minute")

// Bounds of guessing: 10 a minute from one address find one of ten meetings
// after months; the organiser's token is not guessed at all.
const (
	wrongPer     = time.Minute
	usualWrong   = 10
	mostGuessers = 10_000
)

// guard counts wrong codes by source (an address). It is not safe for
// concurrent use; the lobby locks it.
type guard struct {
	most    int
	sources map[string]*guesses
}

type guesses struct {
	since time.Time
	wrong int
}

// refused says whether a source has to wait.
func (g *guard) refused(source string, now time.Time) bool {
	s := g.sources[source]
	return s != nil && now.Sub(s.since) < wrongPer && s.wrong >= g.most
}

// note counts a wrong code.
func (g *guard) note(source string, now time.Time) {
	s := g.sources[source]
	if s == nil || now.Sub(s.since) >= wrongPer || now.Before(s.since) {
		if s == nil && len(g.sources) >= mostGuessers {
			g.forget(now)
		}
		s = &guesses{since: now}
		g.sources[source] = s
	}
	s.wrong++
}

// forget drops who waited long enough, and when all are new, one of them.
func (g *guard) forget(now time.Time) {
	for source, s := range g.sources {
		if now.Sub(s.since) >= wrongPer {
			delete(g.sources, source)
		}
	}
	for source := range g.sources {
		if len(g.sources) < mostGuessers {
			return
		}
		delete(g.sources, source)
	}
}
