// Package booth is the sound of one meeting: frames of microphones, telephones,
// streams and files flow in, words flow to the room; what the room shows flows
// back and is spoken to those who listen in a language.
package booth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Original is the channel of what is said, whoever says it and in whatever language.
const Original = rooms.Original

// ErrClosed is what is asked of a booth that has ended.
var ErrClosed = errors.New("the booth of the meeting is closed")

// Speak reads a text to the sink and returns when the sink has taken it; ctx
// stops it. rate is how much faster than usual, 1 to 1.25.
type Speak func(ctx context.Context, text, language string, rate float64, to media.Sink) error

// Options of a Booth. Live.Recognizer and Live.Voice are needed.
type Options struct {
	// Live is how speech is recognised; languages, what is unread and where words
	// go are the booth's. Vocabulary is told besides the glossary of the room.
	Live live.Options
	// Languages that may be spoken where a source does not say its own.
	Languages []string
	// Speak is the voice of translations; nil: only the original can be heard.
	Speak Speak
	// Speaks says which languages have a voice; nil is all.
	Speaks func(language string) bool
	// Ports are where RTP is taken; nil takes none. Host is the address that
	// senders reach them at.
	Ports *rtpio.Ports
	Host  string
	// Diarizer tells the voices of one microphone apart; nil is off. Voices is what
	// such a voice is called, with its number behind: "Sprecher".
	Diarizer func() Diarizer
	Voices   string
	Now      func() time.Time
	Log      *slog.Logger
}

func (o Options) filled() Options {
	if o.Voices == "" {
		o.Voices = "Sprecher"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Source is an input: who speaks and, if it is known, in which language.
type Source struct {
	rooms.Source
	Language string // "" is detected among Options.Languages
}

// Booth is the sound of one room. Run owns its goroutines. All methods are
// safe for use from several goroutines, and wait for Run.
type Booth struct {
	room    *rooms.Room
	options Options
	stage   stage
	work    chan func(ctx context.Context)
	ended   chan struct{}

	vocabulary vocabulary

	mu       sync.Mutex
	settling bool
	inputs   []*Input
	channels map[string]*channel
}

// New makes the booth of a room.
func New(room *rooms.Room, o Options) *Booth {
	b := &Booth{
		room: room, options: o.filled(), work: make(chan func(context.Context)), ended: make(chan struct{}),
		channels: map[string]*channel{},
	}
	b.stage.now.Store(&standing{life: rooms.Created, languages: room.Offered()}) // until Run knows better
	b.vocabulary.stage, b.vocabulary.more = &b.stage, o.Live.Vocabulary
	return b
}

// Run keeps the booth open until the room or ctx ends; then all inputs and
// listeners end.
func (b *Booth) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var tasks sync.WaitGroup
	defer tasks.Wait()
	defer cancel()
	defer close(b.ended)
	viewer, err := b.enter(ctx)
	if err != nil {
		if errors.Is(err, rooms.ErrClosed) || ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("booth: %w", err)
	}
	defer viewer.Close()
	over := make(chan struct{})
	tasks.Go(func() { defer close(over); b.watch(ctx, viewer) })
	for {
		select {
		case f := <-b.work:
			tasks.Go(func() { f(ctx) })
		case <-over:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// spawn has Run own a goroutine. A panic in it ends nothing else.
func (b *Booth) spawn(ctx context.Context, f func(ctx context.Context)) error {
	guarded := func(ctx context.Context) {
		defer b.recovered(nil)
		f(ctx)
	}
	select {
	case b.work <- guarded:
		return nil
	case <-b.ended:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// recovered logs a panic without its value, which may quote what was said.
func (b *Booth) recovered(fail func(error)) {
	if p := recover(); p != nil {
		b.options.Log.Error("booth: panic", "room", b.room.Code(), "type", fmt.Sprintf("%T", p))
		if fail != nil {
			fail(errPanic)
		}
	}
}

var errPanic = errors.New("it ended with a fault of this program")

// Remove ends an input of any kind.
func (b *Booth) Remove(_ context.Context, input string) error {
	in := b.input(input)
	if in == nil {
		return fmt.Errorf("%w: %q", rooms.ErrInput, input)
	}
	return in.Close()
}

func (b *Booth) input(id string) *Input {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.inputs, func(in *Input) bool { return in.id == id }); i >= 0 {
		return b.inputs[i]
	}
	return nil
}

// Settle ends all inputs and waits until their last words are in the room. No
// input is opened from then on.
func (b *Booth) Settle(ctx context.Context) error {
	b.mu.Lock()
	b.settling = true
	inputs := slices.Clone(b.inputs)
	b.mu.Unlock()
	for _, in := range inputs {
		_ = in.Close() // never fails
	}
	for _, in := range inputs {
		select {
		case <-in.done:
		case <-ctx.Done():
			return fmt.Errorf("last words of %s are still being written: %w", in.id, context.Cause(ctx))
		}
	}
	return nil
}

// add makes an input known; false: the booth takes none any more.
func (b *Booth) add(in *Input) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.settling {
		return false
	}
	b.inputs = append(b.inputs, in)
	for _, c := range b.channels {
		c.tap(in)
	}
	return true
}

func (b *Booth) forget(in *Input) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inputs = slices.DeleteFunc(b.inputs, func(other *Input) bool { return other == in })
	for _, c := range b.channels {
		c.untap(in)
	}
}
