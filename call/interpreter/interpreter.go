// Package interpreter lets people in one call understand each other though
// they speak different languages: what each of them has said flows in, its
// translation flows out as speech to the others and as text into the journal.
package interpreter

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Modes of interpretation.
const (
	// Consecutive speaks the translation once somebody has finished.
	Consecutive = "consecutive"
	// Simultaneous speaks finished parts while somebody speaks on; nothing that
	// was said is taken back.
	Simultaneous = "simultaneous"
)

// Party is somebody in the call.
type Party struct {
	Name     string // in bridge and journal
	Language string // a tag; "" is not known yet
}

// Room is where the parties hear each other; bridge.Bridge is one.
type Room interface {
	Voice(to ...string) *bridge.Speech
	Between(from, to string, gain float64)
}

// Speaker speaks a text; call.Voice is one.
type Speaker interface {
	Say(ctx context.Context, text, language string, rate float64, to media.Sink) error
}

// Options of an Interpreter. Room, Renderer, Speaker, Journal and Call are needed.
type Options struct {
	Room     Room
	Renderer translate.Renderer
	Speaker  Speaker
	Journal  *journal.Journal
	Call     string
	// Lines are what is said to the parties; it may take a while. nil: nothing
	// is said but translations.
	Lines func(language string, key prompts.Key, pairs ...string) string
	// Backchannels ("mhm") are shown, not spoken; nil: everything is spoken.
	Backchannels *turn.Backchannels
	// Confidence below which words are asked for again, 0..1.
	Confidence float64
	// Original is how loud a speaker is heard underneath, 0..1.
	Original float64
	Confirm  bool   // numbers and dates are repeated to the speaker
	Mode     string // "" is Consecutive
	// Again says that the parties were told before in this call: they hear only
	// that it goes on.
	Again bool
	Now   func() time.Time // nil is time.Now
	Log   *slog.Logger     // nil is none
	// Changed is told that Status has changed, from the goroutine of Run; it
	// must not block. nil: nobody is told.
	Changed func()
}

// Settings change an Interpreter; what is empty stays.
type Settings struct {
	Mode     string
	Original float64 // 0..1; below 0 leaves it
	// Languages of parties by their names.
	Languages map[string]string
}

// Interpreter interprets one call. All methods may be called from any
// goroutine and none but Run blocks; what they tell before Run is not lost.
type Interpreter struct {
	options Options
	inbox   inbox
	shared  shared

	// The rest belongs to Run.
	ctx     context.Context // of what is spoken and rendered
	tasks   sync.WaitGroup
	loose   loose
	parties []*party
	mouths  map[string]*mouth // by language
	floor   []*utterance      // in the order they are to be spoken
	routes  map[route]*record
	problem string
	alarm   time.Time
}

// New makes an interpreter; it starts nothing.
func New(o Options) *Interpreter {
	if o.Mode == "" {
		o.Mode = Consecutive
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	return &Interpreter{
		options: o, inbox: newInbox(), mouths: map[string]*mouth{}, routes: map[route]*record{},
		shared: shared{originals: map[string]original{}, status: Status{Mode: o.Mode, Original: o.Original}},
	}
}

// Run interprets until ctx ends, which is no error. Then nothing more is
// spoken, and all parties hear each other in full again.
func (i *Interpreter) Run(ctx context.Context) error {
	o := i.options
	if o.Room == nil || o.Renderer == nil || o.Speaker == nil || o.Journal == nil {
		return errors.New("an interpreter needs a room, a renderer, a speaker and a journal")
	}
	var stop context.CancelFunc
	i.ctx, stop = context.WithCancel(context.WithoutCancel(ctx))
	defer i.end(stop)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-i.inbox.ready:
		case <-timer.C:
		}
		for _, f := range i.inbox.take() {
			f()
		}
		i.alarm = time.Time{}
		i.cut()
		i.respeak()
		i.speak()
		i.tell()
		if !i.alarm.IsZero() {
			timer.Reset(max(0, i.alarm.Sub(i.now())))
		}
	}
}

// end lets go of everything.
func (i *Interpreter) end(stop context.CancelFunc) {
	stop()
	for _, m := range i.mouths {
		if m.playing != nil {
			m.playing.hush()
		}
	}
	i.tasks.Wait()
	if !i.loose.wait(lastPatience) {
		i.options.Log.Warn("an engine does not come back", "call", i.options.Call)
	}
	for _, f := range i.inbox.take() {
		f()
	}
	for _, u := range i.floor {
		i.leaveUnspoken(u)
	}
	i.restore()
	i.shared.end()
	i.options.Changed()
}

func (i *Interpreter) now() time.Time { return i.options.Now() }

// wakeAt has Run look again at that time at the latest.
func (i *Interpreter) wakeAt(at time.Time) {
	if i.alarm.IsZero() || at.Before(i.alarm) {
		i.alarm = at
	}
}

func (i *Interpreter) String() string { return "interpreter of call " + i.options.Call }
