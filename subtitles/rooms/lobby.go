package rooms

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrRooms says that there are as many meetings as there may be, or that the
// service is not running.
var ErrRooms = errors.New("no further meeting can be held now")

// Lobby holds the rooms of a service and lets people in by their code. Run owns
// the goroutines of its rooms. It is safe for concurrent use.
type Lobby struct {
	most  int
	now   func() time.Time
	code  func() string
	mu    sync.Mutex
	rooms map[string]*Room
	guard guard
	ctx   context.Context // of Run, for the rooms it starts; nil: not running
	ready chan struct{}
	alive sync.WaitGroup
}

// LobbyOptions of a lobby; zero values are usual ones.
type LobbyOptions struct {
	Rooms int // at once, 50
	Wrong int // wrong codes of one source in a minute, 10
	Now   func() time.Time
}

// NewLobby is empty.
func NewLobby(o LobbyOptions) *Lobby {
	l := &Lobby{most: or(o.Rooms, 50), now: o.Now, code: newCode, rooms: map[string]*Room{}, ready: make(chan struct{})}
	l.guard = guard{most: or(o.Wrong, usualWrong), sources: map[string]*guesses{}}
	if l.now == nil {
		l.now = time.Now
	}
	return l
}

// Ready is closed once rooms can be created.
func (l *Lobby) Ready() <-chan struct{} { return l.ready }

// Run keeps rooms alive until ctx ends, and waits for all of them. A lobby runs
// once.
func (l *Lobby) Run(ctx context.Context) error {
	l.mu.Lock()
	l.ctx = ctx
	l.mu.Unlock()
	close(l.ready)
	<-ctx.Done()
	l.mu.Lock()
	l.ctx = nil
	l.mu.Unlock()
	l.alive.Wait()
	return nil
}

// Create opens a room; the secret is shown to its organiser once.
func (l *Lobby) Create(o Options) (room *Room, secret string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil || l.ctx.Err() != nil {
		return nil, "", fmt.Errorf("%w: the service is not running", ErrRooms)
	}
	if len(l.rooms) >= l.most {
		return nil, "", fmt.Errorf("%w: %d are held already", ErrRooms, len(l.rooms))
	}
	code := l.code()
	for tries := 0; l.rooms[code] != nil; tries++ {
		if tries == 100 {
			return nil, "", fmt.Errorf("%w: no code is free", ErrRooms)
		}
		code = l.code()
	}
	room, secret = NewRoom(o, code)
	l.rooms[code] = room
	ctx := l.ctx
	l.alive.Go(func() { l.hold(ctx, room) })
	return room, secret, nil
}

// hold runs a room; its code is free when it is over.
func (l *Lobby) hold(ctx context.Context, room *Room) {
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.rooms, room.code)
	}()
	_ = room.Run(ctx) // ends without an error
}

// Enter finds a room by what somebody typed. source is where it came from (an
// address): who types too many wrong codes has to wait.
func (l *Lobby) Enter(source, typed string) (*Room, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.guard.refused(source, now) {
		return nil, ErrTooMany
	}
	if room := l.rooms[NormalCode(typed)]; room != nil {
		return room, nil
	}
	l.guard.note(source, now)
	return nil, ErrCode
}

// Organise finds a room for who has its secret.
func (l *Lobby) Organise(source, typed, secret string) (*Room, error) {
	room, err := l.Enter(source, typed)
	if err != nil {
		return nil, err
	}
	if !room.Organiser(secret) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.guard.note(source, l.now())
		return nil, ErrCode
	}
	return room, nil
}

// Rooms counts the meetings that are held.
func (l *Lobby) Rooms() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.rooms)
}
