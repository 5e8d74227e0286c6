package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// block is how many sentences an engine translates before the next one has its turn.
	block = 50
	// spoken is how many words a sentence on the telephone has at most.
	spoken = 15
)

// result is what one contestant reached in one direction.
type result struct {
	name, from, to string
	out            []string
	same           int             // translations that are those of the first contestant, letter by letter
	took           []time.Duration // of each sentence, in the first round
	short          []time.Duration // median of each that is as short as on the telephone
	bleu, chrf     float64
}

// compete lets all translate every sentence, block by block in turns; who
// begins changes. The rounds after the first have only the short ones.
func compete(ctx context.Context, all []contestant, p pairs, rounds int) ([]result, error) {
	results := make([]result, len(all))
	times := make([][][]time.Duration, len(all))
	for i, c := range all {
		results[i] = result{name: c.name(), from: p.from, to: p.to, out: make([]string, len(p.source))}
		times[i] = make([][]time.Duration, len(p.source))
		for _, text := range p.source[:min(3, len(p.source))] { // memory is touched for the first time
			if _, _, err := c.translate(ctx, text, p.from, p.to); err != nil {
				return nil, fmt.Errorf("%s: %w", c.name(), err)
			}
		}
	}
	turn := 0
	for round := range rounds {
		for begin := 0; begin < len(p.source); begin += block {
			turn++
			for k := range all {
				i := (k + turn) % len(all)
				for n := begin; n < min(begin+block, len(p.source)); n++ {
					if round > 0 && !short(p.source[n]) {
						continue
					}
					out, took, err := all[i].translate(ctx, p.source[n], p.from, p.to)
					if err != nil {
						return nil, fmt.Errorf("%s, sentence %d: %w", all[i].name(), n+1, err)
					}
					results[i].out[n] = out
					times[i][n] = append(times[i][n], took)
				}
			}
		}
	}
	for i := range results {
		results[i].sum(times[i], p, results[0].out)
	}
	return results, nil
}

func (r *result) sum(times [][]time.Duration, p pairs, first []string) {
	for n, text := range p.source {
		r.took = append(r.took, times[n][0])
		if short(text) {
			r.short = append(r.short, quantile(times[n], 0.5))
		}
		if r.out[n] == first[n] {
			r.same++
		}
	}
}

func short(text string) bool { return len(strings.Fields(text)) <= spoken }

func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func perSecond(took []time.Duration) float64 {
	var sum time.Duration
	for _, t := range took {
		sum += t
	}
	return float64(len(took)) / sum.Seconds()
}

// head is that of the Markdown table.
func head() string {
	return "| direction | engine | BLEU | chrF2 | same text as ours | sentences/s | phone sentences/s | phone p50 | phone p95 |\n" +
		"|---|---|---|---|---|---|---|---|---|\n"
}

// rows are those of one direction.
func rows(results []result) string {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "| %s-%s | %s | %.2f | %.2f | %d of %d | %.1f |", r.from, r.to, r.name, r.bleu, r.chrf, r.same, len(r.out), perSecond(r.took))
		if len(r.short) == 0 {
			b.WriteString(" - | - | - |\n")
			continue
		}
		fmt.Fprintf(&b, " %.1f | %.1f ms | %.1f ms |\n", perSecond(r.short), milliseconds(quantile(r.short, 0.5)), milliseconds(quantile(r.short, 0.95)))
	}
	return b.String()
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
