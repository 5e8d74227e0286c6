package translate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Render tries all ways until one gives a translation without a lost mask.
func (c *Chain) Render(ctx context.Context, r Request) (Translation, error) {
	d := direction{transcript.Primary(r.From), transcript.Primary(r.To)}
	text, err := clean(r.Text)
	if err != nil {
		return Translation{}, fmt.Errorf("translate %s: %w", d, err)
	}
	if d.from == "" || d.to == "" {
		return Translation{}, NoPair(d.from, d.to)
	}
	speech := len(r.PCM) > 0
	if d.from == d.to || text == "" && !speech {
		return Translation{Text: text}, nil
	}
	if said, ok := c.careful.options.Glossary.phrase(text, d); ok {
		return Translation{Text: said, Engine: "glossary"}, nil
	}
	ways := c.ways(d, text != "", speech)
	if len(ways) == 0 {
		return Translation{}, NoPair(d.from, d.to)
	}
	if r.Spoken {
		ctx = context.WithValue(ctx, spokenKey{}, true)
	}
	j := journey{chain: c, text: text, pcm: r.PCM, done: map[hop]leg{}}
	return j.try(ctx, d, ways)
}

// spokenKey marks the context of spoken words.
type spokenKey struct{}

// Spoken says, to a scheduler, whether somebody waits on the line for what an
// engine is doing with this context.
func Spoken(ctx context.Context) bool { return ctx.Value(spokenKey{}) != nil }

// clean takes away what belongs to no language and bounds the length.
func clean(text string) (string, error) {
	if len(text) > utf8.UTFMax*mostCharacters || utf8.RuneCountInString(text) > mostCharacters {
		return "", fmt.Errorf("%w: more than %d characters; cut it at paragraphs", ErrTooLong, mostCharacters)
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError, unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1 // directions are the page's, see UAX #9
		}
		return r
	}, text)
	return strings.TrimSpace(text), nil
}

// journey is one request on its ways; what a first hop gave is not asked twice.
type journey struct {
	chain *Chain
	text  string
	pcm   []int16
	done  map[hop]leg
}

// leg is what a hop gave.
type leg struct {
	Translation
	keep []kept // what must come through the next hop as it stands
	lost bool   // a mask did not come back
	err  error
}

func (j *journey) try(ctx context.Context, d direction, ways [][]hop) (Translation, error) {
	var second *Translation // usable, but a mask was lost
	var failures []error
	for _, way := range ways {
		l, at := j.walk(ctx, way)
		if ctx.Err() != nil {
			return Translation{}, fmt.Errorf("translate %s: %w", d, ctx.Err())
		}
		switch {
		case l.err != nil:
			if at != nil {
				failures = append(failures, fmt.Errorf("%s: %w", *at, l.err))
			}
		case l.lost:
			if second == nil {
				second = &l.Translation
			}
		default:
			return l.Translation, nil
		}
	}
	if second != nil {
		return *second, nil
	}
	return Translation{}, failed(d, failures)
}

// failed joins what all engines said; when none knew the direction, there is no pair.
func failed(d direction, failures []error) error {
	missing := true
	for _, err := range failures {
		missing = missing && errors.Is(err, ErrNoPair)
	}
	if missing {
		return errors.Join(append([]error{NoPair(d.from, d.to)}, failures...)...)
	}
	var words []string
	for _, err := range failures {
		words = append(words, err.Error())
	}
	return fmt.Errorf("translate %s: %w: %s", d, ErrFailed, strings.Join(words, "; "))
}

// walk goes one way; at is the hop that has just failed, nil when it was known.
func (j *journey) walk(ctx context.Context, way []hop) (all leg, at *hop) {
	text, engines := j.text, []string{}
	for i, h := range way {
		l, known := leg{}, false
		if i == 0 {
			l, known = j.done[h]
		}
		if !known {
			l = j.chain.hop(ctx, h, text, all.keep, j.pcm)
			j.chain.told(ctx, h, l)
		}
		if i == 0 && ctx.Err() == nil {
			j.done[h] = l
		}
		if l.err != nil {
			if known {
				return l, nil
			}
			return l, &h
		}
		engines = append(engines, h.String())
		text = l.Text
		all.Text, all.keep, all.lost = l.Text, l.keep, all.lost || l.lost
		all.Doubts, all.Repaired = append(all.Doubts, l.Doubts...), append(all.Repaired, l.Repaired...)
	}
	all.Engine = strings.Join(engines, ", ")
	return all, nil
}

func (c *Chain) told(ctx context.Context, h hop, l leg) {
	if l.err != nil && ctx.Err() == nil {
		c.options.Log.WarnContext(ctx, "translation engine failed", "engine", h.engine.Name, "direction", h.direction.String(), "error", l.err.Error())
	}
}
