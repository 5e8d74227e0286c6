package turn

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// WindowSamples is what Voice hears at a time: 32 ms.
const WindowSamples = 512

// Voice says how likely the next WindowSamples samples are speech (0..1). It
// carries the state of one party's audio; vad.Stream is one.
type Voice interface {
	Probability(window []int16) (float32, error)
}

// Options of a Detector.
type Options struct {
	Voice Voice
	// Notify is called from the goroutine that writes frames; it must not block.
	Notify func(Event)
	// Patience stretches all end silences; 0 means 1. A caller who asked for
	// slower speech gets more.
	Patience float64
}

// Detector is the sink of a party's audio and tells its turns. It knows no
// clock: time is the media time of the frames. WriteFrame is for one
// goroutine; the other methods may be called from any and count from the
// next frame on.
type Detector struct {
	options Options
	expect  atomic.Int32
	bot     atomic.Bool
	firm    atomic.Bool
	verdict atomic.Pointer[verdict]

	audio history
	speech
	level  level
	serial int
	held   held
}

type verdict struct {
	serial   int
	complete float64
}

// ErrNoVoice is returned for frames when the detector was made without Voice.
var ErrNoVoice = errors.New("turn detection has no voice activity model")

// NewDetector makes a detector that waits for a free answer.
func NewDetector(o Options) *Detector {
	if o.Patience <= 0 {
		o.Patience = 1
	}
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	return &Detector{options: o}
}

// Expect says what the dialog waits for.
func (d *Detector) Expect(e Expect) { d.expect.Store(int32(e)) }

// SetBotSpeaking makes the rule for Started stricter while the bot speaks.
func (d *Detector) SetBotSpeaking(on bool) { d.bot.Store(on) }

// SetFirm holds all events back while a text is spoken that cannot be
// interrupted. What the caller said meanwhile is told when it ends: the last
// turn, if there were several.
func (d *Detector) SetFirm(on bool) { d.firm.Store(on) }

// Verdict answers the Paused event of that serial: the probability (0..1)
// that the turn is complete. A late answer to an earlier pause is ignored.
func (d *Detector) Verdict(serial int, complete float64) {
	d.verdict.Store(&verdict{serial: serial, complete: complete})
}

func (d *Detector) String() string { return fmt.Sprintf("turn detector (%s)", d.waitsFor()) }

func (d *Detector) waitsFor() Expect { return Expect(d.expect.Load()) }

// WriteFrame takes 20 ms of audio. The samples are copied.
func (d *Detector) WriteFrame(f media.Frame) error {
	if d.options.Voice == nil {
		return ErrNoVoice
	}
	if len(d.held) > 0 && !d.firm.Load() {
		d.release()
	}
	d.audio.write(f)
	for d.audio.end-d.seen >= WindowSamples {
		window := d.audio.window(d.seen, WindowSamples)
		p, err := d.options.Voice.Probability(window)
		if err != nil {
			return fmt.Errorf("turn detection: %w", err)
		}
		d.seen += WindowSamples
		d.step(p, meanSquare(window))
	}
	return nil
}

// tell gives an event to the receiver, or keeps it while a firm text is spoken.
func (d *Detector) tell(k Kind, u Utterance, unsure bool) {
	e := Event{Kind: k, At: d.audio.time(d.seen), Utterance: u, Unsure: unsure}
	if d.firm.Load() {
		d.held = hold(d.held, e)
		return
	}
	d.release()
	d.options.Notify(e)
}

func (d *Detector) release() {
	for _, e := range d.held {
		d.options.Notify(e)
	}
	clear(d.held)
	d.held = d.held[:0]
}

// endSilence is how long it must be quiet now until the turn is over.
func (d *Detector) endSilence() time.Duration {
	complete := Unknown
	if v := d.verdict.Load(); v != nil && v.serial == d.serial {
		complete = v.complete
	}
	limit := EndSilence(d.waitsFor(), complete, d.voiced())
	return time.Duration(float64(limit) * d.options.Patience)
}
