package rooms

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// Room is one meeting. Run owns it; all methods may be called from any
// goroutine and wait until Run has done what they ask, or ctx ends.
type Room struct {
	o        Options
	code     string
	token    token
	hub      *Hub
	m        *meeting
	clock    clock
	requests chan request
	results  chan result
	ended    chan struct{}
	workers  sync.WaitGroup
}

type request struct {
	do   func(*meeting)
	done chan struct{}
}

// waiting requests are taken in order; who asks waits anyway.
const waiting = 64

// NewRoom is a room with the code viewers type and the secret of its
// organisers. Nothing happens before Run.
func NewRoom(o Options, code string) (room *Room, secret string) {
	o = o.withDefaults()
	if o.Hub.Now == nil {
		o.Hub.Now = o.Now
	}
	secret, token := newToken()
	r := &Room{
		o: o, code: code, token: token, hub: NewHub(o.Hub), clock: clock{now: o.Now},
		requests: make(chan request, waiting), results: make(chan result, waiting), ended: make(chan struct{}),
	}
	r.m = newMeeting(o, code, r.hub, r.clock.read())
	return r, secret
}

// Code is what viewers type.
func (r *Room) Code() string { return r.code }

// Offered are the languages it was opened with; Status tells those of now.
func (r *Room) Offered() []string { return slices.Clone(r.o.Languages) }

// Organiser says whether a secret is that of the organisers.
func (r *Room) Organiser(secret string) bool { return r.token.is(secret) }

// Run lives until the meeting is closed or ctx ends; then nothing of it is
// left in memory and all viewers have ended.
func (r *Room) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer r.workers.Wait()
	defer cancel()
	defer close(r.ended)
	defer func() { r.m.close() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	for r.m.life != Closed {
		for _, l := range r.m.lanes {
			r.employ(ctx, l)
		}
		select {
		case <-ctx.Done():
			return nil
		case q := <-r.requests:
			r.step(func() { q.do(r.m) })
			close(q.done)
		case res := <-r.results:
			r.step(func() { r.m.translated(res) })
		case <-tick.C:
			r.step(r.m.tick)
		case <-due.C:
			r.step(func() {})
		}
		if next := r.m.soonest(); !next.IsZero() {
			due.Reset(max(time.Millisecond, next.Sub(r.m.now)))
		}
	}
	return nil
}

// step does one thing at one moment, and shows what is due then.
func (r *Room) step(do func()) {
	r.m.now = r.clock.read()
	do()
	r.m.reckon()
	r.m.release()
}

// employ starts the translator of a lane that has none yet.
func (r *Room) employ(ctx context.Context, l *lane) {
	call, limit := engine(r.o.Translate), r.o.Timeout
	if l.kind == easy {
		call, limit = r.o.Simplify, r.o.SimplifyTimeout
	}
	if call == nil || l.kind == original || l.work != nil {
		return
	}
	work := make(chan job, 1)
	l.work = work
	r.workers.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case j, ok := <-work:
				if !ok {
					return // the language was taken away
				}
				select {
				case r.results <- call.call(ctx, j, limit):
				case <-ctx.Done():
					return
				}
			}
		}
	})
}

