package booth

import "time"

// clock gives the frames of an input their times. A frame follows the one
// before it, however unevenly they come; only when some are missing, time goes
// on to that of the wall, so that words stand where they were said.
type clock struct {
	at   time.Duration // end of the last frame
	came time.Time     // when it came
}

const (
	// missing is how far behind the wall a stream is that has lost something; what
	// is less is its way here.
	missing = time.Second
	// stood is how long no frame came where a source, and not its clock, is the cause.
	stood = 500 * time.Millisecond
	// farthest is how long a slow clock of a source may wait for a quiet place.
	farthest = 3 * time.Second
)

// next is the time of a frame of the length that comes now.
func (c *clock) next(wall, length time.Duration, now time.Time, quiet bool) time.Duration {
	behind := wall - length - c.at
	if behind > missing && (quiet || c.came.IsZero() || now.Sub(c.came) >= stood) || behind > farthest {
		c.at += behind
	}
	c.came = now
	at := c.at
	c.at += length
	return at
}

// stand is the time of a frame that comes now because nothing else does.
func (c *clock) stand(wall, length time.Duration) time.Duration {
	at := max(c.at, wall-length)
	c.at = at + length
	return at
}
