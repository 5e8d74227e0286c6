package interpreter

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// Bounds of translation.
const (
	renderPatience = 4 * time.Second
	mostFailures   = 3 // in a row, until both sides are told
)

// route is a direction, and record how it does.
type route struct{ from, to string }

type record struct {
	failures int // in a row
	broken   bool
}

func (i *Interpreter) record(from, to string) *record {
	key := route{transcript.Primary(from), transcript.Primary(to)}
	r := i.routes[key]
	if r == nil {
		r = &record{}
		i.routes[key] = r
	}
	return r
}

// render has an utterance translated into all languages at once.
func (i *Interpreter) render(u *utterance) {
	for _, r := range u.renditions {
		if r.replay {
			continue
		}
		i.pending(r)
		i.translate(r, u.Segment.Text, func(t translate.Translation, err error) { i.rendered(r, t, err) })
	}
}

// translate asks the renderer and posts what it says.
func (i *Interpreter) translate(r *rendition, text string, then func(translate.Translation, error)) {
	q := translate.Request{Text: text, From: r.of.from, To: r.text.Language, PCM: r.of.PCM, Spoken: true}
	i.tasks.Go(func() {
		t, err := i.ask(q)
		i.inbox.put(func() {
			if i.ctx.Err() == nil {
				then(t, err)
			}
		})
	})
}

// ask comes back in time with a translation that looks like one.
func (i *Interpreter) ask(q translate.Request) (translate.Translation, error) {
	ctx, cancel := context.WithTimeout(i.ctx, renderPatience)
	defer cancel()
	answer := make(chan translate.Translation, 1)
	err := i.try(ctx, func(ctx context.Context) error {
		t, err := i.options.Renderer.Render(ctx, q)
		answer <- t
		return err
	})
	if err != nil {
		return translate.Translation{}, err
	}
	t := <-answer
	if !plausible(q.Text, t.Text) {
		return t, errRubbish
	}
	return t, nil
}

func (i *Interpreter) rendered(r *rendition, t translate.Translation, err error) {
	p, way := i.party(r.of.speaker()), i.record(r.of.from, r.text.Language)
	if err != nil {
		i.options.Log.Warn("not translated", "call", i.options.Call, "from", r.of.from, "to", r.text.Language, "err", err)
		i.conclude(r, journal.TranslationFailed)
		own := p != nil && transcript.Primary(p.Language) == r.of.from
		i.failed(p, r, way, own && errors.Is(err, translate.ErrNoPair))
		return
	}
	i.works(way, r)
	if r.of.part != nil {
		t.Text = mend(r.of.from, r.of.Segment.Text, t.Text)
	}
	r.take(t)
	if r.of.silent {
		i.conclude(r, journal.TranslationShown)
		return
	}
	r.ready, r.since = true, i.now()
	if r.of.part == nil {
		i.confirm(p, r)
	}
	i.note(r)
}

// failed tells the speaker; when it goes on, or there is no way at all, all
// concerned, who then hear each other in full.
func (i *Interpreter) failed(p *party, r *rendition, way *record, never bool) {
	i.problem = ProblemFailed
	if way.failures++; never {
		way.failures = max(way.failures, mostFailures)
	}
	switch {
	case way.broken:
	case way.failures >= mostFailures:
		way.broken = true
		i.aim()
		i.prompt(p, prompts.InterpretBroken)
		i.promptAll(r, prompts.InterpretBroken)
	case !r.of.known():
		i.prompt(p, prompts.InterpretFailed)
	}
	if r.of.told = true; r.of.part != nil {
		r.of.part.told = true
	}
}

// known says whether the speaker has been told that it failed.
func (u *utterance) known() bool { return u.told || u.part != nil && u.part.told }

// works takes note that a direction works, perhaps again.
func (i *Interpreter) works(way *record, r *rendition) {
	i.problem = ""
	way.failures = 0
	if !way.broken {
		return
	}
	way.broken = false
	i.aim()
	i.prompt(i.party(r.of.speaker()), prompts.InterpretOn)
	i.promptAll(r, prompts.InterpretOn)
}

// promptAll says something to all who listen to a rendition.
func (i *Interpreter) promptAll(r *rendition, key prompts.Key) {
	for _, name := range i.listeners(r) {
		i.prompt(i.party(name), key)
	}
}

// listeners are those who shall hear a rendition.
func (i *Interpreter) listeners(r *rendition) []string {
	var names []string
	for _, p := range i.parties {
		if p.Name != r.of.speaker() && transcript.Primary(p.Language) == r.text.Language &&
			(r.listeners == nil || slices.Contains(r.listeners, p.Name)) {
			names = append(names, p.Name)
		}
	}
	return names
}
