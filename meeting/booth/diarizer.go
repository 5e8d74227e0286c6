package booth

import (
	"fmt"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Diarizer tells the speakers of one microphone apart. It carries the state of
// one input and is called from one goroutine.
type Diarizer interface {
	// Label says who speaks in 16 kHz mono samples, counted from 1, and how sure
	// (0..1) that is; 0 is nobody it knows. It keeps nothing of pcm.
	Label(pcm []int16) (speaker int, sure float64)
}

const (
	// remembered is how much sound is kept for labels: words come later than they are said.
	remembered = 40 * time.Second
	// enough sound of a sentence says who speaks; its words wait for so much.
	enough = 1500 * time.Millisecond
	// sureAbove is a label that is used.
	sureAbove = 0.5
)

// voices names the speaker of each sentence of one microphone.
type voices struct {
	engine Diarizer
	called string

	mu   sync.Mutex
	ring []int16       // the last sound that was heard
	end  time.Duration // of it

	// The rest belongs to the goroutine that tells the room.
	held    []transcript.Word // of the open sentence, while nobody knows who says it
	busy    time.Duration
	known   bool
	speaker string // of the open sentence; "" is the input's
}

func newVoices(engine Diarizer, called string) *voices {
	return &voices{engine: engine, called: called, ring: make([]int16, media.Samples(remembered))}
}

// hear keeps a frame. Sound before a hole in time is of no use any more.
func (v *voices) hear(f media.Frame) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if hole := f.At - v.end; hole > 0 {
		clear(v.ring)
		v.end = f.At
	}
	at := media.Samples(v.end)
	for i, s := range f.PCM {
		v.ring[(at+i)%len(v.ring)] = s
	}
	v.end += media.Duration(len(f.PCM))
}

// sound copies what was heard between two times; nil: it is gone.
func (v *voices) sound(from, to time.Duration) []int16 {
	v.mu.Lock()
	defer v.mu.Unlock()
	to = min(to, v.end)
	from = max(from, v.end-remembered)
	if to <= from {
		return nil
	}
	pcm := make([]int16, media.Samples(to-from))
	at := media.Samples(from)
	for i := range pcm {
		pcm[i] = v.ring[(at+i)%len(v.ring)]
	}
	return pcm
}

// name gives an update its speaker. It is not ok while the words have to wait.
func (v *voices) name(u rooms.Update) (rooms.Update, bool) {
	v.held = append(v.held, u.Committed...)
	v.busy += u.Busy
	if n := len(v.held); n > 0 && !v.known {
		from, to := v.held[0].Start, v.held[n-1].End
		if to-from < enough && !u.Sentence {
			if len(u.Corrections) == 0 {
				return rooms.Update{}, false
			}
			return rooms.Update{Corrections: u.Corrections, Language: u.Language, Behind: u.Behind}, true
		}
		v.known, v.speaker = true, v.label(v.sound(from, to))
	}
	u.Committed, u.Busy, u.Speaker = v.held, v.busy, v.speaker
	v.held, v.busy = nil, 0
	if u.Sentence {
		v.known, v.speaker = false, ""
	}
	return u, true
}

func (v *voices) label(pcm []int16) string {
	if len(pcm) == 0 {
		return ""
	}
	n, sure := v.engine.Label(pcm)
	if n < 1 || sure < sureAbove {
		return ""
	}
	return fmt.Sprintf("%s %d", v.called, n)
}
