package booth

import (
	"strings"
	"sync"

	"github.com/amtsleitung/amtsleitung/media"
)

// tap is what one channel hears of one input: a few frames that even out how
// they come. It is a media.Source of the channel's mixer.
type tap struct {
	input    *Input
	channel  *channel
	language string // "" hears all

	mu     sync.Mutex
	frames [tapMost][media.FrameSamples]int16
	first  int
	n      int
	primed bool
}

// A tap begins with tapStart frames; of more than tapMost the oldest are lost.
const (
	tapStart = 3
	tapMost  = 10
)

// put copies a frame.
func (t *tap) put(pcm []int16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == tapMost {
		t.first = (t.first + 1) % tapMost
		t.n--
	}
	copy(t.frames[(t.first+t.n)%tapMost][:], pcm)
	t.n++
}

// ReadFrame gives the next frame, if the channel wants to hear it.
func (t *tap) ReadFrame(dst []int16) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == 0 || !t.primed && t.n < tapStart {
		t.primed = false
		clear(dst)
		return false
	}
	t.primed = true
	copy(dst, t.frames[t.first][:])
	t.first = (t.first + 1) % tapMost
	t.n--
	if !t.wanted() {
		clear(dst)
		return false
	}
	return true
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
