package bridge

import (
	"context"
	"slices"
	"sync"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// Play lets the parties named hear a source, everybody if to is empty, until
// stop, the end of ctx or the first frame that the source has nothing for.
// Names count while it plays: who joins later under one of them hears it, too.
// The source is read from the bridge's goroutine, also while nobody hears it.
func (b *Bridge) Play(ctx context.Context, to []string, src media.Source, gain float64) (stop func(), done <-chan struct{}) {
	v := &voice{source: src, to: names(to), gain: gain, stop: ctx.Done(), done: make(chan struct{})}
	done = v.done
	b.add(v)
	return sync.OnceFunc(func() { b.hush(v) }), done
}

// Speech is a voice of ours in the bridge: the bot, or an interpreter. It is a
// leg.Playout for who speaks.
type Speech struct {
	*playout.Queue
	bridge *Bridge
	voice  *voice
}

// Voice adds a voice that the parties named hear, or everybody. It is silent
// as long as nothing is written, and belongs to the bridge until Close.
func (b *Bridge) Voice(to ...string) *Speech {
	s := &Speech{Queue: playout.New(), bridge: b}
	s.voice = &voice{source: s.Queue, to: names(to), gain: 1, lasting: true, speech: s}
	b.add(s.voice)
	return s
}

// Close fades out what is being said, frees a blocked writer and takes the voice away.
func (s *Speech) Close() {
	s.Flush()
	s.Queue.Close()
	s.bridge.hush(s.voice)
}

func names(to []string) []string {
	if len(to) == 0 {
		return nil
	}
	return slices.Clone(to)
}

func (b *Bridge) add(v *voice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		v.finish()
		return
	}
	b.voices = append(b.voices, v)
	b.weave()
}

func (b *Bridge) hush(v *voice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v.ending = true
	b.aim()
}
