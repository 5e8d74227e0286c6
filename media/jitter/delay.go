package jitter

import "time"

// The target delay is the 98th percentile of how much later than the fastest
// packets the others arrive, over about the last 4 s, plus one frame.
const (
	buckets  = 64
	percent  = 0.98
	forget   = 1.0 / 200 // share of each new packet, once warm
	window   = 2         // seconds that each half of the minimum looks back
	smooth   = 8
	firstLag = 20 * time.Millisecond // assumed before anything is known
)

// delay measures arrival and decides how long packets shall wait. All in ticks.
type delay struct {
	bucket   int64 // width: 5 ms
	frame    int64
	min, max int64
	rate     int64

	share [buckets]float64
	seen  int
	goal  int64

	fastest [2]int64 // smallest transit of this half window and the last
	halfEnd int64
	actual  int64 // times smooth
	known   bool
}

func newDelay(rate int, low, high time.Duration) delay {
	ticks := func(d time.Duration) int64 { return int64(d) * int64(rate) / int64(time.Second) }
	d := delay{bucket: ticks(5 * time.Millisecond), frame: ticks(20 * time.Millisecond), min: ticks(low), max: ticks(high), rate: int64(rate)}
	d.share[ticks(firstLag)/d.bucket] = 1
	d.goal = d.quantile()
	return d
}

// observe takes the transit time of a packet and how long it will wait.
func (d *delay) observe(transit, wait int64) {
	lag := d.lag(transit)
	d.seen++
	weight := max(forget, 1/float64(d.seen+4))
	for i := range d.share {
		d.share[i] *= 1 - weight
	}
	d.share[min(lag/d.bucket, buckets-1)] += weight
	d.goal = d.quantile()
	if !d.known {
		d.known, d.actual = true, (wait+lag)*smooth
		return
	}
	d.actual += wait + lag - d.actual/smooth
}

// lag is how much longer the packet was under way than the fastest.
func (d *delay) lag(transit int64) int64 {
	switch {
	case d.seen == 0:
		d.fastest = [2]int64{transit, transit}
	case d.halfEnd >= window*50:
		d.fastest = [2]int64{transit, d.fastest[0]}
		d.halfEnd = 0
	}
	d.halfEnd++
	d.fastest[0] = min(d.fastest[0], transit)
	return transit - min(d.fastest[0], d.fastest[1])
}

func (d *delay) quantile() int64 {
	sum := 0.0
	for i, s := range d.share {
		if sum += s; sum >= percent {
			return max(d.min, min(d.max, int64(i+1)*d.bucket+d.frame))
		}
	}
	return d.max
}

func (d *delay) target() int64  { return d.goal }
func (d *delay) current() int64 { return d.actual / smooth }

// moved tells that packets wait differently now.
func (d *delay) moved(wait int64) { d.actual = wait * smooth }

func (d *delay) shift(by int64) { d.actual += by * smooth }
