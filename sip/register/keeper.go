// Package register keeps one registration alive: a Registrar's answers flow
// in, the moment until which we are registered flows out.
package register

import (
	"context"
	"math/rand/v2"
	"time"
)

// Registrar sends one REGISTER and returns for how long it was granted. An
// expiry of 0 ends the registration.
type Registrar interface {
	Register(ctx context.Context, expiry time.Duration) (granted time.Duration, err error)
}

// Keeper re-registers before the expiry, backs off when that fails, and
// un-registers at the end.
type Keeper struct {
	Registrar Registrar
	Expiry    time.Duration // asked for; 0 is 10 minutes
	// Report is told of every outcome; until is zero when not registered.
	Report func(until time.Time, err error)
}

const (
	defaultExpiry = 10 * time.Minute
	attemptTime   = 34 * time.Second // a little over timer F, RFC 3261 section 17.1.2.2
	leaveTime     = 4 * time.Second
	firstBackoff  = 2 * time.Second
	lastBackoff   = 5 * time.Minute
)

// Run works until ctx ends; then it un-registers if it was registered.
func (k *Keeper) Run(ctx context.Context) {
	expiry := k.Expiry
	if expiry <= 0 {
		expiry = defaultExpiry
	}
	var until time.Time
	backoff := firstBackoff
	for {
		granted, err := k.attempt(ctx, expiry)
		wait := time.Duration(0)
		switch {
		case ctx.Err() != nil && err != nil:
		case err == nil:
			until = time.Now().Add(granted)
			k.report(until, nil)
			backoff = firstBackoff
			wait = renewal(granted)
		default:
			if !time.Now().Before(until) {
				until = time.Time{}
			}
			k.report(until, err)
			wait = jitter(backoff)
			backoff = min(2*backoff, lastBackoff)
		}
		if !sleep(ctx, wait) {
			break
		}
	}
	if !until.IsZero() {
		k.leave(ctx)
	}
}

func (k *Keeper) attempt(ctx context.Context, expiry time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	return k.Registrar.Register(ctx, expiry)
}

func (k *Keeper) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	_, err := k.Registrar.Register(ctx, 0)
	k.report(time.Time{}, err)
}

func (k *Keeper) report(until time.Time, err error) {
	if k.Report != nil {
		k.Report(until, err)
	}
}

// renewal is when to register again: between half and three quarters of what
// was granted, spread so that many clients of one exchange do not come at once.
func renewal(granted time.Duration) time.Duration {
	return max(granted/2+time.Duration(rand.Float64()*float64(granted)/4), time.Second)
}

// jitter is between half and all of d.
func jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(rand.Float64()*float64(d)/2)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
