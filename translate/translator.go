// Package translate turns text of one language into text of another: a
// sentence and two language tags flow in, the translated sentence flows out.
// The engines are children; pivoting and the bounds of an engine are here.
package translate

import (
	"context"
	"errors"
	"fmt"
)

// Translator translates one text. Tags are primary languages ("de", "pt").
// It is safe for concurrent use.
type Translator interface {
	// Translate returns an error that is ErrNoPair when it has no model for
	// the direction.
	Translate(ctx context.Context, text, from, to string) (string, error)
	// Translates says whether there is a model for the direction.
	Translates(from, to string) bool
}

// ErrNoPair says that a direction has no model.
var ErrNoPair = errors.New("no translation model for this direction")

// NoPair names the direction and the remedy.
func NoPair(from, to string) error {
	return fmt.Errorf("%s to %s: %w; see `amtsleitung models list`", from, to, ErrNoPair)
}

// Pivot goes through another language where there is no direct model.
type Pivot struct {
	Translator
	Through string // "" is English
}

func (p Pivot) through() string {
	if p.Through == "" {
		return "en"
	}
	return p.Through
}

// Translates includes the detour.
func (p Pivot) Translates(from, to string) bool {
	mid := p.through()
	return p.Translator.Translates(from, to) ||
		from != mid && to != mid && p.Translator.Translates(from, mid) && p.Translator.Translates(mid, to)
}

// Translate prefers the direct model.
func (p Pivot) Translate(ctx context.Context, text, from, to string) (string, error) {
	if p.Translator.Translates(from, to) {
		return p.Translator.Translate(ctx, text, from, to)
	}
	if !p.Translates(from, to) {
		return "", NoPair(from, to)
	}
	half, err := p.Translator.Translate(ctx, text, from, p.through())
	if err != nil {
		return "", err
	}
	return p.Translator.Translate(ctx, half, p.through(), to)
}
