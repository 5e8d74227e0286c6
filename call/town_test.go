package call

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/turn"
)

// town is a bot with a desk and a trunk that a test plays.
type town struct {
	t      *testing.T
	bot    *Bot
	tuner  *tuner
	script *script
	caller *party
	desk   *theDesk
	trunk  *theTrunk
	began  time.Time
	speaks []string // the languages of clerks
	silent bool     // they say nothing yet

	mu      sync.Mutex
	parties []*party
	media   sync.WaitGroup
}

// newTown has a caller whom the bot hands over at once.
func newTown(t *testing.T, more ...func(*town)) *town {
	words, err := turn.NewBackchannels()
	require.NoError(t, err)
	u := &tuner{}
	w := &town{t: t, tuner: u, began: time.Now()}
	w.script = &script{answer: w.converse}
	w.caller = w.arrive("caller", "udp", callerTone)
	w.desk = &theDesk{town: w}
	w.trunk = &theTrunk{town: w, outcome: make(chan error)}
	w.bot = &Bot{
		Recognizer: fixed("ja bitte"), Languages: []string{"de", "en"}, Vocabulary: noWords{}, Voice: u,
		Converse: func(leg.Info) (Conversation, error) { return w.script, nil },
		Detect: func(emit func(turn.Event)) (*turn.Detector, func(), error) {
			return turn.NewDetector(turn.Options{Voice: stillness{}, Notify: emit}), func() {}, nil
		},
		Journal: journal.New(5), Log: slog.New(slog.DiscardHandler),
		Apology: map[string]string{"de": "es tut uns leid"}, Backchannels: words, Now: time.Now,
		People: w.desk, Dial: w.trunk,
		Music: func() media.Source { return sine(musicTone) },
		Lines: func(_ string, key prompts.Key, pairs ...string) string {
			return strings.TrimSpace(string(key) + " " + strings.Join(pairs, " "))
		},
	}
	for _, f := range more {
		f(w)
	}
	return w
}

// converse hands over at once, and tells what the bot says to who comes back.
func (w *town) converse(e dialog.Event) []dialog.Action {
	switch e.Kind {
	case dialog.Start:
		return []dialog.Action{say("verbinde"), {Kind: dialog.Transfer, Target: "amt", Text: "mein Ausweis"}}
	case dialog.TransferFailed:
		return []dialog.Action{say("niemand"), {Kind: dialog.End}}
	case dialog.CallbackChosen:
		return []dialog.Action{say("rückruf"), {Kind: dialog.End}}
	case dialog.Returned:
		return []dialog.Action{say("zurück"), listen}
	}
	return nil
}

// stillness takes nobody's tone for speech.
type stillness struct{}

func (stillness) Probability([]int16) (float32, error) { return 0.02, nil }

// arrive makes a party whose media flow at once.
func (w *town) arrive(name, transport string, tone float64) *party {
	p := newParty(w.tuner, name, transport, tone)
	w.mu.Lock()
	w.parties = append(w.parties, p)
	w.mu.Unlock()
	w.media.Go(p.run)
	return p
}

// target makes the department one that is served outside.
func target(m Mode) func(*town) {
	return func(w *town) {
		w.bot.Targets = func(name string) (Target, bool) {
			return Target{Name: name, Address: "sip:" + name + "@city.example", Mode: m, RingTime: 20 * second}, name == "amt" || name == "über"
		}
	}
}

// serve plays the call while play does what happens in it; it returns when
// the call has ended, which the caller does at the limit.
func (w *town) serve(l leg.Leg, limit time.Duration, play func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	ended := make(chan struct{})
	go func() { defer close(ended); w.bot.Serve(ctx, l) }()
	played := make(chan struct{})
	go func() { defer close(played); play() }()
	<-played
	select {
	case <-ended:
	case <-time.After(limit):
		w.caller.leave("normal, by caller")
		<-ended
	}
	w.close()
}

// close checks that nothing is left of the call.
func (w *town) close() {
	w.t.Helper()
	synctest.Wait()
	require.Zero(w.t, w.bot.Journal.Active(), "the journal still shows the call")
	w.mu.Lock()
	parties := w.parties
	w.mu.Unlock()
	for _, p := range parties {
		if p.info.Transport == "webrtc" {
			require.Zero(w.t, p.hungUp, "the browser's standing line was hung up")
			p.mu.Lock()
			require.Nil(w.t, p.sink, "the browser's line is still listened to")
			p.mu.Unlock()
			p.leave("normal, the test is over")
			continue
		}
		require.True(w.t, p.over(), "orphan leg: %s", p.info.Leg)
	}
	w.media.Wait()
	require.Zero(w.t, w.trunk.pending(), "a call is still under way")
	w.desk.check()
}

