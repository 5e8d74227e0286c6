package pico

import (
	"context"
	"sync"
)

// pool bounds the engines in use and keeps the idle ones, newest last.
type pool struct {
	dir   string
	slots chan struct{}

	mu     sync.Mutex
	idle   []*engine
	closed bool
}

func newPool(dir string, size int) *pool {
	if size <= 0 {
		size = 4
	}
	return &pool{dir: dir, slots: make(chan struct{}, size)}
}

// get waits for a slot and returns an engine with the voice.
func (p *pool) get(ctx context.Context, v voice) (*engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if e := p.take(v.name); e != nil {
		return e, nil
	}
	f := v.files(p.dir)
	err := f.check()
	var e *engine
	if err == nil {
		e, err = openEngine(v.name, f)
	}
	if err != nil {
		<-p.slots
	}
	return e, err
}

// put gives an engine back; one that failed is closed.
func (p *pool) put(e *engine, good bool) {
	p.mu.Lock()
	var drop *engine
	if good && !p.closed {
		p.idle = append(p.idle, e)
		if len(p.idle) > cap(p.slots)+len(voices()) {
			drop, p.idle = p.idle[0], p.idle[1:]
		}
	} else {
		drop = e
	}
	p.mu.Unlock()
	if drop != nil {
		drop.close()
	}
	<-p.slots
}

func (p *pool) take(name string) *engine {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.idle) - 1; i >= 0; i-- {
		if e := p.idle[i]; e.name == name {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return e
		}
	}
	return nil
}

func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, e := range idle {
		e.close()
	}
}
