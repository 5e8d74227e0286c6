package floor

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire is a leg without a network.
type wire struct {
	info   leg.Info
	events chan leg.Event
	done   chan struct{}
	once   sync.Once

	mu     sync.Mutex
	sink   media.Sink
	played int
	failed error
}

func newWire(id string) *wire {
	return &wire{info: leg.Info{Call: id}, events: make(chan leg.Event, 8), done: make(chan struct{})}
}

func (w *wire) Info() leg.Info               { return w.info }
func (w *wire) Answer(context.Context) error { return nil }
func (w *wire) Receive(to media.Sink) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sink = to
}
func (w *wire) heard() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sink != nil
}
func (w *wire) Playout() leg.Playout     { return w }
func (w *wire) Events() <-chan leg.Event { return w.events }
func (w *wire) Done() <-chan struct{}    { return w.done }
func (w *wire) Hangup(context.Context, leg.Cause) error {
	w.once.Do(func() { close(w.done) })
	return nil
}
func (w *wire) Stats() leg.Stats { return leg.Stats{Codec: "fake"} }
func (w *wire) WriteFrame(media.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.played++
	return w.failed
}
func (w *wire) Flush() time.Duration        { return 0 }
func (w *wire) Pause()                      {}
func (w *wire) Resume()                     {}
func (w *wire) Played() time.Duration       { return time.Duration(w.frames()) * 20 * time.Millisecond }
func (w *wire) Buffered() time.Duration     { return 0 }
func (w *wire) Drain(context.Context) error { return nil }
func (w *wire) frames() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.played
}
func (w *wire) ended() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// dialler answers by address.
type dialler map[string]func(ctx context.Context, to leg.Callee) (leg.Leg, error)

func (d dialler) Dial(ctx context.Context, to leg.Callee) (leg.Leg, error) {
	if f := d[to.Address]; f != nil {
		return f(ctx, to)
	}
	return nil, leg.ErrNotFound
}

// room is a floor that runs, with what it needs.
type room struct {
	*Floor
	t       *testing.T
	store   *store.Store
	desk    *desk.Desk
	journal *journal.Journal
	thumbs  []store.Thumb
	missed  []string
	origins []string // of the calls that were connected
}

// open makes a floor in a bubble of synctest: buergeramt with tina (de, tr),
// udo (de, has a telephone), standesamt with vera; chef supervises.
func open(t *testing.T, change func(*Options)) *room {
	r := &room{t: t, journal: journal.New(5)}
	var err error
	r.store, err = store.Open(context.Background(), t.TempDir(), time.Now)
	require.NoError(t, err)
	r.desk = desk.New(desk.Options{Store: r.store, Hours: desk.Hours{Location: time.UTC}})
	o := Options{
		Agents: []AgentOptions{
			{Name: "tina", Title: "Tina Tal", Departments: []string{"buergeramt"}, Languages: []string{"de", "tr"}},
			{Name: "udo", Title: "Udo Ufer", Departments: []string{"buergeramt"}, Languages: []string{"de"}, Phone: "sip:udo@desk"},
			{Name: "vera", Departments: []string{"standesamt"}},
			{Name: "chef", Supervisor: true},
		},
		Departments: map[string]DepartmentOptions{"*": {Callback: true}, "buergeramt": {Callback: true}, "standesamt": {}},
		Store:       r.store, Desk: r.desk, Journal: r.journal, Records: true, Location: time.UTC,
		Lines: func(s dialog.Summary, lang string) []string { return []string{lang + ": " + s.Concern} },
		Thumb: func(_ context.Context, th store.Thumb) error { r.thumbs = append(r.thumbs, th); return nil },
		Missed: func(_ context.Context, language, text string) error {
			r.missed = append(r.missed, language+" "+text)
			return nil
		},
	}
	if change != nil {
		change(&o)
	}
	r.Floor, err = New(o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
		require.NoError(t, r.store.Close())
	})
	return r
}

// works opens a page with audio and is ready; it returns the audio and what closes the page.
func (r *room) works(agent string) (*wire, func()) {
	r.t.Helper()
	gone := r.Seen(agent)
	w := r.line(agent)
	require.NoError(r.t, r.Present(agent, Ready, ""))
	return w, gone
}

// line opens the audio of a page.
func (r *room) line(agent string) *wire {
	w := newWire("line-" + agent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Line(agent, w)
	}()
	r.t.Cleanup(func() {
		_ = w.Hangup(context.Background(), leg.CauseNormal)
		<-done
	})
	settle()
	return w
}

func (r *room) seek(id, department, language string) call.Search {
	r.t.Helper()
	s, err := r.Seek(r.t.Context(), call.Handover{Call: id, Department: department, Language: language, From: "+4922812345", Concern: "Wohngeld", Asked: time.Now(),
		Summary: dialog.Summary{Concern: "Wohngeld", Answers: []dialog.Told{{Article: "wohngeld", Version: 3, Title: "Wohngeld", Confidence: 0.8}}}})
	require.NoError(r.t, err)
	return s
}

// state of somebody.
func (r *room) state(agent string) Presence {
	s, err := r.Snapshot(agent, "de")
	require.NoError(r.t, err)
	return s.Me.State
}

func (r *room) reason(agent string) string {
	s, err := r.Snapshot(agent, "de")
	require.NoError(r.t, err)
	return s.Me.Reason
}

func (r *room) offer(agent string) string {
	s, err := r.Snapshot(agent, "de")
	require.NoError(r.t, err)
	if s.Offer == nil {
		return ""
	}
	return s.Offer.Call
}

func (r *room) phase(agent string) string {
	s, err := r.Snapshot(agent, "de")
	require.NoError(r.t, err)
	if s.Hand == nil {
		return ""
	}
	return s.Hand.Phase
}

func (r *room) records(id string) []store.CallRecord {
	list, err := r.store.CallRecords(context.Background(), store.CallFilter{Call: id})
	require.NoError(r.t, err)
	return list
}