func (w *town) record() journal.Call {
	calls, _ := w.bot.Journal.Snapshot()
	require.Len(w.t, calls, 1)
	return calls[0]
}

// theDesk finds whom the test wants.
type theDesk struct {
	town   *town
	closed error

	mu       sync.Mutex
	searches []*search
	people   []*clerk
}

func (d *theDesk) Seek(_ context.Context, h Handover) (Search, error) {
	if d.closed != nil {
		return nil, d.closed
	}
	s := &search{h: h, news: make(chan News, 1)}
	d.mu.Lock()
	d.searches = append(d.searches, s)
	d.mu.Unlock()
	return s, nil
}

// sought waits for the nth search, from 0.
func (d *theDesk) sought(n int) *search {
	for range 500 { // 10 s
		d.mu.Lock()
		if len(d.searches) > n {
			s := d.searches[n]
			d.mu.Unlock()
			return s
		}
		d.mu.Unlock()
		time.Sleep(20 * time.Millisecond) // of the bubble's time
	}
	require.FailNow(d.town.t, "nobody was sought")
	return nil
}

// check wants each search left, unless it had no more news, and each person told once that it is over.
func (d *theDesk) check() {
	for _, s := range d.searches {
		if !s.ended {
			require.Len(d.town.t, s.left, 1, "a search goes on, or was left twice")
		}
	}
	for _, c := range d.people {
		require.Len(d.town.t, c.endings, 1, "%s does not know that it is over, or was told twice", c.name)
	}
}

type search struct {
	h     Handover
	news  chan News
	ended bool // by the desk
	mu    sync.Mutex
	left  []Leaving
}

func (s *search) News() <-chan News { return s.news }

func (s *search) Leave(why Leaving) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, why)
}

// clerk is a person of the desk.
type clerk struct {
	name   string
	speaks []string
	line   leg.Leg
	err    error
	ring   time.Duration // of the telephone
	rung   chan error    // its outcome, before it has rung so long
	orders chan Order
	mu     sync.Mutex
	states []State
	// endings should be one.
	endings []Ending
}

func (d *theDesk) clerk(name string, line leg.Leg) *clerk {
	c := &clerk{name: name, line: line, speaks: d.town.speaks, orders: make(chan Order), rung: make(chan error)}
	d.mu.Lock()
	d.people = append(d.people, c)
	d.mu.Unlock()
	return c
}

func (c *clerk) Languages() []string { return c.speaks }

func (c *clerk) Name() string         { return c.name }
func (c *clerk) Orders() <-chan Order { return c.orders }

func (c *clerk) Leg(ctx context.Context) (leg.Leg, error) {
	if err := rings(ctx, c.ring, c.rung); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.line, c.err
}

func (c *clerk) Tell(s State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.states = append(c.states, s)
}

func (c *clerk) Over(how Ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endings = append(c.endings, how)
}

func (c *clerk) last() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.states[len(c.states)-1]
}

// order gives one and waits for the outcome.
func (c *clerk) order(o Order) error {
	done := make(chan error, 1)
	o.Done = done
	c.orders <- o
	err := <-done
	synctest.Wait()
	return err
}

// theTrunk calls whom the test wants.
type theTrunk struct {
	town    *town
	ring    time.Duration
	outcome chan error // before it has rung so long; nil is an answer

	mu     sync.Mutex
	under  int
	called []leg.Callee
	legs   []*party
}

func (d *theTrunk) Dial(ctx context.Context, to leg.Callee) (leg.Leg, error) {
	d.mu.Lock()
	d.under++
	d.called = append(d.called, to)
	d.mu.Unlock()
	defer func() { d.mu.Lock(); d.under--; d.mu.Unlock() }()
	if err := rings(ctx, d.ring, d.outcome); err != nil {
		return nil, err
	}
	p := d.town.arrive(to.Leg, "udp", guestTone)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.legs = append(d.legs, p)
	return p, nil
}

// rings waits for an answer.
func rings(ctx context.Context, d time.Duration, outcome <-chan error) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *theTrunk) pending() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.under
}

func (d *theTrunk) leg(n int) *party {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n >= len(d.legs) {
		return nil
	}
	return d.legs[n]
}

// pass lets time go by in the bubble.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
