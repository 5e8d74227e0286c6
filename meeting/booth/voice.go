package booth

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// follow reads the track of a language until it ends.
func (c *channel) follow(ctx context.Context) error {
	now, err := c.booth.room.Snapshot(ctx, c.name, 0)
	if err != nil {
		return closed(err)
	}
	v, err := c.booth.room.Follow(c.name, now.ID)
	if err != nil {
		return closed(err)
	}
	defer v.Close()
	var events []*rooms.Event
	for {
		if events, err = v.Next(ctx, events[:0]); err != nil {
			if errors.Is(err, rooms.ErrClosed) { // the room is over, or the language was taken away
				_, err = c.booth.room.Snapshot(ctx, c.name, 0)
			}
			return closed(err)
		}
		for _, e := range events {
			c.read(e)
		}
	}
}

// closed is the error of a room as that of its booth.
func closed(err error) error {
	if err == nil || errors.Is(err, rooms.ErrClosed) {
		return ErrClosed
	}
	return err
}

// read takes one event. Only translations are said: who speaks the language of
// the channel is heard, and an original among translations is not understood.
func (c *channel) read(e *rooms.Event) {
	switch e.Kind {
	case rooms.KindCue, rooms.KindReplace:
		var l rooms.Line
		if json.Unmarshal(e.Data, &l) == nil && l.Source != "" && !l.Untranslated {
			c.script.put(passage{sentence: l.Sentence, input: l.Input, text: rooms.Text(l.Cues), at: e.At})
		}
	case rooms.KindRetract:
		var r rooms.Retracted
		if json.Unmarshal(e.Data, &r) == nil {
			c.hush(r.Input, c.script.retract(r.Input))
		}
	}
}

// speak says the script until ctx ends.
func (c *channel) speak(ctx context.Context) {
	for {
		said, cancel := context.WithCancel(ctx)
		now := c.booth.options.Now()
		p, skipped, ok := c.script.take(now, cancel)
		if ok {
			c.say(said, p, skipped, now.Sub(p.at))
			c.script.over()
		}
		cancel()
		if ok {
			continue
		}
		select {
		case <-c.script.news:
		case <-ctx.Done():
			return
		}
	}
}

// say writes one sentence to the channel.
func (c *channel) say(ctx context.Context, p passage, skipped bool, late time.Duration) {
	to := media.SinkFunc(func(f media.Frame) error { return c.write(ctx, f, p) })
	if skipped {
		if err := tone(to); err != nil {
			return
		}
	}
	err := c.booth.options.Speak(ctx, p.text, c.name, rate(late), to)
	if err != nil && ctx.Err() == nil {
		c.booth.options.Log.Warn("booth: sentence not spoken", "room", c.booth.room.Code(), "language", c.name, "err", err)
	}
}

// write waits until there is room for a frame of a passage.
func (c *channel) write(ctx context.Context, f media.Frame, p passage) error {
	s := sound{saying: saying{p.input, p.number}}
	copy(s.pcm[:], f.PCM)
	select {
	case c.speech <- s:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// The tone where something was left out: soft, short, with soft edges.
const (
	toneHertz  = 660.0
	toneLevel  = 1640.0 // -26 dBFS
	toneFrames = 8      // 160 ms
)

func tone(to media.Sink) error {
	const whole = toneFrames * media.FrameSamples
	var pcm [media.FrameSamples]int16
	for n := range toneFrames {
		for i := range pcm {
			at := float64(n*media.FrameSamples + i)
			edge := math.Sin(math.Pi * at / whole) // rises and falls
			pcm[i] = int16(toneLevel * edge * math.Sin(2*math.Pi*toneHertz*at/media.SampleRate))
		}
		if err := to.WriteFrame(media.Frame{PCM: pcm[:], At: time.Duration(n) * media.FrameDuration}); err != nil {
			return err
		}
	}
	return nil
}
