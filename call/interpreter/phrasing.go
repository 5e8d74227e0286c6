package interpreter

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Lengths of what is given to a voice at a time. Good voices compute a whole
// sentence before its first sound: up to a second for a long one. Its first
// clause is spoken while they compute the rest.
const (
	longSentence = 9 // words; shorter ones are spoken in one go
	clipAhead    = 250
	clausePause  = 120 * time.Millisecond
	fullStop     = 240 * time.Millisecond
)

// clauses cuts a text into parts that can be spoken one after the other.
func clauses(language, text string) []string {
	words := strings.Fields(text)
	var parts []string
	for len(words) > 0 {
		n := clause(language, words)
		parts = append(parts, strings.Join(words[:n], " "))
		words = words[n:]
	}
	return parts
}

// clause is how many words the next part has: a sentence, or of a long one as
// much as makes sense. What is left is never a single word or two.
func clause(language string, words []string) int {
	end := 1
	for end < len(words) && !endsSentence(language, words[end-1]) {
		end++
	}
	if end <= longSentence {
		return end
	}
	sentence := words[:end]
	last := len(sentence) - leastSense
	for n := leastSense; n <= last; n++ {
		if endsClause(sentence[n-1]) || n >= leastSense+1 && joins(language, sentence[n]) {
			return n
		}
	}
	return end
}

// say speaks a text; the next part is computed while one is heard.
func (i *Interpreter) say(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	parts := clauses(transcript.Primary(language), text)
	if len(parts) < 2 {
		return i.options.Speaker.Say(ctx, text, language, rate, to)
	}
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	clips := make(chan *clip, 1)
	work.Go(func() {
		defer close(clips)
		for _, part := range parts {
			c := &clip{gone: ctx.Done(), frames: make(chan [media.FrameSamples]int16, clipAhead), pause: pauseAfter(language, part)}
			select {
			case clips <- c:
			case <-ctx.Done():
				return
			}
			c.err = guard(func() error { return i.options.Speaker.Say(ctx, part, language, rate, c) })
			close(c.frames)
		}
	})
	for c := range clips {
		if err := c.play(to); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func pauseAfter(language, part string) time.Duration {
	if endsSentence(transcript.Primary(language), part[strings.LastIndexByte(part, ' ')+1:]) {
		return fullStop
	}
	return clausePause
}

// clip is a part as sound, between the voice and the ear.
type clip struct {
	gone   <-chan struct{} // nobody plays it any more
	frames chan [media.FrameSamples]int16
	err    error // of the voice; set before frames is closed
	pause  time.Duration
}

// WriteFrame copies the frame.
func (c *clip) WriteFrame(f media.Frame) error {
	var pcm [media.FrameSamples]int16
	copy(pcm[:], f.PCM)
	select {
	case c.frames <- pcm:
		return nil
	case <-c.gone:
		return errClosed
	}
}

// play returns when the clip and the pause behind it are written.
func (c *clip) play(to media.Sink) error {
	for {
		select {
		case pcm, ok := <-c.frames:
			if !ok {
				return c.rest(to)
			}
			if err := to.WriteFrame(media.Frame{PCM: pcm[:]}); err != nil {
				return err
			}
		case <-c.gone:
			return errClosed
		}
	}
}

func (c *clip) rest(to media.Sink) error {
	if c.err != nil {
		return c.err
	}
	var quiet [media.FrameSamples]int16
	for range c.pause / media.FrameDuration {
		if err := to.WriteFrame(media.Frame{PCM: quiet[:]}); err != nil {
			return err
		}
	}
	return nil
}
