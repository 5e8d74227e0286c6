// Package booth is the sound of one meeting: frames of microphones, telephones,
// streams and files flow in, words flow to the room; what the room shows flows
// back and is spoken to those who listen in a language.
package booth

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Original is the channel of what is said, whoever says it and in whatever language.
const Original = rooms.Original

// ErrClosed is what is asked of a booth that has ended.
var ErrClosed = errors.New("the booth of the meeting is closed")

// Speak reads a text to the sink and returns when the sink has taken it; ctx stops it.
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
	// Diarizer tells the voices of one microphone apart; nil is off.
	Diarizer func() Diarizer
	Now      func() time.Time
	Log      *slog.Logger
}

// Diarizer tells the speakers of one microphone apart. It carries the state of
// one input.
type Diarizer interface {
	// Label says who speaks in 16 kHz mono samples, counted from 1, and how sure
	// (0..1) that is; 0 is nobody it knows.
	Label(pcm []int16) (speaker int, sure float64)
}

// Source is an input: who speaks and, if it is known, in which language.
type Source struct {
	rooms.Source
	Language string // "" is detected among Options.Languages
}

// RTP is a stream somebody will send.
type RTP struct {
	Codec string // PCMA, PCMU, G722, L16, opus; "" is opus
}

// RTPAddress is where to send it.
type RTPAddress struct {
	Input string `json:"id"`
	Host  string `json:"address"`
	Port  int    `json:"port"`
	SDP   string `json:"sdp"` // RFC 4566, for the sender
}

// Booth is the sound of one room. Run owns its goroutines. All methods are
// safe for use from several goroutines, and wait for Run.
type Booth struct {
	room    *rooms.Room
	options Options
}

// Input is one source of sound of a meeting.
type Input struct{}

// New makes the booth of a room.
func New(room *rooms.Room, o Options) *Booth { return &Booth{room: room, options: o} }

// Run keeps the booth open until ctx ends; then all inputs and listeners end.
func (b *Booth) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Open adds an input. It lasts until Close, Remove, the end of ctx is without meaning for it.
func (b *Booth) Open(ctx context.Context, s Source) (*Input, error) { return nil, ErrClosed }

// Connect makes an answered leg an input until the leg ends or the input is
// closed. The leg itself, its digits and its playout stay the caller's.
func (b *Booth) Connect(ctx context.Context, l leg.Leg, s Source) (*Input, error) {
	return nil, ErrClosed
}

// Serve connects a leg and returns when its input has ended; ctx ends it, too.
func (b *Booth) Serve(ctx context.Context, l leg.Leg, s Source) error { return ErrClosed }

// Start plays a file as an input at its own pace and closes it at the end. progress may be nil.
func (b *Booth) Start(ctx context.Context, f *audiofile.File, s Source, progress func(done, whole time.Duration)) (*Input, error) {
	return nil, ErrClosed
}

// Play is Start, and returns when the file is over and its last words are in the room; ctx ends it sooner.
func (b *Booth) Play(ctx context.Context, f *audiofile.File, s Source, progress func(done, whole time.Duration)) error {
	return ErrClosed
}

// Take opens a port for an RTP stream, which is an input until it is removed.
func (b *Booth) Take(ctx context.Context, r RTP, s Source) (RTPAddress, error) {
	return RTPAddress{}, ErrClosed
}

// Remove ends an input of any kind.
func (b *Booth) Remove(ctx context.Context, input string) error { return ErrClosed }

// Listen writes a channel to a sink, frame by frame at the pace of time, until
// ctx ends.
func (b *Booth) Listen(ctx context.Context, language string, to media.Sink) error { return ErrClosed }

// Channels are the languages that can be listened to, Original first.
func (b *Booth) Channels() []string { return []string{Original} }

// Settle ends all inputs and waits until their last words are in the room.
func (b *Booth) Settle(ctx context.Context) error { return nil }

// ID is the input's name in the room.
func (in *Input) ID() string { return "" }

// WriteFrame takes 20 ms of sound; it never blocks. Times of frames are those of their coming.
func (in *Input) WriteFrame(f media.Frame) error { return live.ErrEnded }

// Close says that no frame follows: last words are settled and the input leaves
// the room; Done tells when.
func (in *Input) Close() error { return nil }

// Done is closed when the input has left the room.
func (in *Input) Done() <-chan struct{} { return nil }

// Err says, after Done, why an input ended by itself; nil when it was closed.
func (in *Input) Err() error { return nil }
