package whisper

import (
	"cmp"
	"context"
	"slices"
)

// search is a beam search over the text of a window (Graves 2012): of all ways
// to go on with the best texts so far, the best few are kept.
type search struct {
	bounds
	width int
	past  int // tokens that all texts have before their own
}

// way is one choice for one of the texts.
type way struct {
	choice
	from int // text
	sum  float64
}

// beams writes the most probable text that the search finds.
func (e *Engine) beams(ctx context.Context, b branching, s search, first *draft) ([]said, error) {
	texts, done, lost := []*draft{first}, []*draft(nil), []*draft(nil)
	tokens, from := make([]token, 0, s.width), make([]int32, 0, s.width)
	for past := s.past; ; past++ {
		next := []*draft(nil)
		tokens, from = tokens[:0], from[:0]
		for _, w := range e.ways(b, s, texts) {
			d := texts[w.from].fork()
			switch over := e.add(d, w.choice, s.bounds); {
			case d.lost:
				lost = append(lost, d)
			case over:
				done = append(done, d)
			default:
				next, tokens, from = append(next, d), append(tokens, w.token), append(from, int32(w.from))
			}
			if len(next) == s.width {
				break
			}
		}
		if len(done) >= s.width || len(next) == 0 {
			return best(done, lost, texts).text, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.DecodeBeams(tokens, from, past); err != nil {
			return nil, err
		}
		texts = next
	}
}

// ways are the choices for all texts, the most probable first.
func (e *Engine) ways(b branching, s search, texts []*draft) []way {
	var out []way
	for i, d := range texts {
		e.restrict(i, d)
		place := e.place(i, s.audio)
		tokens, logs := b.Tops(i, s.width+1)
		for k, t := range tokens {
			out = append(out, way{choice{t, float64(logs[k]), place}, i, d.sum + float64(logs[k])})
		}
	}
	slices.SortStableFunc(out, func(a, b way) int { return cmp.Compare(b.sum, a.sum) })
	return out
}

// best is the text that is over with the highest score; one that lost its way, or
// has no way to go on, only if there is no other.
func best(done, lost, stuck []*draft) *draft {
	for _, list := range [][]*draft{lost, stuck} {
		if len(done) == 0 {
			done = list
		}
	}
	return slices.MaxFunc(done, func(a, b *draft) int { return cmp.Compare(a.score(), b.score()) })
}
