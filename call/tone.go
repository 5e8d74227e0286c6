package call

import (
	"math"

	"github.com/amtsleitung/amtsleitung/media"
)

// lonelyTone is heard by who waits where there is no music: a soft short tone
// every 8 s says that the line is alive.
type lonelyTone struct{ at int }

// Times and level of the lonely tone.
const (
	lonelyEvery  = 8 * media.SampleRate
	lonelyLength = media.SampleRate / 4
	lonelyHertz  = 440
	lonelyLevel  = 1000 // -30 dBFS
)

func (l *lonelyTone) ReadFrame(dst []int16) bool {
	for i := range dst {
		dst[i] = 0
		if at := l.at % lonelyEvery; at < lonelyLength {
			// Half a sine as its envelope: no click at either end.
			volume := lonelyLevel * math.Sin(math.Pi*float64(at)/lonelyLength)
			dst[i] = int16(volume * math.Sin(2*math.Pi*lonelyHertz*float64(at)/media.SampleRate))
		}
		l.at++
	}
	return true
}

// keyTone is one key as sound, for a party that is reached through the bridge:
// two tones of ITU-T Q.23, 160 ms long.
type keyTone struct {
	low, high float64
	at        int
}

const (
	keyLength = media.SampleRate * 160 / 1000
	keyLevel  = 7000 // -13 dBFS each
)

func newKeyTone(key rune) (*keyTone, bool) {
	const keys = "123A456B789C*0#D"
	for i, k := range keys {
		if k == key {
			return &keyTone{
				low:  [...]float64{697, 770, 852, 941}[i/4],
				high: [...]float64{1209, 1336, 1477, 1633}[i%4],
			}, true
		}
	}
	return nil, false
}

func (k *keyTone) ReadFrame(dst []int16) bool {
	for i := range dst {
		t := 2 * math.Pi * float64(k.at) / media.SampleRate
		dst[i] = 0
		if k.at < keyLength {
			dst[i] = int16(keyLevel * (math.Sin(k.low*t) + math.Sin(k.high*t)))
		}
		k.at++
	}
	return k.at <= keyLength
}
