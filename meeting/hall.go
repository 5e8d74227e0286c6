package meeting

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Hall holds the meetings of a service. Run owns their goroutines. It is safe
// for concurrent use.
type Hall struct {
	o     HallOptions
	lobby *rooms.Lobby
	ready chan struct{}

	mu       sync.Mutex
	ctx      context.Context // of Run, for the meetings it starts; nil: not running
	meetings map[string]*Meeting
	pins     map[string]*Meeting
	sources  tries // wrong keys and PINs of a source
	wrongKey tries // of a meeting
	wrongPIN tries // of all
	alive    sync.WaitGroup
}

// HallOptions of a hall. Room and Booth are needed to hear anything; other zero
// values are usual ones.
type HallOptions struct {
	Lobby rooms.LobbyOptions
	// Room gives what meetings have in common: translation, easy language,
	// limits. Title, languages, names, glossary, delay, style are the hall's.
	Room  func(New) rooms.Options
	Booth booth.Options
	// Minutes: Confidence, Improve and Model are used.
	Minutes minutes.Options
	// Known says which languages can be asked for; nil is all.
	Known func(language string) bool
	// Dial calls conference bridges, where Permit allows the number; nil: none.
	Dial   leg.Dialler
	Permit func(number string) (leg.Callee, error)
	// Voice speaks the announcement into bridges; nil is that of Booth.
	Voice booth.Speak
	PINs  int // wrong ones of all callers in 10 minutes, 30
	Now   func() time.Time
	Log   *slog.Logger
}

// NewHall is empty.
func NewHall(o HallOptions) *Hall {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lobby.Now == nil {
		o.Lobby.Now = o.Now
	}
	if o.Voice == nil {
		o.Voice = o.Booth.Speak
	}
	return &Hall{
		o: o, lobby: rooms.NewLobby(o.Lobby), ready: make(chan struct{}), meetings: map[string]*Meeting{}, pins: map[string]*Meeting{},
		sources: newTries(or(o.Lobby.Wrong, usualWrong), sourceWindow), wrongKey: newTries(usualKeys, sourceWindow),
		wrongPIN: newTries(or(o.PINs, usualPINs), pinWindow),
	}
}

// or is a number, or what is usual.
func or(n, usual int) int {
	if n > 0 {
		return n
	}
	return usual
}

// Ready is closed once meetings can be created.
func (h *Hall) Ready() <-chan struct{} { return h.ready }

// Run keeps meetings alive until ctx ends. Then their inputs end first, and the
// rooms after them; it waits for all. A hall runs once.
func (h *Hall) Run(ctx context.Context) error {
	held, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	var lobby sync.WaitGroup
	lobby.Go(func() { _ = h.lobby.Run(held) }) // ends without an error
	<-h.lobby.Ready()
	h.mu.Lock()
	h.ctx = ctx
	h.mu.Unlock()
	close(h.ready)
	<-ctx.Done()
	h.mu.Lock()
	h.ctx = nil
	h.mu.Unlock()
	h.alive.Wait()
	release()
	lobby.Wait()
	return nil
}

// Create opens a meeting. Errors name the field that is wrong (ErrNew), or say
// that no further meeting can be held (rooms.ErrRooms).
func (h *Hall) Create(n New) (*Meeting, error) {
	n, err := n.clone().settled(h.o.Known)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil || h.ctx.Err() != nil {
		return nil, fmt.Errorf("%w: the service is not running", rooms.ErrRooms)
	}
	m := &Meeting{hall: h, asked: n, steering: make(chan struct{}, 1), changed: make(chan struct{}), state: State{Life: rooms.Created}}
	o := h.room(m)
	room, secret, err := h.lobby.Create(o)
	if err != nil {
		return nil, err
	}
	m.Room = room
	m.Booth = booth.New(room, h.booth(n))
	m.keys = Keys{Secret: secret, Edit: newKey(), Speak: newKey(), PIN: h.freePIN()}
	h.meetings[room.Code()], h.pins[m.keys.PIN] = m, m
	h.hold(h.ctx, m)
	return m, nil
}

// freePIN draws one that no meeting has.
func (h *Hall) freePIN() string {
	for {
		if pin := newPIN(); h.pins[pin] == nil {
			return pin
		}
	}
}

// Enter finds a meeting by the code a viewer typed; source is where it came
// from. It fails as rooms.Lobby does: rooms.ErrCode, rooms.ErrTooMany.
func (h *Hall) Enter(source, code string) (*Meeting, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.enter(source, code)
}

func (h *Hall) enter(source, code string) (*Meeting, error) {
	room, err := h.lobby.Enter(source, code)
	if err != nil {
		return nil, err
	}
	m := h.meetings[room.Code()]
	if m == nil || m.Room != room {
		return nil, rooms.ErrCode // it is ending
	}
	return m, nil
}

// Open finds a meeting and what a key allows there: ErrKey, or rooms.ErrTooMany
// for sources, and for meetings at which too many wrong ones were tried. A key
// that is right opens such a meeting all the same: keys are too long to be
// guessed, and nobody shall lock its organisers out.
func (h *Hall) Open(source, code, key string) (*Meeting, Role, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.o.Now()
	if h.sources.over(source, now) {
		return nil, "", rooms.ErrTooMany
	}
	m, err := h.enter(source, code)
	if err != nil {
		return nil, "", err
	}
	if role := m.keys.role(key); role != "" {
		return m, role, nil
	}
	if h.wrongKey.over(m.Room.Code(), now) {
		return nil, "", rooms.ErrTooMany
	}
	h.sources.note(source, now)
	h.wrongKey.note(m.Room.Code(), now)
	return nil, "", ErrKey
}

// Dial finds a meeting by the PIN somebody typed on a telephone; source is
// their number. It fails with ErrPIN, or with rooms.ErrTooMany when this source
// or all together tried too many.
func (h *Hall) Dial(source, pin string) (*Meeting, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.o.Now()
	if h.sources.over(source, now) || h.wrongPIN.over("", now) {
		return nil, rooms.ErrTooMany
	}
	if m := h.pins[normalPIN(pin)]; m != nil {
		return m, nil
	}
	h.sources.note(source, now)
	h.wrongPIN.note("", now)
	return nil, ErrPIN
}

// Meetings counts those that are held.
func (h *Hall) Meetings() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.meetings)
}
