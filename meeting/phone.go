package meeting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Outcall is a conference bridge to call.
type Outcall struct {
	Number   string `json:"number"`
	PIN      string `json:"pin"`      // typed after the answer; "," waits a second, "#" often ends it
	Name     string `json:"name"`     // of the input; "" is usual
	Speaker  string `json:"speaker"`  // whose voice it is; "" is not known
	Language string `json:"language"` // spoken there; "" is detected
}

// Times of calls to bridges.
const (
	ringing   = 45 * time.Second       // until somebody has to answer
	settling  = time.Second            // between the answer and the first digit
	digitGap  = 250 * time.Millisecond // between the beginnings of two digits
	longPause = time.Second            // of a comma
	listening = 2 * time.Second        // after the PIN, until the bridge lets sound through
	telling   = 30 * time.Second       // an announcement may take
	mostPIN   = 40                     // signs
)

// ErrOutcall is a call that cannot be made as it was asked for.
var ErrOutcall = errors.New("this call cannot be made")

// digits is a leg that can send them: by RFC 4733, or as tones.
type digits interface {
	SendDigit(digit rune) error
}

// Phone calls a conference bridge, and returns once it answers or with an error
// of package leg. Then it types the PIN, says that a machine writes along, and
// the bridge is an input until either side hangs up.
func (m *Meeting) Phone(ctx context.Context, o Outcall) error {
	o, err := m.outcall(o)
	if err != nil {
		return err
	}
	if err := m.refusal(); err != nil {
		return err
	}
	to, err := m.hall.o.Permit(o.Number)
	if err != nil {
		return fmt.Errorf("%w: %w", leg.ErrForbidden, err)
	}
	to.Leg, to.Language = "bridge", o.Language
	ringCtx, cancel := context.WithTimeoutCause(ctx, ringing, leg.ErrNoAnswer)
	defer cancel()
	defer context.AfterFunc(m.held, cancel)()
	l, err := m.hall.o.Dial.Dial(ringCtx, to)
	if err != nil {
		return m.failed(ringCtx, err)
	}
	if _, can := l.(digits); !can && o.PIN != "" {
		m.hangUp(l, leg.CauseError)
		return fmt.Errorf("%w: this connection sends no digits, leave the PIN away", ErrOutcall)
	}
	if !m.employ(func(context.Context) { m.bridge(m.held, l, o) }) {
		m.hangUp(l, leg.CauseNormal)
		return rooms.ErrClosed
	}
	return nil
}

func (m *Meeting) refusal() error {
	state, _ := m.State()
	return state.refusal()
}

// failed says why nobody answered.
func (m *Meeting) failed(ctx context.Context, err error) error {
	switch {
	case m.ctx.Err() != nil:
		return rooms.ErrClosed
	case m.held.Err() != nil:
		return m.refusal()
	case errors.Is(context.Cause(ctx), leg.ErrNoAnswer), errors.Is(ctx.Err(), context.DeadlineExceeded):
		return leg.ErrNoAnswer // here or there, somebody waited long enough
	}
	return err
}

// outcall is a call as it will be made.
func (m *Meeting) outcall(o Outcall) (Outcall, error) {
	if m.hall.o.Dial == nil || m.hall.o.Permit == nil {
		return o, fmt.Errorf("%w: %w: no trunk calls out from here", ErrOutcall, leg.ErrForbidden)
	}
	o.Name, o.Speaker, o.Number = strings.TrimSpace(o.Name), strings.TrimSpace(o.Speaker), strings.TrimSpace(o.Number)
	if o.Number == "" || utf8.RuneCountInString(o.Number) > mostName {
		return o, fmt.Errorf("%w: number: a telephone number is missing", ErrOutcall)
	}
	o.PIN = strings.ReplaceAll(o.PIN, " ", "")
	if len(o.PIN) > mostPIN {
		return o, fmt.Errorf("%w: pin: it has %d signs, at most %d can be typed", ErrOutcall, len(o.PIN), mostPIN)
	}
	if i := strings.IndexFunc(o.PIN, func(r rune) bool { return !strings.ContainsRune("0123456789*#,", r) }); i >= 0 {
		return o, fmt.Errorf("%w: pin: only digits, *, # and the comma for a pause of a second can be typed", ErrOutcall)
	}
	for field, s := range map[string]string{"name": o.Name, "speaker": o.Speaker} {
		if err := text(field, s, mostName); err != nil {
			return o, fmt.Errorf("%w: %w", ErrOutcall, err)
		}
	}
	spoken, err := m.Spoken(o.Language)
	if err != nil {
		return o, fmt.Errorf("%w: %w", ErrOutcall, err)
	}
	o.Language = spoken
	if o.Name == "" {
		o.Name = "Konferenz"
	}
	return o, nil
}

