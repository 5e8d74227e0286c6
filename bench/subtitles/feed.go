package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// contestant is one row of the table.
type contestant interface {
	id() string
	name() string
	// start returns once the model is loaded.
	start(ctx context.Context, language string, rooms int) (session, error)
}

// session is an engine that hears.
type session interface {
	write(room int, pcm []int16) error
	// end says that no audio follows.
	end() error
	// updates are told until the engine has said its last word; an error ends them.
	updates(tell func(update)) error
	usage() (usage, error)
	close() error
}

// update is what an engine shows from now on.
type update struct {
	room    int
	keep    int      // of the settled words shown before
	add     []string // settled, behind them
	tail    []string // may still change
	behind  time.Duration
	summary string
}

// heard is all that came of a session.
type heard struct {
	log    journal   // of the first room
	rooms  []journal // of all
	used   usage
	memory []memory
	cut    bool // the engine was still busy when the wait for it ended
}

type memory struct {
	at    time.Duration
	bytes int64
	load  string
}

// chunk is fed at a time, when its last sample would have been spoken.
const chunk = 100 * time.Millisecond

// sampled is how often the memory is read.
const sampled = 10 * time.Second

// timed is an update when it came.
type timed struct {
	at time.Duration
	update
}

// player feeds one session; all but the session's own updates happens in the goroutine of feed.
type player struct {
	*heard
	session session
	rooms   [][]int16
	began   time.Time
	shown   chan timed // closed behind the last update
	told    error      // why updates ended; read it behind the close of shown
}

// feed plays audio to a session at its own pace, keeps what is shown when, and
// closes the session.
func feed(ctx context.Context, s session, drain time.Duration, rooms ...[]int16) (*heard, error) {
	h := &heard{rooms: make([]journal, len(rooms))}
	before, err := s.usage()
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	p := &player{heard: h, session: s, rooms: rooms, began: time.Now(), shown: make(chan timed, 64)}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		p.told = s.updates(func(u update) { p.shown <- timed{time.Since(p.began), u} })
		close(p.shown)
	})
	err = p.run(ctx, drain)
	after, failed := s.usage()
	h.used = usage{cpu: after.cpu - before.cpu, peak: max(after.peak, h.used.peak), audio: media.Duration(len(longest(rooms)))}
	h.log = h.rooms[0]
	tasks.Go(func() {
		for range p.shown { // of a session that was cut off
		}
	})
	err = errors.Join(err, failed, s.close())
	tasks.Wait()
	return h, err
}

func (p *player) run(ctx context.Context, drain time.Duration) error {
	n, next := media.Samples(chunk), time.Duration(0)
	for i := 0; i < len(longest(p.rooms)); i += n {
		at := media.Duration(i + n)
		ended, err := p.listen(ctx, p.began.Add(at))
		if err == nil && ended {
			err = errors.Join(fmt.Errorf("it ended after %s of audio", at), p.told)
		}
		if err == nil {
			err = p.write(i, n)
		}
		if err == nil && at >= next {
			next += sampled
			err = p.sample(at)
		}
		if err != nil {
			return err
		}
	}
	if err := p.session.end(); err != nil {
		return err
	}
	ended, err := p.listen(ctx, time.Now().Add(drain))
	if p.cut = !ended; p.cut || err != nil {
		return err
	}
	return p.told
}

// listen takes updates until a time, or until there are no more.
func (p *player) listen(ctx context.Context, until time.Time) (ended bool, err error) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for {
		select {
		case u, more := <-p.shown:
			if !more {
				return true, nil
			}
			p.heard.rooms[u.room].add(u.at, u.update)
		case <-timer.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func (p *player) write(from, n int) error {
	for room, pcm := range p.rooms {
		part := append(make([]int16, 0, n), pcm[min(from, len(pcm)):min(from+n, len(pcm))]...)
		if err := p.session.write(room, part[:n]); err != nil { // a room that has ended is quiet
			return err
		}
	}
	return nil
}

func (p *player) sample(at time.Duration) error {
	u, err := p.session.usage()
	if err != nil {
		return err
	}
	p.memory = append(p.memory, memory{at, u.resident, load()})
	p.used.peak = u.peak
	return nil
}

func longest(rooms [][]int16) []int16 {
	return slices.MaxFunc(rooms, func(a, b []int16) int { return len(a) - len(b) })
}
