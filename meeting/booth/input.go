package booth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Input is one source of sound of a meeting.
type Input struct {
	booth   *Booth
	id      string
	began   time.Time
	stream  *live.Stream
	reports chan rooms.Report
	outbox  outbox
	voices  *voices // nil: one voice
	// arrives counts what comes from the network; nil: frames come only if something does.
	arrives  func() uint64
	arrived  uint64                 // of it, in tell
	language atomic.Pointer[string] // that is spoken
	closing  chan struct{}
	once     sync.Once
	done     chan struct{}
	err      error // of its end, before done
	fault    atomic.Pointer[error]
	birth    birth

	mu    sync.Mutex // frames come from one goroutine; watching, from another
	clock clock
	level level
	fed   bool          // recognition waits for more
	until time.Duration // end of what it got
	taps  []*tap
}

// Open adds an input. It lasts until Close, Remove, or the end of the booth;
// ctx is for opening only.
func (b *Booth) Open(ctx context.Context, s Source) (*Input, error) { return b.open(ctx, s, nil) }

func (b *Booth) open(ctx context.Context, s Source, arrives func() uint64) (*Input, error) {
	id, born, err := b.attach(ctx, s.Source)
	if err != nil {
		return nil, err
	}
	in := &Input{
		booth: b, id: id, birth: born, began: b.options.Now(), arrives: arrives,
		reports: make(chan rooms.Report, 1), outbox: newOutbox(), closing: make(chan struct{}), done: make(chan struct{}),
		clock: clock{network: arrives != nil},
	}
	language := transcript.Primary(s.Language)
	if language != "" {
		in.language.Store(&language)
	}
	in.stream = live.NewStream(b.hearing(in, language))
	if b.options.Diarizer != nil {
		in.voices = newVoices(b.options.Diarizer(), b.options.Voices)
	}
	err = ErrClosed
	if b.add(in) {
		if err = b.spawn(ctx, in.run); err == nil {
			return in, nil
		}
		b.forget(in)
	}
	b.detach(ctx, in.id)
	close(in.done)
	return nil, err
}

// ID is the input's name in the room.
func (in *Input) ID() string { return in.id }

// Done is closed when the input's last words are in the room and it has left.
func (in *Input) Done() <-chan struct{} { return in.done }

// Err says, after Done, why an input ended by itself; nil when it was closed.
func (in *Input) Err() error {
	select {
	case <-in.done:
		return in.err
	default:
		return nil
	}
}

// Close says that no frame follows: last words are settled and the input leaves
// the room; Done tells when.
func (in *Input) Close() error {
	in.once.Do(func() {
		close(in.closing)
		_ = in.stream.Close() // never fails
	})
	return nil
}

// fail closes an input that cannot go on.
func (in *Input) fail(err error) {
	in.fault.CompareAndSwap(nil, &err)
	_ = in.Close() // never fails
}

// quietBelow is the mean square of a frame in which nobody speaks: -50 dBFS.
const quietBelow = 100 * 100

