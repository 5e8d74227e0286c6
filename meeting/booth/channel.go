package booth

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/mixer"
)

// channel is what those hear who listen to one language. It is made once for
// all of them, and lasts as long as there are any.
type channel struct {
	booth  *Booth
	name   string
	script *script
	speech chan sound // of the voice, before it is heard
	stop   chan struct{}
	once   sync.Once
	done   chan struct{}
	err    error // before done

	mu        sync.Mutex
	listeners []*listener
	taps      []*tap
	mixer     *mixer.Mixer
	hushed    map[string]int // by input, the last passage that must not be heard
	spoke     saying         // what was heard last
	since     int            // frames since then
}

// speechAhead is how much speech waits to be heard: 1 s.
const speechAhead = 50

func newChannel(b *Booth, name string) *channel {
	return &channel{
		booth: b, name: name, script: newScript(), speech: make(chan sound, speechAhead),
		stop: make(chan struct{}), done: make(chan struct{}), mixer: mixer.New(), hushed: map[string]int{},
	}
}

func (c *channel) add(l *listener) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners = append(c.listeners, l)
}

// remove says how many are left.
func (c *channel) remove(l *listener) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners = slices.DeleteFunc(c.listeners, func(other *listener) bool { return other == l })
	return len(c.listeners)
}

// tap hears an input from now on.
func (c *channel) tap(in *Input) {
	t := &tap{input: in, channel: c}
	if c.name != Original {
		t.language = c.name
	}
	c.mu.Lock()
	c.taps = append(c.taps, t)
	c.mix()
	c.mu.Unlock()
	in.mu.Lock()
	in.taps = append(in.taps, t)
	in.mu.Unlock()
}

func (c *channel) untap(in *Input) {
	c.mu.Lock()
	c.taps = slices.DeleteFunc(c.taps, func(t *tap) bool { return t.input == in })
	c.mix()
	c.mu.Unlock()
	in.mu.Lock()
	in.taps = slices.DeleteFunc(in.taps, func(t *tap) bool { return t.channel == c })
	in.mu.Unlock()
}

func (c *channel) mix() {
	inputs := make([]mixer.Input, len(c.taps))
	for i, t := range c.taps {
		inputs[i].Source = t
	}
	c.mixer.Set(inputs...)
}

// run is the life of a channel.
func (c *channel) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var tasks sync.WaitGroup
	defer close(c.done)
	defer c.booth.drop(c)
	defer tasks.Wait()
	defer cancel()
	ends := make(chan error, 1) // of the follower
	if c.name != Original {
		tasks.Go(func() {
			err := ErrClosed
			defer func() { ends <- err }()
			defer c.booth.recovered(nil)
			err = c.follow(ctx)
		})
		tasks.Go(func() {
			defer c.booth.recovered(nil)
			c.speak(ctx)
		})
	}
	c.err = c.pace(ctx, ends)
}

// catchUp is how late frames are still made up for.
const catchUp = 200 * time.Millisecond

// pace gives a frame every 20 ms until the channel ends.
func (c *channel) pace(ctx context.Context, ends <-chan error) error {
	var s sound
	next := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			c.frame(&s)
			if next = next.Add(media.FrameDuration); time.Since(next) > catchUp {
				next = time.Now()
			}
			timer.Reset(time.Until(next))
		case err := <-ends:
			return err
		case <-c.stop:
			return nil
		case <-ctx.Done():
			return ErrClosed
		}
	}
}

// frame mixes 20 ms and gives them to everybody.
func (c *channel) frame(s *sound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard := c.mixer.ReadFrame(s.pcm[:])
	s.quiet, s.saying = !heard, saying{}
	c.since++
	if voice, ok := c.next(); ok {
		s.quiet, s.saying = false, voice.saying
		c.spoke, c.since = voice.saying, 0
		for i, v := range voice.pcm {
			s.pcm[i] = int16(min(32767, max(-32768, int32(s.pcm[i])+int32(v))))
		}
	}
	for _, l := range c.listeners {
		l.give(s)
	}
}

// next is what the voice says now; what was taken back meanwhile is left out.
func (c *channel) next() (sound, bool) {
	for {
		select {
		case s := <-c.speech:
			if !c.over(s.saying) {
				return s, true
			}
		default:
			return sound{}, false
		}
	}
}

// over says whether words were taken back.
func (c *channel) over(s saying) bool { return s.input != "" && s.passage <= c.hushed[s.input] }

func (c *channel) silenced(s saying) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over(s)
}

// sinkMost is how much a listener's sink may keep, and what waits for it, in frames.
const sinkMost = 50

// hush ends the words of an input up to a passage wherever they wait to be heard.
func (c *channel) hush(input string, last int) {
	c.mu.Lock()
	c.hushed[input] = last
	var flush []func()
	if c.over(c.spoke) && c.since < sinkMost {
		for _, l := range c.listeners {
			if l.flush != nil {
				flush = append(flush, l.flush)
			}
		}
	}
	c.mu.Unlock()
	for _, f := range flush {
		f()
	}
}
