package translate

import "context"

// Careful is what the care for values goes by. The zero value checks numbers,
// dates, times, amounts, accounts and addresses.
type Careful struct {
	Glossary *Glossary
	Streets  []string // of the city
}

type careful struct{ options Careful }

func newCareful(o Careful) *careful { return &careful{o} }

// hop translates by one engine.
func (c *Chain) hop(ctx context.Context, h hop, text string, _ []string, pcm []int16) leg {
	var out string
	var err error
	if h.speech {
		out, err = h.engine.speech(ctx, h.direction, pcm)
	} else {
		out, err = h.engine.text(ctx, h.direction, text)
	}
	if err == nil {
		err = rubbish(text, out, h.direction)
	}
	return leg{Translation: Translation{Text: out}, err: err}
}
