// Package caller is a scripted caller on a connected leg: clips of speech
// flow in, and events flow out that say when what was played and heard.
package caller

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// Names of events, as `amtsleitung call --json` prints them.
const (
	Connected  = "connected"
	Played     = "played"
	HeardStart = "heard_start"
	HeardEnd   = "heard_end"
	Ended      = "ended"
)

// Event is one thing that happened, with the time since the call connected.
type Event struct {
	Event string `json:"event"`
	At    int64  `json:"t_ms"`
	// Clip names what was played.
	Clip string `json:"clip,omitempty"`
	// Reason says who ended the call.
	Reason string `json:"reason,omitempty"`
}

// Clip is something to say: it writes frames to the sink, in a hurry.
type Clip struct {
	Name  string
	Write func(ctx context.Context, to media.Sink) error
}

// Caller holds the script. Leg and Notify are needed.
type Caller struct {
	Leg    leg.Leg
	Clips  []Clip
	Notify func(Event)
	// Record gets every frame heard; nil discards them.
	Record media.Sink
	// Quiet is how long the other side must be silent to count as having
	// finished; default 1 s.
	Quiet time.Duration
	// Patience is how long to wait for the other side to begin; default 12 s.
	Patience time.Duration
	// Stay waits for the other side to hang up after the last answer.
	Stay bool
}

// ErrSilent says that the other side said nothing in time.
var ErrSilent = errors.New("the other side said nothing")

// hearing is one change of what the other side does.
type hearing struct {
	speaks bool
	at     time.Time
}

// Run plays clip after clip, each when the other side has finished, and hangs
// up after the last answer. It returns nil also when the other side hangs up.
func (c *Caller) Run(ctx context.Context) error {
	if c.Quiet == 0 {
		c.Quiet = time.Second
	}
	if c.Patience == 0 {
		c.Patience = 12 * time.Second
	}
	r := &run{Caller: c, began: time.Now(), changes: make(chan hearing, 256)}
	r.notify(Connected, r.began, "", "")
	c.Leg.Receive(&ear{changes: r.changes, record: c.Record, quiet: c.Quiet})
	err := r.script(ctx)
	c.Leg.Receive(nil)
	reason := "us"
	select {
	case <-c.Leg.Done():
		reason = c.Leg.Stats().Ended
	default:
		if e := c.Leg.Hangup(context.WithoutCancel(ctx), leg.CauseNormal); err == nil && e != nil {
			err = fmt.Errorf("hang up: %w", e)
		}
	}
	r.notify(Ended, time.Now(), "", reason)
	if errors.Is(err, errHungUp) {
		return nil
	}
	return err
}

var errHungUp = errors.New("the other side hung up")

type run struct {
	*Caller
	began   time.Time
	changes chan hearing
}

func (r *run) notify(event string, at time.Time, clip, reason string) {
	r.Notify(Event{Event: event, At: at.Sub(r.began).Milliseconds(), Clip: clip, Reason: reason})
}

func (r *run) script(ctx context.Context) error {
	if err := r.listen(ctx); err != nil { // the greeting
		return err
	}
	for _, clip := range r.Clips {
		out := r.Leg.Playout()
		if err := clip.Write(ctx, out); err != nil {
			return fmt.Errorf("play %s: %w", clip.Name, err)
		}
		if err := out.Drain(ctx); err != nil {
			return r.why(err)
		}
		r.notify(Played, time.Now(), clip.Name, "")
		if err := r.listen(ctx); err != nil {
			return err
		}
	}
	if !r.Stay {
		return nil
	}
	for {
		if err := r.listen(ctx); err != nil {
			return err
		}
	}
}

// why tells a hang-up from a fault.
func (r *run) why(err error) error {
	select {
	case <-r.Leg.Done():
		return errHungUp
	default:
		return err
	}
}

// listen waits until the other side has begun and finished.
func (r *run) listen(ctx context.Context) error {
	patience := time.NewTimer(r.Patience)
	defer patience.Stop()
	begun := false
	for {
		select {
		case h := <-r.changes:
			if h.speaks {
				begun = true
				patience.Stop()
				r.notify(HeardStart, h.at, "", "")
				continue
			}
			r.notify(HeardEnd, h.at, "", "")
			if begun {
				return nil
			}
		case <-patience.C:
			return fmt.Errorf("%w for %s", ErrSilent, r.Patience)
		case <-r.Leg.Done():
			return errHungUp
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ear tells speech from silence by level: the other side is a machine that
// sends digital silence between its sentences.
type ear struct {
	changes chan<- hearing
	record  media.Sink
	quiet   time.Duration

	speaks bool
	silent time.Duration // since the last loud frame
}

// loud is the level above which a frame is speech: -50 dBFS.
const loud = 100

// WriteFrame listens to 20 ms.
func (e *ear) WriteFrame(f media.Frame) error {
	if e.record != nil {
		if err := e.record.WriteFrame(f); err != nil {
			return err
		}
	}
	now := time.Now()
	if level(f.PCM) >= loud {
		e.silent = 0
		if !e.speaks {
			e.speaks = true
			e.tell(hearing{true, now})
		}
		return nil
	}
	e.silent += media.FrameDuration
	if e.speaks && e.silent >= e.quiet {
		e.speaks = false
		e.tell(hearing{false, now.Add(-e.silent)})
	}
	return nil
}

func (e *ear) tell(h hearing) {
	select {
	case e.changes <- h:
	default: // the script has ended or fails to listen; the media goroutine must not wait
	}
}

// level is the root mean square of a frame.
func level(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}
