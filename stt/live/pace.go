package live

import "time"

// pace is how often words that are being spoken are looked at: every step, or
// more rarely where the recogniser needs longer or others wait for it, too.
type pace struct {
	step   time.Duration
	share  float64       // of the time that the recogniser may work for this stream
	took   time.Duration // smoothed, of one window
	waited time.Duration // smoothed, in the queue
	shed   time.Duration // added because windows were turned away
}

const (
	// slowest is the longest step: more rarely, looking is of no use.
	slowest = 8 * time.Second
	shedBy  = 500 * time.Millisecond
)

func (p *pace) learn(took, waited time.Duration) {
	p.took = smooth(p.took, took)
	p.waited = smooth(p.waited, waited)
	p.shed /= 2
}

// dropped says that a window was turned away by better work.
func (p *pace) dropped() { p.shed = min(slowest, 2*p.shed+shedBy) }

func (p *pace) next() time.Duration {
	busy := time.Duration(float64(p.took)/p.share) + p.waited + p.shed
	return min(max(p.step, busy), slowest)
}

// smooth rises fast and falls slowly.
func smooth(old, now time.Duration) time.Duration {
	if now > old {
		return (old + now) / 2
	}
	return (3*old + now) / 4
}
