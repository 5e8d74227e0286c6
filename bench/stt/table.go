package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/wer"
)

// result is what one contestant reached.
type result struct {
	name   string
	errors map[string]wer.Count // by language
	took   []time.Duration      // median of each clip
	share  []float64            // of the clip's length
}

// compete lets all hear every clip in turns.
func compete(ctx context.Context, all []contestant, clips []corpus.Clip, rounds int) ([]result, error) {
	results := make([]result, len(all))
	times := make([][][]time.Duration, len(all))
	for i, c := range all {
		results[i] = result{name: c.name(), errors: map[string]wer.Count{}}
		times[i] = make([][]time.Duration, len(clips))
		if _, _, err := c.hear(ctx, clips[0]); err != nil { // memory is touched for the first time
			return nil, fmt.Errorf("%s: %w", c.name(), err)
		}
	}
	for round := range rounds {
		for k, clip := range clips {
			for i, c := range all {
				text, took, err := c.hear(ctx, clip)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", c.name(), clip.File, err)
				}
				times[i][k] = append(times[i][k], took)
				if round == 0 {
					e := results[i].errors
					e[clip.Language] = e[clip.Language].Add(wer.Compare(clip.Text, text))
				}
			}
		}
	}
	for i := range results {
		for k, clip := range clips {
			m := median(times[i][k])
			results[i].took = append(results[i].took, m)
			results[i].share = append(results[i].share, m.Seconds()/clip.Duration.Seconds())
		}
	}
	return results, nil
}

func median(d []time.Duration) time.Duration { return quantile(d, 0.5) }

func quantile[T time.Duration | float64](values []T, q float64) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// format writes a Markdown table.
func format(results []result, languages []string) string {
	var b strings.Builder
	b.WriteString("| engine |")
	for _, l := range languages {
		fmt.Fprintf(&b, " WER %s |", l)
	}
	b.WriteString(" WER all | median time | p50 of the length | p95 of the length | slower than the first by |\n|")
	b.WriteString(strings.Repeat("---|", len(languages)+6) + "\n")
	first := median(results[0].took).Seconds()
	for _, r := range results {
		fmt.Fprintf(&b, "| %s |", r.name)
		var all wer.Count
		for _, l := range languages {
			fmt.Fprintf(&b, " %.1f %% |", 100*r.errors[l].Rate())
			all = all.Add(r.errors[l])
		}
		m := median(r.took)
		fmt.Fprintf(&b, " %.1f %% | %d ms | %.3f | %.3f | %.1f x |\n", 100*all.Rate(), m.Milliseconds(),
			quantile(r.share, 0.5), quantile(r.share, 0.95), m.Seconds()/first)
	}
	return b.String()
}
