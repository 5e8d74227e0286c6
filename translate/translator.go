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

// Request is something said or written that shall be put into another language.
type Request struct {
	Text     string
	From, To string // tags of languages
	// PCM is how it sounded, 16 kHz mono, for engines that translate speech; nil:
	// it was written. It is read only.
	PCM []int16
	// Spoken words are short and wait for nobody: they go before longer texts.
	Spoken bool
}

// Translation is a text in another language, and what is known of how it came about.
type Translation struct {
	Text   string
	Engine string // what was used: "bergamot en-pt", "whisper de-en, bergamot en-pt"
	// Doubts are values of the source (numbers, dates, amounts, names) that
	// could neither be found in the translation nor put right.
	Doubts []Doubt
	// Repaired are values that the engine had changed and that were put right.
	Repaired []Doubt
}

// Doubt is a value that a translation lost.
type Doubt struct {
	Kind  string // "number", "date", "time", "amount", "iban", "phone", "name", "street", "term"
	Value string // as the source has it
}

// Renderer translates with care: by whatever engines there are, with values
// checked. It is safe for concurrent use and returns by the end of ctx.
type Renderer interface {
	Render(ctx context.Context, r Request) (Translation, error)
	// Renders says whether there is a way; spoken: with the sound of it at hand.
	Renders(from, to string, spoken bool) bool
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
