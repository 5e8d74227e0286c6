package call

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
)

// hangupTime bounds how long a leg may take to end.
const hangupTime = 5 * time.Second

// owned are the legs that were called for a caller: none of them outlives the
// handover.
type owned struct {
	mu   sync.Mutex
	legs []leg.Leg
}

func (o *owned) add(l leg.Leg) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.legs = append(o.legs, l)
}

// hangup ends all that have not ended.
func (o *owned) hangup(ctx context.Context, log *slog.Logger) {
	o.mu.Lock()
	legs := o.legs
	o.legs = nil
	o.mu.Unlock()
	for _, l := range legs {
		select {
		case <-l.Done():
		default:
			hangup(ctx, l, log)
		}
	}
}

// hangup ends a leg, also when what it belonged to is over.
func hangup(ctx context.Context, l leg.Leg, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangupTime)
	defer cancel()
	if err := l.Hangup(ctx, leg.CauseNormal); err != nil {
		log.Debug("hang up", "leg", l.Info().Leg, "err", err)
	}
}

// release ends a leg that was called for the caller; a line that a person
// keeps open is theirs.
func (x *exchange) release(l leg.Leg) {
	if l != nil && !standing(l) {
		x.spawn("hang up", func() { hangup(x.ctx, l, x.log) })
	}
}

// standing says whether a person keeps the line open between calls, as a browser does.
func standing(l leg.Leg) bool { return l.Info().Transport == "webrtc" }

// broken says whether a leg ended because nothing came any more, and not by
// somebody who hung up.
func broken(l leg.Leg) bool {
	return strings.Contains(l.Stats().Ended, string(leg.CauseDeadMedia)) || strings.Contains(l.Stats().Ended, string(leg.CauseError))
}

// voiced says whether audio flows with the party of a leg.
func voiced(l leg.Leg) bool {
	w, ok := l.(leg.Written)
	return !ok || w.Voice()
}
