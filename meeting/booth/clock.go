package booth

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// clock gives the frames of an input their times. A frame follows the one
// before it, however unevenly they come; only when some are missing, time goes
// on to that of the wall, so that words stand where they were said.
type clock struct {
	// network: what comes late may come in full, faster than it was said.
	network bool
	at      time.Duration // end of the last frame
	came    time.Time     // when it came
	late    time.Time     // since when frames come too late
	still   int           // quiet frames, up to now
}

const (
	// missing is how far behind the wall a stream is that has lost something; what
	// is less is its way here.
	missing = time.Second
	// stood is how long no frame came where a source, and not its clock, is the
	// cause; and how long a network may take to bring what it held back.
	stood = 500 * time.Millisecond
	// farthest is how long a slow clock of a source may wait for a quiet place.
	farthest = 3 * time.Second
	// held is the longest that a network keeps sound back and then brings all of it.
	held = 5 * time.Second
	// early is how far before the wall a stream is that was given too much time.
	early = 100 * time.Millisecond
	// pausing is how many quiet frames are a pause, which may be a little shorter.
	pausing = 15
)

// next is the time of a frame of the length that comes now; false: it is part
// of a pause that takes too long, and is left out.
func (c *clock) next(wall, length time.Duration, now time.Time, quiet bool) (time.Duration, bool) {
	if c.still++; !quiet {
		c.still = 0
	}
	behind := wall - length - c.at
	if behind <= missing {
		c.late = time.Time{}
	} else if c.late.IsZero() {
		c.late = now
	}
	lost := behind > missing && (c.came.IsZero() || c.gone(behind, now, quiet))
	c.came = now
	switch {
	case lost:
		c.at, c.late = c.at+behind, time.Time{}
		if quiet {
			c.still = pausing // it has paused as long as it was gone
		}
	case c.network && behind < -early && c.still > pausing:
		return 0, false
	}
	at := c.at
	c.at += length
	return at, true
}

// gone says whether what is missing will not come any more.
func (c *clock) gone(behind time.Duration, now time.Time, quiet bool) bool {
	if c.network {
		return behind > held+missing || quiet && now.Sub(c.late) >= stood
	}
	return behind > farthest || quiet || now.Sub(c.came) >= stood
}

// silent says whether nothing has come for so long that what was being said is over.
func (c *clock) silent(now time.Time) bool {
	if c.network && c.still == 0 {
		return now.Sub(c.came) >= held // in the middle of a word
	}
	return now.Sub(c.came) >= missing
}

// stand is the time of a frame that comes now because nothing else does.
func (c *clock) stand(wall, length time.Duration) time.Duration {
	at := max(c.at, wall-length)
	if c.network { // what it holds back will go on from here: the smallest hole there is
		at = min(at, c.at+2*media.FrameDuration)
	}
	c.at = at + length
	return at
}