// WriteFrame takes 20 ms of sound from one goroutine; it never blocks. The time
// of a frame is that of its coming.
func (in *Input) WriteFrame(f media.Frame) error {
	select {
	case <-in.closing:
		return live.ErrEnded
	default:
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	now := in.booth.options.Now()
	quiet := in.level.add(f.PCM) < quietBelow
	at, ok := in.clock.next(now.Sub(in.began), media.FrameDuration, now, quiet)
	f.At = at
	if r, ok := in.level.take(in.clock.at); ok {
		in.report(r)
	}
	if !ok {
		return nil
	}
	if !in.heard() {
		if in.fed && f.At >= in.until+2*media.FrameDuration {
			in.hush(f.At)
		}
		return nil
	}
	in.fed, in.until = true, in.clock.at
	for _, t := range in.taps {
		t.put(f.PCM)
	}
	if in.voices != nil {
		in.voices.hear(f)
	}
	return in.stream.WriteFrame(f)
}

// heard says whether what it says is for the meeting.
func (in *Input) heard() bool {
	now := in.booth.stage.read()
	if now.id < in.birth.id && in.birth.muted {
		return false // the stage does not know it yet
	}
	return now.hears(in.id)
}

// Eager implements media.Eager: what is written down may come in bursts.
func (in *Input) Eager() bool { return true }

// alive says whether a source is there: one whose frames are all silence
// because nothing comes from the network is lost.
func (in *Input) alive(r rooms.Report) bool {
	if in.arrives == nil {
		return true
	}
	n := in.arrives()
	arrived := n != in.arrived
	in.arrived = n
	return arrived || r.Peak > nothing
}

// report never blocks: the newest counts, with the peak of the one before it.
func (in *Input) report(r rooms.Report) {
	select {
	case old := <-in.reports:
		r.Peak = max(r.Peak, old.Peak)
	default:
	}
	select {
	case in.reports <- r:
	default:
	}
}

// hush lets what was being said end where frames stop: recognition waits for a
// pause, which does not come by itself, and takes a hole in time for one.
func (in *Input) hush(at time.Duration) {
	in.fed = false
	_ = in.stream.WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples), At: at}) // it may have ended
}

// lookEvery is how often it is looked whether frames still come.
const lookEvery = 250 * time.Millisecond

// watch ends what was being said when a source stands still.
func (in *Input) watch(now time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.fed && in.clock.silent(now) {
		in.hush(in.clock.stand(now.Sub(in.began), media.FrameDuration))
	}
}

// run is the life of an input.
func (in *Input) run(ctx context.Context) {
	b := in.booth
	defer close(in.done)
	defer b.detach(ctx, in.id)
	defer b.forget(in)
	defer func() { in.end(ctx) }()
	heard := make(chan struct{})
	var tasks sync.WaitGroup
	defer tasks.Wait()
	tasks.Go(func() {
		defer close(heard)
		defer b.recovered(in.fail)
		if err := in.stream.Run(ctx); err != nil && ctx.Err() == nil {
			in.fail(fmt.Errorf("input %s: %w", in.id, err))
		}
	})
	in.tell(ctx, heard)
}

// end settles why it ended.
func (in *Input) end(ctx context.Context) {
	if e := in.fault.Load(); e != nil {
		in.err = *e
	} else if ctx.Err() != nil {
		in.err = ErrClosed
	}
	_ = in.Close() // never fails; frames are refused from now on
	if in.err != nil && ctx.Err() == nil && !errors.Is(in.err, rooms.ErrClosed) && !errors.Is(in.err, rooms.ErrInput) {
		in.booth.options.Log.Error("booth: input ended", "room", in.booth.room.Code(), "input", in.id, "err", in.err)
	}
}

// tell brings words and levels to the room until recognition has ended.
func (in *Input) tell(ctx context.Context, heard <-chan struct{}) {
	defer in.booth.recovered(in.fail)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case r := <-in.reports:
			if !in.alive(r) {
				continue
			}
			in.sent(ctx, in.booth.room.Report(ctx, in.id, r))
		case <-in.outbox.news:
			in.hand(ctx)
		case <-tick.C:
			in.watch(in.booth.options.Now())
		case <-heard:
			in.hand(ctx)
			return
		}
	}
}

// hand gives the room all that waits.
func (in *Input) hand(ctx context.Context) {
	for {
		u, ok := in.outbox.take()
		if !ok {
			return
		}
		if in.voices != nil {
			if u, ok = in.voices.name(u); !ok {
				continue
			}
		}
		in.sent(ctx, in.booth.room.Hear(ctx, in.id, u))
	}
}

// sent ends an input whose room does not know it any more.
func (in *Input) sent(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		in.fail(fmt.Errorf("input %s: %w", in.id, err))
	}
}
