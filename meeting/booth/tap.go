package booth

import (
	"strings"
	"sync"

	"github.com/amtsleitung/amtsleitung/media"
)

// tap is what one channel hears of one input, at the pace of time: it evens out
// how frames come. It is a media.Source of the channel's mixer.
type tap struct {
	input    *Input
	channel  *channel
	language string // "" hears all

	mu     sync.Mutex
	frames [][media.FrameSamples]int16 // a ring, which grows to tapMost
	first  int
	n      int
	primed bool
	spare  int // frames it begins with besides tapStart, as it has run empty before
	steady int // frames since then
	calm   int // frames since one was left out
}

// A tap begins with tapStart frames, and with tapMore more each time it runs
// empty, up to tapSpare: who sends in bursts is heard later, and without holes.
// One of them is given back each tapSteady frames. Of more than tapMost the
// oldest are lost. When tapAbove more than it begins with wait, it comes back to
// the present: quiet frames are left out, and every tapHurry-th of the others,
// whose ends are blended.
const (
	tapStart  = 3
	tapMore   = 3
	tapSpare  = 18
	tapSteady = 1500
	tapUsual  = 16
	tapMost   = 256 // 5 s
	tapAbove  = 10
	tapHurry  = 5
)

// put copies a frame.
func (t *tap) put(pcm []int16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.n == tapMost:
		t.drop()
	case t.n == len(t.frames):
		t.grow()
	}
	copy(t.at(t.n)[:], pcm)
	t.n++
}

func (t *tap) at(i int) *[media.FrameSamples]int16 { return &t.frames[(t.first+i)%len(t.frames)] }

func (t *tap) drop() {
	t.first = (t.first + 1) % len(t.frames)
	t.n--
}

func (t *tap) grow() {
	frames := make([][media.FrameSamples]int16, max(tapUsual, 2*len(t.frames)))
	for i := range t.n {
		frames[i] = *t.at(i)
	}
	t.frames, t.first = frames, 0
}

// ReadFrame gives the next frame, if the channel wants to hear it.
func (t *tap) ReadFrame(dst []int16) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n > 0 && t.input.booth.stage.read().shut(t.input.id) { // what waits is not heard after a no
		t.n, t.primed = 0, false
	}
	if t.n == 0 || !t.primed && t.n < tapStart+t.spare {
		t.empty()
		clear(dst)
		return false
	}
	t.primed = true
	if t.steady++; t.steady >= tapSteady {
		t.spare, t.steady = max(0, t.spare-1), 0
	}
	t.catchUp()
	copy(dst, t.at(0)[:])
	t.drop()
	if !t.wanted() {
		clear(dst)
		return false
	}
	return true
}

// empty begins anew, with more if it has played.
func (t *tap) empty() {
	if t.primed {
		t.spare, t.steady = min(t.spare+tapMore, tapSpare), 0
	}
	t.primed = false
}

// catchUp leaves out what there is too much of.
func (t *tap) catchUp() {
	t.calm++
	above := tapStart + t.spare + tapAbove
	for t.n > above && still(t.at(0)[:]) {
		t.drop()
	}
	if t.n <= above || t.calm < tapHurry {
		return
	}
	t.calm = 0
	blend(t.at(1)[:], t.at(0)[:])
	t.drop()
}

// still says whether nobody speaks in a frame.
func still(pcm []int16) bool {
	var sum int64
	for _, s := range pcm {
		sum += int64(s) * int64(s)
	}
	return sum < int64(quietBelow*len(pcm))
}

// blend lets what is left out go over into what follows.
func blend(next, out []int16) {
	n := int32(len(next))
	for i := range next {
		w := int32(i)
		next[i] = int16((int32(out[i])*(n-w) + int32(next[i])*w) / n)
	}
}

// wanted: the channel of a language hears who speaks it.
func (t *tap) wanted() bool {
	return t.language == "" || strings.EqualFold(t.language, t.input.spoken())
}

// spoken is the language of an input; as long as nobody knows, that of the room.
func (in *Input) spoken() string {
	if l := in.language.Load(); l != nil {
		return *l
	}
	if list := in.booth.stage.read().languages; len(list) > 0 {
		return list[0]
	}
	return ""
}
