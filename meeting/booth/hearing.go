package booth

import (
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// hearing is how an input is recognised.
func (b *Booth) hearing(in *Input, language string) live.Options {
	o := b.options.Live
	o.Language, o.Languages = language, b.options.Languages
	o.Vocabulary = &b.vocabulary
	o.Lossless, o.Accurate = false, false
	o.Now, o.Log = b.options.Now, b.options.Log
	o.Unread = in.unread
	var took time.Duration // so far
	o.Update = func(u live.Update) {
		busy := in.stream.Stats().Took
		if len(u.Committed) > 0 && u.Language != "" {
			in.speaks(u.Language)
		}
		in.outbox.put(converted(u, busy-took))
		took = busy
	}
	return o
}

// speaks notes the language of an input.
func (in *Input) speaks(language string) {
	if l := in.language.Load(); l == nil || *l != language {
		in.language.Store(&language)
	}
}

// onTheWay is how long a word may take from being read here to the room.
const onTheWay = 200 * time.Millisecond

// unread says that the room still holds a word back. A cue is shown the delay
// after its words, or later.
func (in *Input) unread(w live.Word) bool {
	delay := in.booth.stage.read().delay
	return delay > 0 && in.booth.options.Now().Sub(in.began) < w.End+delay-onTheWay
}

func converted(u live.Update, busy time.Duration) rooms.Update {
	out := rooms.Update{Committed: u.Committed, Tail: u.Tail, Sentence: u.Sentence, Language: u.Language, Behind: u.Behind, Busy: busy}
	for _, c := range u.Corrections {
		out.Corrections = append(out.Corrections, rooms.Rewrite{Old: c.Old, New: c.New})
	}
	return out
}

// outbox holds what was heard until the room has it. It loses nothing: what
// waits is as much as a speaker says.
type outbox struct {
	mu      *sync.Mutex
	waiting *[]rooms.Update
	news    chan struct{}
}

func newOutbox() outbox { return outbox{&sync.Mutex{}, &[]rooms.Update{}, make(chan struct{}, 1)} }

// put never blocks. An update that only says what may still change makes room
// for its successor.
func (o outbox) put(u rooms.Update) {
	o.mu.Lock()
	list := *o.waiting
	if n := len(list); n > 0 && passing(list[n-1]) {
		u.Busy += list[n-1].Busy
		list = list[:n-1]
	}
	*o.waiting = append(list, u)
	o.mu.Unlock()
	select {
	case o.news <- struct{}{}:
	default:
	}
}

func passing(u rooms.Update) bool {
	return len(u.Committed) == 0 && !u.Sentence && len(u.Corrections) == 0
}

func (o outbox) take() (rooms.Update, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := *o.waiting
	if len(list) == 0 {
		return rooms.Update{}, false
	}
	u := list[0]
	*o.waiting = list[1:]
	return u, true
}
