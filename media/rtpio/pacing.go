package rtpio

import "time"

// Lateness of sent frames is counted in steps of 0.25 ms up to 20 ms.
const (
	paceStep  = 250 * time.Microsecond
	paceSteps = 80
)

// pacing is a histogram of how late frames were sent.
type pacing struct {
	counts [paceSteps + 1]uint64
	total  uint64
	worst  time.Duration
}

func (p *pacing) add(late time.Duration) {
	late = max(0, late)
	p.counts[min(int(late/paceStep), paceSteps)]++
	p.total++
	p.worst = max(p.worst, late)
}

// quantile is the upper edge of the step in which the share q of frames lies.
func (p *pacing) quantile(q float64) time.Duration {
	rest := uint64(q * float64(p.total))
	for i, n := range p.counts {
		if n > rest || i == paceSteps {
			return min(p.worst, time.Duration(i+1)*paceStep)
		}
		rest -= n
	}
	return p.worst
}
