package translate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// ChainOptions of a Chain; only Engines are needed.
type ChainOptions struct {
	Engines []Engine // in the order in which they are tried
	// Pairs name the engines of a direction ("de-tr") or of all into or out of
	// a language ("*-tr", "tr-*"), in their order.
	Pairs map[string][]string
	// Through is the language on the way where there is no direct model; "" is English.
	Through string
	// Timeout bounds each engine's try at a phone sentence; long texts get more. 0 means 2 s.
	Timeout time.Duration
	Careful Careful
	// Mask calls hide for all that tells who somebody is, and puts what hide
	// gives in its place. Remote engines are not asked without it.
	Mask func(text string, hide func(kind, was string) string) string
	Log  *slog.Logger // nil is slog.Default()
}

const defaultTimeout = 2 * time.Second

// Chain tries engines one after the other until one gives a translation that
// can be one. It is a Renderer and a Translator.
type Chain struct {
	options ChainOptions
	engines []*guarded
	pairs   map[direction][]*guarded
	careful *careful
}

var (
	_ Renderer   = (*Chain)(nil)
	_ Translator = (*Chain)(nil)
)

// ErrFailed says that there are ways for a direction but none has worked.
var ErrFailed = errors.New("no translation engine has worked")

// ErrTooLong says that a text exceeds what is translated at once.
var ErrTooLong = errors.New("too long for one translation")

// mostCharacters of one request, far more than an article has.
const mostCharacters = 20_000

// NewChain checks that all names are known; it starts nothing.
func NewChain(o ChainOptions) (*Chain, error) {
	if o.Through == "" {
		o.Through = english
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Chain{options: o, pairs: map[direction][]*guarded{}, careful: newCareful(o.Careful)}
	byName := map[string]*guarded{}
	for _, e := range o.Engines {
		if e.Name == "" || byName[e.Name] != nil {
			return nil, fmt.Errorf("translation engine %q: the name is missing or there twice", e.Name)
		}
		if e.Text == nil && e.Speech == nil {
			return nil, fmt.Errorf("translation engine %q translates neither text nor speech", e.Name)
		}
		if e.Remote && o.Mask == nil {
			return nil, fmt.Errorf("translation engine %q is remote, but there is nothing that masks personal data", e.Name)
		}
		byName[e.Name] = guard(e, o.Timeout)
		c.engines = append(c.engines, byName[e.Name])
	}
	for pair, names := range o.Pairs {
		from, to, ok := strings.Cut(pair, "-")
		if !ok || from == "" || to == "" || from == "*" && to == "*" {
			return nil, fmt.Errorf(`translation pair %q: write a direction as "de-tr", "*-tr" or "tr-*"`, pair)
		}
		for _, name := range names {
			if byName[name] == nil {
				return nil, fmt.Errorf("translation pair %q names the unknown engine %q", pair, name)
			}
			d := direction{from, to}
			c.pairs[d] = append(c.pairs[d], byName[name])
		}
	}
	return c, nil
}

// Translate renders a written text.
func (c *Chain) Translate(ctx context.Context, text, from, to string) (string, error) {
	t, err := c.Render(ctx, Request{Text: text, From: from, To: to})
	return t.Text, err
}

// Translates says whether written text of the direction can be translated.
func (c *Chain) Translates(from, to string) bool { return c.Renders(from, to, false) }

// Renders says whether there is a way.
func (c *Chain) Renders(from, to string, spoken bool) bool {
	d := direction{transcript.Primary(from), transcript.Primary(to)}
	if d.from == "" || d.to == "" {
		return false
	}
	return d.from == d.to || len(c.ways(d, true, spoken)) > 0
}

// order is who is asked for a direction.
func (c *Chain) order(d direction) []*guarded {
	for _, key := range []direction{d, {"*", d.to}, {d.from, "*"}} {
		if engines, ok := c.pairs[key]; ok {
			return engines
		}
	}
	return c.engines
}

// hop is one engine's part of a way.
type hop struct {
	engine *guarded
	direction
	speech bool
}

func (h hop) String() string { return h.engine.Name + " " + h.direction.String() }

// ways are all that lead from one language to the other, the best first: the
// worst engine on a way decides, and at the same rank a direct way is better.
func (c *Chain) ways(d direction, written, spoken bool) [][]hop {
	engines := c.order(d)
	in, out := direction{d.from, c.options.Through}, direction{c.options.Through, d.to}
	detour := d.from != in.to && d.to != in.to
	var ways [][]hop
	for rank, e := range engines {
		for _, h := range hops(e, d, written, spoken) {
			ways = append(ways, []hop{h})
		}
		if !detour {
			continue
		}
		for i := range rank + 1 {
			ways = append(ways, c.detours(engines[i], e, in, out, written, spoken)...)
			if i < rank {
				ways = append(ways, c.detours(e, engines[i], in, out, written, spoken)...)
			}
		}
	}
	return ways
}

func (c *Chain) detours(first, second *guarded, in, out direction, written, spoken bool) [][]hop {
	if !slices.Contains(c.order(in), first) || !slices.Contains(c.order(out), second) || !second.takesText(out) {
		return nil
	}
	var ways [][]hop
	for _, h := range hops(first, in, written, spoken) {
		ways = append(ways, []hop{h, {engine: second, direction: out}})
	}
	return ways
}

// hops of an engine in a direction. Its own words are better known than its
// sound: text comes first.
func hops(e *guarded, d direction, written, spoken bool) []hop {
	var list []hop
	if written && e.takesText(d) {
		list = append(list, hop{engine: e, direction: d})
	}
	if spoken && e.takesSpeech(d) {
		list = append(list, hop{engine: e, direction: d, speech: true})
	}
	return list
}
