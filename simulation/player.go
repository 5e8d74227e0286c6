package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// Line is one call. Begin and Do return the bot's next turn; Do may return it
// without having done anything when the bot spoke first.
type Line interface {
	Begin(ctx context.Context) (Moment, error)
	Do(ctx context.Context, a Act) (m Moment, done bool, err error)
	// Moments are all that the line has seen; called after the end.
	Moments() []Moment
}

// Act is what the caller does now.
type Act struct {
	Turn
	Words string // to say, "" if it is a key or silence
}

// Limits of a call.
const (
	mostActs    = 40 // of one call
	mostRepeats = 2  // of one turn that was not understood
	mostAgain   = 3  // times a turn with a condition is done
)

// errSilent is a bot that says nothing: the worst that can happen to a caller.
var errSilent = errors.New("the bot said nothing")

// Play lets the caller talk until there is nothing left to say.
func Play(ctx context.Context, c Conversation, l Line) Outcome {
	p := player{Conversation: c, line: l, done: make([]int, len(c.Turns)), last: -1}
	err := p.run(ctx)
	return judge(c, l.Moments(), err)
}

// player is the state of one caller.
type player struct {
	Conversation
	line     Line
	done     []int // how often each turn was done
	last     int   // index of the turn done last, -1: none
	repeats  int
	answered map[string]bool
	taken    bool // a request was left
}

func (p *player) run(ctx context.Context) error {
	p.answered = map[string]bool{}
	m, err := p.line.Begin(ctx)
	for range mostActs {
		if err != nil || m.Ended() {
			return err
		}
		p.note(m)
		act, turn, ok := p.next(m)
		if !ok {
			return nil
		}
		var done bool
		if m, done, err = p.line.Do(ctx, act); done {
			p.mark(turn)
		}
	}
	return fmt.Errorf("no end after %d turns", mostActs)
}

func (p *player) note(m Moment) {
	for _, a := range m.Actions {
		switch a.Kind {
		case dialog.Answered:
			p.answered[a.Article] = true
		case dialog.Request:
			p.taken = true
		}
	}
}

func (p *player) mark(turn int) {
	if p.last == turn && turn >= 0 {
		p.repeats++
	} else {
		p.repeats = 0
	}
	if turn >= 0 {
		p.done[turn]++
	}
	p.last = turn
}

// next chooses the caller's next act, with the index of its turn; -1 is a
// choice that no turn describes. Not ok: the caller hangs up.
func (p *player) next(m Moment) (Act, int, bool) {
	if p.unheard(m) && p.repeats < mostRepeats {
		return p.act(p.last, m, true), p.last, true
	}
	if i := p.turn(func(i int, t *Turn) bool { return p.done[i] == 0 && t.fits(m) && (t.conditional() || !p.must(m)) }); i >= 0 {
		return p.act(i, m, false), i, true
	}
	if i := p.turn(func(i int, t *Turn) bool { return t.answers() && p.done[i] < mostAgain && t.fits(m) }); i >= 0 {
		return p.act(i, m, p.last == i), i, true
	}
	if n := p.choice(m); n > 0 {
		return Act{Turn: Turn{Key: fmt.Sprint(n)}}, -1, true
	}
	if m.Outcome() == dialog.OutcomeNoAnswer && p.wanting() && p.last >= 0 && p.Turns[p.last].Say != "" && p.repeats < mostRepeats {
		return p.act(p.last, m, true), p.last, true
	}
	if i := p.turn(func(i int, t *Turn) bool { return p.done[i] == 0 && !t.conditional() }); i >= 0 {
		return p.act(i, m, false), i, true
	}
	return Act{}, -1, false
}

// must says that the bot waits for a choice first: the caller's next concern
// can wait.
func (p *player) must(m Moment) bool {
	return p.choice(m) > 0 || m.Outcome() == dialog.OutcomeNoAnswer && p.wanting() && p.last >= 0
}

// unheard says that the caller must say the last thing again.
func (p *player) unheard(m Moment) bool {
	if p.last < 0 {
		return false
	}
	t := &p.Turns[p.last]
	if m.Event.Kind == dialog.Silence {
		return !t.Silence
	}
	return m.misunderstood() && (t.Say != "" || len(t.Choose) > 0)
}

func (p *player) turn(ok func(int, *Turn) bool) int {
	for i := range p.Turns {
		if ok(i, &p.Turns[i]) {
			return i
		}
	}
	return -1
}

func (p *player) act(i int, m Moment, again bool) Act {
	t := p.Turns[i]
	a := Act{Turn: t, Words: t.Say}
	if again && t.Rephrase != "" {
		a.Words = t.Rephrase
	}
	if again {
		a.Barge, a.Pause = 0, 0
	}
	if again && p.done[i] > 1 && t.Keys != "" {
		a.Key, a.Words = t.Keys, ""
	}
	if n := p.choice(m); len(t.Choose) > 0 && a.Key == "" {
		a.Words = t.Choose[min(max(n, 1), len(t.Choose))-1]
	}
	if a.Language == "" {
		a.Language = p.Language
	}
	return a
}

// choice is the place (from 1) of a wanted article among those offered, 0: none.
func (p *player) choice(m Moment) int {
	for i, id := range m.choices() {
		for _, wanted := range p.Expect.Articles {
			if slices.Contains(strings.Split(wanted, "|"), id) && !p.answered[id] {
				return i + 1
			}
		}
	}
	return 0
}

// wanting says that something expected has not happened yet.
func (p *player) wanting() bool {
	if p.Expect.Form != "" && !p.taken {
		return true
	}
	return slices.ContainsFunc(p.Expect.Articles, func(wanted string) bool {
		return !slices.ContainsFunc(strings.Split(wanted, "|"), func(id string) bool { return p.answered[id] })
	})
}