// bridge is the life of an answered call: whatever happens, it is hung up, and
// at once when the meeting is stopped; what was heard is written all the same.
func (m *Meeting) bridge(ctx context.Context, l leg.Leg, o Outcall) {
	cause := leg.CauseNormal
	defer func() { m.hangUp(l, cause) }()
	ctx, cancel := context.WithCancelCause(ctx)
	watch := make(chan struct{})
	defer func() { cancel(nil); <-watch }()
	go func() { // waited for by the deferred function above
		defer close(watch)
		select {
		case <-l.Done():
			cancel(leg.ErrEnded)
		case <-ctx.Done():
		}
	}()
	err := m.attend(ctx, l, o)
	if err != nil && ctx.Err() == nil {
		cause = leg.CauseError
		m.hall.o.Log.Warn("a call to a conference ended", "meeting", m.Room.Code(), "err", err)
	}
}

// attend types the PIN, tells, and listens.
func (m *Meeting) attend(ctx context.Context, l leg.Leg, o Outcall) error {
	if err := typePIN(ctx, l, o.PIN); err != nil {
		return err
	}
	if err := pass(ctx, listening); err != nil {
		return err
	}
	state, changed := m.State()
	told := m.tell(ctx, l, m.Announced())
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// An input that is half open when ctx ends would stay in the room.
	in, err := m.Booth.Connect(context.WithoutCancel(ctx), l, booth.Source{
		Source:   rooms.Source{Name: o.Name, Kind: rooms.Bridge, Speaker: o.Speaker},
		Language: o.Language,
	})
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // never fails
	for {
		if told != "" {
			err := m.Room.ToldOf(ctx, in.ID(), told)
			if err != nil && !errors.Is(err, rooms.ErrRefused) && !errors.Is(err, rooms.ErrInput) { // said no, or is just leaving
				return err
			}
		}
		select {
		case <-in.Done():
			return in.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		}
		before := state.Notices
		if state, changed = m.State(); state.Notices > before && state.Notice != told {
			told = m.tell(ctx, l, state.Notice)
		}
	}
}

// typePIN sends digits as a person would.
func typePIN(ctx context.Context, l leg.Leg, pin string) error {
	if pin == "" {
		return nil
	}
	wait := settling
	for _, r := range pin {
		if r == ',' {
			wait += longPause
			continue
		}
		if err := pass(ctx, wait); err != nil {
			return err
		}
		if err := l.(digits).SendDigit(r); err != nil {
			return fmt.Errorf("send the PIN: %w", err)
		}
		wait = digitGap
	}
	return pass(ctx, wait)
}

// tell speaks an announcement into the bridge; it is what was said to its end.
func (m *Meeting) tell(ctx context.Context, l leg.Leg, text string) string {
	if m.hall.o.Voice == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, telling)
	defer cancel()
	if err := m.hall.o.Voice(ctx, text, m.asked.Languages[0], 1, l.Playout()); err != nil {
		return ""
	}
	if l.Playout().Drain(ctx) != nil || ctx.Err() != nil {
		return ""
	}
	return text
}

// pass waits.
func pass(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// hangUp ends a leg, also while the meeting ends.
func (m *Meeting) hangUp(l leg.Leg, cause leg.Cause) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(m.ctx), 5*time.Second)
	defer cancel()
	if err := l.Hangup(ctx, cause); err != nil {
		m.hall.o.Log.Debug("hang up", "meeting", m.Room.Code(), "err", err)
	}
}
