package booth

import (
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// reportEvery is how much sound is in a report.
const reportEvery = 320 * time.Millisecond

// nothing is the level of digital silence.
const nothing = -100.0 // dBFS

// level measures how loud an input is: mean square and peak, both relative to
// full scale (a square wave of full scale has 0 dBFS).
type level struct {
	sum   float64
	peak  float64
	count int
}

// add takes a frame and returns its mean square.
func (l *level) add(pcm []int16) float64 {
	var sum int64
	var peak int32
	for _, s := range pcm {
		v := int32(s)
		sum += int64(v * v)
		peak = max(peak, v, -v)
	}
	l.sum += float64(sum)
	l.peak = max(l.peak, float64(peak))
	l.count += len(pcm)
	return float64(sum) / float64(max(1, len(pcm)))
}

// take is the report of what was added, when it is long enough for one.
func (l *level) take(at time.Duration) (rooms.Report, bool) {
	if media.Duration(l.count) < reportEvery {
		return rooms.Report{}, false
	}
	r := rooms.Report{At: at, RMS: decibel(math.Sqrt(l.sum / float64(l.count))), Peak: decibel(l.peak)}
	*l = level{}
	return r, true
}

// decibel relates an amplitude to full scale.
func decibel(amplitude float64) float64 {
	if amplitude <= 0 {
		return nothing
	}
	return max(nothing, 20*math.Log10(amplitude/math.MaxInt16))
}
