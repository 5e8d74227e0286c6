package call

import (
	"context"
	"slices"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// InterpretationOptions say how calls are interpreted where nobody orders otherwise.
type InterpretationOptions struct {
	// Automatic begins it by itself where a caller meets somebody who does not
	// speak their language.
	Automatic bool
	Mode      string  // of call/interpreter; "" is consecutive
	Original  float64 // how loud the speaker is heard underneath, 0..1
	// Confidence below which words are not translated but asked for again.
	Confidence float64
	Confirm    bool // repeats numbers and dates to the speaker
}

// german is what people of the city speak unless it is known otherwise.
const german = "de"

// tongues are the languages of somebody of the city, best first.
func tongues(of []string) []string {
	out := make([]string, 0, len(of)+1)
	for _, l := range of {
		if l = transcript.Primary(l); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = append(out, german)
	}
	return out
}

// among adds the caller's language to those that a person may speak.
func (x *exchange) among(of []string) []string {
	out := tongues(of)
	if l := transcript.Primary(x.h.Language); l != "" && !slices.Contains(out, l) {
		out = append(out, l)
	}
	return out
}

// tongue is the language that somebody speaks with another party: theirs, or
// the first from which there is a way to it.
func (x *exchange) tongue(of []string, with string) string {
	own := tongues(of)
	if slices.Contains(own, with) {
		return with
	}
	for _, l := range own {
		if x.possible(interpreter.Party{Language: with}, interpreter.Party{Language: l}) {
			return l
		}
	}
	return own[0]
}

// possible says whether all can be interpreted for each other. Who neither
// speaks nor hears reads and writes.
func (x *exchange) possible(parties ...interpreter.Party) bool {
	if x.bot.Renderer == nil {
		return false
	}
	for _, a := range parties {
		for _, b := range parties {
			if a.Language != b.Language && !(careful{x.bot}).Renders(a.Language, b.Language, x.joined) {
				return false
			}
		}
	}
	return true
}

// differ says whether somebody does not speak the language of the others.
func differ(parties []interpreter.Party) bool {
	return slices.ContainsFunc(parties, func(p interpreter.Party) bool { return p.Language != parties[0].Language })
}

// careful is a renderer whose panic is an error.
type careful struct{ bot *Bot }

func (c careful) Renders(from, to string, spoken bool) (can bool) {
	err := c.bot.guard("translation", func() error {
		can = c.bot.Renderer.Renders(from, to, spoken)
		return nil
	})
	return can && err == nil
}

func (c careful) Render(ctx context.Context, r translate.Request) (t translate.Translation, err error) {
	panicked := c.bot.guard("translation", func() error {
		t, err = c.bot.Renderer.Render(ctx, r)
		return nil
	})
	if panicked != nil {
		return translate.Translation{}, panicked
	}
	return t, err
}

// ready is a voice that recovers as the bot's own does, and whose panic is an
// error. It tells which texts were computed to their end.
type ready struct {
	bot    *Bot
	spoken func(text string)
}

func (v ready) Say(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	m := mouth{voice: v.bot.Voice}
	err := v.bot.guard("interpreter's voice", func() error {
		return m.utter(ctx, phrase{text: text, language: language}, rate, to)
	})
	if err == nil {
		v.spoken(text)
	}
	return err
}

// Original is how the last utterance of a party of an interpreted call
// sounded, 16 kHz; false where it is not, or no longer, known.
func (b *Bot) Original(call, leg string, segment int) ([]int16, bool) {
	x := b.exchanges.find(call)
	if x == nil {
		return nil, false
	}
	return x.ledger.original(leg, segment)
}
