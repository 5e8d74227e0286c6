package call

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// Everybody says one tone, in steps of 50 Hz so that each frame tells who is
// in it; each text that a voice speaks gets one of its own.
const (
	callerTone = 200.0
	personTone = 250.0
	guestTone  = 300.0
	musicTone  = 350.0
	firstText  = 600.0
	toneLevel  = 4000
)

// tuner gives each text its tone.
type tuner struct {
	mu    sync.Mutex
	texts []string
}

func (u *tuner) tone(text string) float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	i := slices.Index(u.texts, text)
	if i < 0 {
		i = len(u.texts)
		u.texts = append(u.texts, text)
	}
	return firstText + 50*float64(i)
}

func (u *tuner) known() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.texts)
}

// Say speaks 200 ms for each word.
func (u *tuner) Say(ctx context.Context, text, _ string, _ float64, to media.Sink) error {
	src := sine(u.tone(text))
	frame := make([]int16, media.FrameSamples)
	for range 10 * len(strings.Fields(text)) {
		src.ReadFrame(frame)
		if err := to.WriteFrame(media.Frame{PCM: frame}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

type sine float64

func (hertz sine) ReadFrame(dst []int16) bool {
	k := int(hertz) / 50
	for i := range dst { // whole periods fit into a frame
		dst[i] = int16(toneLevel * circle[k*i%media.FrameSamples].sin)
	}
	return hertz != 0
}

// circle holds one turn of 50 Hz.
var circle = func() (c [media.FrameSamples]struct{ sin, cos float64 }) {
	for i := range c {
		c[i].sin, c[i].cos = math.Sincos(2 * math.Pi * float64(i) / media.FrameSamples)
	}
	return c
}()

// loud says whether a tone is in a frame.
func loud(frame []int16, hertz float64) bool {
	var re, im float64
	k := int(hertz) / 50
	for i, s := range frame {
		at := &circle[k*i%media.FrameSamples]
		re += float64(s) * at.cos
		im += float64(s) * at.sin
	}
	return 2*math.Hypot(re, im)/float64(len(frame)) > toneLevel/4
}

// party is a leg whose party is the test.
type party struct {
	info   leg.Info
	tone   float64
	queue  *playout.Queue
	events chan leg.Event
	done   chan struct{}
	once   sync.Once
	tuner  *tuner

	mu      sync.Mutex
	sink    media.Sink
	frames  []frameHeard
	offline bool // the network is away
	mute    bool // a caller who writes
	ended   string
	hungUp  int // by us
}

// frameHeard is what was in 20 ms.
type frameHeard struct {
	at    time.Time
	tones []float64
}

func newParty(u *tuner, name, transport string, tone float64) *party {
	return &party{
		info: leg.Info{Call: "01TEST", Leg: name, From: "0301234567", Transport: transport, Trunk: "city"},
		tone: tone, tuner: u, queue: playout.New(), events: make(chan leg.Event, 8), done: make(chan struct{}),
	}
}

func (p *party) Info() leg.Info               { return p.info }
func (p *party) Answer(context.Context) error { return nil }
func (p *party) Playout() leg.Playout         { return p.queue }
func (p *party) Events() <-chan leg.Event     { return p.events }
func (p *party) Done() <-chan struct{}        { return p.done }

func (p *party) Stats() leg.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return leg.Stats{Codec: "PCMA", Ended: p.ended}
}

func (p *party) Receive(to media.Sink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sink = to
}

func (p *party) Hangup(context.Context, leg.Cause) error {
	p.mu.Lock()
	p.hungUp++
	p.mu.Unlock()
	p.leave("normal, by us")
	return nil
}

// leave ends the leg from the other side.
func (p *party) leave(why string) {
	p.once.Do(func() {
		p.mu.Lock()
		p.ended = why
		p.mu.Unlock()
		close(p.done)
	})
}

func (p *party) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// run moves media until the leg has ended.
func (p *party) run() {
	defer p.queue.Close()
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	frame := make([]int16, media.FrameSamples)
	for at := time.Duration(0); ; at += media.FrameDuration {
		select {
		case <-tick.C:
		case <-p.done:
			return
		}
		p.queue.ReadFrame(frame)
		p.mu.Lock()
		to, offline := p.sink, p.offline
		if !offline {
			p.note(frame)
		}
		p.mu.Unlock()
		clear(frame)
		if !offline {
			p.sound().ReadFrame(frame)
		}
		if to != nil {
			_ = to.WriteFrame(media.Frame{PCM: frame, At: at, Concealed: offline})
		}
	}
}

func (p *party) sound() sine {
	p.mu.Lock()
	defer p.mu.Unlock()
	return sine(p.tone)
}

// utters has the party sound or be silent.
func (p *party) utters(tone float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tone = tone
}

func (p *party) note(frame []int16) {
	h := frameHeard{at: time.Now()}
	for _, tone := range []float64{callerTone, personTone, guestTone, musicTone} {
		if loud(frame, tone) {
			h.tones = append(h.tones, tone)
		}
	}
	for i := range p.tuner.known() {
		if tone := firstText + 50*float64(i); loud(frame, tone) {
			h.tones = append(h.tones, tone)
		}
	}
	p.frames = append(p.frames, h)
}

// words are the texts that the party heard, in order: those of which at least
// four fifths came.
func (p *party) words() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	texts := p.tuner.known()
	run := map[int]int{}
	for _, f := range p.frames {
		for i, text := range texts {
			if !slices.Contains(f.tones, firstText+50*float64(i)) {
				run[i] = 0
				continue
			}
			if run[i]++; run[i] == 8*len(strings.Fields(text)) {
				out = append(out, text)
			}
		}
	}
	return out
}

// hears says since when, without a break of more than 60 ms up to now, the
// party hears a tone; false if it does not.
func (p *party) hears(tone float64) (since time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	gap := 0
	for _, f := range slices.Backward(p.frames) {
		if slices.Contains(f.tones, tone) {
			since, ok, gap = f.at, true, 0
		} else if gap++; gap > 3 {
			break
		}
	}
	return since, ok
}

func (p *party) setOffline(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offline = on
}

func (p *party) press(key rune) { p.events <- leg.Event{Kind: leg.Digit, Digit: key, How: "rfc4733"} }

func (p *party) write(text string) { p.events <- leg.Event{Kind: leg.Text, Text: text} }

// writer is a party that can write, and speaks only while it has a voice.
type writer struct{ *party }

func (w writer) Voice() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.mute
}

func (w writer) setVoice(on bool) {
	w.mu.Lock()
	w.mute = !on
	w.mu.Unlock()
	w.events <- leg.Event{Kind: leg.Voice}
}

// movable is a party whose exchange can be asked to call somebody else.
type movable struct {
	*party
	refer func(ctx context.Context, r leg.Referral) error
}

func (m movable) Refer(ctx context.Context, r leg.Referral) error { return m.refer(ctx, r) }