// do has the owner do something.
func (r *Room) do(ctx context.Context, f func(*meeting)) error {
	q := request{do: f, done: make(chan struct{})}
	select {
	case r.requests <- q:
	case <-r.ended:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-q.done:
		return nil
	case <-r.ended:
		select {
		case <-q.done:
			return nil
		default:
			return ErrClosed
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// ask has the owner answer. The answer crosses by a channel: who no longer
// waits leaves it behind.
func ask[T any](ctx context.Context, r *Room, f func(*meeting) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	err := r.do(ctx, func(m *meeting) {
		value, err := f(m)
		answers <- answer{value, err}
	})
	if err != nil {
		var none T
		return none, err
	}
	a := <-answers
	return a.value, a.err
}

// try is ask for what only can fail.
func (r *Room) try(ctx context.Context, f func(*meeting) error) error {
	_, err := ask(ctx, r, func(m *meeting) (struct{}, error) { return struct{}{}, f(m) })
	return err
}

// Start begins the meeting, or goes on after a pause.
func (r *Room) Start(ctx context.Context) error { return r.try(ctx, (*meeting).start) }

// Pause takes nothing down until Start: words said in a pause are never shown.
func (r *Room) Pause(ctx context.Context) error { return r.try(ctx, (*meeting).pause) }

// Stop ends the meeting once its last words are shown. Run returns after
// Linger, unless the meeting is kept: then Close ends it.
func (r *Room) Stop(ctx context.Context) error { return r.do(ctx, (*meeting).stop) }

// Close ends it now and leaves nothing, kept or not.
func (r *Room) Close(ctx context.Context) error { return r.do(ctx, (*meeting).close) }

// Attach adds an input whose stream begins now, and returns its id.
func (r *Room) Attach(ctx context.Context, s Source) (string, error) {
	return ask(ctx, r, func(m *meeting) (string, error) { return m.attach(s) })
}

// Detach ends an input.
func (r *Room) Detach(ctx context.Context, input string) error {
	return r.try(ctx, func(m *meeting) error { return m.detach(input) })
}

// Report says how an input sounds, some times a second. After 5 s without one
// it counts as lost; when it is back, its time is that of the meeting again.
func (r *Room) Report(ctx context.Context, input string, p Report) error {
	return r.try(ctx, func(m *meeting) error { return m.report(input, p) })
}

// Hear takes what live recognition says of an input. The update is copied.
func (r *Room) Hear(ctx context.Context, input string, u Update) error {
	return r.try(ctx, func(m *meeting) error { return m.hear(input, u) })
}

// Mute closes or opens an input: words said while it is closed are never shown.
func (r *Room) Mute(ctx context.Context, input string, on bool) error {
	return r.try(ctx, func(m *meeting) error { return m.mute(input, on) })
}

// Announce tells the room that a machine writes down what is said; keeps says
// that the text says that the meeting is kept, too.
func (r *Room) Announce(ctx context.Context, text string, keeps bool) error {
	return r.try(ctx, func(m *meeting) error { return m.announce(text, keeps) })
}

// Told notes that the announcement reached who speaks on an input; it fails
// with ErrRefused where they said no.
func (r *Room) Told(ctx context.Context, input string) error {
	return r.try(ctx, func(m *meeting) error { return m.tellSpeaker(input) })
}

// ToldOf is Told by who said this text there. It notes nothing when another
// announcement was made since, which is still to be said.
func (r *Room) ToldOf(ctx context.Context, input, text string) error {
	return r.try(ctx, func(m *meeting) error { return m.tellSpeakerOf(input, text) })
}

// Refuse notes a no: the input is muted, and all it said is taken back.
func (r *Room) Refuse(ctx context.Context, input string) error {
	return r.try(ctx, func(m *meeting) error { return m.refuse(input) })
}

// Agree takes a refusal back.
func (r *Room) Agree(ctx context.Context, input string) error {
	return r.try(ctx, func(m *meeting) error { return m.agree(input) })
}

// Keep chooses whether the meeting is kept from now on; only what is said
// after everybody was told stays.
func (r *Room) Keep(ctx context.Context, on bool) error {
	return r.try(ctx, func(m *meeting) error { return m.ledger.choose(m.now, on) })
}

// Correct changes a cue of the original; the answer is the cue as it is now. It
// fails with *Conflict when somebody else was quicker.
func (r *Room) Correct(ctx context.Context, c Correction) (Cue, error) {
	return ask(ctx, r, func(m *meeting) (Cue, error) { return m.correct(c) })
}

// Release publishes a sentence in easy language.
func (r *Room) Release(ctx context.Context, e Release) error {
	return r.try(ctx, func(m *meeting) error { return m.releaseEasy(e) })
}

// Delay changes how long editors have before viewers see something.
func (r *Room) Delay(ctx context.Context, d time.Duration) error {
	return r.do(ctx, func(m *meeting) { m.setDelay(d) })
}

// Languages changes the tracks in mid-meeting.
func (r *Room) Languages(ctx context.Context, list []string) error {
	return r.try(ctx, func(m *meeting) error { return m.setLanguages(list) })
}

// Teach adds words to the glossary.
func (r *Room) Teach(ctx context.Context, words ...string) error {
	return r.do(ctx, func(m *meeting) { m.teach(words...) })
}

// Follow reads a track after an id, or two; see Hub.Follow. The tracks are
// Original, the room's languages, and easy language.
func (r *Room) Follow(track string, after uint64, beside ...string) (*Viewer, error) {
	for _, name := range append(beside, track) {
		if strings.HasPrefix(name, "@") {
			return nil, ErrLanguage
		}
	}
	return r.hub.Follow(track, after, beside...)
}

// FollowStaff reads what organisers and editors see.
func (r *Room) FollowStaff(after uint64) (*Viewer, error) { return r.hub.Follow(Staff, after) }

// Snapshot is a track as it stands, with its last lines; go on with
// Follow(track, snapshot.ID).
func (r *Room) Snapshot(ctx context.Context, track string, lines int) (Snapshot, error) {
	return ask(ctx, r, func(m *meeting) (Snapshot, error) { return m.snapshot(track, lines) })
}

// Snapshots are tracks as they stand at one moment: all have the same ID.
func (r *Room) Snapshots(ctx context.Context, tracks []string, lines int) ([]Snapshot, error) {
	return ask(ctx, r, func(m *meeting) ([]Snapshot, error) {
		out := make([]Snapshot, len(tracks))
		for i, track := range tracks {
			var err error
			if out[i], err = m.snapshot(track, lines); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// Passage are the last lines of a track before a sentence, or of all where it is "".
func (r *Room) Passage(ctx context.Context, track, before string, lines int) (Passage, error) {
	return ask(ctx, r, func(m *meeting) (Passage, error) { return m.passage(track, before, lines) })
}

// Status is the organiser's page.
func (r *Room) Status(ctx context.Context) (Status, error) {
	return ask(ctx, r, func(m *meeting) (Status, error) { return m.status(), nil })
}

// Meeting is what may be kept, for exports. It fails with ErrVolatile when
// that is nothing.
func (r *Room) Meeting(ctx context.Context) (subtitles.Meeting, error) {
	return ask(ctx, r, func(m *meeting) (subtitles.Meeting, error) { return m.export() })
}

// Edits compares machine text and corrected text of what may be kept.
func (r *Room) Edits(ctx context.Context) ([]Edit, error) {
	return ask(ctx, r, func(m *meeting) ([]Edit, error) { return m.keptEdits() })
}
