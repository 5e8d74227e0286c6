package rooms

import "time"

// clock is a clock that never goes backwards: when the computer's is put back,
// time goes on from where it was.
type clock struct {
	now  func() time.Time
	last time.Time
	skew time.Duration
}

func (c *clock) read() time.Time {
	t := c.now().Add(c.skew)
	if t.Before(c.last) {
		c.skew += c.last.Sub(t)
		t = c.last
	}
	c.last = t
	return t
}
