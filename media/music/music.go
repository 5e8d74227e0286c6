// Package music makes what callers hear while they wait: formulas flow in,
// frames flow out. Hold music, the ringing tone, and short signals; nothing is
// recorded, and nothing sounds like a voice.
package music

import (
	"sync"

	"github.com/amtsleitung/amtsleitung/media"
)

// loop is the hold music, made when it is first needed (1.5 MB) and shared by
// all calls; it is never written again.
var loop = sync.OnceValue(func() []int16 { return render(piece) })

// New is calm hold music from its beginning. It repeats without a seam after
// 48 s and never ends.
func New() media.Source { return &repeat{pcm: loop()} }

// repeat plays the same samples again and again.
type repeat struct {
	pcm []int16
	at  int
}

// ReadFrame always has something.
func (r *repeat) ReadFrame(dst []int16) bool {
	for len(dst) > 0 {
		n := copy(dst, r.pcm[r.at:])
		dst = dst[n:]
		r.at = (r.at + n) % len(r.pcm)
	}
	return true
}

// once plays its samples and ends.
type once struct{ pcm []int16 }

// ReadFrame returns false when all has been played.
func (o *once) ReadFrame(dst []int16) bool {
	if len(o.pcm) == 0 {
		clear(dst)
		return false
	}
	n := copy(dst, o.pcm)
	clear(dst[n:])
	o.pcm = o.pcm[n:]
	return true
}
