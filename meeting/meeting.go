// Package meeting holds the meetings of a service: who may do what flows in as
// codes, keys and PINs, and out flow the room with its subtitles and the booth
// with its sound.
package meeting

import (
	"context"
	"sync"

	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// New is a meeting somebody wants to hold.
type New struct {
	Title     string   `json:"title"`
	Languages []string `json:"languages"` // tracks; the first is spoken
	Easy      bool     `json:"easy"`      // a track in easy language of the first one, with an editor's release
	Speakers  []string `json:"speakers"`
	Glossary  []string `json:"glossary"`
	Consent   string   `json:"consent"` // what is announced; "" is the usual text of the first language
	Keep      bool     `json:"keep"`    // keeps the meeting; a Consent of one's own has to say so
	Fast      bool     `json:"fast"`    // shows what is not settled yet
	Scroll    bool     `json:"scroll"`  // word by word instead of two lines at a time
	Delay     float64  `json:"delay_s"` // seconds an editor has
}

// Meeting is one that is held.
type Meeting struct {
	Room  *rooms.Room
	Booth *booth.Booth

	hall  *Hall
	asked New
	keys  Keys
	// steering is held by who starts or stops: two organisers do it one after the other.
	steering chan struct{}
	mu       sync.Mutex
	ctx      context.Context // of its goroutines; done when it is over
	held     context.Context // done when State says so: nobody is called any more
	release  context.CancelFunc
	over     bool
	state    State
	changed  chan struct{} // closed when state changes
	callers  int
	alive    sync.WaitGroup
}

// Keys are all ways in; they are for organisers.
func (m *Meeting) Keys() Keys { return m.keys }

// Options are what the meeting was created with.
func (m *Meeting) Options() New { return m.asked.clone() }

// Caller is the next number for somebody who takes part by telephone, from 1.
func (m *Meeting) Caller() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.callers++
	return m.callers
}

// Done is closed when the meeting is over and nothing of it is left.
func (m *Meeting) Done() <-chan struct{} { return m.ctx.Done() }
