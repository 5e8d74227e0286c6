package booth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// listener is somebody who hears a channel at a pace of their own.
type listener struct {
	frames chan sound
	flush  func() // drops what the sink has and has not sent; nil: it keeps nothing
}

// sound is a frame that nobody owns.
type sound struct {
	pcm    [media.FrameSamples]int16
	quiet  bool
	saying saying
}

// saying is what a voice says in a frame.
type saying struct {
	input   string // whose words; "" is nobody's
	passage int    // of them
}

// A listener that stalls loses frames behind half a second; one that is late
// by skipAbove leaves silence out to come back.
const (
	listenerMost = 25
	skipAbove    = 5
)

// give never blocks; of too many the oldest is lost.
func (l *listener) give(s *sound) {
	if s.quiet && len(l.frames) > skipAbove {
		return
	}
	for {
		select {
		case l.frames <- *s:
			return
		default:
		}
		select {
		case <-l.frames:
		default:
		}
	}
}

// pump writes what comes until ctx or the channel ends.
func (l *listener) pump(ctx context.Context, c *channel, to media.Sink) error {
	var at time.Duration
	for {
		select {
		case s := <-l.frames:
			if c.silenced(s.saying) {
				continue
			}
			if err := to.WriteFrame(media.Frame{PCM: s.pcm[:], At: at}); err != nil {
				if errors.Is(err, playout.ErrFlushed) && ctx.Err() == nil {
					continue // by hush
				}
				return fmt.Errorf("listener: %w", err)
			}
			at += media.FrameDuration
		case <-c.done:
			return c.err
		case <-ctx.Done():
			return nil
		}
	}
}

// Channels are the languages that can be listened to, Original first.
func (b *Booth) Channels() []string {
	out := []string{Original}
	if b.options.Speak == nil {
		return out
	}
	for _, l := range b.stage.read().languages {
		if b.options.Speaks == nil || b.options.Speaks(l) {
			out = append(out, l)
		}
	}
	return out
}

// Listen writes a channel to a sink, frame by frame at the pace of time, until
// ctx ends (nil), the sink fails, the language is taken away (rooms.ErrLanguage)
// or the booth ends (ErrClosed). Original is all inputs that are not muted; a
// language is those who speak it, and the translation of the others. A sink
// that blocks loses frames and delays nobody else.
func (b *Booth) Listen(ctx context.Context, language string, to media.Sink) error {
	name := ""
	for _, c := range b.Channels() {
		if strings.EqualFold(c, language) {
			name = c
		}
	}
	if name == "" {
		return fmt.Errorf("%w as sound: %q", rooms.ErrLanguage, language)
	}
	l := &listener{frames: make(chan sound, listenerMost)}
	if f, can := to.(interface{ Flush() time.Duration }); can {
		l.flush = func() { f.Flush() }
	}
	c, err := b.join(ctx, name, l)
	if err != nil {
		return err
	}
	defer b.leave(c, l)
	return l.pump(ctx, c, to)
}

// join adds a listener to a channel, which begins with its first one.
func (b *Booth) join(ctx context.Context, name string, l *listener) (*channel, error) {
	b.mu.Lock()
	c := b.channels[name]
	if c != nil {
		c.add(l)
		b.mu.Unlock()
		return c, nil
	}
	c = newChannel(b, name)
	c.add(l)
	for _, in := range b.inputs {
		c.tap(in)
	}
	b.channels[name] = c
	b.mu.Unlock()
	if err := b.spawn(ctx, c.run); err != nil {
		c.err = err
		b.drop(c)
		close(c.done)
		return nil, err
	}
	return c, nil
}

// leave ends a channel with its last listener.
func (b *Booth) leave(c *channel, l *listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.remove(l) == 0 {
		b.unlist(c)
		c.once.Do(func() { close(c.stop) })
	}
}

// drop ends a channel for those who come from now on.
func (b *Booth) drop(c *channel) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unlist(c)
}

func (b *Booth) unlist(c *channel) {
	if b.channels[c.name] == c {
		delete(b.channels, c.name)
	}
	for _, in := range b.inputs {
		c.untap(in)
	}
}
