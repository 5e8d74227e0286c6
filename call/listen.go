package call

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/leg"
)

// ErrNobodyTalks is a call that has nobody in it who talks to the caller.
var ErrNobodyTalks = errors.New("nobody talks to this caller")

// Listen lets an ear hear a call with a person, until ctx, the ear or the
// conversation ends. Nobody hears the ear, and everybody is told that it is
// there; whether it may be is for others to decide.
func (b *Bot) Listen(ctx context.Context, call string, ear leg.Leg) error {
	x := b.exchanges.find(call)
	if x == nil {
		return fmt.Errorf("listen to %s: %w", call, ErrNobodyTalks)
	}
	joined := make(chan error, 1)
	name := "ear:" + ear.Info().Leg
	if !x.post(ctx, func() { joined <- x.overhear(name, ear) }) {
		return ErrNobodyTalks
	}
	select {
	case err := <-joined:
		if err != nil {
			return err
		}
	case <-x.done:
		return ErrNobodyTalks
	case <-ctx.Done():
	}
	select {
	case <-ctx.Done():
	case <-ear.Done():
	case <-x.done:
	}
	x.bridge.Leave(name)
	return nil
}

// overhear joins an ear and tells everybody.
func (x *exchange) overhear(name string, ear leg.Leg) error {
	switch x.stage.(type) {
	case *serving, *together:
	default:
		return ErrNobodyTalks
	}
	x.bridge.Set(name, bridge.Controls{Muted: true})
	if err := x.bridge.Join(bridge.Party{Name: name, Leg: ear}); err != nil {
		return err
	}
	text := x.line(prompts.ListenNotice)
	if text == "" {
		return nil
	}
	p := phrase{text: text, language: x.h.Language}
	x.record.said(text, p.language)
	x.spawn("notice", func() { x.speak(x.ctx, p) })
	return nil
}

// exchanges are those at work, by call.
type exchanges struct {
	mu     sync.Mutex
	byCall map[string]*exchange
}

func (e *exchanges) add(call string, x *exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byCall == nil {
		e.byCall = map[string]*exchange{}
	}
	e.byCall[call] = x
}

func (e *exchanges) remove(call string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.byCall, call)
}

func (e *exchanges) find(call string) *exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.byCall[call]
}
